-- The duty to answer an application where it may have been missed, as it stands before anything is deemed
-- (行政许可法 32).
-- grain:   limit_id
-- refresh: scratch
-- needs:   answer_candidates
with

answer_facts as (
    select
        *,
        null::timestamptz as exists_from,
        null::varchar as subject_kind,
        null::integer as fact_prompt,
        null::boolean as fact_rolls,
        null::varchar as result,
        null::varchar as written,
        null::varchar as approved,
        null::varchar as states_day,
        null::varchar as awaits_task
    from facts
    where
        key in (select answer_candidates.key from answer_candidates)
        and type in (select answer_triggers.type from answer_triggers)
),

duties as (
    select * from match_duties('answer_facts', 'answer_triggers')
),

limits as (
    select * from limit_duties('duties', 'case_settings')
)

select
    limits.*,
    counted.breaches_at,
    counted.provisional
from limits
inner join count_limits('limits', 'answer_pauses') as counted on limits.limit_id = counted.limit_id
