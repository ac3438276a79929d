-- Every verdict against a department, from obligations and from conditions alike, with its evidence.
-- grain:   rule_id, level, subject, source, event_id
-- refresh: view
select
    key,
    rule_no,
    rule_id,
    rule_version,
    level,
    subject_kind,
    subject,
    case_no,
    department,
    officer,
    source,
    event_id,
    exists_from,
    triggers_at,
    ended_at,
    limit_id,
    null::varchar as evidence
from obligation_findings
union all
select
    key,
    rule_no,
    rule_id,
    rule_version,
    level,
    subject_kind,
    subject,
    case_no,
    department,
    officer,
    source,
    event_id,
    triggers_at as exists_from,
    triggers_at,
    ended_at,
    null::bigint as limit_id,
    evidence
from condition_findings
