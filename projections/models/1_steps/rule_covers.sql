-- Whether a rule speaks of a case: by the class, kind and code of its item, its calendar and its region. A rule of a
-- region covers the regions below it.
-- grain:   none
-- refresh: scalar
-- inputs:  rule, item_class, item_kind, item, calendar, region
select
    (rule.classes is null or list_contains(rule.classes, item_class))
    and (rule.item_kinds is null or list_contains(rule.item_kinds, item_kind))
    and (rule.items is null or list_contains(rule.items, item))
    and (rule.calendars is null or list_contains(rule.calendars, calendar))
    and (rule.regions is null or list_contains(rule.covered_regions, region))
