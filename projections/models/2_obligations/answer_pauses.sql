-- The spans in which the duty to answer an application stands still.
-- grain:   pause_key, measure, span_no
-- refresh: view
select * from merge_pauses('answer_suspensions')
