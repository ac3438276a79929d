-- The path of each case through its item's flow: by finished steps, or by started ones where none is finished. Yellow
-- at the first step that does not follow, red at a decision before which a mandatory step was not done. The summary
-- procedure is bound to no flow. What is known to the day only may lie anywhere in that day: it is placed where it
-- fits.
with

only_started as (
    select facts.key
    from facts
    where facts.type in ('esup.case.step_started', 'esup.case.step_finished')
    group by facts.key
    having bool_and(facts.type = 'esup.case.step_started')
),

walked as (
    select
        facts.key,
        facts.step,
        facts.action,
        facts.occurred_at,
        facts.is_day,
        facts.ord,
        lag(facts.step) over (partition by facts.key order by facts.ord) as step_before
    from facts
    where
        facts.type = 'esup.case.step_finished'
        or (facts.type = 'esup.case.step_started' and facts.key in (select only_started.key from only_started))
),

-- Steps that do not follow the step directly before. A return, or an order that a day leaves open, may excuse them.
suspected as (
    select
        walked.key,
        walked.step,
        walked.ord,
        case_rows.item_id
    from walked
    inner join case_rows on walked.key = case_rows.key
    left outer join item_steps
        on
            case_rows.item_id = item_steps.item_id
            and coalesce(walked.step_before, walked.step) = item_steps.step
    where
        case_rows.item_id in (select flows.item_id from item_steps as flows)
        and not coalesce(
            case
                when walked.step_before is null then item_steps.is_entry
                else list_contains(item_steps.flow_step.next, walked.step)
            end,
            false
        )
),

-- All steps of those cases, with the first and the last place in the order that each may have.
placed as (
    select
        walked.key,
        walked.step,
        walked.action,
        walked.ord,
        coalesce(item_steps.is_entry, false) as is_entry,
        item_steps.flow_step.next as next_steps,
        case when walked.is_day then epoch_us(walked.occurred_at) * 4096 else walked.ord end as first_place,
        case when walked.is_day then epoch_us(walked.occurred_at + interval 1 day) * 4096 - 1 else walked.ord end
            as last_place
    from walked
    inner join (
        select distinct
            suspected.key,
            suspected.item_id
        from suspected
    ) as cases on walked.key = cases.key
    left outer join item_steps
        on
            cases.item_id = item_steps.item_id
            and walked.step = item_steps.step
),

-- How far the path had certainly come when the suspected step was done.
reached as (
    select
        here.key,
        here.step,
        here.ord,
        here.is_entry,
        here.last_place,
        max(earlier.first_place) as place
    from suspected
    inner join placed as here
        on
            suspected.key = here.key
            and suspected.ord = here.ord
    left outer join placed as earlier
        on
            here.key = earlier.key
            and here.first_place > earlier.last_place
    group by
        here.key,
        here.step,
        here.ord,
        here.is_entry,
        here.last_place
),

-- What follows a step that may stand directly before it, was done before a return directly before it, or begins; where
-- nothing certainly stands before it, there must be an entry step to begin with.
excused as (
    select
        reached.key,
        reached.ord
    from reached
    left outer join placed as other
        on
            reached.key = other.key
            and reached.ord <> other.ord
            and reached.last_place >= other.first_place
    group by
        reached.key,
        reached.ord,
        reached.is_entry,
        reached.place
    having
        (reached.place is not null or reached.is_entry or bool_or(other.is_entry))
        and (
            bool_or(
                (reached.place is null or other.last_place >= reached.place)
                and list_contains(other.next_steps, reached.step)
            )
            or (
                bool_or((reached.place is null or other.last_place >= reached.place) and other.action = 'return')
                and bool_or(reached.step = other.step)
            )
            or (reached.is_entry and not coalesce(bool_or(other.is_entry and reached.ord > other.ord), false))
        )
),

misfits as (
    select
        suspected.key,
        min(suspected.ord) as ord
    from suspected
    left outer join excused
        on
            suspected.key = excused.key
            and suspected.ord = excused.ord
    where excused.key is null
    group by suspected.key
),

-- Mandatory steps that were perhaps not done before the decision.
missed as (
    select
        case_rows.key,
        item_steps.step
    from case_rows
    inner join item_steps on case_rows.item_id = item_steps.item_id
    anti join walked
        on
            case_rows.key = walked.key
            and item_steps.step = walked.step
            and case_rows.decided_at > walked.occurred_at
    where
        item_steps.is_mandatory
        and case_rows.decided_at is not null
),

-- The facts of the cases that are left, by which they are judged in full.
details as (
    select
        facts.key,
        facts.type,
        facts.step,
        facts.officer,
        facts.source,
        facts.event_id,
        facts.occurred_at,
        facts.is_day,
        facts.ord,
        facts.data ->> 'procedure' as procedure,
        row_number() over (partition by facts.key, facts.type order by facts.ord) as nth
    from facts
    where
        facts.type in ('esup.case.step_started', 'esup.case.step_finished', 'esup.case.decided')
        and (
            facts.key in (select misfits.key from misfits)
            or facts.key in (select missed.key from missed)
        )
),

perhaps_done as (
    select
        walked.key,
        walked.step,
        walked.occurred_at,
        walked.is_day,
        walked.ord
    from walked
    where walked.key in (select missed.key from missed)
),

decisions as (
    select
        details.key,
        details.ord,
        details.is_day,
        details.occurred_at,
        details.procedure
    from details
    where
        details.type = 'esup.case.decided'
        and details.nth = 1
),

skipped as (
    select
        decisions.key,
        decisions.ord,
        min(missed.step) as step
    from decisions
    inner join missed on decisions.key = missed.key
    anti join perhaps_done
        on
            missed.key = perhaps_done.key
            and missed.step = perhaps_done.step
            and case
                when perhaps_done.is_day then perhaps_done.occurred_at <= decisions.occurred_at
                when decisions.is_day then perhaps_done.occurred_at < decisions.occurred_at + interval 1 day
                else perhaps_done.ord < decisions.ord
            end
    group by
        decisions.key,
        decisions.ord
),

found as (
    select
        'yellow' as level,
        misfits.key,
        misfits.ord,
        cast(null as varchar) as skipped_step
    from misfits
    union all
    select
        'red' as level,
        skipped.key,
        skipped.ord,
        skipped.step as skipped_step
    from skipped
)

select
    found.level,
    case_rows.case_no as subject_id,
    case_rows.case_no,
    case_rows.department,
    details.officer,
    details.source as occurrence_source,
    details.event_id as occurrence_id,
    greatest(details.occurred_at, case_rows.pinned_at, case_rows.exists_from) as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('step', details.step, 'skipped', found.skipped_step) as evidence
from found
inner join details
    on
        found.key = details.key
        and found.ord = details.ord
inner join case_rows on found.key = case_rows.key
left outer join decisions on found.key = decisions.key
where coalesce(decisions.procedure, 'ordinary') <> 'summary'
