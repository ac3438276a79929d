-- The events that had occurred and were known at the clock: what every other model starts from.
-- grain:   position
-- refresh: view
select events.*
from events
cross join clock
where
    events.occurred_at <= clock.as_of
    and events.recorded_at <= clock.known_at
    and events.position <= clock.position
