-- What opens or ends the duties of offices: their words, and what follows from several of them: `change_caused` (the
-- cause of a change, at 00:00 of its day), `complaint_decided_real_name`, `card_tasked` (a task names the card), and
-- the withdrawal of a card as it falls on the tasks that were issued by hand for it.
-- grain:   type, key, position
-- refresh: scratch
-- needs:   esup.card.issued, esup.card.proposed, esup.task.issued, esup.complaint.filed, esup.item.change_filed
with

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
    from office_words
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
from office_words
union all by name
select
    * exclude (data, is_real_name)
    replace ('complaint_decided_real_name' as type)
from office_words
where is_real_name and type in ('esup.complaint.accepted', 'esup.complaint.refused')
union all by name
select
    office_words.* exclude (data, is_real_name)
    replace (
        'change_caused' as type,
        timezone(coalesce(departments.zone, 'Asia/Shanghai'), (office_words.data ->> 'caused_on')::date::timestamp)
            as occurred_at,
        epoch_us(
            timezone(coalesce(departments.zone, 'Asia/Shanghai'), (office_words.data ->> 'caused_on')::date::timestamp)
        ) * 4096 as ord
    )
from office_words
left join departments on office_words.department = departments.department
where
    office_words.type = 'esup.item.change_filed'
    and timezone(coalesce(departments.zone, 'Asia/Shanghai'), (office_words.data ->> 'caused_on')::date::timestamp)
    < office_words.occurred_at
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
    withdrawn.type,
    withdrawn.position,
    withdrawn.occurred_at,
    withdrawn.is_day,
    withdrawn.source,
    withdrawn.event_id,
    withdrawn.ord
from tasked
inner join facts as withdrawn
    on
        withdrawn.type = 'esup.card.withdrawn'
        and tasked.card = withdrawn.subject
        and tasked.key <> withdrawn.key
