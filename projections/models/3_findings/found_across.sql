-- What the SELECT of every published rule across cases answers over its own gathered rows, side by side; the projector
-- fills it rule by rule.
-- grain:   rule_no, level, subject_id, occurrence_source, occurrence_id
-- refresh: scratch
-- reads:   judged_groups, departments, regions, working_days, rule_definitions, trimmed, is_missing, greedy_runs
-- reads:   greedy_batches
select
    null::integer as rule_no,
    null::varchar as level,
    null::varchar as subject_kind,
    null::timestamptz as stands_from,
    null::varchar as subject_id,
    null::varchar as case_no,
    null::varchar as department,
    null::varchar as officer,
    null::varchar as occurrence_source,
    null::varchar as occurrence_id,
    null::timestamptz as triggers_at,
    null::timestamptz as rectified_at,
    null::varchar as evidence,
    null::varchar as group_id
where false
