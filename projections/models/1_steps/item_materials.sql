-- The materials that each item version lists; named twice, a material is required if either says so.
-- grain:   item_id, code
-- refresh: whole
with

listed as (
    select
        item_id,
        unnest(from_json(data -> 'materials', '[{"code":"VARCHAR","name":"VARCHAR","required":"BOOLEAN"}]')) as entry
    from items
)

select
    item_id,
    entry.code as code,
    min(entry.name) as name,
    bool_or(coalesce(entry.required, false)) as is_required
from listed
group by item_id, entry.code
