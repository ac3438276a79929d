-- Each finding with its verdict at the clock: pending until it triggers, correctable while it can be mended, then
-- final.
-- grain:   finding_id
-- refresh: view
select
    md5(concat_ws(
        chr(10),
        finding_rows.rule_id,
        finding_rows.level,
        finding_rows.subject,
        finding_rows.source,
        finding_rows.event_id
    )) as finding_id,
    finding_rows.rule_id,
    finding_rows.rule_version,
    finding_rows.level,
    case
        when finding_rows.triggers_at > clock.as_of then 'pending'
        when finding_rows.ended_at is null then 'correctable'
        else 'final'
    end as verdict,
    finding_rows.subject_kind,
    finding_rows.subject as subject_id,
    finding_rows.case_no,
    finding_rows.department,
    finding_rows.officer,
    finding_rows.triggers_at,
    coalesce(
        finding_rows.evidence,
        to_json(struct_pack(
            opened_by := finding_rows.event_id,
            opened_on := obligation_rows.opened_on,
            n := obligation_rows.n,
            unit := obligation_rows.unit,
            due_on := obligation_rows.due_on,
            discharged_at := obligation_rows.discharged_at,
            voided_at := obligation_rows.voided_at
        ))::varchar
    ) as evidence,
    finding_rows.source as occurrence_source,
    finding_rows.event_id as occurrence_id,
    finding_rows.ended_at
from finding_rows
cross join clock
left join obligation_rows on finding_rows.limit_id = obligation_rows.limit_id
where finding_rows.exists_from <= clock.as_of or finding_rows.limit_id is null
