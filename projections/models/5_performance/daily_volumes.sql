-- The six volumes of the daily log (Yancheng Art 21) for the local day of the clock, for every department.
-- handled: cases with a fact that day. closed_early: closed before the due day of the promise, or decided so.
-- near_limit: cases with a limit whose prompt stands. overdue_or_abnormal: cases with a running breach of a limit of
-- their own, or with a card in force.
-- grain:   department
-- refresh: view
with

bounds as (
    select
        departments.department,
        departments.region,
        timezone(departments.zone, timezone(departments.zone, clock.as_of)::date::timestamp) as day_begins_at,
        timezone(departments.zone, (timezone(departments.zone, clock.as_of)::date + 1)::timestamp) as day_ends_at,
        timezone(departments.zone, clock.as_of)::date as day
    from departments
    cross join clock
),

handled as (
    select
        case_rows.department,
        count(distinct facts.case_no) as handled,
        count(distinct case when facts.type = 'esup.case.closed' then facts.case_no end) as closed
    from facts
    inner join case_rows on facts.key = case_rows.key
    inner join bounds on case_rows.department = bounds.department
    where
        facts.type like 'esup.case.%'
        and facts.occurred_at >= bounds.day_begins_at
        and facts.occurred_at < bounds.day_ends_at
    group by case_rows.department
),

closed_early as (
    select
        case_rows.department,
        count(distinct case_rows.case_no) as closed_early
    from case_rows
    inner join bounds on case_rows.department = bounds.department
    inner join obligation_rows on case_rows.key = obligation_rows.key
    where
        obligation_rows.limit_source = 'item.promised'
        and case_rows.closed_at >= bounds.day_begins_at
        and case_rows.closed_at < bounds.day_ends_at
        and timezone(obligation_rows.zone, coalesce(case_rows.decided_at, case_rows.closed_at))::date
        < obligation_rows.due_on
    group by case_rows.department
),

near_limit as (
    select
        department,
        count(distinct case_no) as near_limit
    from findings_standing
    where level = 'prompt' and subject_kind = 'case' and limit_id is not null and case_no is not null
    group by department
),

troubled as (
    select
        department,
        case_no
    from findings_standing
    where
        level in ('yellow', 'red')
        and subject_kind = 'case'
        and limit_id is not null
        and ended_at is null
        and case_no is not null
    union
    select
        department,
        case_no
    from card_rows
    where is_in_force and subject_kind = 'case' and case_no is not null
),

overdue as (
    select
        department,
        count(*) as overdue_or_abnormal
    from troubled
    group by department
),

tasks as (
    select
        task_rows.department,
        count_if(
            task_rows.issued_at >= bounds.day_begins_at and task_rows.issued_at < bounds.day_ends_at
        ) as tasks_issued,
        count_if(
            task_rows.replied_at >= bounds.day_begins_at and task_rows.replied_at < bounds.day_ends_at
        ) as tasks_replied
    from task_rows
    inner join bounds on task_rows.department = bounds.department
    group by task_rows.department
)

select
    bounds.day,
    bounds.region,
    bounds.department,
    coalesce(handled.handled, 0) as handled,
    coalesce(handled.closed, 0) as closed,
    coalesce(closed_early.closed_early, 0) as closed_early,
    coalesce(near_limit.near_limit, 0) as near_limit,
    coalesce(overdue.overdue_or_abnormal, 0) as overdue_or_abnormal,
    coalesce(tasks.tasks_issued, 0) as tasks_issued,
    coalesce(tasks.tasks_replied, 0) as tasks_replied
from bounds
left join handled on bounds.department = handled.department
left join closed_early on bounds.department = closed_early.department
left join near_limit on bounds.department = near_limit.department
left join overdue on bounds.department = overdue.department
left join tasks on bounds.department = tasks.department
