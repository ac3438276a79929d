-- Suspensions of a kind that the item version does not allow, or of which the applicant was not told, or that began
-- when the promised limit had passed.
with

-- An immediate item that promises none has its promise broken when its own rule says so.
promised as (
    select
        obligation_rows.key,
        min(obligation_rows.breaches_at) as breaches_at,
        max(case_rows.exists_from) as exists_from
    from obligation_rows
    inner join case_rows on obligation_rows.key = case_rows.key
    left outer join items on case_rows.item_id = items.item_id
    where
        obligation_rows.limit_source = 'item.promised'
        or (obligation_rows.rule_id = 'licensing.immediate-not-decided' and items.promised.n = 0)
    group by obligation_rows.key
),

judged as (
    select
        suspensions.case_no,
        suspensions.source,
        suspensions.event_id,
        suspensions.started_at,
        suspensions.kind,
        promised.exists_from,
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
    case
        when judged.defect = 'begun when the promised limit had passed'
            then greatest(judged.started_at, judged.exists_from)
        else judged.started_at
    end as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('defect', judged.defect, 'kind', judged.kind) as evidence
from judged
where judged.defect is not null
