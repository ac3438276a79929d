-- The gathered rows whose groups are judged: all of them, or in an update those of the groups it changed.
-- grain:   rule_no, group_id, occurrence_source, occurrence_id
-- refresh: view
select *
from gathered
