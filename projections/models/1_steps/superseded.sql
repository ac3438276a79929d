-- Facts that a correction has replaced: the same source and event id with a higher data version.
-- grain:   position
-- refresh: key
with

corrections as (
    select
        source,
        event_id,
        max(dataversion) as dataversion
    from visible_events
    where dataversion > 1
    group by source, event_id
)

select
    visible_events.key,
    visible_events.position
from visible_events
inner join corrections
    on
        visible_events.source = corrections.source
        and visible_events.event_id = corrections.event_id
where visible_events.dataversion < corrections.dataversion
