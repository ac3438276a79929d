-- Which facts open, discharge, void, annul or bar the obligations of a rule.
-- grain:   rule_no, role, type, field, value
-- refresh: whole
with

listed as (
    select
        rule_no,
        rule_id,
        per,
        opens_when,
        deems,
        unnest(
            from_json(triggers, '[{"role":"VARCHAR","type":"VARCHAR","field":"VARCHAR","values":["VARCHAR"]}]')
        ) as trigger
    from rule_definitions
    where
        kind = 'obligation'
        and (regions is null or covered_regions is not null)
)

select
    rule_no,
    rule_id,
    per,
    opens_when,
    deems,
    trigger.role as role,
    trigger.type as type,
    trigger.field as field,
    unnest(coalesce(trigger."values", [null])) as value -- noqa: RF06
from listed
