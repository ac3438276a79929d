-- What offices say of cards, tasks, complaints and changes of the catalogue, with the department and case that the
-- first fact of the same subject names. What names a subject that is not known yet waits.
-- grain:   position
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
)

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
where subjects.is_known
