-- Which facts open a duty, and which later fact first discharges or voids it. A macro over two relations:
-- `source_facts` (facts of cases, cards, tasks ...) and `source_triggers` (rule_triggers or a part of it).
-- A fact opens nothing while the same duty is open already, or after a fact that bars it. A discharge known only
-- to the day counts as done on that day whenever the duty opened on it: doubt favours the department.
-- grain:   rule_no, position
-- refresh: macro
-- inputs:  source_facts, source_triggers
with

openings as (
    select * from duty_openings(source_facts, source_triggers)
),

closings as (
    select * from duty_closings(source_facts, source_triggers)
),

ended as (
    select
        openings.rule_no,
        openings.position,
        min(closings.ord) filter (where closings.role = 'discharges') as discharged_ord,
        min(closings.ord) filter (where closings.role = 'voids') as voided_ord,
        bool_or(closings.role = 'annuls') as is_annulled
    from openings
    inner join closings
        on
            openings.scope = closings.scope
            and openings.rule_no = closings.rule_no
            and (closings.part is null or closings.part = openings.part)
            -- A fact does not end what it opens itself; but a fine of nothing is settled as it is charged.
            and (closings.ord <> openings.ord or closings.position <> openings.position or closings.type = 'settled')
            and (
                closings.ord >= openings.ord
                or (
                    closings.is_day
                    and not openings.is_day
                    -- What takes the place of a duty by opening it anew is later in order or is not later.
                    and closings.type not in (openings.type, 'request_restarted')
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
            openings.scope = closings.scope and openings.rule_no = closings.rule_no
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
    left join ended on openings.rule_no = ended.rule_no and openings.position = ended.position
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
    joined.subject_kind,
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
    joined.fact_prompt,
    joined.fact_rolls,
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
