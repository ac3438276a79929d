-- What the SELECT of every published condition rule answers, side by side; the projector fills it rule by rule. A
-- SELECT may say the level and the kind of subject of each row; the others leave it to the rule. It may say since when
-- a card on the row is right; the others mean its trigger.
-- grain:   rule_no, level, subject_id, occurrence_source, occurrence_id
-- refresh: scratch
-- reads:   facts, fact_versions, steps, case_rows, suspensions, extensions, obligation_rows, undocumented_decisions
-- reads:   items, item_steps, item_materials, item_fees, item_stops, item_paths, item_guides, officer_assignments
-- reads:   sources, departments, regions, working_days, rule_definitions, trimmed, is_missing, greedy_runs
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
    null::varchar as evidence
where false
