-- A finding with two live cards of one level: one is withdrawn before the next is issued.
-- grain:   card_code, level, subject_id, occurrence_source, occurrence_id
-- refresh: view
select
    card_code,
    level,
    subject_id,
    occurrence_source,
    occurrence_id,
    count(*) as times
from card_rows
where state <> 'withdrawn' and issued_source = '/esup/monitor'
group by card_code, level, subject_id, occurrence_source, occurrence_id
having count(*) > 1
