-- Cases accepted, deemed accepted or filed on a day on which no published version of their item was in force, or on
-- which the item was suspended or cancelled. Where the publication or the acceptance is known to the day only, a
-- publication of the same day comes first.
with

filed as (
    select
        facts.key,
        facts.source,
        facts.event_id,
        facts.occurred_at,
        facts.is_day,
        row_number() over (partition by facts.key order by facts.ord) as nth
    from facts
    where facts.type = 'esup.case.filed'
),

begun as (
    select
        case_rows.key,
        case_rows.item,
        case_rows.item_id,
        case_rows.zone,
        case_rows.accepted_source as source,
        case_rows.accepted_event_id as event_id,
        case_rows.accepted_at as begun_at,
        case_rows.accepted_is_day as is_day
    from case_rows
    where case_rows.accepted_at is not null
    union all
    select
        case_rows.key,
        case_rows.item,
        case_rows.item_id,
        case_rows.zone,
        filed.source,
        filed.event_id,
        filed.occurred_at as begun_at,
        filed.is_day
    from filed
    inner join case_rows on filed.key = case_rows.key
    where
        filed.nth = 1
        and case_rows.accepted_at is null
),

-- A case whose version was found needs no second look unless its item was ever stopped.
doubtful as (
    select
        begun.key,
        begun.item,
        begun.zone,
        begun.source,
        begun.event_id,
        begun.begun_at,
        begun.is_day,
        cast(timezone(begun.zone, begun.begun_at) as date) as begun_on
    from begun
    where
        begun.item is not null
        and (
            begun.item_id is null
            or begun.item in (select item_stops.item from item_stops)
        )
),

confirmed as (
    select
        doubtful.key,
        max(items.effective_from) as effective_from
    from doubtful
    inner join items
        on
            doubtful.item = items.item
            and doubtful.begun_on >= items.effective_from
            and case
                when doubtful.is_day or items.is_day
                    then doubtful.begun_on >= cast(timezone(doubtful.zone, items.published_at) as date)
                else doubtful.begun_at >= items.published_at
            end
    group by doubtful.key
),

-- A version that takes effect on or after the first day of a suspension ends it; nothing ends a cancellation.
stopped as (
    select
        doubtful.key,
        arg_max(item_stops.kind, item_stops.ord) as kind,
        arg_max(item_stops.event_id, item_stops.ord) as event_id
    from doubtful
    inner join item_stops
        on
            doubtful.item = item_stops.item
            and doubtful.begun_on >= item_stops.effective_from
    left outer join confirmed on doubtful.key = confirmed.key
    where
        item_stops.kind = 'cancelled'
        or confirmed.effective_from is null
        or item_stops.effective_from > confirmed.effective_from
    group by doubtful.key
)

select
    case_rows.case_no as subject_id,
    case_rows.case_no,
    case_rows.department,
    cast(null as varchar) as officer,
    doubtful.source as occurrence_source,
    doubtful.event_id as occurrence_id,
    greatest(doubtful.begun_at, case_rows.exists_from) as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object(
        'item', doubtful.item,
        'begun', doubtful.event_id,
        'version_effective_from', confirmed.effective_from,
        'stopped_by', stopped.event_id,
        'stop', stopped.kind
    ) as evidence
from doubtful
inner join case_rows on doubtful.key = case_rows.key
left outer join confirmed on doubtful.key = confirmed.key
left outer join stopped on doubtful.key = stopped.key
where
    confirmed.key is null
    or stopped.key is not null
