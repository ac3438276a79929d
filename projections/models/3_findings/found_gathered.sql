-- The rows that the published rules across cases gather from each case, side by side; the projector fills it rule by
-- rule.
-- grain:   rule_no, group_id, occurrence_source, occurrence_id
-- refresh: scratch
-- reads:   facts, fact_versions, steps, case_rows, suspensions, extensions, obligation_rows, undocumented_decisions
-- reads:   items, item_steps, item_materials, item_fees, item_stops, item_paths, item_guides, officer_assignments
-- reads:   sources, departments, regions, working_days, rule_definitions, trimmed, is_missing, greedy_runs
-- reads:   greedy_batches
select
    null::integer as rule_no,
    null::varchar as group_id,
    null::varchar as case_no,
    null::varchar as department,
    null::varchar as officer,
    null::varchar as post,
    null::timestamptz as occurred_at,
    null::timestamptz as recorded_at,
    null::varchar as occurrence_source,
    null::varchar as occurrence_id,
    null::varchar as words,
    null::bigint as number,
    null::boolean as flag
where false
