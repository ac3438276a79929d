-- Penalties added before day 60 after the first notification of the fine, counted in local days.
with

notified as (
    select
        facts.case_no,
        min(facts.ord) as ord,
        arg_min(facts.event_id, facts.ord) as event_id,
        arg_min(cast(timezone('Europe/Rome', facts.occurred_at) as date), facts.ord) as notified_on
    from facts
    where
        facts.type = 'esup.case.other'
        and facts.what = 'Insert Fine Notification'
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
    json_object('notified', notified.event_id, 'added', facts.event_id) as evidence
from facts
inner join notified
    on
        facts.case_no = notified.case_no
        and facts.ord > notified.ord
left outer join case_rows on facts.case_no = case_rows.case_no
where
    facts.type = 'esup.case.other'
    and facts.what = 'Add penalty'
    and date_diff('day', notified.notified_on, cast(timezone('Europe/Rome', facts.occurred_at) as date)) < 60
