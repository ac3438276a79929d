-- Which facts open a duty, and which later fact first discharges or voids it. A macro over two relations:
-- `source_facts` (facts of cases, cards, tasks ...) and `source_triggers` (rule_triggers or a part of it).
-- A fact opens nothing while the same duty is open already, or after a fact that bars it. A discharge known only
-- to the day counts as done on that day whenever the duty opened on it: doubt favours the department (time.md 1).
-- grain:   rule_no, position
-- refresh: macro
-- inputs:  source_facts, source_triggers
with

openings as (
    select
        triggers.rule_no,
        triggers.opens_when,
        case
            when triggers.per = 'subject' or recorded.subject_id is null then recorded.key
            else hash(recorded.case_no)
        end as scope,
        case triggers.per
            when 'step' then hash(recorded.step)
            when 'ref' then hash(coalesce(recorded.ref, recorded.kind, recorded.measure))
            else 0
        end::ubigint as part,
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
        case
            when recorded.subject_id is not null or recorded.case_no is null then recorded.department
        end as department,
        recorded.officer,
        recorded.step,
        recorded.ref,
        recorded.n,
        recorded.unit,
        recorded.deadline_on
    from query_table(source_facts) as recorded
    inner join query_table(source_triggers) as triggers
        on recorded.type = triggers.type and triggers.role = 'opens'
    where
        triggers.field is null
        or triggers.value = case triggers.field
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
),

closings as (
    select
        triggers.rule_no,
        case
            when triggers.per = 'subject' or recorded.subject_id is null then recorded.key
            else hash(recorded.case_no)
        end as scope,
        case
            when triggers.role <> 'discharges' then null
            when triggers.per = 'step' then hash(recorded.step)
            when triggers.per = 'ref' then hash(coalesce(recorded.ref, recorded.kind, recorded.measure))
            else 0
        end::ubigint as part,
        triggers.role,
        recorded.occurred_at,
        recorded.is_day,
        recorded.ord
    from query_table(source_facts) as recorded
    inner join query_table(source_triggers) as triggers
        on recorded.type = triggers.type and triggers.role <> 'opens'
    where
        triggers.field is null
        or triggers.value = case triggers.field
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
),

ended as (
    select
        openings.rule_no,
        openings.position,
        min(closings.ord) filter (
            where closings.role = 'discharges' and closings.ord <> openings.ord
        ) as discharged_ord,
        min(closings.ord) filter (where closings.role = 'voids') as voided_ord,
        bool_or(closings.role = 'annuls') as is_annulled
    from openings
    inner join closings
        on
            openings.scope = closings.scope
            and openings.rule_no = closings.rule_no
            and (closings.part is null or closings.part = openings.part)
            and (
                closings.ord >= openings.ord
                or (
                    closings.is_day
                    and not openings.is_day
                    and closings.occurred_at + interval 24 hour > openings.occurred_at
                )
            )
    where closings.role <> 'bars'
    group by openings.rule_no, openings.position
),

barred as (
    select distinct
        openings.rule_no,
        openings.position
    from openings
    inner join closings
        on
            openings.scope = closings.scope
            and openings.rule_no = closings.rule_no
            and closings.role = 'bars'
            and closings.ord < openings.ord
),

joined as (
    select
        openings.*,
        ended.discharged_ord,
        ended.voided_ord,
        coalesce(ended.is_annulled, false) as is_annulled
    from openings
    left join ended
        on openings.rule_no = ended.rule_no and openings.position = ended.position
    anti join barred
        on openings.rule_no = barred.rule_no and openings.position = barred.position
),

repeated as (
    select
        rule_no,
        position,
        lag(ord) over in_order is not null as is_repeated,
        lag(least(discharged_ord, voided_ord)) over in_order as ended_before_ord
    from joined
    where (rule_no, scope, part) in (
        select (alike.rule_no, alike.scope, alike.part)
        from joined as alike
        group by alike.rule_no, alike.scope, alike.part
        having count(*) > 1
    )
    window in_order as (partition by rule_no, scope, part order by ord)
)

select
    joined.rule_no,
    joined.key,
    joined.case_no,
    joined.subject,
    joined.position,
    joined.occurred_at as opened_at,
    joined.is_day,
    joined.exists_from,
    joined.source,
    joined.event_id,
    joined.ord,
    joined.department,
    joined.officer,
    joined.step,
    joined.ref,
    joined.n,
    joined.unit,
    joined.deadline_on,
    make_timestamptz(joined.discharged_ord >> 12) as discharged_at,
    case
        when joined.is_annulled then joined.occurred_at
        else make_timestamptz(joined.voided_ord >> 12)
    end as voided_at
from joined
left join repeated
    on joined.rule_no = repeated.rule_no and joined.position = repeated.position
where
    not coalesce(repeated.is_repeated, false)
    or (joined.opens_when = 'each' and coalesce(repeated.ended_before_ord <= joined.ord, false))
