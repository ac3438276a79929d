-- The spans in which valid suspensions stop a case's clock, merged so that no day or instant is excluded twice.
-- A macro over `source_suspensions` (from judge_suspensions).
-- grain:   pause_key, measure, span_no
-- refresh: macro
-- inputs:  source_suspensions
with

valid as (
    select
        key,
        started_on,
        coalesce(effective_end_on, date '9999-12-31') as ended_on,
        started_at,
        coalesce(effective_end_at, timestamptz '9999-12-31 00:00:00+00') as ended_at
    from query_table(source_suspensions)
    where is_valid
),

days_marked as (
    select
        *,
        started_on > max(ended_on) over (
            partition by key order by started_on, ended_on rows between unbounded preceding and 1 preceding
        ) as is_apart
    from valid
    where ended_on > started_on
),

days_grouped as (
    select
        *,
        count_if(coalesce(is_apart, true)) over (
            partition by key order by started_on, ended_on rows unbounded preceding
        ) as span_no
    from days_marked
),

instants_marked as (
    select
        *,
        started_at > max(ended_at) over (
            partition by key order by started_at, ended_at rows between unbounded preceding and 1 preceding
        ) as is_apart
    from valid
    where ended_at > started_at
),

instants_grouped as (
    select
        *,
        count_if(coalesce(is_apart, true)) over (
            partition by key order by started_at, ended_at rows unbounded preceding
        ) as span_no
    from instants_marked
)

select
    key as pause_key,
    'day' as measure,
    span_no::integer as span_no,
    min(started_on) as started_on,
    nullif(max(ended_on), date '9999-12-31') as ended_on,
    null::timestamptz as started_at,
    null::timestamptz as ended_at
from days_grouped
group by key, span_no
union all
select
    key as pause_key,
    'instant' as measure,
    span_no::integer as span_no,
    null::date as started_on,
    null::date as ended_on,
    min(started_at) as started_at,
    nullif(max(ended_at), timestamptz '9999-12-31 00:00:00+00') as ended_at
from instants_grouped
group by key, span_no
