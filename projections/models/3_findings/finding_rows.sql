-- Every verdict, from obligations, from conditions and from conditions across cases alike, with its evidence. What was
-- judged in a group of cases has the key of that group. A card that was said at `stands_from` or later is right.
-- grain:   rule_id, level, subject, source, event_id
-- refresh: view
select
    *,
    triggers_at as stands_from,
    null::varchar as evidence,
    null::ubigint as group_key
from obligation_findings
union all by name
select
    *,
    triggers_at as exists_from,
    null::bigint as limit_id,
    null::ubigint as group_key
from condition_findings
union all by name
select
    *,
    hash(subject) as key,
    triggers_at as exists_from,
    null::bigint as limit_id
from across_findings
