-- Complaints refused without a reason. Only a correction of the refusal mends it.
with

filed as (
    select
        facts.key,
        arg_min(facts.department, facts.ord) as department,
        arg_min(facts.case_no, facts.ord) as case_no
    from facts
    where facts.type = 'esup.complaint.filed'
    group by facts.key
)

select
    facts.subject as subject_id,
    filed.case_no,
    coalesce(departments.supervisor, case_departments.supervisor) as department,
    cast(null as varchar) as officer,
    facts.source as occurrence_source,
    facts.event_id as occurrence_id,
    facts.occurred_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('reason', facts.reason) as evidence
from facts
inner join filed on facts.key = filed.key
left outer join departments on filed.department = departments.department
left outer join case_rows on filed.case_no = case_rows.case_no
left outer join departments as case_departments on case_rows.department = case_departments.department
where
    facts.type = 'esup.complaint.refused'
    and is_missing(facts.reason)
