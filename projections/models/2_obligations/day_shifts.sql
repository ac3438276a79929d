-- By how many days of its own unit the spans that begin before it push out a limit's last day and its prompt day. Every
-- span is clipped to the days after the opening day. A macro over `source_targets` (limit_targets) and `source_pauses`.
-- grain:   limit_id
-- refresh: macro
-- inputs:  source_targets, source_pauses
with

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
    from query_table(source_targets) as targeted
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
)

select
    limit_id,
    coalesce(sum(excluded) filter (where counted < n), 0)::bigint as shift,
    coalesce(bool_or(is_open) filter (where counted < n), false) as is_open,
    coalesce(sum(excluded) filter (where counted < prompt_n), 0)::bigint as prompt_shift,
    coalesce(bool_or(is_open) filter (where counted < prompt_n), false) as prompt_is_open,
    coalesce(sum(excluded_unknown) filter (where counted < n), 0)::bigint as excluded_unknown
from counted_before
group by limit_id
