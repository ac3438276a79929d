-- Each negative act whose reason, without the white space at its ends, has fewer than ten characters.
select
    facts.case_no as subject_id,
    facts.case_no,
    case_rows.department,
    facts.officer,
    facts.source as occurrence_source,
    facts.event_id as occurrence_id,
    facts.occurred_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('act', facts.event_id, 'type', facts.type, 'reason', facts.reason) as evidence
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
    and length(coalesce(trimmed(facts.reason), '')) < 10
