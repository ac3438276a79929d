-- Every deadline prompt that was sent.
-- grain:   prompt_id
-- refresh: view
select
    subject as prompt_id,
    data ->> 'rule' as rule_id,
    case_no,
    department,
    officer,
    (data ->> 'triggers_at')::timestamptz as triggers_at,
    recorded_at as prompted_at,
    position,
    data ->> 'subject_id' as subject_id,
    data ->> '$.occurrence.source' as occurrence_source,
    data ->> '$.occurrence.id' as occurrence_id
from facts
where type = 'esup.deadline.prompted'
