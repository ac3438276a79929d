-- Extensions that are not valid, each with its defect: no sooner than the version that says so is that of the case.
select
    extensions.case_no as subject_id,
    extensions.case_no,
    cast(null as varchar) as department,
    cast(null as varchar) as officer,
    extensions.source as occurrence_source,
    extensions.event_id as occurrence_id,
    greatest(extensions.occurred_at, case_rows.exists_from) as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('defect', extensions.reason, 'n', extensions.n, 'unit', extensions.unit) as evidence
from extensions
inner join case_rows on extensions.key = case_rows.key
where not extensions.is_valid and case_rows.item_id is not null
