-- Cases in which the first T06 stands before the first T05; the T05 completes the wrong order.
with

finished as (
    select
        facts.case_no,
        facts.step,
        facts.occurred_at,
        facts.source,
        facts.event_id,
        facts.officer,
        facts.ord,
        row_number() over (partition by facts.case_no, facts.step order by facts.ord) as nth
    from facts
    where
        facts.type = 'esup.case.step_finished'
        and facts.step in ('T05', 'T06')
)

select
    confirmed.case_no as subject_id,
    confirmed.case_no,
    case_rows.department,
    confirmed.officer,
    confirmed.source as occurrence_source,
    confirmed.event_id as occurrence_id,
    confirmed.occurred_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('determined', determined.event_id, 'confirmed', confirmed.event_id) as evidence
from finished as confirmed
inner join finished as determined
    on
        confirmed.case_no = determined.case_no
        and confirmed.step = 'T05'
        and determined.step = 'T06'
        and confirmed.ord > determined.ord
left outer join case_rows on confirmed.case_no = case_rows.case_no
where
    confirmed.nth = 1
    and determined.nth = 1
