-- The rules in force, one row for each period with its own legal basis. A rule of several levels shows its highest.
-- grain:   rule_id, effective_from
-- refresh: view
with

headed as (
    select
        rule_id,
        arg_min(rule_version, clause_no) as rule_version,
        arg_min(code, clause_no) as code,
        arg_min(title_zh, clause_no) as title_zh,
        arg_min(title_en, clause_no) as title_en,
        arg_min(basis, clause_no) as basis,
        flatten(list([breach_level, prompt_level] || coalesce(several_levels, []))) as levels
    from rule_definitions
    group by rule_id
),

listed as (
    select
        rule_id,
        unnest(from_json(basis, '[{"from":"DATE","titles":["VARCHAR"]}]')) as entry
    from headed
)

select
    headed.rule_id,
    headed.rule_version,
    headed.code,
    headed.title_zh,
    headed.title_en,
    case
        when list_contains(headed.levels, 'red') then 'red'
        when list_contains(headed.levels, 'yellow') then 'yellow'
        when list_contains(headed.levels, 'prompt') then 'prompt'
        else 'risk'
    end as level,
    array_to_string(listed.entry.titles, '; ') as basis,
    listed.entry."from" as effective_from,
    lead(listed.entry."from") over (
        partition by headed.rule_id order by listed.entry."from"
    ) as effective_to
from headed
inner join listed on headed.rule_id = listed.rule_id
