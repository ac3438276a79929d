-- Acts of enforcement at night (from 22:00 to 6:00) or on a day without work, where nothing was urgent.
with

enforced as (
    select
        facts.key,
        facts.case_no,
        facts.officer,
        facts.occurred_at,
        facts.is_day,
        facts.source,
        facts.event_id,
        case_rows.calendar_no,
        timezone(case_rows.zone, facts.occurred_at) as local_at
    from facts
    inner join case_rows on facts.key = case_rows.key
    where
        facts.type = 'esup.case.measure_taken'
        and facts.measure = 'enforce'
        and coalesce(facts.data ->> '$.urgent', 'false') <> 'true'
)

select
    enforced.case_no as subject_id,
    enforced.case_no,
    cast(null as varchar) as department,
    enforced.officer,
    enforced.source as occurrence_source,
    enforced.event_id as occurrence_id,
    enforced.occurred_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('day', working_days.day, 'is_working', working_days.is_working) as evidence
from enforced
inner join working_days
    on
        enforced.calendar_no = working_days.calendar_no
        and cast(enforced.local_at as date) = working_days.day
where
    (not working_days.is_working and working_days.is_known)
    or (
        not enforced.is_day
        and (
            enforced.local_at >= working_days.day + interval 22 hour
            or enforced.local_at < working_days.day + interval 6 hour
        )
    )
