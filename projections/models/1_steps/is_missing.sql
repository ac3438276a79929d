-- Whether nothing is said: absent, empty and blank are alike. Most texts begin with a letter, and need no trimming.
-- grain:   none
-- refresh: scalar
-- inputs:  words
select
    (case
        when words is null then true
        when left(words, 1) between '!' and '~' then false
        else trimmed(words) = ''
    end)
