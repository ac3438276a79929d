-- The suspensions and cancellations of item codes, each with the day from which the power may not be exercised.
-- grain:   source, event_id
-- refresh: whole
select
    data ->> 'code' as item,
    split_part(type, '.', 3) as kind,
    try_cast(data ->> 'effective_from' as date) as effective_from,
    occurred_at,
    is_day,
    ord,
    source,
    event_id
from facts
where type in ('esup.item.suspended', 'esup.item.cancelled')
