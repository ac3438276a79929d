-- The regions in which a rule with a jurisdiction of its own applies, with all regions below them.
-- grain:   rule_no, region
-- refresh: view
select distinct
    rule_definitions.rule_no,
    region_layers.region
from rule_definitions
inner join region_layers on list_contains(rule_definitions.regions, region_layers.layer_region)
