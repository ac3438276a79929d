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

cards as (
    select
        subject as card_id,
        arg_min(case_no, ord) as case_no
    from told
    where type in ('esup.card.issued', 'esup.card.proposed')
    group by subject
),

subjects as (
    select
        told.key,
        arg_min(told.department, told.ord) filter (where told.department is not null) as department,
        -- A task that names a card concerns the card's case.
        arg_min(coalesce(told.case_no, cards.case_no), told.ord)
        filter (where coalesce(told.case_no, cards.case_no) is not null) as case_no,
        bool_or(told.type = 'esup.complaint.filed' and told.data ->> 'real_name' = 'true') as is_real_name,
        bool_or(told.type in (
            'esup.task.issued', 'esup.card.issued', 'esup.card.proposed', 'esup.complaint.filed',
            'esup.item.change_filed'
        )) as is_known
    from told
    left join cards on told.type = 'esup.task.issued' and told.data ->> 'card' = cards.card_id
    group by told.key
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
