-- An obligation that a suspension pauses backwards or twice at once: spans end after they begin, and lie apart.
-- grain:   limit_id, span
-- refresh: view
with

listed as (
    select
        limit_id,
        rule_id,
        subject,
        unnest(spans) as span
    from obligation_rows
),

ordered as (
    select
        limit_id,
        rule_id,
        subject,
        span.started_at as started_at,
        span.ended_at as ended_at,
        lead(span.started_at) over (partition by limit_id order by span.started_at) as next_started_at
    from listed
)

select *
from ordered
where
    ended_at <= started_at
    or next_started_at <= coalesce(ended_at, next_started_at)
