-- Payments that follow the sending of the fine for credit collection.
with

collected as (
    select
        facts.case_no,
        min(facts.ord) as ord,
        arg_min(facts.event_id, facts.ord) as event_id
    from facts
    where
        facts.type = 'esup.case.other'
        and facts.what = 'Send for Credit Collection'
    group by facts.case_no
)

select
    facts.case_no as subject_id,
    facts.case_no,
    case_rows.department,
    facts.officer,
    facts.source as occurrence_source,
    facts.event_id as occurrence_id,
    facts.occurred_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('collected', collected.event_id, 'paid', facts.event_id) as evidence
from facts
inner join collected
    on
        facts.case_no = collected.case_no
        and facts.ord > collected.ord
left outer join case_rows on facts.case_no = case_rows.case_no
where facts.type = 'esup.case.paid'
