-- What offices say of cards, tasks, complaints and changes of the catalogue, with the department and case that the
-- first fact of the same subject names, and what follows from several such facts: `change_caused` (the cause of a
-- change, at 00:00 of its day), `complaint_decided_real_name`, `card_tasked` (a task names the card), and the
-- withdrawal of a card as it falls on the tasks that were issued by hand for it.
-- grain:   type, key, position
-- refresh: view
with

told as (
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
        level,
        what,
        n,
        unit,
        data
    from facts
    where
        (
            type like 'esup.task.%'
            or type like 'esup.card.%'
            or type like 'esup.complaint.%'
            or type like 'esup.item.change_%'
        )
        and position not in (select own_exemptions.position from own_exemptions)
),

subjects as (
    select
        key,
        arg_min(department, ord) filter (where department is not null) as department,
        arg_min(case_no, ord) filter (where case_no is not null) as case_no,
        bool_or(type = 'esup.complaint.filed' and data ->> 'real_name' = 'true') as is_real_name,
        bool_or(type in (
            'esup.task.issued', 'esup.card.issued', 'esup.card.proposed', 'esup.complaint.filed',
            'esup.item.change_filed'
        )) as is_known
    from told
    group by key
),

spoken as (
    select
        told.* replace (
            coalesce(told.department, subjects.department) as department,
            coalesce(told.case_no, subjects.case_no) as case_no,
            coalesce(told.n, (told.data ->> '$.reply_limit.n')::integer) as n,
            coalesce(told.unit, told.data ->> '$.reply_limit.unit') as unit
        ),
        subjects.is_real_name
    from told
    inner join subjects on told.key = subjects.key
    -- What names a task, a card, a complaint or a change that is not known yet waits.
    where subjects.is_known
),

tasked as (
    select
        key,
        case_no,
        subject,
        data ->> 'card' as card,
        position,
        occurred_at,
        is_day,
        source,
        event_id,
        ord
    from told
    where type = 'esup.task.issued' and data ->> 'card' is not null
)

select
    * exclude (data, is_real_name),
    (data ->> '$.reply_limit.prompt')::integer as fact_prompt,
    (data ->> '$.reply_limit.rolls')::boolean as fact_rolls,
    try_cast(
        coalesce(data ->> 'due_on', case when type = 'esup.item.change_reviewed' then data ->> 'effective_from' end)
        as date
    ) as deadline_on,
    data ->> 'subject_kind' as subject_kind,
    data ->> 'written' as written,
    data ->> 'approved' as approved,
    (data ->> 'approved' = 'true' and data ->> 'effective_from' is not null)::varchar as states_day,
    (data ->> 'level' = 'red' and data ->> 'opens_task' = 'false' and data ->> 'on' = 'department')::varchar
        as awaits_task
from spoken
union all by name
select
    * exclude (data, is_real_name)
    replace ('complaint_decided_real_name' as type)
from spoken
where is_real_name and type in ('esup.complaint.accepted', 'esup.complaint.refused')
union all by name
select
    spoken.* exclude (data, is_real_name)
    replace (
        'change_caused' as type,
        timezone(coalesce(departments.zone, 'Asia/Shanghai'), (spoken.data ->> 'caused_on')::date::timestamp)
            as occurred_at,
        epoch_us(
            timezone(coalesce(departments.zone, 'Asia/Shanghai'), (spoken.data ->> 'caused_on')::date::timestamp)
        ) * 4096 as ord
    )
from spoken
left join departments on spoken.department = departments.department
where
    spoken.type = 'esup.item.change_filed'
    and timezone(coalesce(departments.zone, 'Asia/Shanghai'), (spoken.data ->> 'caused_on')::date::timestamp)
    < spoken.occurred_at
union all by name
select
    tasked.* exclude (card, key, subject),
    hash(tasked.card) as key,
    tasked.card as subject,
    'card_tasked' as type
from tasked
union all by name
select
    tasked.key,
    tasked.case_no,
    tasked.subject,
    'esup.card.withdrawn' as type,
    withdrawn.* exclude (key, case_no, subject, subject_id, type, data, n, unit, level, department, officer)
from tasked
inner join told as withdrawn
    on tasked.card = withdrawn.subject and withdrawn.type = 'esup.card.withdrawn' and tasked.key <> withdrawn.key
