-- The cases in which nobody answered an application within as many plain days as the law gives counted ones: only among
-- them can any be deemed accepted, so only they are looked at before their acceptance is known.
-- grain:   key
-- refresh: scratch
with

openings as (
    select
        facts.key,
        facts.ord,
        facts.occurred_at,
        facts.is_day,
        answer_triggers.rule_no
    from facts
    inner join answer_triggers on facts.type = answer_triggers.type and answer_triggers.role = 'opens'
    where answer_triggers.field is null or answer_triggers.value = facts.with_materials::varchar
),

answers as (
    select
        facts.key,
        facts.ord,
        facts.occurred_at,
        facts.is_day
    from facts
    inner join answer_triggers
        on facts.type = answer_triggers.type and answer_triggers.role in ('discharges', 'voids')
),

shortest as (
    select
        rule_no,
        min(case when unit in ('work_day', 'calendar_day') then n else 0 end) as n
    from rule_limits
    group by rule_no
)

select distinct openings.key
from openings
inner join shortest on openings.rule_no = shortest.rule_no
anti join answers
    on
        openings.key = answers.key
        and answers.occurred_at < openings.occurred_at + to_days(shortest.n)
        and (
            answers.ord >= openings.ord
            or (
                answers.is_day
                and not openings.is_day
                and answers.occurred_at + interval 24 hour > openings.occurred_at
            )
        )
