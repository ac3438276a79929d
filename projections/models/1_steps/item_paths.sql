-- The longest path of each item version's flow by the sum of its steps' limits, no step twice, beside what the version
-- promises and what the law allows: all three in 120ths of a day, so that nothing is rounded. A step without a limit
-- takes nothing.
-- grain:   item_id
-- refresh: whole
with recursive

place_parts as (
    select
        item_id,
        place,
        any_value(ring) as ring,
        sum(parts)::bigint as parts
    from item_places
    group by item_id, place
),

place_leads as (
    select distinct
        item_leads.item_id,
        here.place,
        there.place as next_place
    from item_leads
    inner join item_places as here on item_leads.item_id = here.item_id and item_leads.step = here.step
    inner join item_places as there on item_leads.item_id = there.item_id and item_leads.next_step = there.step
    where here.place <> there.place
),

walks as (
    select
        item_id,
        place,
        ring,
        [place] as been,
        parts
    from place_parts
    union
    select
        walks.item_id,
        there.place,
        there.ring,
        case when there.ring = walks.ring then list_sort(list_append(walks.been, there.place)) else [there.place] end
            as been,
        walks.parts + there.parts as parts
    from walks
    inner join place_leads on walks.item_id = place_leads.item_id and walks.place = place_leads.place
    inner join place_parts as there
        on place_leads.item_id = there.item_id and place_leads.next_place = there.place
    where not list_contains(walks.been, there.place)
),

longest as (
    select
        item_id,
        max(parts) as parts
    from walks
    group by item_id
)

select
    items.item_id,
    coalesce(longest.parts, 0) as longest,
    in_parts(items.promised.n, items.promised.unit) as promised,
    in_parts(items.statutory.n, items.statutory.unit) as statutory
from items
left join longest on items.item_id = longest.item_id
