-- The facts that open, discharge or void duties: as recorded, but with each case's one acceptance (recorded or
-- deemed) in place of its recorded ones, and with the derived facts: that payments reach what was charged (`settled`),
-- that a valid suspension has a planned end (`suspension_planned`), that a decision lacks its paper or got it
-- (`undocumented`, `documented`), when a request was received, and what offices' facts amount to.
-- grain:   type, position
-- refresh: view
with

watched as (
    select distinct type
    from rule_triggers
    where
        type like 'esup.case.%'
        and type not in ('esup.case.accepted', 'esup.case.overturned')
)

select
    key,
    case_no,
    subject,
    subject_id,
    position,
    type,
    occurred_at,
    is_day,
    source,
    event_id,
    ord,
    department,
    officer,
    step,
    ref,
    kind,
    measure,
    what,
    outcome,
    action,
    channel,
    level,
    with_materials,
    n,
    unit,
    deadline_on,
    null::timestamptz as exists_from
from facts
where type in (select watched.type from watched)
union all by name
select
    key,
    case_no,
    case_no as subject,
    accepted.position as position,
    'esup.case.accepted' as type,
    accepted.occurred_at as occurred_at,
    accepted.is_day as is_day,
    accepted.source as source,
    accepted.event_id as event_id,
    accepted.ord as ord,
    deemed_at as exists_from
from acceptances
union all by name
select
    key,
    case_no,
    case_no as subject,
    position,
    'settled' as type,
    occurred_at,
    is_day,
    source,
    event_id,
    ord
from settlements
union all by name
select
    key,
    case_no,
    case_no as subject,
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
    case_no as subject,
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
    case_no as subject,
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
    case_no as subject,
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
select
    *,
    case_no as subject
from request_facts
union all by name
select *
from office_facts
