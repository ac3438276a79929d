-- The id of the card, or prompt, that a finding gets: the hash of what names it and of how often it was issued, so that
-- issuing it twice is impossible. Text of 32 hexadecimal digits.
-- grain:   none
-- refresh: scalar
-- inputs:  card_code, level, subject, source, event_id, issue_no
select left(sha256(concat_ws(chr(10), card_code, level, subject, source, event_id, issue_no)), 32)
