-- Every limit as an obligation: who owes what on which subject by when. Nothing here depends on the clock.
-- grain:   limit_id
-- refresh: key
with

standing as (
    select
        limits.* replace (coalesce(extended_rows.n, limits.n) as n),
        extended_rows.extension_position,
        counted_limits.opened_on,
        case
            when extended_rows.limit_id is null then counted_limits.last_counted_on else extended_rows.last_counted_on
        end as last_counted_on,
        case
            when extended_rows.limit_id is null then counted_limits.due_on else extended_rows.due_on
        end as due_on,
        case
            when extended_rows.limit_id is null then counted_limits.prompts_at else extended_rows.prompts_at
        end as prompts_at,
        case
            when extended_rows.limit_id is null then counted_limits.breaches_at else extended_rows.breaches_at
        end as breaches_at,
        case
            when extended_rows.limit_id is null then counted_limits.provisional else extended_rows.provisional
        end as provisional
    from limits
    inner join counted_limits on limits.limit_id = counted_limits.limit_id
    left join extended_rows on limits.limit_id = extended_rows.limit_id
),

pausing as (
    select
        limits.limit_id,
        limits.opened_at,
        limits.zone,
        limits.unit,
        coalesce(extended_rows.n, limits.n) as n,
        pauses.started_at,
        pauses.ended_at,
        case
            when extended_rows.limit_id is null then counted_limits.last_counted_on else extended_rows.last_counted_on
        end as last_counted_on,
        case
            when extended_rows.limit_id is null then counted_limits.breaches_at else extended_rows.breaches_at
        end as breaches_at
    from limits
    inner join pauses on limits.pause_key = pauses.pause_key and pauses.measure = 'instant'
    inner join counted_limits on limits.limit_id = counted_limits.limit_id
    left join extended_rows on limits.limit_id = extended_rows.limit_id
    where pauses.ended_at is null or pauses.ended_at > limits.opened_at
),

-- A suspension that starts on or after the last counted day changes nothing of the obligation.
paused as (
    select
        limit_id,
        list(struct_pack(started_at := started_at, ended_at := ended_at) order by started_at) as spans
    from pausing
    where
        case
            when unit = 'hour' then breaches_at is null or started_at < breaches_at
            else n > 0 and (last_counted_on is null or timezone(zone, started_at)::date < last_counted_on)
        end
    group by limit_id
)

select
    standing.limit_id,
    standing.key,
    standing.rule_no,
    rule_definitions.rule_id,
    rule_definitions.rule_version,
    rule_definitions.code,
    rule_definitions.breach_level as level,
    coalesce(standing.subject_kind, rule_definitions.subject_kind) as subject_kind,
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
