-- The deadline proof: each day from the opening of a day-counted obligation to its due day, counted or why not.
-- grain:   obligation_id, day
-- refresh: view
with

walked as (
    select
        obligation_rows.*,
        working_days.day,
        working_days.is_working,
        working_days.is_known,
        working_days.notice
    from obligation_rows
    inner join working_days
        on
            obligation_rows.calendar_no = working_days.calendar_no
            and working_days.day >= obligation_rows.opened_on
            and working_days.day <= obligation_rows.due_on
    where obligation_rows.unit <> 'hour'
)

select
    md5(concat_ws(chr(10), walked.rule_id, walked.level, walked.subject, walked.source, walked.event_id))
        as obligation_id,
    walked.day,
    case
        when walked.day = walked.opened_on then walked.n = 0
        when walked.day > walked.last_counted_on then false
        when excluding.is_excluded then false
        when walked.unit = 'work_day' then walked.is_working
        else true
    end as is_counted,
    case
        when walked.day = walked.opened_on then 'opening day'
        when walked.day > walked.last_counted_on then 'rolled'
        when excluding.is_excluded then 'suspended'
        when walked.unit = 'work_day' and not walked.is_working then 'not a working day'
        when walked.unit = 'work_day' and not walked.is_known then 'counted, calendar not yet noticed'
        else 'counted'
    end as reason,
    walked.is_working,
    walked.is_known,
    walked.notice
from walked
cross join lateral (
    select
        walked.n > 0
        and exists (
            select 1
            from pauses
            where
                pauses.pause_key = walked.pause_key
                and pauses.measure = 'day'
                and walked.day > pauses.started_on
                and (pauses.ended_on is null or walked.day <= pauses.ended_on)
        ) as is_excluded
) as excluding
