-- The triggers of all rules but those whose breach deems a case accepted, which were matched before.
-- grain:   rule_no, role, type
-- refresh: view
select *
from rule_triggers
where deems is null
