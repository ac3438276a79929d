-- What the published rules across cases find, group by group.
-- grain:   rule_id, level, subject, source, event_id
-- refresh: group
select
    hash(found_across.rule_no, found_across.group_id) as group_key,
    rule_definitions.rule_no,
    rule_definitions.rule_id,
    rule_definitions.rule_version,
    coalesce(found_across.level, rule_definitions.breach_level) as level,
    coalesce(found_across.subject_kind, rule_definitions.subject_kind) as subject_kind,
    found_across.subject_id as subject,
    found_across.case_no,
    found_across.department,
    found_across.officer,
    found_across.occurrence_source as source,
    found_across.occurrence_id as event_id,
    found_across.triggers_at,
    least(found_across.stands_from, found_across.triggers_at) as stands_from,
    found_across.rectified_at as ended_at,
    found_across.evidence
from found_across
inner join rule_definitions on found_across.rule_no = rule_definitions.rule_no
where timezone('Asia/Shanghai', found_across.triggers_at)::date >= rule_definitions.effective_from
