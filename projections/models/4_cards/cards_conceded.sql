-- Cards whose appeal was accepted: what the monitor must withdraw for good.
-- grain:   card_id
-- refresh: view
select
    card_rows.*,
    card_facts.data ->> 'reason' as accepted_reason,
    card_facts.source as decision_source,
    card_facts.event_id as decision_event_id
from card_rows
inner join card_facts
    on
        card_rows.card_id = card_facts.card_id
        and card_facts.act = 'appeal_decided'
        and (card_facts.data ->> 'accepted') = 'true'
where card_rows.withdrawn_at is null
qualify row_number() over (partition by card_rows.card_id order by card_facts.ord) = 1
