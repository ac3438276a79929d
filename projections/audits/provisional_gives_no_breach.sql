-- A yellow or red finding on an obligation whose due day rests on a calendar that nobody has published yet.
-- grain:   limit_id, level
-- refresh: view
select
    obligation_findings.limit_id,
    obligation_findings.rule_id,
    obligation_findings.level,
    obligation_findings.subject
from obligation_findings
inner join obligation_rows
    on
        obligation_findings.key = obligation_rows.key
        and obligation_findings.limit_id = obligation_rows.limit_id
where
    obligation_findings.level in ('yellow', 'red')
    and obligation_rows.provisional
