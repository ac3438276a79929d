-- An obligation that stands twice: the same clause of a rule, subject and opening fact must give one row.
-- grain:   rule_no, subject, source, event_id
-- refresh: view
select
    rule_no,
    any_value(rule_id) as rule_id,
    any_value(subject) as subject,
    any_value(source) as source,
    any_value(event_id) as event_id,
    count(*) as times
from obligation_rows
group by rule_no, hash(subject, source, event_id)
having count(*) > 1
