-- The longest path of each item version's flow by the sum of its steps' limits, no step twice, beside what the version
-- promises and what the law allows: all three in 120ths of a day, so that nothing is rounded. A step without a limit
-- takes nothing.
-- grain:   item_id
-- refresh: whole
with recursive

step_parts as (
    select
        item_steps.item_id,
        item_steps.step,
        coalesce(in_parts(item_steps.flow_step."limit".n, item_steps.flow_step."limit".unit), 0) as parts
    from item_steps
),

following as (
    select
        item_id,
        step,
        unnest(flow_step.next) as next_step
    from item_steps
),

leads as (
    select distinct
        following.item_id,
        following.step,
        following.next_step
    from following
    inner join step_parts on following.item_id = step_parts.item_id and following.next_step = step_parts.step
    where following.step <> following.next_step
),

reached as (
    select
        item_id,
        step,
        next_step as reached_step
    from leads
    union
    select
        reached.item_id,
        reached.step,
        leads.next_step as reached_step
    from reached
    inner join leads on reached.item_id = leads.item_id and reached.reached_step = leads.step
),

-- Steps that can follow one another in a ring: only of these must a path remember which it has been through.
rings as (
    select
        forth.item_id,
        forth.step,
        count(*) as size,
        least(forth.step, min(forth.reached_step)) as ring
    from reached as forth
    inner join reached as back
        on forth.item_id = back.item_id and forth.step = back.reached_step and forth.reached_step = back.step
    group by forth.item_id, forth.step
),

-- The paths through a ring of many steps are too many to be walked; all of it together bounds the longest.
places as (
    select
        step_parts.item_id,
        step_parts.step,
        rings.ring,
        case when rings.size > 12 then rings.ring else step_parts.step end as place,
        case when rings.size <= 12 then rings.ring end as walked_ring,
        step_parts.parts
    from step_parts
    left join rings on step_parts.item_id = rings.item_id and step_parts.step = rings.step
),

place_parts as (
    select
        item_id,
        place,
        any_value(walked_ring) as ring,
        sum(parts)::bigint as parts
    from places
    group by item_id, place
),

place_leads as (
    select distinct
        leads.item_id,
        here.place,
        there.place as next_place
    from leads
    inner join places as here on leads.item_id = here.item_id and leads.step = here.step
    inner join places as there on leads.item_id = there.item_id and leads.next_step = there.step
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
