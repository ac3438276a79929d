-- What was said of cards, each fact with the word for it, and whether it counts.
-- grain:   position
-- refresh: view
select
    key,
    subject as card_id,
    replace(type, 'esup.card.', '') as act,
    data,
    level,
    case_no,
    department,
    officer,
    occurred_at,
    recorded_at,
    position,
    source,
    event_id,
    dataversion,
    ord,
    struct_pack(recorded_at := recorded_at, position := position) as newness,
    position not in (select own_exemptions.position from own_exemptions) as counts
from facts
where type like 'esup.card.%'
