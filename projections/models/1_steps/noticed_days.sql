-- Each day that a calendar notice speaks of, with the layer the notice belongs to.
-- grain:   calendar, region, office, day, source, event_id
-- refresh: whole
with

notices as (
    select
        coalesce(data ->> 'calendar', 'cn') as calendar,
        data ->> 'region' as region,
        data ->> 'office' as office,
        data ->> 'notice' as notice,
        (data ->> 'published_on')::date as published_on,
        source,
        event_id,
        unnest(from_json(data -> 'days', '[{"date":"DATE","working":"BOOLEAN","name":"VARCHAR"}]')) as entry
    from facts
    where type = 'esup.calendar.noticed'
)

select
    calendar,
    region,
    office,
    notice,
    published_on,
    source,
    event_id,
    entry.date as day,
    entry.working as is_working,
    entry.name as name
from notices
