-- The SELECT of every published rule across cases over its own gathered rows, side by side; the projector puts the
-- rules' own texts here.
-- grain:   rule_no, level, subject_id, occurrence_source, occurrence_id
-- refresh: view
-- reads:   judged_groups, departments, regions, working_days, rule_definitions, trimmed, is_missing, greedy_runs
-- reads:   greedy_batches
select null::integer as rule_no
where false
