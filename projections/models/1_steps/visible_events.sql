-- The events that had occurred and were known at the clock: what every other model starts from. One condition, so that
-- the planner does not take three of them for a rare coincidence.
-- grain:   position
-- refresh: view
select events.*
from events
cross join clock
where
    case
        when events.occurred_at > clock.as_of then false
        when events.recorded_at > clock.known_at then false
        else events.position <= clock.position
    end
