-- Item versions that state no promise or no statutory limit, or promise more time than the law allows. A later version
-- of the code that states both and keeps within the law mends it.
with

beyond as (
    select
        facts.subject,
        facts.source,
        facts.event_id,
        facts.occurred_at,
        items.item,
        items.department,
        items.promised,
        items.statutory,
        items.ord
    from facts
    inner join items on facts.source = items.source and facts.event_id = items.event_id
    inner join item_paths on items.item_id = item_paths.item_id
    where
        facts.type = 'esup.item.published'
        and coalesce(item_paths.promised > item_paths.statutory, true)
),

mended as (
    select
        beyond.source,
        beyond.event_id,
        min(items.published_at) as mended_at
    from beyond
    inner join items on beyond.item = items.item and beyond.ord < items.ord
    inner join item_paths on items.item_id = item_paths.item_id
    where item_paths.promised <= item_paths.statutory
    group by beyond.source, beyond.event_id
)

select
    beyond.subject as subject_id,
    cast(null as varchar) as case_no,
    beyond.department,
    cast(null as varchar) as officer,
    beyond.source as occurrence_source,
    beyond.event_id as occurrence_id,
    beyond.occurred_at as triggers_at,
    mended.mended_at as rectified_at,
    json_object(
        'published', beyond.event_id,
        'promised', beyond.promised.n || ' ' || beyond.promised.unit,
        'statutory', beyond.statutory.n || ' ' || beyond.statutory.unit
    ) as evidence
from beyond
left outer join mended on beyond.source = mended.source and beyond.event_id = mended.event_id
