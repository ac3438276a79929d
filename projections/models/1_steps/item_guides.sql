-- What each guide tells the public about the item version it names, in the shapes of the catalogue entry. A field is
-- missing if it is absent, null or blank; an empty list is a value. `missing` is null where nothing is.
-- grain:   source, event_id
-- refresh: whole
with

guides as (
    select
        data ->> 'code' as item,
        data ->> 'version' as item_version,
        data ->> 'channel' as channel,
        data -> 'values' as told,
        occurred_at,
        ord,
        source,
        event_id
    from facts
    where type = 'esup.item.guide_published'
)

select
    item,
    item_version,
    channel,
    nullif(
        list_filter(
            ['promised', 'statutory', 'fees', 'materials', 'phone', 'place'],
            lambda field: is_missing(told ->> field)
        ),
        []
    ) as missing,
    try_cast(told ->> '$.promised.n' as decimal(38, 12)) as promised_n,
    told ->> '$.promised.unit' as promised_unit,
    try_cast(told ->> '$.statutory.n' as decimal(38, 12)) as statutory_n,
    told ->> '$.statutory.unit' as statutory_unit,
    listed_fees(told -> 'fees') as fees,
    listed_materials(told -> 'materials') as materials,
    occurred_at,
    ord,
    source,
    event_id
from guides
