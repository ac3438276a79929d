-- Cases whose first CR and first T02 have one officer; the later of the two completes the condition.
with

finished as (
    select
        facts.case_no,
        facts.step,
        facts.occurred_at,
        facts.source,
        facts.event_id,
        facts.officer,
        facts.ord,
        row_number() over (partition by facts.case_no, facts.step order by facts.ord) as nth
    from facts
    where
        facts.type = 'esup.case.step_finished'
        and facts.step in ('CR', 'T02')
),

same_officer as (
    select
        registered.case_no,
        registered.officer,
        registered.event_id as registered_id,
        checked.event_id as checked_id,
        case when registered.ord > checked.ord then registered.occurred_at else checked.occurred_at end as triggers_at,
        case when registered.ord > checked.ord then registered.source else checked.source end as occurrence_source,
        case when registered.ord > checked.ord then registered.event_id else checked.event_id end as occurrence_id
    from finished as registered
    inner join finished as checked
        on
            registered.case_no = checked.case_no
            and registered.officer = checked.officer
            and registered.step = 'CR'
            and checked.step = 'T02'
    where
        registered.nth = 1
        and checked.nth = 1
)

select
    same_officer.case_no as subject_id,
    same_officer.case_no,
    case_rows.department,
    same_officer.officer,
    same_officer.occurrence_source,
    same_officer.occurrence_id,
    same_officer.triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('registered', same_officer.registered_id, 'checked', same_officer.checked_id) as evidence
from same_officer
left outer join case_rows on same_officer.case_no = case_rows.case_no
