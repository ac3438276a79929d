-- The steps of each item version's flow as the places of a walk through it, each with its limit in 120ths of a day.
-- Steps that can follow one another form a ring: of its places a walk must remember which it has been to. The walks
-- through a ring of more than twelve steps are too many: such a ring is one place that takes as long as all its steps.
-- grain:   item_id, step
-- refresh: whole
with recursive

reached as (
    select
        item_id,
        step,
        next_step as reached_step
    from item_leads
    union
    select
        reached.item_id,
        reached.step,
        item_leads.next_step as reached_step
    from reached
    inner join item_leads on reached.item_id = item_leads.item_id and reached.reached_step = item_leads.step
),

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
)

select
    item_steps.item_id,
    item_steps.step,
    case when rings.size > 12 then rings.ring else item_steps.step end as place,
    case when rings.size <= 12 then rings.ring end as ring,
    coalesce(in_parts(item_steps.flow_step."limit".n, item_steps.flow_step."limit".unit), 0) as parts
from item_steps
left join rings on item_steps.item_id = rings.item_id and item_steps.step = rings.step
