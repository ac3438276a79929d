-- Each fact of a case that came as an event; what a profile took from case attributes is none.
-- grain:   position
-- refresh: view
select
    case_no,
    position,
    type,
    coalesce(step, what) as step,
    post,
    officer,
    action,
    occurred_at,
    recorded_at,
    source,
    event_id,
    dataversion,
    amount,
    outcome,
    document,
    is_day
from facts
where
    type like 'esup.case.%'
    and not is_attribute
