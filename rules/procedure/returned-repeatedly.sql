-- The second and the third return of one case by the same step, each where it happens.
with

returned as (
    select
        facts.key,
        facts.case_no,
        facts.step,
        facts.officer,
        facts.source,
        facts.event_id,
        facts.occurred_at,
        row_number() over (partition by facts.key, facts.step order by facts.ord) as nth
    from facts
    where
        facts.type = 'esup.case.step_finished'
        and facts.action = 'return'
)

select
    case when returned.nth = 2 then 'prompt' else 'yellow' end as level,
    returned.case_no as subject_id,
    returned.case_no,
    case_rows.department,
    returned.officer,
    returned.source as occurrence_source,
    returned.event_id as occurrence_id,
    returned.occurred_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('step', returned.step, 'returned', returned.nth) as evidence
from returned
inner join case_rows on returned.key = case_rows.key
where returned.nth in (2, 3)
