-- Each yellow and red card that was neither withdrawn nor exempted, by rule, department, post and level. The post is
-- that of the fact on which the card rests, else that of its step in the flow, else unknown (`-`).
with

issued as (
    select
        facts.subject as card_id,
        facts.case_no,
        facts.department,
        facts.officer,
        facts.level,
        facts.occurred_at,
        facts.recorded_at,
        facts.source,
        facts.event_id,
        facts.sequence,
        facts.data ->> '$.rule' as rule_id,
        facts.data ->> '$.occurrence.source' as fact_source,
        facts.data ->> '$.occurrence.id' as fact_id
    from facts
    where
        facts.type = 'esup.card.issued'
        and facts.level in ('yellow', 'red')
),

undone as (
    select distinct facts.subject as card_id
    from facts
    where facts.type in ('esup.card.withdrawn', 'esup.card.exempted')
),

placed as (
    select
        issued.card_id,
        max(coalesce(
            case when not is_missing(facts.post) then facts.post end,
            case when not is_missing(item_steps.post) then item_steps.post end
        )) as post
    from issued
    inner join facts
        on
            issued.case_no = facts.case_no
            and issued.fact_source = facts.source
            and issued.fact_id = facts.event_id
    left outer join case_rows on facts.key = case_rows.key
    left outer join item_steps
        on
            case_rows.item_id = item_steps.item_id
            and facts.step = item_steps.step
    group by issued.card_id
)

select
    cast(
        json_array(issued.rule_id, issued.department, coalesce(placed.post, '-'), issued.level) as text
    ) as group_id,
    issued.case_no,
    issued.department,
    issued.officer,
    coalesce(placed.post, '-') as post,
    issued.occurred_at,
    issued.recorded_at,
    issued.source as occurrence_source,
    issued.event_id as occurrence_id,
    issued.sequence as words,
    epoch_us(issued.recorded_at) as number,
    issued.level = 'red' as flag
from issued
left outer join placed on issued.card_id = placed.card_id
left outer join undone on issued.card_id = undone.card_id
where
    undone.card_id is null
    and issued.department is not null
