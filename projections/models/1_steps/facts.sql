-- Every fact as it is known at the clock, in its newest data version. `ord` orders the facts of a case: the instant in
-- microseconds, shifted by twelve bits that hold the order among facts of the same instant.
-- grain:   position
-- refresh: view
select
    visible_events.*,
    epoch_us(visible_events.occurred_at) * 4096 + coalesce(ties.tie_no, 0) as ord
from visible_events
left join ties on visible_events.position = ties.position
where visible_events.position not in (select superseded.position from superseded)
