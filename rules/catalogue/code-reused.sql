-- Items published under a code after its cancellation, to take effect on or after the day of that. Where either is
-- known to the day only, a publication of the same day does not follow. Cancelling the code again mends it.
with

published as (
    select
        facts.subject,
        facts.source,
        facts.event_id,
        facts.occurred_at,
        facts.is_day,
        facts.ord,
        items.item,
        items.department,
        items.effective_from,
        cast(timezone(coalesce(departments.zone, 'Asia/Shanghai'), facts.occurred_at) as date) as occurred_on,
        coalesce(departments.zone, 'Asia/Shanghai') as zone
    from facts
    inner join items on facts.source = items.source and facts.event_id = items.event_id
    left outer join departments on items.department = departments.department
    where facts.type = 'esup.item.published'
),

reused as (
    select
        published.subject,
        published.source,
        published.event_id,
        arg_min(item_stops.event_id, item_stops.ord) as cancelled_by
    from published
    inner join item_stops
        on
            published.item = item_stops.item
            and published.ord > item_stops.ord
            and published.effective_from >= item_stops.effective_from
    where
        item_stops.kind = 'cancelled'
        and case
            when published.is_day or item_stops.is_day
                then published.occurred_on > cast(timezone(published.zone, item_stops.occurred_at) as date)
            else true
        end
    group by published.subject, published.source, published.event_id
),

mended as (
    select
        published.source,
        published.event_id,
        min(item_stops.occurred_at) as mended_at
    from published
    inner join item_stops on published.item = item_stops.item and published.ord < item_stops.ord
    where item_stops.kind = 'cancelled'
    group by published.source, published.event_id
)

select
    published.subject as subject_id,
    cast(null as varchar) as case_no,
    published.department,
    cast(null as varchar) as officer,
    published.source as occurrence_source,
    published.event_id as occurrence_id,
    published.occurred_at as triggers_at,
    mended.mended_at as rectified_at,
    json_object('cancelled', reused.cancelled_by, 'published', published.event_id) as evidence
from published
inner join reused on published.source = reused.source and published.event_id = reused.event_id
left outer join mended on published.source = mended.source and published.event_id = mended.event_id
