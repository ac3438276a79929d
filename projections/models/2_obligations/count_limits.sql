-- Counts limits: the last counted day, the due day and the instants of prompt and breach. The only deadline
-- calculation. A macro over two relations: `source_limits`, one row for each limit to be counted
-- (limit_id, opened_at, zone, calendar_no, n, unit, rolls, prompt, stated_on, pause_key or null), and
-- `source_pauses`, the merged and ordered spans that pause limits (pause_key, in days and in instants).
-- Counting uses running day numbers: the n-th counted day is that number of days after the opening day, moved on
-- by every excluded span that begins before it.
-- grain:   limit_id
-- refresh: macro
-- inputs:  source_limits, source_pauses
with

targeted as (
    select * from limit_targets(source_limits)
),

shifted_days as (
    select * from day_shifts('targeted', source_pauses)
),

shifted_hours as (
    select * from hour_shifts('targeted', source_pauses)
),

-- A limit's last counted day and its prompt day, before any roll.
reached as (
    select
        targeted.*,
        coalesce(shifted_days.is_open or shifted_hours.is_open, false) as is_open,
        shifted_days.excluded_unknown,
        case
            when targeted.unit = 'hour' or shifted_days.is_open then null
            when targeted.named_on is not null then targeted.named_on
            when targeted.n = 0 then targeted.opened_on
            when targeted.unit = 'calendar_day'
                then targeted.opened_on + (targeted.n + coalesce(shifted_days.shift, 0))::integer
            else last_day.day
        end as last_counted_on,
        case
            when targeted.unit = 'hour' or shifted_days.prompt_is_open then null
            when targeted.prompt_n <= 0 then targeted.opened_on
            when targeted.unit <> 'work_day'
                then targeted.opened_on + (targeted.prompt_n + coalesce(shifted_days.prompt_shift, 0))::integer
            else prompt_day.day
        end as prompts_on,
        case
            when targeted.unit = 'hour' and not coalesce(shifted_hours.is_open, false)
                then targeted.opened_at + to_microseconds(targeted.n * 3600000000 + coalesce(shifted_hours.shift_us, 0))
        end as hour_breaches_at,
        case
            when targeted.unit = 'hour' and not coalesce(shifted_hours.prompt_is_open, false)
                then
                    targeted.opened_at
                    + to_microseconds(targeted.n * 2880000000 + coalesce(shifted_hours.prompt_shift_us, 0))
        end as hour_prompts_at
    from targeted
    left join shifted_days on targeted.limit_id = shifted_days.limit_id
    left join shifted_hours on targeted.limit_id = shifted_hours.limit_id
    left join working_days as last_day
        on
            targeted.calendar_no = last_day.calendar_no
            and targeted.opening_no + targeted.n + coalesce(shifted_days.shift, 0) = last_day.working_no
            and last_day.is_working
            and targeted.unit = 'work_day'
    left join working_days as prompt_day
        on
            targeted.calendar_no = prompt_day.calendar_no
            and targeted.opening_no + targeted.prompt_n + coalesce(shifted_days.prompt_shift, 0) = prompt_day.working_no
            and prompt_day.is_working
            and targeted.unit = 'work_day'
),

rolled as (
    select
        reached.*,
        case
            when
                reached.rolls
                and reached.unit in ('calendar_day', 'calendar_month', 'calendar_year')
                then counted_day.next_working_on
            else reached.last_counted_on
        end as due_on,
        counted_day.unknown_no - case when counted_day.is_known then 0 else 1 end as unknown_before_last,
        counted_day.unknown_no as unknown_at_last
    from reached
    left join working_days as counted_day
        on reached.calendar_no = counted_day.calendar_no and reached.last_counted_on = counted_day.day
),

judged as (
    select
        rolled.*,
        case
            when rolled.due_on is null then false
            when rolled.unit = 'work_day' and rolled.n > 0
                then
                    rolled.unknown_at_last - rolled.opening_unknown_no - coalesce(rolled.excluded_unknown, 0) > 0
            when rolled.unit in ('calendar_day', 'calendar_month', 'calendar_year') and rolled.rolls
                then due_day.unknown_no - rolled.unknown_before_last > 0
            else false
        end as provisional
    from rolled
    left join working_days as due_day
        on rolled.calendar_no = due_day.calendar_no and rolled.due_on = due_day.day
)

select
    limit_id,
    opened_on,
    n as counted_n,
    last_counted_on,
    due_on,
    case
        when unit = 'hour' then hour_breaches_at
        else timezone(zone, (due_on + 1)::timestamp)
    end as breaches_at,
    case
        when hour_prompts_at is null and prompts_on is null then null
        else greatest(
            opened_at,
            case
                when unit = 'hour' then hour_prompts_at
                when prompts_at_noon then timezone(zone, prompts_on::timestamp + interval 12 hour)
                else timezone(zone, prompts_on::timestamp)
            end
        )
    end as prompts_at,
    provisional
from judged
