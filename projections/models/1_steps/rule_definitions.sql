-- The newest known version of every published rule.
-- grain:   rule_id
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

-- A region's rule covers the regions below it.
covered as (
    select
        published.rule_id,
        list(distinct region_layers.region order by region_layers.region) as regions
    from published
    inner join region_layers
        on list_contains(
            from_json(published.data -> '$.applies_to.region', '["VARCHAR"]'),
            region_layers.layer_region
        )
    group by published.rule_id
)

select
    (row_number() over (order by published.rule_id))::integer as rule_no,
    published.rule_id,
    (data ->> 'version')::integer as rule_version,
    data ->> 'code' as code,
    data ->> 'pack' as pack,
    data ->> 'title_zh' as title_zh,
    data ->> 'title_en' as title_en,
    data ->> 'kind' as kind,
    coalesce(data ->> 'per', 'case') as per,
    coalesce(data ->> 'subject', 'case') as subject_kind,
    coalesce(data ->> 'opens_when', 'each') as opens_when,
    data ->> 'deems' as deems,
    data ->> 'of' as of_rule_id,
    data ->> '$.levels.breach' as breach_level,
    data ->> '$.levels.prompt' as prompt_level,
    (data ->> 'window_n')::integer as window_n,
    from_json(data -> '$.applies_to.class', '["VARCHAR"]') as classes,
    from_json(data -> '$.applies_to.item_kind', '["VARCHAR"]') as item_kinds,
    from_json(data -> '$.applies_to.item', '["VARCHAR"]') as items,
    from_json(data -> '$.applies_to.region', '["VARCHAR"]') as regions,
    covered.regions as covered_regions,
    from_json(data -> '$.applies_to.calendar', '["VARCHAR"]') as calendars,
    from_json(data -> '$.silent_for.item_kind', '["VARCHAR"]') as silent_kinds,
    (data ->> '$.silent_for.n')::integer as silent_n,
    data ->> 'sql' as condition_sql,
    data -> 'limits' as limits,
    data -> 'triggers' as triggers,
    data -> 'basis' as basis
from published
left join covered on published.rule_id = covered.rule_id
