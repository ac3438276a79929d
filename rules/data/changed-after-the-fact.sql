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
    inner join fact_versions
        on
            changed.source = fact_versions.source
            and changed.event_id = fact_versions.event_id
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

cards as (
    select
        facts.subject as card_id,
        min(facts.subject_id) filter (where facts.type = 'esup.card.issued') as case_no,
        min(facts.recorded_at) filter (where facts.type = 'esup.card.issued') as issued_at,
        min(facts.recorded_at) filter (where facts.type <> 'esup.card.issued') as ended_at
    from facts
    where
        facts.type in (
            'esup.card.issued', 'esup.card.withdrawn', 'esup.card.exempted', 'esup.card.rectified',
            'esup.card.escalated'
        )
    group by facts.subject
),

carded as (
    select
        altered.position,
        arg_min(cards.card_id, cards.issued_at) as card_id
    from altered
    inner join cards
        on
            altered.case_no = cards.case_no
            and cards.issued_at < altered.recorded_at
            and coalesce(cards.ended_at >= altered.recorded_at, true)
    group by altered.position
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
