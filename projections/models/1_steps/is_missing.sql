-- Whether nothing is said: absent, empty and blank are alike.
-- grain:   none
-- refresh: scalar
-- inputs:  words
select (words is null or trimmed(words) = '')
