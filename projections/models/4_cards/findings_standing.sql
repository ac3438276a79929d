-- The findings that have triggered at the clock, named as cards and prompts name them.
-- grain:   rule_id, level, subject, source, event_id
-- refresh: view
select
    finding_rows.*,
    rule_definitions.code,
    coalesce(rule_definitions.code, rule_definitions.rule_id) as card_code,
    rule_definitions.window_n,
    rule_definitions.is_proposed
from finding_rows
inner join rule_definitions on finding_rows.rule_no = rule_definitions.rule_no
cross join clock
where
    finding_rows.triggers_at <= clock.as_of
    and finding_rows.exists_from <= clock.as_of
