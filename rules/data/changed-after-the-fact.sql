-- Corrections of a step fact that change its time, officer or opinion against the highest version known before, and
-- that were recorded when the step's limit had passed or while a card stood on the case. A fact is found once, at its
-- first such correction.
with

changed as (
    select
        fact_versions.key,
        fact_versions.case_no,
        fact_versions.position,
        fact_versions.step,
        fact_versions.source,
        fact_versions.event_id,
        fact_versions.identity,
        fact_versions.dataversion,
        fact_versions.occurred_at,
        fact_versions.recorded_at,
        fact_versions.officer,
        fact_versions.data ->> '$.opinion' as opinion
    from fact_versions
    where
        fact_versions.dataversion > 1
        and fact_versions.type in ('esup.case.step_started', 'esup.case.step_finished')
),

known as (
    select
        changed.position,
        arg_max(fact_versions.occurred_at, fact_versions.dataversion) as stands_at,
        arg_max(
            struct_pack(
                dataversion := fact_versions.dataversion,
                occurred_at := fact_versions.occurred_at,
                officer := fact_versions.officer,
                opinion := fact_versions.data ->> '$.opinion'
            ),
            fact_versions.dataversion
        ) filter (where fact_versions.recorded_at < changed.recorded_at) as before
    from changed
    inner join fact_versions on changed.identity = fact_versions.identity
    group by changed.position
),

altered as (
    select
        changed.key,
        changed.case_no,
        changed.position,
        changed.step,
        changed.source,
        changed.event_id,
        changed.dataversion,
        changed.recorded_at,
        changed.officer,
        known.stands_at,
        known.before.dataversion as known_version
    from changed
    inner join known on changed.position = known.position
    where
        known.before.dataversion < changed.dataversion
        and (
            changed.occurred_at <> known.before.occurred_at
            or coalesce(changed.officer, '') <> coalesce(known.before.officer, '')
            or case when is_missing(changed.opinion) then '' else changed.opinion end
            <> case when is_missing(known.before.opinion) then '' else known.before.opinion end
        )
),

-- The limit of a step fact is the last that had opened by then; a fact before the first limit is held to that one.
overdue as (
    select
        altered.position,
        arg_max(
            struct_pack(breaches_at := obligation_rows.breaches_at, exists_from := obligation_rows.exists_from),
            struct_pack(
                has_opened := obligation_rows.opened_at <= altered.stands_at,
                nearness := case
                    when obligation_rows.opened_at <= altered.stands_at then epoch_us(obligation_rows.opened_at)
                    else -epoch_us(obligation_rows.opened_at)
                end
            )
        ) as step_limit
    from altered
    inner join obligation_rows
        on
            altered.key = obligation_rows.key
            and altered.step = obligation_rows.step
            and obligation_rows.limit_source = 'step'
            and not obligation_rows.provisional
    group by altered.position
),

told as (
    select
        facts.subject as card_id,
        facts.type,
        facts.subject_id,
        facts.recorded_at
    from facts
    where
        facts.type in (
            'esup.card.issued', 'esup.card.withdrawn', 'esup.card.exempted', 'esup.card.rectified',
            'esup.card.escalated', 'esup.card.reinstated'
        )
        or (facts.type = 'esup.card.appeal_decided' and facts.data ->> '$.accepted' = 'true')
),

-- Rectified or replaced, a card may be reinstated; withdrawn or exempted, it is over.
cards as (
    select
        altered.position,
        issued.card_id
    from altered
    inner join told as issued
        on
            altered.case_no = issued.subject_id
            and issued.type = 'esup.card.issued'
            and issued.recorded_at < altered.recorded_at
    left outer join told as later
        on
            issued.card_id = later.card_id
            and later.type <> 'esup.card.issued'
            and later.recorded_at < altered.recorded_at
    group by altered.position, issued.card_id
    having
        count(*) filter (
            where later.type in ('esup.card.withdrawn', 'esup.card.exempted', 'esup.card.appeal_decided')
        ) = 0
        and count(*) filter (where later.type in ('esup.card.rectified', 'esup.card.escalated'))
        <= count(*) filter (where later.type = 'esup.card.reinstated')
),

carded as (
    select
        cards.position,
        min(cards.card_id) as card_id
    from cards
    group by cards.position
),

found as (
    select
        altered.case_no,
        altered.officer,
        altered.source,
        altered.event_id,
        altered.known_version,
        altered.dataversion,
        carded.card_id,
        case
            when carded.card_id is null then greatest(altered.recorded_at, overdue.step_limit.exists_from)
            else altered.recorded_at
        end as triggers_at,
        row_number() over (
            partition by altered.source, altered.event_id
            order by altered.recorded_at, altered.dataversion
        ) as nth
    from altered
    left outer join overdue on altered.position = overdue.position
    left outer join carded on altered.position = carded.position
    where
        carded.card_id is not null
        or overdue.step_limit.breaches_at <= altered.recorded_at
)

select
    found.case_no as subject_id,
    found.case_no,
    cast(null as text) as department,
    found.officer,
    found.source as occurrence_source,
    found.event_id as occurrence_id,
    found.triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object(
        'fact', found.event_id, 'known', found.known_version, 'changed', found.dataversion, 'card', found.card_id
    ) as evidence
from found
where found.nth = 1
