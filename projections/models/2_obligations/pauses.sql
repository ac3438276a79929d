-- The spans in which a case's clock stands still, those of its duty to answer, and those of limits that only one kind
-- of suspension pauses.
-- grain:   pause_key, measure, span_no
-- refresh: view
-- needs:   esup.case.suspension_started
select * from merge_pauses('suspensions')
union all
select * from answer_pauses
union all
select * from merge_pauses('suspensions_by_kind')
