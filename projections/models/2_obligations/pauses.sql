-- The spans in which a case's clock stands still.
-- grain:   pause_key, measure, span_no
-- refresh: view
select * from merge_pauses('suspensions')
