-- The steps of each item version's inner flow, with the limit of each.
-- grain:   item_id, step
-- refresh: whole
with

listed as (
    select
        source || ' ' || event_id as item_id,
        unnest(
            from_json(
                data -> 'flow',
                '[{"step":"VARCHAR","name":"VARCHAR","post":"VARCHAR","mandatory":"BOOLEAN",'
                || '"next":["VARCHAR"],"limit":{"n":"INTEGER","unit":"VARCHAR",'
                || '"rolls":"BOOLEAN","pausable":"BOOLEAN","prompt":"INTEGER"}}]'
            )
        ) as entry
    from facts
    where type = 'esup.item.published'
)

select
    item_id,
    entry.step as step,
    arg_min(entry, entry::varchar) as flow_step
from listed
group by item_id, entry.step
