-- The steps of each item version's inner flow, with the limit of each. A step that the flow names twice counts as first
-- named.
-- grain:   item_id, step
-- refresh: whole
with

flows as (
    select
        item_id,
        from_json(
            data -> 'flow',
            '[{"step":"VARCHAR","name":"VARCHAR","post":"VARCHAR","mandatory":"BOOLEAN",'
            || '"next":["VARCHAR"],"limit":{"n":"INTEGER","unit":"VARCHAR",'
            || '"rolls":"BOOLEAN","pausable":"BOOLEAN","prompt":"INTEGER"},'
            || '"risk":{"level":"VARCHAR","control_step":"VARCHAR"}}]'
        ) as flow
    from items
),

listed as (
    select
        item_id,
        unnest(flow) as flow_step,
        generate_subscripts(flow, 1) as step_no
    from flows
),

named as (
    select
        item_id,
        flow_step.step as step,
        min(step_no) as step_no,
        arg_min(flow_step, step_no) as flow_step
    from listed
    group by item_id, flow_step.step
),

followed as (
    select distinct
        item_id,
        unnest(flow_step.next) as step
    from named
)

select
    named.item_id,
    named.step,
    named.flow_step.name as name,
    named.flow_step.post as post,
    coalesce(named.flow_step.mandatory, false) as is_mandatory,
    named.flow_step.risk as risk,
    named.step_no,
    followed.step is null as is_entry,
    named.flow_step
from named
left join followed on named.item_id = followed.item_id and named.step = followed.step
