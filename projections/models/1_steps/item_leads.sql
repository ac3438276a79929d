-- Which step of an item version's flow leads to which other: what is not a step of the flow leads nowhere.
-- grain:   item_id, step, next_step
-- refresh: view
with

following as (
    select
        item_id,
        step,
        unnest(flow_step.next) as next_step
    from item_steps
)

select distinct
    following.item_id,
    following.step,
    following.next_step
from following
inner join item_steps on following.item_id = item_steps.item_id and following.next_step = item_steps.step
where following.step <> following.next_step
