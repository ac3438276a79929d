-- What was decided, or done in a step other than an entry step of the flow, before the case was accepted; found at the
-- acceptance. A deemed acceptance is known to the day only, and so are some facts: within that day nothing is earlier.
with

early as (
    select
        case_rows.case_no,
        case_rows.department,
        case_rows.accepted_source,
        case_rows.accepted_event_id,
        case_rows.accepted_at,
        case_rows.exists_from,
        facts.officer,
        facts.event_id,
        facts.ord
    from facts
    inner join case_rows on facts.key = case_rows.key
    left outer join item_steps on case_rows.item_id = item_steps.item_id and facts.step = item_steps.step
    where
        facts.type in ('esup.case.decided', 'esup.case.step_started', 'esup.case.step_finished')
        and facts.occurred_at < case_rows.accepted_at
        and (facts.type = 'esup.case.decided' or not coalesce(item_steps.is_entry, false))
        and (
            not (facts.is_day or case_rows.accepted_deemed)
            or cast(timezone(case_rows.zone, facts.occurred_at) as date)
            < cast(timezone(case_rows.zone, case_rows.accepted_at) as date)
        )
)

select
    early.case_no as subject_id,
    early.case_no,
    early.department,
    arg_min(early.officer, early.ord) as officer,
    early.accepted_source as occurrence_source,
    early.accepted_event_id as occurrence_id,
    greatest(early.accepted_at, early.exists_from) as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object(
        'accepted', early.accepted_event_id, 'earlier', arg_min(early.event_id, early.ord), 'count', count(*)
    ) as evidence
from early
group by
    early.case_no,
    early.department,
    early.accepted_source,
    early.accepted_event_id,
    early.accepted_at,
    early.exists_from
