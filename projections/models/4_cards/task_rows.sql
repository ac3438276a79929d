-- Every supervision task, issued with a card or by hand, from its issue to its closing. Its state: archived, closed, or
-- what was last said of it (passed or not_passed its first review, returned, replied), else issued.
-- grain:   task_id
-- refresh: key
-- needs:   esup.task.issued
with

told as materialized (
    select
        *,
        replace(type, 'esup.task.', '') as act,
        case
            when type <> 'esup.task.first_reviewed' then replace(type, 'esup.task.', '')
            when (data ->> 'passed') = 'true' then 'passed'
            else 'not_passed'
        end as standing
    from facts
    where type like 'esup.task.%'
),

issued as (
    select
        key,
        subject as task_id,
        data ->> 'card' as card_id,
        case_no,
        department,
        data ->> 'text' as text,
        occurred_at as issued_at,
        source,
        event_id
    from told
    where act = 'issued'
    qualify row_number() over (partition by subject order by ord) = 1
),

lives as (
    select
        subject as task_id,
        min(occurred_at) filter (where act = 'replied') as replied_at,
        (count(*) filter (where act = 'returned'))::integer as returned_times,
        arg_max(data ->> 'due_on', ord) filter (where act = 'returned') as returned_until,
        min(occurred_at) filter (where act = 'closed') as closed_at,
        min(occurred_at) filter (where act = 'archived') as archived_at,
        arg_max(standing, ord) filter (where act in ('replied', 'first_reviewed', 'returned')) as last_standing
    from told
    group by subject
)

select
    issued.key,
    issued.task_id,
    issued.card_id,
    issued.case_no,
    issued.department,
    issued.text,
    issued.issued_at,
    lives.replied_at,
    lives.returned_times,
    lives.returned_until::date as returned_until,
    lives.closed_at,
    lives.archived_at,
    case
        when lives.archived_at is not null then 'archived'
        when lives.closed_at is not null then 'closed'
        else coalesce(lives.last_standing, 'issued')
    end as state,
    issued.source,
    issued.event_id
from issued
inner join lives on issued.task_id = lives.task_id
