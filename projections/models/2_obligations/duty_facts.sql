-- The facts that open, discharge or void duties: as recorded, but with each case's one acceptance (recorded or
-- deemed) in place of its recorded ones, and with the derived facts: that payments reach what was charged (`settled`),
-- what follows from several facts of a case, and what offices' facts amount to.
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
    *,
    case_no as subject
from derived_facts
union all by name
select *
from office_facts
