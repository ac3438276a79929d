-- Item versions whose longest path through the flow takes more than they promise. A later version of the code that
-- keeps its promise, or makes none, mends it.
with

exceeding as (
    select
        facts.subject,
        facts.source,
        facts.event_id,
        facts.occurred_at,
        items.item,
        items.department,
        items.ord,
        item_paths.longest,
        item_paths.promised
    from facts
    inner join items on facts.source = items.source and facts.event_id = items.event_id
    inner join item_paths on items.item_id = item_paths.item_id
    where
        facts.type = 'esup.item.published'
        and item_paths.longest > item_paths.promised
),

mended as (
    select
        exceeding.source,
        exceeding.event_id,
        min(items.published_at) as mended_at
    from exceeding
    inner join items on exceeding.item = items.item and exceeding.ord < items.ord
    inner join item_paths on items.item_id = item_paths.item_id
    where
        item_paths.promised is null
        or item_paths.longest <= item_paths.promised
    group by exceeding.source, exceeding.event_id
)

select
    exceeding.subject as subject_id,
    cast(null as varchar) as case_no,
    exceeding.department,
    cast(null as varchar) as officer,
    exceeding.source as occurrence_source,
    exceeding.event_id as occurrence_id,
    exceeding.occurred_at as triggers_at,
    mended.mended_at as rectified_at,
    json_object(
        'published', exceeding.event_id,
        'steps_in_120ths_of_a_day', exceeding.longest,
        'promised_in_120ths_of_a_day', exceeding.promised
    ) as evidence
from exceeding
left outer join mended on exceeding.source = mended.source and exceeding.event_id = mended.event_id
