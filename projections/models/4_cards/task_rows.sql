-- Every supervision task from its issue to its closing.
-- grain:   task_id
-- refresh: key
-- needs:   esup.task.issued
with

told as (
    select *
    from facts
    where type like 'esup.task.%'
),

issued as (
    select
        key,
        subject as task_id,
        data ->> 'card' as card_id,
        department,
        occurred_at as issued_at,
        source,
        event_id
    from told
    where type = 'esup.task.issued'
),

lives as (
    select
        subject as task_id,
        min(occurred_at) filter (where type = 'esup.task.replied') as replied_at,
        (count(*) filter (where type = 'esup.task.returned'))::integer as returned_times,
        min(occurred_at) filter (where type = 'esup.task.closed') as closed_at,
        min(occurred_at) filter (where type = 'esup.task.archived') as archived_at,
        arg_max(type, ord) as last_type
    from told
    group by subject
)

select
    issued.key,
    issued.task_id,
    issued.card_id,
    issued.department,
    issued.issued_at,
    lives.replied_at,
    lives.returned_times,
    lives.closed_at,
    replace(lives.last_type, 'esup.task.', '') as state,
    issued.source,
    issued.event_id
from issued
inner join lives on issued.task_id = lives.task_id
