-- Facts of a case that follow from several, or say more than one field: that a decision was overturned and how, that a
-- valid suspension has a planned end (`suspension_planned`), that a decision lacks its paper or got it (`undocumented`,
-- `documented`), and when a request was received.
-- grain:   type, position
-- refresh: view
select
    key,
    case_no,
    position,
    type,
    occurred_at,
    is_day,
    source,
    event_id,
    ord,
    data ->> 'result' as result
from facts
where type = 'esup.case.overturned'
union all by name
select
    key,
    case_no,
    position,
    'suspension_planned' as type,
    started_at as occurred_at,
    false as is_day,
    source,
    event_id,
    ord,
    ref,
    planned_end_on as deadline_on
from suspensions
where is_valid and planned_end_on is not null
union all by name
select
    key,
    case_no,
    position,
    'undocumented' as type,
    occurred_at,
    is_day,
    source,
    event_id,
    ord,
    event_id as ref
from undocumented_decisions
union all by name
select
    key,
    case_no,
    position,
    'documented' as type,
    completed_at as occurred_at,
    false as is_day,
    source,
    event_id,
    completed_ord as ord,
    event_id as ref
from undocumented_decisions
where completed_ord is not null
union all by name
select *
from request_facts
