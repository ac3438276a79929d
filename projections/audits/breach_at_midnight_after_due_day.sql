-- A limit in days that is not breached at 00:00 of the local day after its due day, or has one of the two alone.
-- grain:   limit_id
-- refresh: view
select
    limit_id,
    rule_id,
    subject,
    due_on,
    breaches_at
from obligation_rows
where
    unit <> 'hour'
    and breaches_at is distinct from timezone(zone, (due_on + 1)::timestamp)
