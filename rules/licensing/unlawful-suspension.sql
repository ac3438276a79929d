-- Suspensions of a kind that the item version does not allow, or of which the applicant was not told, or that began
-- when the promised limit had passed.
with

promised as (
    select
        obligation_rows.key,
        min(obligation_rows.breaches_at) as breaches_at
    from obligation_rows
    where obligation_rows.limit_source = 'item.promised'
    group by obligation_rows.key
),

judged as (
    select
        suspensions.case_no,
        suspensions.source,
        suspensions.event_id,
        suspensions.started_at,
        suspensions.kind,
        case
            when suspensions.told_applicant_at is null and suspensions.kind <> 'third_party' then 'applicant not told'
            when suspensions.reason <> 'item version unknown' then suspensions.reason
            when suspensions.started_at >= promised.breaches_at then 'begun when the promised limit had passed'
        end as defect
    from suspensions
    left outer join promised on suspensions.key = promised.key
)

select
    judged.case_no as subject_id,
    judged.case_no,
    cast(null as varchar) as department,
    cast(null as varchar) as officer,
    judged.source as occurrence_source,
    judged.event_id as occurrence_id,
    judged.started_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('defect', judged.defect, 'kind', judged.kind) as evidence
from judged
where judged.defect is not null
