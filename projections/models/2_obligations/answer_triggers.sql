-- The triggers of the rules whose breach deems a case accepted.
-- grain:   rule_no, role, type
-- refresh: view
select *
from rule_triggers
where deems is not null
