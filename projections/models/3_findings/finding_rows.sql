-- Every verdict against a department, from obligations and from conditions alike, with its evidence.
-- grain:   rule_id, level, subject, source, event_id
-- refresh: view
select
    *,
    null::varchar as evidence
from obligation_findings
union all by name
select
    *,
    triggers_at as exists_from,
    null::bigint as limit_id
from condition_findings
