-- Which dated limit judges each duty, and where its numbers come from: the rule, the item's promise or statute, a
-- step of its flow, or a day that the opening fact states. Rules that do not apply to the case fall away here.
-- A macro over two relations: `source_duties` (from match_duties) and `source_cases`, one row a case with its place
-- (key, department, region, zone, calendar, calendar_no) and item (item, class, item_kind, item_id).
-- grain:   limit_id
-- refresh: macro
-- inputs:  source_duties, source_cases
with

placed as (
    select * from place_duties(source_duties, source_cases)
),

judged as (
    select
        placed.*,
        rule_limits.source as limit_source,
        coalesce(
            list_filter(rule_limits.profiles, lambda entry: entry.profile = placed.profile)[1].n, rule_limits.n
        ) as rule_n,
        rule_limits.unit as rule_unit,
        rule_limits.rolls as rule_rolls,
        rule_limits.pausable as rule_pausable,
        rule_limits.prompt as rule_prompt,
        rule_limits.is_after_deadline,
        rule_limits.paused_by,
        rule_limits.is_extendable,
        rule_limits.extension_max,
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
        case when placed.is_answer then placed.first_class else placed.class end,
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
            when 'fact' then coalesce(judged.n, judged.rule_n)
            else judged.item_limit.n
        end as limit_n,
        case judged.limit_source
            when 'deadline' then 'stated_day'
            when 'rule' then judged.rule_unit
            when 'fact' then coalesce(judged.unit, judged.rule_unit)
            else judged.item_limit.unit
        end as limit_unit,
        -- The numbers of the rule are its own; those of an item, a step or a fact come with theirs.
        judged.limit_source = 'rule' or (judged.limit_source = 'fact' and judged.n is null) as is_of_rule
    from judged
),

-- An hour limit that a fact known to the day opens, opens at the end of that day.
opened as (
    select
        numbered.* replace (
            -- Only the limits of an item's version wait for a deemed acceptance to say which version it is.
            greatest(
                opened_at,
                exists_from,
                case when limit_source not in ('rule', 'fact', 'deadline') then case_exists_from end
            )
                as exists_from,
            case
                when is_after_deadline then timezone(zone, deadline_on::timestamp)
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
    subject_kind,
    position,
    source,
    event_id,
    ord,
    step,
    ref,
    owing_department as department,
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
    case when is_of_rule then rule_rolls else coalesce(item_limit.rolls, fact_rolls, true) end as rolls,
    case when is_of_rule then rule_prompt else coalesce(item_limit.prompt, fact_prompt) end as prompt,
    case when limit_source = 'deadline' then deadline_on end as stated_on,
    case
        when
            limit_unit in ('work_day', 'calendar_day', 'hour')
            and case
                when limit_source in ('rule', 'fact') then rule_pausable else coalesce(item_limit.pausable, true)
            end
            then case when paused_by is null then xor(key, is_answer::ubigint) else xor(key, hash(paused_by)) end
    end as pause_key,
    is_extendable,
    extension_max,
    discharged_at,
    voided_at
from opened
where
    (limit_n is not null or (limit_source = 'deadline' and deadline_on is not null))
    and (not is_after_deadline or deadline_on is not null)
    and not coalesce(list_contains(silent_kinds, item_kind) and limit_n = silent_n, false)
