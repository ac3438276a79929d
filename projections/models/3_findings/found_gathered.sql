-- The rows that the published rules across cases gather from each case, side by side; the projector puts the rules' own
-- texts here.
-- grain:   rule_no, group_id, occurrence_source, occurrence_id
-- refresh: view
-- reads:   facts, fact_versions, steps, case_rows, suspensions, extensions, obligation_rows, undocumented_decisions
-- reads:   items, item_steps, item_materials, item_fees, item_stops, item_paths, item_guides, officer_assignments
-- reads:   sources, departments, regions, working_days, rule_definitions, trimmed, is_missing, greedy_runs
-- reads:   greedy_batches
select null::integer as rule_no
where false
