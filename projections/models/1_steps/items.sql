-- Every published version of every administrative power item, with its limits in numbers and what a guide must repeat.
-- grain:   item_id
-- refresh: whole
with

versions as (
    select
        source || ' ' || event_id as item_id,
        source,
        event_id,
        data,
        occurred_at,
        is_day,
        ord,
        from_json(
            data,
            '{"code":"VARCHAR","version":"VARCHAR","class":"VARCHAR","kind":"VARCHAR","name":"VARCHAR",'
            || '"department":"VARCHAR","effective_from":"DATE",'
            || '"statutory":{"n":"INTEGER","unit":"VARCHAR","rolls":"BOOLEAN","pausable":"BOOLEAN","prompt":"INTEGER"},'
            || '"promised":{"n":"INTEGER","unit":"VARCHAR","rolls":"BOOLEAN","pausable":"BOOLEAN","prompt":"INTEGER"},'
            || '"suspensions_allowed":["VARCHAR"],'
            || '"extension":{"max":{"n":"INTEGER","unit":"VARCHAR"},"approver_role":"VARCHAR","moves":"VARCHAR"}}'
        ) as item
    from facts
    where type = 'esup.item.published'
)

select
    item_id,
    item.code as item,
    item.version as item_version,
    item.class as class,
    item.kind as kind,
    item.name as name,
    item.department as department,
    occurred_at as published_at,
    item.effective_from as effective_from,
    item.statutory as statutory,
    item.promised as promised,
    coalesce(item.suspensions_allowed, []) as suspensions_allowed,
    item.extension as extension,
    listed_fees(data -> 'fees') as fees,
    listed_materials(data -> 'materials') as materials,
    is_day,
    ord,
    source,
    event_id,
    data
from versions
