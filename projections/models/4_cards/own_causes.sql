-- The facts of its own streams that can have undone a card in doubt, since they came in or became known after it: those
-- that occurred by the trigger or correct one weigh 3, the rest 2. Each step is materialised: the planner expects a
-- handful of cards in doubt, and would join thousands with every fact there is.
-- grain:   card_id, position
-- refresh: view
with

doubtful as materialized (
    select *
    from cards_in_doubt
),

reached as materialized (
    select
        doubtful_streams.card_id,
        facts.position,
        facts.occurred_at,
        facts.recorded_at,
        facts.dataversion
    from doubtful_streams
    inner join facts on doubtful_streams.key = facts.key
    where
        facts.subject <> doubtful_streams.card_id
        and facts.type not in (
            'esup.card.proposed',
            'esup.card.issued',
            'esup.card.escalated',
            'esup.card.reinstated',
            'esup.task.issued',
            'esup.deadline.prompted'
        )
)

select
    doubtful.card_id,
    reached.position,
    case when reached.occurred_at <= doubtful.triggers_at or reached.dataversion > 1 then 3 else 2 end as weight
from doubtful
inner join reached on doubtful.card_id = reached.card_id
where reached.position > doubtful.said_position or reached.recorded_at > doubtful.said_at
