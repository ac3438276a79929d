-- By how long the spans that begin before it push out an hour limit's breach and prompt: the same as day_shifts, in
-- microseconds of a running clock. A macro over `source_targets` (limit_targets) and `source_pauses`.
-- grain:   limit_id
-- refresh: macro
-- inputs:  source_targets, source_pauses
with

hour_spans as (
    select
        targeted.limit_id,
        pauses.span_no,
        targeted.n * 3600000000 as n_us,
        targeted.n * 2880000000 as prompt_us,
        epoch_us(greatest(pauses.started_at, targeted.opened_at)) - epoch_us(targeted.opened_at) as begins_us,
        epoch_us(pauses.ended_at) - epoch_us(greatest(pauses.started_at, targeted.opened_at)) as excluded_us,
        pauses.ended_at is null as is_open
    from query_table(source_targets) as targeted
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
)

select
    limit_id,
    coalesce(sum(excluded_us) filter (where counted_us < n_us), 0)::bigint as shift_us,
    coalesce(bool_or(is_open) filter (where counted_us < n_us), false) as is_open,
    coalesce(sum(excluded_us) filter (where counted_us < prompt_us), 0)::bigint as prompt_shift_us,
    coalesce(bool_or(is_open) filter (where counted_us < prompt_us), false) as prompt_is_open
from hours_before
group by limit_id
