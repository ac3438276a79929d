-- What the published condition rules find in one case, or in one item, complaint, task or card of its own stream;
-- `found_conditions` sets their checked SELECTs side by side. Nobody is judged by a law before its day.
-- grain:   rule_id, level, subject, source, event_id
-- refresh: key
select
    hash(coalesce(found_conditions.case_no, found_conditions.subject_id)) as key,
    rule_definitions.rule_no,
    rule_definitions.rule_id,
    rule_definitions.rule_version,
    coalesce(found_conditions.level, rule_definitions.breach_level) as level,
    coalesce(found_conditions.subject_kind, rule_definitions.subject_kind) as subject_kind,
    found_conditions.subject_id as subject,
    found_conditions.case_no,
    coalesce(found_conditions.department, case_rows.department) as department,
    found_conditions.officer,
    found_conditions.occurrence_source as source,
    found_conditions.occurrence_id as event_id,
    found_conditions.triggers_at,
    least(found_conditions.stands_from, found_conditions.triggers_at) as stands_from,
    found_conditions.rectified_at as ended_at,
    found_conditions.evidence
from found_conditions
inner join rule_definitions on found_conditions.rule_no = rule_definitions.rule_no
left join case_rows on hash(found_conditions.case_no) = case_rows.key
where
    rule_covers(
        rule_definitions,
        case_rows.class,
        case_rows.item_kind,
        case_rows.item,
        coalesce(case_rows.calendar, 'cn'),
        case_rows.region
    )
    and timezone(coalesce(case_rows.zone, 'Asia/Shanghai'), found_conditions.triggers_at)::date
    >= rule_definitions.effective_from
