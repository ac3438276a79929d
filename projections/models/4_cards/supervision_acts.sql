-- The life of every card, task and complaint, fact by fact: what was said of it, when, by whom and why. What did not
-- count (an exemption approved by the card's own department) stands here too.
-- grain:   position
-- refresh: view
select
    split_part(type, '.', 2) as about,
    subject as subject_id,
    split_part(type, '.', 3) as act,
    occurred_at,
    recorded_at,
    coalesce(
        data ->> 'reason', data ->> 'ground', data ->> 'text', data ->> 'opinion', data ->> 'result',
        data ->> 'replaced_by', data ->> 'to'
    ) as reason,
    coalesce(officer, source) as said_by,
    (data ->> 'due_on')::date as due_on,
    (data ->> 'accepted')::boolean as is_accepted,
    position,
    source,
    event_id,
    ord
from facts
where type like 'esup.card.%' or type like 'esup.task.%' or type like 'esup.complaint.%'
