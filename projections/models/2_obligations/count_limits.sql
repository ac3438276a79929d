-- Counts limits: the last counted day, the due day and the instants of prompt and breach. The only deadline
-- calculation (time.md 3-5, 7). A macro over two relations: `source_limits`, one row for each limit to be counted
-- (limit_id, opened_at, zone, calendar_no, n, unit, rolls, prompt, stated_on, pause_key or null), and
-- `source_pauses`, the merged and ordered spans that pause limits (pause_key, in days and in instants).
-- Counting uses running day numbers: the n-th counted day is that number of days after the opening day, moved on
-- by every excluded span that begins before it.
-- grain:   limit_id
-- refresh: macro
-- inputs:  source_limits, source_pauses
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
),

targeted as (
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
),

-- Days: every pausing span clipped to the days after the opening day, in day numbers of the limit's own unit.
clipped as (
    select
        targeted.limit_id,
        pauses.span_no,
        targeted.n,
        targeted.prompt_n,
        case
            when targeted.unit = 'work_day' then started_day.working_no
            else greatest(pauses.started_on, targeted.opened_on) - date '1900-01-01'
        end::bigint - targeted.opening_no as begins_no,
        case
            when pauses.ended_on is null then null
            when targeted.unit = 'work_day' then ended_day.working_no - started_day.working_no
            else pauses.ended_on - greatest(pauses.started_on, targeted.opened_on)
        end::bigint as excluded,
        pauses.ended_on is null as is_open,
        coalesce(ended_day.unknown_no - started_day.unknown_no, 0) as excluded_unknown
    from targeted
    inner join query_table(source_pauses) as pauses
        on
            targeted.pause_key = pauses.pause_key
            and pauses.measure = 'day'
            and (pauses.ended_on is null or pauses.ended_on > targeted.opened_on)
    left join working_days as started_day
        on
            targeted.calendar_no = started_day.calendar_no
            and greatest(pauses.started_on, targeted.opened_on) = started_day.day
    left join working_days as ended_day
        on targeted.calendar_no = ended_day.calendar_no and pauses.ended_on = ended_day.day
    where targeted.unit in ('work_day', 'calendar_day') and targeted.n > 0
),

counted_before as (
    select
        *,
        begins_no - coalesce(sum(excluded) over earlier, 0) as counted
    from clipped
    window earlier as (
        partition by limit_id order by span_no rows between unbounded preceding and 1 preceding
    )
),

day_shifts as (
    select
        limit_id,
        coalesce(sum(excluded) filter (where counted < n), 0)::bigint as shift,
        coalesce(bool_or(is_open) filter (where counted < n), false) as is_open,
        coalesce(sum(excluded) filter (where counted < prompt_n), 0)::bigint as prompt_shift,
        coalesce(bool_or(is_open) filter (where counted < prompt_n), false) as prompt_is_open,
        coalesce(sum(excluded_unknown) filter (where counted < n), 0)::bigint as excluded_unknown
    from counted_before
    group by limit_id
),

-- Hours: the same in microseconds of a running clock.
hour_spans as (
    select
        targeted.limit_id,
        pauses.span_no,
        targeted.n * 3600000000 as n_us,
        targeted.n * 2880000000 as prompt_us,
        epoch_us(greatest(pauses.started_at, targeted.opened_at)) - epoch_us(targeted.opened_at) as begins_us,
        epoch_us(pauses.ended_at) - epoch_us(greatest(pauses.started_at, targeted.opened_at)) as excluded_us,
        pauses.ended_at is null as is_open
    from targeted
    inner join query_table(source_pauses) as pauses
        on
            targeted.pause_key = pauses.pause_key
            and pauses.measure = 'instant'
            and (pauses.ended_at is null or pauses.ended_at > targeted.opened_at)
    where targeted.unit = 'hour'
),

hours_before as (
    select
        *,
        begins_us - coalesce(sum(excluded_us) over earlier, 0) as counted_us
    from hour_spans
    window earlier as (
        partition by limit_id order by span_no rows between unbounded preceding and 1 preceding
    )
),

hour_shifts as (
    select
        limit_id,
        coalesce(sum(excluded_us) filter (where counted_us < n_us), 0)::bigint as shift_us,
        coalesce(bool_or(is_open) filter (where counted_us < n_us), false) as is_open,
        coalesce(sum(excluded_us) filter (where counted_us < prompt_us), 0)::bigint as prompt_shift_us,
        coalesce(bool_or(is_open) filter (where counted_us < prompt_us), false) as prompt_is_open
    from hours_before
    group by limit_id
),

-- A limit's last counted day and its prompt day, before any roll.
reached as (
    select
        targeted.*,
        coalesce(day_shifts.is_open or hour_shifts.is_open, false) as is_open,
        day_shifts.excluded_unknown,
        case
            when targeted.unit = 'hour' or day_shifts.is_open then null
            when targeted.named_on is not null then targeted.named_on
            when targeted.n = 0 then targeted.opened_on
            when targeted.unit = 'calendar_day'
                then targeted.opened_on + (targeted.n + coalesce(day_shifts.shift, 0))::integer
            else last_day.day
        end as last_counted_on,
        case
            when targeted.unit = 'hour' or day_shifts.prompt_is_open then null
            when targeted.prompt_n <= 0 then targeted.opened_on
            when targeted.unit <> 'work_day'
                then targeted.opened_on + (targeted.prompt_n + coalesce(day_shifts.prompt_shift, 0))::integer
            else prompt_day.day
        end as prompts_on,
        case
            when targeted.unit = 'hour' and not coalesce(hour_shifts.is_open, false)
                then targeted.opened_at + to_microseconds(targeted.n * 3600000000 + coalesce(hour_shifts.shift_us, 0))
        end as hour_breaches_at,
        case
            when targeted.unit = 'hour' and not coalesce(hour_shifts.prompt_is_open, false)
                then
                    targeted.opened_at
                    + to_microseconds(targeted.n * 2880000000 + coalesce(hour_shifts.prompt_shift_us, 0))
        end as hour_prompts_at
    from targeted
    left join day_shifts on targeted.limit_id = day_shifts.limit_id
    left join hour_shifts on targeted.limit_id = hour_shifts.limit_id
    left join working_days as last_day
        on
            targeted.calendar_no = last_day.calendar_no
            and targeted.opening_no + targeted.n + coalesce(day_shifts.shift, 0) = last_day.working_no
            and last_day.is_working
            and targeted.unit = 'work_day'
    left join working_days as prompt_day
        on
            targeted.calendar_no = prompt_day.calendar_no
            and targeted.opening_no + targeted.prompt_n + coalesce(day_shifts.prompt_shift, 0) = prompt_day.working_no
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
