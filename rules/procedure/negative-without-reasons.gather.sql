-- Each negative act that gives a reason, with the acts of the same officer for the same reason. `number` is the last
-- instant at which it can have happened, in microseconds: the end of its day where only the day is known.
select
    cast(json_array(facts.officer, trimmed(facts.reason)) as text) as group_id,
    facts.case_no,
    case_rows.department,
    facts.officer,
    facts.post,
    facts.occurred_at,
    facts.recorded_at,
    facts.source as occurrence_source,
    facts.event_id as occurrence_id,
    facts.sequence as words,
    epoch_us(facts.occurred_at + case when facts.is_day then interval 24 hour else interval 0 hour end) as number,
    facts.is_day as flag
from facts
left outer join case_rows on facts.key = case_rows.key
where
    facts.type in (
        'esup.case.acceptance_refused', 'esup.case.filing_refused', 'esup.case.step_finished', 'esup.case.decided'
    )
    and case facts.type
        when 'esup.case.step_finished' then facts.action = 'veto'
        when 'esup.case.decided' then facts.outcome = 'refused'
        else true
    end
    and facts.officer is not null
    and not is_missing(facts.reason)
