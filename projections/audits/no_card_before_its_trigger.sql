-- A card of the monitor that was said before the instant at which its finding became true.
-- grain:   card_id
-- refresh: view
select
    card_id,
    rule_id,
    triggers_at,
    said_at
from card_rows
where issued_source = '/esup/monitor' and said_at < triggers_at
