-- Extensions that are not valid, each with its defect.
select
    extensions.case_no as subject_id,
    extensions.case_no,
    cast(null as varchar) as department,
    cast(null as varchar) as officer,
    extensions.source as occurrence_source,
    extensions.event_id as occurrence_id,
    extensions.occurred_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('defect', extensions.reason, 'n', extensions.n, 'unit', extensions.unit) as evidence
from extensions
where not extensions.is_valid
