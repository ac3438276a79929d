-- What each limit counts to: its opening day in running numbers, the number of its last day and of its prompt day. A
-- macro over `source_limits`, as count_limits has it.
-- grain:   limit_id
-- refresh: macro
-- inputs:  source_limits
with

opened as (
    select
        limits.limit_id,
        limits.zone,
        limits.calendar_no,
        limits.opened_at,
        limits.n,
        limits.unit,
        limits.rolls,
        limits.prompt,
        limits.stated_on,
        limits.pause_key,
        timezone(limits.zone, limits.opened_at)::date as opened_on
    from query_table(source_limits) as limits
),

-- Months, years and stated days name their last day; the rest count up to n.
measured as (
    select
        opened.* exclude (n, prompt),
        case opened.unit
            when 'calendar_month' then (opened.opened_on + to_months(opened.n))::date
            when 'calendar_year' then (opened.opened_on + to_months(12 * opened.n))::date
            when 'stated_day' then opened.stated_on
        end as named_on,
        case
            when opened.unit in ('work_day', 'calendar_day', 'hour') then opened.n
            when opened.unit = 'calendar_month'
                then (opened.opened_on + to_months(opened.n))::date - opened.opened_on
            when opened.unit = 'calendar_year'
                then (opened.opened_on + to_months(12 * opened.n))::date - opened.opened_on
            else opened.stated_on - opened.opened_on
        end::bigint as n,
        opened.prompt
    from opened
)

select
    measured.*,
    coalesce(
        measured.prompt,
        case
            when measured.n >= 3 then greatest(1, least((4 * measured.n + 4) // 5, measured.n - 2))
            else measured.n
        end
    )::bigint as prompt_n,
    measured.prompt is null and measured.n < 3 as prompts_at_noon,
    case
        when measured.unit = 'work_day' then opening_day.working_no
        else measured.opened_on - date '1900-01-01'
    end::bigint as opening_no,
    opening_day.unknown_no as opening_unknown_no
from measured
left join working_days as opening_day
    on measured.calendar_no = opening_day.calendar_no and measured.opened_on = opening_day.day
