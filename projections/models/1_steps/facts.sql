-- Every fact as it is known at the clock, in its newest data version; `ord` orders the facts of a case.
-- grain:   position
-- refresh: view
select
    visible_events.*,
    struct_pack(
        occurred_at := visible_events.occurred_at,
        sequence := visible_events.sequence,
        source := visible_events.source,
        event_id := visible_events.event_id
    ) as ord
from visible_events
where visible_events.position not in (select superseded.position from superseded)
