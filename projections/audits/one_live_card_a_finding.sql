-- A finding with two live cards: one is withdrawn before the next is issued.
-- grain:   rule_id, level, subject_id, occurrence_source, occurrence_id
-- refresh: view
select
    rule_id,
    level,
    subject_id,
    occurrence_source,
    occurrence_id,
    count(*) as times
from card_rows
where state <> 'withdrawn' and issued_source = '/esup/monitor'
group by rule_id, level, subject_id, occurrence_source, occurrence_id
having count(*) > 1
