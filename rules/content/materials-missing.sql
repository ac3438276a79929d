-- The first decision of a case that is no refusal, where a required material of its version came in with no fact before
-- it. What is known to the day came in before the decision of that day.
with

decisions as (
    select
        facts.key,
        facts.case_no,
        facts.occurred_at,
        facts.is_day,
        facts.officer,
        facts.source,
        facts.event_id,
        facts.ord,
        row_number() over (partition by facts.key order by facts.ord) as nth
    from facts
    where
        facts.type = 'esup.case.decided'
        and facts.outcome <> 'refused'
),

required as (
    select
        decisions.key,
        decisions.case_no,
        decisions.occurred_at,
        decisions.is_day,
        decisions.officer,
        decisions.source,
        decisions.event_id,
        decisions.ord,
        greatest(decisions.occurred_at, case_rows.pinned_at, case_rows.exists_from) as triggers_at,
        item_materials.code
    from decisions
    inner join case_rows on decisions.key = case_rows.key
    inner join item_materials on case_rows.item_id = item_materials.item_id
    where
        decisions.nth = 1
        and item_materials.is_required
),

lists as (
    select
        facts.key,
        facts.occurred_at,
        facts.is_day,
        facts.ord,
        case
            when facts.type = 'esup.case.correction_received' then json_extract(facts.data, '$.items')
            else json_extract(facts.data, '$.materials')
        end as codes
    from facts
    where facts.type in ('esup.case.applied', 'esup.case.materials_received', 'esup.case.correction_received')
),

came as (
    select
        lists.key,
        lists.occurred_at,
        lists.is_day,
        lists.ord,
        unnest(from_json(lists.codes, '["VARCHAR"]')) as code
    from lists
),

missing as (
    select
        required.key,
        required.case_no,
        required.officer,
        required.source,
        required.event_id,
        required.triggers_at,
        required.code
    from required
    anti join came
        on
            required.key = came.key
            and required.code = came.code
            and case
                when came.is_day then came.occurred_at <= required.occurred_at
                when required.is_day then came.occurred_at < required.occurred_at + interval 1 day
                else came.ord < required.ord
            end
)

select
    missing.case_no as subject_id,
    missing.case_no,
    cast(null as text) as department,
    missing.officer,
    missing.source as occurrence_source,
    missing.event_id as occurrence_id,
    missing.triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('decided', missing.event_id, 'missing', array_agg(missing.code order by missing.code)) as evidence
from missing
group by missing.case_no, missing.officer, missing.source, missing.event_id, missing.triggers_at
