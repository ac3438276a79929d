-- Decisions without their document or number; when both were supplied the condition has ended.
select
    undocumented_decisions.case_no as subject_id,
    undocumented_decisions.case_no,
    undocumented_decisions.department,
    undocumented_decisions.officer,
    undocumented_decisions.source as occurrence_source,
    undocumented_decisions.event_id as occurrence_id,
    undocumented_decisions.occurred_at as triggers_at,
    undocumented_decisions.completed_at as rectified_at,
    json_object(
        'decided', undocumented_decisions.event_id,
        'lacks_document', undocumented_decisions.lacks_document,
        'lacks_number', undocumented_decisions.lacks_number
    ) as evidence
from undocumented_decisions
