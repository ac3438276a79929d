-- Every limit as an obligation: who owes what on which subject by when. Nothing here depends on the clock.
-- grain:   limit_id
-- refresh: key
with

standing as (
    select
        base_limits.* replace (
            coalesce(extended.n, base_limits.n) as n,
            case when extended.limit_id is null then base_limits.last_counted_on else extended.last_counted_on end
                as last_counted_on,
            case when extended.limit_id is null then base_limits.due_on else extended.due_on end as due_on,
            case when extended.limit_id is null then base_limits.breaches_at else extended.breaches_at end
                as breaches_at,
            case when extended.limit_id is null then base_limits.prompts_at else extended.prompts_at end as prompts_at,
            coalesce(extended.provisional, base_limits.provisional) as provisional
        ),
        extended.extension_position
    from base_limits
    left join extended_rows as extended on base_limits.limit_id = extended.limit_id
),

-- A suspension that starts on or after the last counted day changes nothing of the obligation.
paused as (
    select
        standing.limit_id,
        list(
            struct_pack(started_at := pauses.started_at, ended_at := pauses.ended_at)
            order by pauses.started_at
        ) as spans
    from standing
    inner join pauses
        on
            standing.pause_key = pauses.pause_key
            and pauses.measure = 'instant'
            and (pauses.ended_at is null or pauses.ended_at > standing.opened_at)
    where
        case
            when standing.unit = 'hour'
                then standing.breaches_at is null or pauses.started_at < standing.breaches_at
            else
                standing.n > 0
                and (
                    standing.last_counted_on is null
                    or timezone(standing.zone, pauses.started_at)::date < standing.last_counted_on
                )
        end
    group by standing.limit_id
)

select
    standing.limit_id,
    standing.key,
    standing.rule_no,
    rule_definitions.rule_id,
    rule_definitions.rule_version,
    rule_definitions.subject_kind,
    standing.subject,
    standing.case_no,
    standing.step,
    standing.ref,
    standing.department,
    standing.officer,
    standing.position,
    standing.source,
    standing.event_id,
    standing.zone,
    standing.calendar_no,
    standing.pause_key,
    standing.limit_source,
    standing.opened_at,
    standing.opened_on,
    standing.is_day,
    standing.exists_from,
    standing.n,
    standing.unit,
    standing.rolls,
    standing.last_counted_on,
    standing.due_on,
    standing.prompts_at,
    standing.breaches_at,
    standing.provisional,
    standing.extension_position,
    paused.spans,
    standing.discharged_at,
    standing.voided_at
from standing
inner join rule_definitions on standing.rule_no = rule_definitions.rule_no
left join paused on standing.limit_id = paused.limit_id
