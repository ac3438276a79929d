-- The SELECT of every published condition rule, side by side; the projector puts the rules' own texts here.
-- grain:   rule_no, subject_id, occurrence_source, occurrence_id
-- refresh: view
-- reads:   rule_definitions, facts, steps, cases, suspensions, obligations
select null::integer as rule_no
where false
