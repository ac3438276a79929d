-- Why a lapsed card's finding no longer stands, or a rectified one's stands again: the newest fact, come in or become
-- known after the card, that can have undone it. That is a fact of its own stream (case, task, complaint, change, item,
-- officer, or the card it is on) that occurred by the trigger or corrects one, or a notice, a rule, the catalogue or
-- the organisation. If there is none such, the newest fact of its own streams, then the newest fact of all.
-- grain:   card_id
-- refresh: view
with

own as (
    select
        cards_in_doubt.card_id,
        facts.position,
        case when facts.occurred_at <= cards_in_doubt.triggers_at or facts.dataversion > 1 then 3 else 2 end as weight
    from cards_in_doubt
    inner join doubtful_streams on cards_in_doubt.card_id = doubtful_streams.card_id
    inner join facts on doubtful_streams.key = facts.key
    where
        (facts.position > cards_in_doubt.said_position or facts.recorded_at > cards_in_doubt.said_at)
        and facts.subject <> cards_in_doubt.card_id
        and facts.type not in (
            'esup.card.proposed',
            'esup.card.issued',
            'esup.card.escalated',
            'esup.card.reinstated',
            'esup.task.issued',
            'esup.deadline.prompted'
        )
),

-- What concerns many: a notice of days by the trigger, the card's own rule or department; the rest for want of better.
public as (
    select
        cards_in_doubt.card_id,
        facts.position,
        case
            when facts.type = 'esup.calendar.noticed'
                then
                    case
                        when
                            list_min(from_json(facts.data -> '$.days[*].date', '["DATE"]'))
                            <= cards_in_doubt.triggers_at::date
                            then 3
                        else 1
                    end
            when facts.subject in (cards_in_doubt.rule_id, cards_in_doubt.department) then 3
            when facts.type like 'esup.org.region%' then 2
            else 1
        end as weight
    from cards_in_doubt
    inner join facts
        on
            facts.position > cards_in_doubt.said_position
            or facts.recorded_at > cards_in_doubt.said_at
    where
        facts.type like 'esup.calendar.%'
        or facts.type like 'esup.rule.%'
        or facts.type like 'esup.org.%'
        or facts.type like 'esup.source.%'
        or facts.type like 'esup.register.%'
        or facts.type like 'esup.item.%'
),

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
        select * from own
        union all
        select * from public
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
