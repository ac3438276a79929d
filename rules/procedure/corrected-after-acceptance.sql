-- Notices to correct that follow the acceptance, or the instant at which the case was deemed accepted. Where a notice
-- or the acceptance is known to the day only, one of the same day does not follow the other.
select
    facts.case_no as subject_id,
    facts.case_no,
    case_rows.department,
    facts.officer,
    facts.source as occurrence_source,
    facts.event_id as occurrence_id,
    facts.occurred_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object(
        'accepted', case_rows.accepted_event_id, 'deemed', case_rows.accepted_deemed, 'noticed', facts.event_id
    ) as evidence
from facts
inner join case_rows on facts.key = case_rows.key
where
    facts.type = 'esup.case.correction_noticed'
    and case
        when case_rows.accepted_deemed then facts.occurred_at > case_rows.exists_from
        when facts.is_day or case_rows.accepted_is_day
            then
                cast(timezone(case_rows.zone, facts.occurred_at) as date)
                > cast(timezone(case_rows.zone, case_rows.accepted_at) as date)
        else facts.ord > case_rows.accepted_ord
    end
