-- Each day that a calendar notice speaks of, with the layer the notice belongs to.
-- grain:   calendar, region, office, day, source, event_id
-- refresh: whole
with

notices as materialized (
    select
        coalesce(data ->> 'calendar', 'cn') as calendar,
        data ->> 'region' as region,
        data ->> 'office' as office,
        data ->> 'notice' as notice,
        (data ->> 'published_on')::date as published_on,
        source,
        event_id,
        from_json(data -> 'days', '[{"date":"DATE","working":"BOOLEAN","name":"VARCHAR"}]') as days
    from facts
    where type = 'esup.calendar.noticed'
),

listed as (
    select
        * exclude (days),
        unnest(days) as entry
    from notices
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
from listed
