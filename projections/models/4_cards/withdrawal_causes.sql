-- Why a lapsed card's finding no longer stands, or a rectified one's stands again: the newest fact, come in or become
-- known after the card, that can have undone it. That is a fact of its own stream (case, task, complaint, change, item,
-- officer, or the card it is on) that occurred by the trigger or corrects one, or a notice, a rule, the catalogue or
-- the organisation. If there is none such, the newest fact of its own streams, then the newest fact of all.
-- grain:   card_id
-- refresh: view
with

chosen as (
    select
        candidates.card_id,
        arg_max(
            candidates.position,
            struct_pack(
                weight := candidates.weight,
                recorded_at := facts.recorded_at,
                position := facts.position
            )
        ) as position
    from (
        select * from own_causes
        union all
        select * from public_causes
    ) as candidates
    inner join facts on candidates.position = facts.position
    group by candidates.card_id
)

select
    chosen.card_id,
    json_object(
        'type', facts.type, 'source', facts.source, 'id', facts.event_id, 'dataversion', facts.dataversion,
        'name', coalesce(facts.data ->> 'notice', facts.event_id)
    ) as cause,
    facts.type || ' ' || coalesce(facts.data ->> 'notice', facts.event_id) as reason
from chosen
inner join facts on chosen.position = facts.position
