-- The deadline proof: each day from the opening of a day-counted obligation to its due day, counted or why not.
-- grain:   obligation_id, day
-- refresh: view
with

-- As a list beside each obligation, so that a question for one case looks at that case only.
excluded as (
    select
        pause_key,
        list(struct_pack(started_on := started_on, ended_on := ended_on)) as spans
    from pauses
    where measure = 'day'
    group by pause_key
),

walked as (
    select
        obligation_rows.* exclude (spans),
        obligation_rows.n > 0
        and len(list_filter(
            excluded.spans,
            lambda span: working_days.day > span.started_on
            and (span.ended_on is null or working_days.day <= span.ended_on)
        )) > 0 as is_excluded,
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
    left join excluded on obligation_rows.pause_key = excluded.pause_key
    where obligation_rows.unit <> 'hour'
)

select
    md5(concat_ws(chr(10), walked.rule_id, walked.level, walked.subject, walked.source, walked.event_id))
        as obligation_id,
    walked.case_no,
    walked.day,
    case
        when walked.day = walked.opened_on then walked.n = 0
        when walked.day > walked.last_counted_on then false
        when walked.is_excluded then false
        when walked.unit = 'work_day' then walked.is_working
        else true
    end as is_counted,
    case
        when walked.day = walked.opened_on then 'opening day'
        when walked.day > walked.last_counted_on then 'rolled'
        when walked.is_excluded then 'suspended'
        when walked.unit = 'work_day' and not walked.is_working then 'not a working day'
        when walked.unit = 'work_day' and not walked.is_known then 'counted, calendar not yet noticed'
        else 'counted'
    end as reason,
    walked.is_working,
    walked.is_known,
    walked.notice
from walked
