-- Which dated limit judges each duty, and where its numbers come from: the rule, the item's promise or statute, a
-- step of its flow, or a day that the opening fact states. Rules that do not apply to the case fall away here.
-- A macro over two relations: `source_duties` (from match_duties) and `source_cases`, one row a case with its place
-- (key, department, region, zone, calendar, calendar_no) and item (item, class, item_kind, item_id).
-- grain:   limit_id
-- refresh: macro
-- inputs:  source_duties, source_cases
with

placed as (
    select
        duties.*,
        cases.item,
        cases.item_id,
        cases.department as case_department,
        cases.class,
        cases.first_class,
        cases.item_kind,
        cases.region,
        coalesce(cases.zone, 'Asia/Shanghai') as zone,
        coalesce(cases.calendar, 'cn') as calendar,
        coalesce(cases.calendar_no, country.calendar_no) as calendar_no,
        cases.exists_from as case_exists_from,
        items.promised as item_promised,
        items.statutory as item_statutory,
        item_steps.flow_step."limit" as step_limit
    from query_table(source_duties) as duties
    left join query_table(source_cases) as cases on hash(duties.case_no) = cases.key
    left join work_calendars as country on country.work_calendar = 'cn'
    left join items on cases.item_id = items.item_id
    left join item_steps on cases.item_id = item_steps.item_id and duties.step = item_steps.step
),

judged as (
    select
        placed.*,
        rule_definitions.deems is not null as is_answer,
        rule_definitions.silent_kinds,
        rule_definitions.silent_n,
        rule_limits.source as limit_source,
        rule_limits.n as rule_n,
        rule_limits.unit as rule_unit,
        rule_limits.rolls as rule_rolls,
        rule_limits.pausable as rule_pausable,
        rule_limits.prompt as rule_prompt,
        case rule_limits.source
            when 'item.promised' then placed.item_promised
            when 'item.statutory' then placed.item_statutory
            when 'step' then placed.step_limit
        end as item_limit
    from placed
    inner join rule_definitions on placed.rule_no = rule_definitions.rule_no
    inner join rule_limits
        on
            placed.rule_no = rule_limits.rule_no
            and timezone(placed.zone, placed.opened_at)::date >= rule_limits.effective_from
            and (
                rule_limits.effective_until is null
                or timezone(placed.zone, placed.opened_at)::date < rule_limits.effective_until
            )
            and not rule_limits.is_repealed
    where rule_covers(
        rule_definitions,
        case when rule_definitions.deems is null then placed.class else placed.first_class end,
        placed.item_kind,
        placed.item,
        placed.calendar,
        placed.region
    )
),

numbered as (
    select
        judged.*,
        case judged.limit_source
            when 'deadline' then null
            when 'rule' then judged.rule_n
            when 'fact' then judged.n
            else judged.item_limit.n
        end as limit_n,
        case judged.limit_source
            when 'deadline' then 'stated_day'
            when 'rule' then judged.rule_unit
            when 'fact' then judged.unit
            else judged.item_limit.unit
        end as limit_unit
    from judged
),

-- An hour limit that a fact known to the day opens, opens at the end of that day.
opened as (
    select
        numbered.* replace (
            greatest(opened_at, exists_from, case_exists_from) as exists_from,
            case
                when limit_unit = 'hour' and is_day
                    then timezone(zone, (timezone(zone, opened_at)::date + 1)::timestamp)
                else opened_at
            end as opened_at
        )
    from numbered
)

select
    position * 4096 + rule_no as limit_id,
    key,
    rule_no,
    case_no,
    subject,
    position,
    source,
    event_id,
    ord,
    step,
    ref,
    coalesce(department, case_department) as department,
    officer,
    opened_at,
    is_day,
    exists_from,
    zone,
    calendar_no,
    item_id,
    limit_source,
    limit_n as n,
    limit_unit as unit,
    case when limit_source = 'rule' then rule_rolls else coalesce(item_limit.rolls, true) end as rolls,
    case when limit_source = 'rule' then rule_prompt else item_limit.prompt end as prompt,
    case when limit_source = 'deadline' then deadline_on end as stated_on,
    case
        when
            limit_unit in ('work_day', 'calendar_day', 'hour')
            and case when limit_source = 'rule' then rule_pausable else coalesce(item_limit.pausable, true) end
            then xor(key, is_answer::ubigint)
    end as pause_key,
    discharged_at,
    voided_at
from opened
where
    (limit_n is not null or (limit_source = 'deadline' and deadline_on is not null))
    and not coalesce(list_contains(silent_kinds, item_kind) and limit_n = silent_n, false)
