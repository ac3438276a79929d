-- Checks (T02) that directly follow the registration (CR) in under sixty seconds.
with

finished as (
    select
        facts.case_no,
        facts.step,
        facts.occurred_at,
        facts.source,
        facts.event_id,
        facts.officer,
        lag(facts.step) over (partition by facts.case_no order by facts.ord) as previous_step,
        lag(facts.occurred_at) over (partition by facts.case_no order by facts.ord) as previous_at,
        lag(facts.event_id) over (partition by facts.case_no order by facts.ord) as previous_id
    from facts
    where facts.type = 'esup.case.step_finished'
)

select
    finished.case_no as subject_id,
    finished.case_no,
    case_rows.department,
    finished.officer,
    finished.source as occurrence_source,
    finished.event_id as occurrence_id,
    finished.occurred_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('registered', finished.previous_id, 'checked', finished.event_id) as evidence
from finished
left outer join case_rows on finished.case_no = case_rows.case_no
where
    finished.step = 'T02'
    and finished.previous_step = 'CR'
    and finished.occurred_at - finished.previous_at < interval 60 second
