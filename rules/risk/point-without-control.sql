-- Nodes with a risk that were passed before their control: a step of the flow, a second officer at the node itself, or
-- a discussion by the leaders. The first such pass of each node; a later control ends the condition. What is known to
-- the day came before what happened on that day.
with

done as (
    select
        facts.key,
        facts.step,
        facts.action,
        facts.officer,
        facts.source,
        facts.event_id,
        facts.occurred_at,
        facts.is_day,
        facts.ord,
        case_rows.case_no,
        case_rows.department,
        greatest(facts.occurred_at, case_rows.pinned_at, case_rows.exists_from) as triggers_at,
        trimmed(item_steps.risk.control_step) as control_step,
        case
            when trimmed(item_steps.risk.control_step) = 'second_officer'
                then not is_missing(facts.data ->> 'second_officer')
            else false
        end as is_seconded
    from facts
    inner join case_rows on facts.key = case_rows.key
    inner join item_steps on case_rows.item_id = item_steps.item_id and facts.step = item_steps.step
    where
        facts.type = 'esup.case.step_finished'
        and item_steps.risk is not null
),

controls as (
    select
        facts.key,
        facts.occurred_at,
        facts.is_day,
        facts.ord,
        case when facts.type = 'esup.case.step_finished' then facts.step else 'collectively_discussed' end
            as control_step
    from facts
    where
        facts.type = 'esup.case.collectively_discussed'
        or (
            facts.type = 'esup.case.step_finished'
            and facts.step in (
                select trimmed(item_steps.risk.control_step)
                from item_steps
                where item_steps.risk is not null
            )
        )
),

uncontrolled as (
    select
        done.key,
        done.step,
        done.officer,
        done.source,
        done.event_id,
        done.ord,
        done.case_no,
        done.department,
        done.triggers_at,
        done.control_step,
        row_number() over (partition by done.key, done.step order by done.ord) as nth
    from done
    anti join controls
        on
            done.key = controls.key
            and done.control_step = controls.control_step
            and done.ord <> controls.ord
            and case
                when controls.is_day then controls.occurred_at <= done.occurred_at
                when done.is_day then controls.occurred_at < done.occurred_at + interval 1 day
                else controls.ord < done.ord
            end
    where
        done.action = 'pass'
        and not done.is_seconded
),

made_up as (
    select
        uncontrolled.key,
        uncontrolled.step,
        min(controls.occurred_at) as occurred_at
    from uncontrolled
    inner join controls
        on
            uncontrolled.key = controls.key
            and uncontrolled.control_step = controls.control_step
            and uncontrolled.ord < controls.ord
    where uncontrolled.nth = 1
    group by
        uncontrolled.key,
        uncontrolled.step
    union all
    select
        uncontrolled.key,
        uncontrolled.step,
        min(done.occurred_at) as occurred_at
    from uncontrolled
    inner join done
        on
            uncontrolled.key = done.key
            and uncontrolled.step = done.step
            and uncontrolled.ord < done.ord
            and done.is_seconded
    where uncontrolled.nth = 1
    group by
        uncontrolled.key,
        uncontrolled.step
)

select
    uncontrolled.case_no as subject_id,
    uncontrolled.case_no,
    uncontrolled.department,
    uncontrolled.officer,
    uncontrolled.source as occurrence_source,
    uncontrolled.event_id as occurrence_id,
    uncontrolled.triggers_at,
    case when made_up.occurred_at is not null then greatest(made_up.occurred_at, uncontrolled.triggers_at) end
        as rectified_at,
    json_object('step', uncontrolled.step, 'control_step', uncontrolled.control_step) as evidence
from uncontrolled
left outer join made_up
    on
        uncontrolled.key = made_up.key
        and uncontrolled.step = made_up.step
where uncontrolled.nth = 1
