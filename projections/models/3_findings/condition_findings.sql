-- What the published condition rules find; `found_conditions` sets their checked SELECTs side by side.
-- grain:   rule_id, subject, source, event_id
-- refresh: key
select
    coalesce(case_rows.key, hash(found_conditions.subject_id)) as key,
    rule_definitions.rule_no,
    rule_definitions.rule_id,
    rule_definitions.rule_version,
    rule_definitions.breach_level as level,
    rule_definitions.subject_kind,
    found_conditions.subject_id as subject,
    found_conditions.case_no,
    coalesce(found_conditions.department, case_rows.department) as department,
    found_conditions.officer,
    found_conditions.occurrence_source as source,
    found_conditions.occurrence_id as event_id,
    found_conditions.triggers_at,
    found_conditions.rectified_at as ended_at,
    found_conditions.evidence
from found_conditions
inner join rule_definitions on found_conditions.rule_no = rule_definitions.rule_no
left join case_rows on hash(found_conditions.case_no) = case_rows.key
where rule_covers(
    rule_definitions,
    case_rows.class,
    case_rows.item_kind,
    case_rows.item,
    coalesce(case_rows.calendar, 'cn'),
    case_rows.region
)
