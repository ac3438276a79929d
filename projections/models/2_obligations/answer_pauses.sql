-- The spans in which the duty to answer an application stands still, under a key of their own.
-- grain:   pause_key, measure, span_no
-- refresh: view
select * replace (xor(pause_key, 1::ubigint) as pause_key)
from merge_pauses('answer_suspensions')
