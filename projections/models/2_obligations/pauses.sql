-- The spans in which a case's clock stands still, and those of its duty to answer.
-- grain:   pause_key, measure, span_no
-- refresh: view
select * from merge_pauses('suspensions')
union all
select * from answer_pauses
