-- The rules in force, one row for each period with its own legal basis.
-- grain:   rule_id, effective_from
-- refresh: view
with

listed as (
    select
        rule_no,
        unnest(from_json(basis, '[{"from":"DATE","titles":["VARCHAR"]}]')) as entry
    from rule_definitions
)

select
    rule_definitions.rule_id,
    rule_definitions.rule_version,
    rule_definitions.code,
    rule_definitions.title_zh,
    rule_definitions.title_en,
    coalesce(rule_definitions.breach_level, rule_definitions.prompt_level) as level,
    array_to_string(listed.entry.titles, '; ') as basis,
    listed.entry."from" as effective_from,
    lead(listed.entry."from") over (
        partition by rule_definitions.rule_id order by listed.entry."from"
    ) as effective_to
from rule_definitions
inner join listed on rule_definitions.rule_no = listed.rule_no
