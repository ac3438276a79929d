-- The fees that each item version lists, with the standard of each; of a fee named twice the first counts.
-- grain:   item_id, fee
-- refresh: whole
with

lists as (
    select
        item_id,
        from_json(data -> 'fees', '[{"fee":"VARCHAR","standard":"VARCHAR","fixed":"BOOLEAN"}]') as fees
    from items
),

listed as (
    select
        item_id,
        unnest(fees) as entry,
        generate_subscripts(fees, 1) as fee_no
    from lists
)

select
    item_id,
    entry.fee as fee,
    try_cast(arg_min(entry, fee_no).standard as decimal(18, 2)) as standard,
    coalesce(arg_min(entry, fee_no).fixed, false) as is_fixed
from listed
group by item_id, entry.fee
