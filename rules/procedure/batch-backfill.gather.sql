-- Each late case: all its step facts came more than 24 hours after they happened. When a fact came is told by its first
-- data version; what is known to the day happened at the end of its day. The row stands for the step fact that came
-- first, `number` is that instant in microseconds, `recorded_at` the instant by which all had come.
with

corrected as (
    select
        facts.identity,
        min(fact_versions.recorded_at) as recorded_at
    from facts
    inner join fact_versions
        on
            facts.identity = fact_versions.identity
            and fact_versions.dataversion = 1
    where
        facts.dataversion > 1
        and facts.type in ('esup.case.step_started', 'esup.case.step_finished')
    group by facts.identity
),

-- The cases of which at least one step fact may be late: few.
candidates as (
    select distinct facts.key
    from facts
    where
        facts.type in ('esup.case.step_started', 'esup.case.step_finished')
        and (facts.dataversion > 1 or facts.recorded_at > facts.occurred_at + interval 24 hour)
),

step_facts as (
    select
        facts.key,
        facts.case_no,
        facts.officer,
        facts.post,
        facts.source,
        facts.event_id,
        facts.occurred_at,
        facts.sequence,
        facts.is_day,
        case when facts.dataversion > 1 then corrected.recorded_at else facts.recorded_at end as recorded_at
    from candidates
    inner join facts on candidates.key = facts.key
    left outer join corrected
        on
            facts.dataversion > 1
            and facts.identity = corrected.identity
    where facts.type in ('esup.case.step_started', 'esup.case.step_finished')
),

-- A fact whose first version is not known is not late.
late as (
    select
        step_facts.key,
        min(step_facts.recorded_at) as first_at,
        max(step_facts.recorded_at) as last_at
    from step_facts
    group by step_facts.key
    having
        bool_and(coalesce(
            step_facts.recorded_at > step_facts.occurred_at
            + case when step_facts.is_day then interval 48 hour else interval 24 hour end,
            false
        ))
),

opening as (
    select
        step_facts.case_no,
        step_facts.officer,
        step_facts.post,
        step_facts.source,
        step_facts.event_id,
        step_facts.occurred_at,
        step_facts.sequence,
        case_rows.department,
        late.first_at,
        late.last_at,
        row_number() over (
            partition by step_facts.key
            order by step_facts.occurred_at, step_facts.sequence, step_facts.source, step_facts.event_id
        ) as nth
    from late
    inner join step_facts
        on
            late.key = step_facts.key
            and late.first_at = step_facts.recorded_at
    inner join case_rows on late.key = case_rows.key
)

select
    department as group_id,
    case_no,
    department,
    officer,
    post,
    occurred_at,
    last_at as recorded_at,
    source as occurrence_source,
    event_id as occurrence_id,
    sequence as words,
    epoch_us(first_at) as number,
    cast(null as boolean) as flag
from opening
where nth = 1
