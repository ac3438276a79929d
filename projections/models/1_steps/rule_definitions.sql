-- The newest known version of every published rule, clause by clause: each of its duties, prompts and conditions.
-- grain:   rule_id, clause_no
-- refresh: whole
with

published as (
    select
        subject as rule_id,
        arg_max(data, struct_pack(v := (data ->> 'version')::integer, o := ord)) as data
    from facts
    where type = 'esup.rule.published'
    group by subject
),

listed as (
    select
        rule_id,
        data,
        unnest(from_json(data -> 'clauses', '["JSON"]')) as clause,
        unnest(range(json_array_length(data -> 'clauses')::bigint)) as clause_no
    from published
),

-- A region's rule covers the regions below it.
covered as (
    select
        listed.rule_id,
        listed.clause_no,
        list(distinct region_layers.region order by region_layers.region) as regions
    from listed
    inner join region_layers
        on list_contains(
            from_json(listed.clause -> '$.applies_to.region', '["VARCHAR"]'),
            region_layers.layer_region
        )
    group by listed.rule_id, listed.clause_no
)

select
    (row_number() over (order by listed.rule_id, listed.clause_no))::integer as rule_no,
    listed.rule_id,
    listed.clause_no,
    (data ->> 'version')::integer as rule_version,
    data ->> 'code' as code,
    data ->> 'pack' as pack,
    data ->> 'title_zh' as title_zh,
    data ->> 'title_en' as title_en,
    clause ->> 'kind' as kind,
    coalesce(clause ->> 'per', 'case') as per,
    coalesce(clause ->> 'subject', 'case') as subject_kind,
    coalesce(clause ->> 'owed_by' = 'supervisor', false) as is_owed_by_supervisor,
    coalesce(clause ->> 'issue' = 'proposed', false) as is_proposed,
    clause ->> 'across' as across,
    coalesce(clause ->> 'opens_when', 'each') as opens_when,
    clause ->> 'deems' as deems,
    clause ->> 'of' as of_rule_id,
    clause ->> '$.levels.breach' as breach_level,
    clause ->> '$.levels.prompt' as prompt_level,
    from_json(clause -> 'several_levels', '["VARCHAR"]') as several_levels,
    (clause ->> 'window_n')::integer as window_n,
    from_json(clause -> '$.applies_to.class', '["VARCHAR"]') as classes,
    from_json(clause -> '$.applies_to.item_kind', '["VARCHAR"]') as item_kinds,
    from_json(clause -> '$.applies_to.item', '["VARCHAR"]') as items,
    from_json(clause -> '$.applies_to.region', '["VARCHAR"]') as regions,
    covered.regions as covered_regions,
    from_json(clause -> '$.applies_to.calendar', '["VARCHAR"]') as calendars,
    from_json(clause -> '$.silent_for.item_kind', '["VARCHAR"]') as silent_kinds,
    (clause ->> '$.silent_for.n')::integer as silent_n,
    clause ->> 'sql' as condition_sql,
    clause ->> 'gather_sql' as gather_sql,
    clause -> 'limits' as limits,
    clause -> 'triggers' as triggers,
    data -> 'basis' as basis,
    (data ->> '$.basis[0].from')::date as effective_from
from listed
left join covered on listed.rule_id = covered.rule_id and listed.clause_no = covered.clause_no
