-- An obligation that stands twice: the same clause of a rule, subject and opening fact must give one row.
-- grain:   rule_no, subject, source, event_id
-- refresh: view
select
    rule_id,
    rule_no,
    subject,
    source,
    event_id,
    count(*) as times
from obligation_rows
group by rule_id, rule_no, subject, source, event_id
having count(*) > 1
