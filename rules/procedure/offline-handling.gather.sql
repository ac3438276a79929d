-- Decisions seen elsewhere (`flag`) and decisions of cases, by department and number. `number` is the last instant at
-- which it can have happened, in microseconds: the end of its day where only the day is known.
select
    cast(json_array(
        case when facts.type = 'esup.case.decided' then case_rows.department else facts.department end,
        facts.data ->> '$.decision_no'
    ) as text) as group_id,
    case when facts.type = 'esup.case.decided' then facts.case_no end as case_no,
    case when facts.type = 'esup.case.decided' then case_rows.department else facts.department end as department,
    facts.officer,
    cast(null as text) as post,
    facts.occurred_at,
    facts.recorded_at,
    facts.source as occurrence_source,
    facts.event_id as occurrence_id,
    facts.data ->> '$.decision_no' as words,
    epoch_us(facts.occurred_at + case when facts.is_day then interval 24 hour else interval 0 hour end)
    - case when facts.is_day then 1 else 0 end as number,
    facts.type = 'esup.register.observed' as flag
from facts
left outer join case_rows
    on
        facts.key = case_rows.key
        and facts.type = 'esup.case.decided'
where
    facts.type in ('esup.case.decided', 'esup.register.observed')
    and (facts.type = 'esup.register.observed' or not is_missing(facts.data ->> '$.decision_no'))
