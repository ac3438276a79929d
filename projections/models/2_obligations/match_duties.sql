-- Which facts open a duty, and which later fact first discharges or voids it. A macro over two relations:
-- `source_facts` (facts of cases, cards, tasks ...) and `source_triggers` (rule_triggers or a part of it).
-- A fact opens nothing while the same duty is open already, or after a fact that bars it. A discharge known only
-- to the day counts as done on that day whenever the duty opened on it: doubt favours the department (time.md 1).
-- grain:   rule_no, position
-- refresh: macro
-- inputs:  source_facts, source_triggers
with

matched as (
    select
        triggers.rule_no,
        triggers.opens_when,
        triggers.role,
        case triggers.per
            when 'case' then recorded.case_no
            when 'step' then recorded.case_no
            when 'ref' then recorded.case_no
            else recorded.subject
        end as scope,
        case
            when triggers.role in ('voids', 'annuls', 'bars') then null
            when triggers.per = 'step' then coalesce(recorded.step, '')
            when triggers.per = 'ref' then coalesce(recorded.ref, recorded.kind, recorded.measure, '')
            else ''
        end as part,
        recorded.key,
        recorded.case_no,
        coalesce(recorded.subject_id, recorded.subject) as subject,
        recorded.position,
        recorded.occurred_at,
        recorded.is_day,
        recorded.exists_from,
        recorded.source,
        recorded.event_id,
        recorded.ord,
        case when recorded.subject_id is not null or recorded.case_no is null then recorded.department end as department,
        recorded.officer,
        recorded.step,
        recorded.ref,
        recorded.n,
        recorded.unit,
        recorded.deadline_on,
        recorded.level
    from query_table(source_facts) as recorded
    inner join query_table(source_triggers) as triggers
        on recorded.type = triggers.type
    where
        triggers.field is null
        or list_contains(
            triggers.matches,
            case triggers.field
                when 'what' then recorded.what
                when 'outcome' then recorded.outcome
                when 'action' then recorded.action
                when 'kind' then recorded.kind
                when 'channel' then recorded.channel
                when 'step' then recorded.step
                when 'measure' then recorded.measure
                when 'level' then recorded.level
                when 'with_materials' then recorded.with_materials::varchar
            end
        )
),

openings as (
    select * from matched
    where role = 'opens'
),

closings as (
    select
        rule_no,
        scope,
        part,
        role,
        occurred_at,
        is_day,
        ord
    from matched
    where role <> 'opens'
),

ended as (
    select
        openings.rule_no,
        openings.position,
        arg_min(closings.ord, closings.ord) filter (
            where closings.role = 'discharges' and closings.ord <> openings.ord
        ) as discharged,
        arg_min(closings.ord, closings.ord) filter (where closings.role = 'voids') as voided,
        coalesce(bool_or(closings.role = 'annuls'), false) as is_annulled
    from openings
    inner join closings
        on
            openings.rule_no = closings.rule_no
            and openings.scope = closings.scope
            and (closings.part is null or closings.part = openings.part)
            and closings.role <> 'bars'
            and (
                closings.occurred_at > openings.occurred_at
                or (closings.occurred_at = openings.occurred_at and closings.ord >= openings.ord)
                or (
                    closings.is_day
                    and not openings.is_day
                    and closings.occurred_at + interval 24 hour > openings.occurred_at
                )
            )
    group by openings.rule_no, openings.position
),

barred as (
    select
        openings.rule_no,
        openings.position
    from openings
    inner join closings
        on
            openings.rule_no = closings.rule_no
            and openings.scope = closings.scope
            and closings.role = 'bars'
            and closings.ord < openings.ord
    group by openings.rule_no, openings.position
),

joined as (
    select
        openings.*,
        ended.discharged,
        ended.voided,
        coalesce(ended.is_annulled, false) as is_annulled
    from openings
    left join ended
        on openings.rule_no = ended.rule_no and openings.position = ended.position
    anti join barred
        on openings.rule_no = barred.rule_no and openings.position = barred.position
),

followed as (
    select
        *,
        row_number() over in_order as opening_no,
        lag(discharged) over in_order as discharged_before,
        lag(voided) over in_order as voided_before
    from joined
    window in_order as (partition by rule_no, scope, part order by ord)
)

select
    rule_no,
    key,
    case_no,
    subject,
    position,
    occurred_at as opened_at,
    is_day,
    exists_from,
    source,
    event_id,
    ord,
    department,
    officer,
    step,
    ref,
    n,
    unit,
    deadline_on,
    level,
    discharged.occurred_at as discharged_at,
    case when is_annulled then occurred_at else voided.occurred_at end as voided_at
from followed
where
    opening_no = 1
    or (opens_when = 'each' and coalesce(discharged_before <= ord or voided_before <= ord, false))
