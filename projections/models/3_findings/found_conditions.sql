-- The SELECT of every published condition rule, side by side; the projector puts the rules' own texts here. A SELECT
-- may say the level and the kind of subject of each row; the others leave it to the rule.
-- grain:   rule_no, level, subject_id, occurrence_source, occurrence_id
-- refresh: view
-- reads:   facts, fact_versions, steps, case_rows, suspensions, extensions, obligation_rows, undocumented_decisions
-- reads:   items, item_steps, item_materials, item_fees, item_stops, item_paths, item_guides, officer_assignments
-- reads:   sources, departments, regions, working_days, rule_definitions, trimmed, is_missing, greedy_runs
-- reads:   greedy_batches
select null::integer as rule_no
where false
