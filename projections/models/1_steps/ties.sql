-- The order of facts of one stream that occurred at the same instant: by sequence, then source and id, never by
-- arrival. Facts that stand alone at their instant need no row.
-- grain:   position
-- refresh: key
with

tied as (
    select
        key,
        occurred_at
    from visible_events
    group by key, occurred_at
    having count(*) > 1
)

select
    visible_events.key,
    visible_events.position,
    row_number() over (
        partition by visible_events.key, visible_events.occurred_at
        order by
            visible_events.sequence,
            visible_events.source,
            visible_events.event_id,
            visible_events.dataversion
    ) as tie_no
from visible_events
inner join tied
    on
        visible_events.key = tied.key
        and visible_events.occurred_at = tied.occurred_at
