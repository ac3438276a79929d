-- Steps that were finished before they were started, and applications that other facts of the case precede. Where
-- either of two facts is known to the day, days are compared. A step's own start bears its reference; without one it is
-- the step's only start, where the step has exactly one start and one finish.
with

acts as (
    select
        facts.key,
        facts.step,
        min(facts.occurred_at) filter (where facts.type = 'esup.case.step_finished') as finished_at,
        max(facts.occurred_at) filter (where facts.type = 'esup.case.step_started') as started_at
    from facts
    where facts.type in ('esup.case.step_started', 'esup.case.step_finished')
    group by facts.key, facts.step
    having finished_at < started_at
),

doubtful as (
    select
        facts.key,
        facts.case_no,
        facts.type,
        facts.step,
        case when not is_missing(facts.ref) then facts.ref end as ref,
        facts.occurred_at,
        facts.is_day,
        facts.officer,
        facts.source,
        facts.event_id,
        facts.ord,
        count(*) over (partition by facts.key, facts.step, facts.type) as times
    from facts
    inner join acts
        on
            facts.key = acts.key
            and facts.step = acts.step
            and facts.type in ('esup.case.step_started', 'esup.case.step_finished')
),

pairs as (
    select
        finished.case_no,
        finished.occurred_at as finished_at,
        finished.is_day as finished_is_day,
        finished.source as finished_source,
        finished.event_id as finished_id,
        started.occurred_at as started_at,
        started.is_day as started_is_day,
        started.officer,
        started.source,
        started.event_id,
        case_rows.zone,
        row_number() over (partition by finished.source, finished.event_id order by started.ord) as nth
    from doubtful as finished
    inner join doubtful as started
        on
            finished.key = started.key
            and finished.step = started.step
            and finished.type = 'esup.case.step_finished'
            and started.type = 'esup.case.step_started'
            and case
                when finished.ref is null then finished.times = 1 and started.times = 1
                else finished.ref = started.ref
            end
    inner join case_rows on finished.key = case_rows.key
),

backward as (
    select
        pairs.case_no,
        pairs.officer,
        pairs.source,
        pairs.event_id,
        pairs.started_at as triggers_at,
        min(pairs.finished_id) as earlier
    from pairs
    where
        pairs.nth = 1
        and case
            when pairs.finished_is_day or pairs.started_is_day
                then
                    cast(timezone(pairs.zone, pairs.finished_at) as date)
                    < cast(timezone(pairs.zone, pairs.started_at) as date)
            else pairs.finished_at < pairs.started_at
        end
    group by pairs.case_no, pairs.officer, pairs.source, pairs.event_id, pairs.started_at
),

preceded as (
    select
        case_rows.key,
        case_rows.zone
    from case_rows
    where case_rows.first_at < case_rows.applied_at
),

told as (
    select
        facts.key,
        facts.case_no,
        facts.type,
        facts.occurred_at,
        facts.is_day,
        facts.source,
        facts.event_id,
        facts.ord,
        preceded.zone,
        row_number() over (partition by facts.key, facts.type order by facts.ord) as nth
    from facts
    inner join preceded on facts.key = preceded.key
    where facts.type like 'esup.case.%'
),

premature as (
    select
        applied.case_no,
        applied.source,
        applied.event_id,
        applied.occurred_at as triggers_at,
        arg_min(told.event_id, told.ord) as earlier
    from told as applied
    inner join told
        on
            applied.key = told.key
            and applied.type = 'esup.case.applied'
            and applied.nth = 1
            and case
                when applied.is_day or told.is_day
                    then
                        cast(timezone(told.zone, told.occurred_at) as date)
                        < cast(timezone(told.zone, applied.occurred_at) as date)
                else told.occurred_at < applied.occurred_at
            end
    group by applied.case_no, applied.source, applied.event_id, applied.occurred_at
),

found as (
    select
        backward.case_no,
        backward.officer,
        backward.source,
        backward.event_id,
        backward.triggers_at,
        backward.earlier
    from backward
    union all
    select
        premature.case_no,
        cast(null as text) as officer,
        premature.source,
        premature.event_id,
        premature.triggers_at,
        premature.earlier
    from premature
)

select
    found.case_no as subject_id,
    found.case_no,
    cast(null as text) as department,
    found.officer,
    found.source as occurrence_source,
    found.event_id as occurrence_id,
    found.triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('later', found.event_id, 'earlier', found.earlier) as evidence
from found
