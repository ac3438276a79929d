-- The dated limits of every rule: an obligation is judged by the one in force on the local day it opened.
-- grain:   rule_no, effective_from
-- refresh: whole
with

listed as (
    select
        rule_no,
        rule_id,
        unnest(
            from_json(
                limits,
                '[{"from":"DATE","source":"VARCHAR","n":"INTEGER","unit":"VARCHAR","rolls":"BOOLEAN",'
                || '"pausable":"BOOLEAN","prompt":"INTEGER","repealed":"BOOLEAN"}]'
            )
        ) as entry
    from rule_definitions
    where kind = 'obligation'
)

select
    rule_no,
    rule_id,
    entry."from" as effective_from,
    lead(entry."from") over (partition by rule_no order by entry."from") as effective_until,
    entry.source as source,
    entry.n as n,
    entry.unit as unit,
    coalesce(entry.rolls, true) as rolls,
    coalesce(entry.pausable, true) as pausable,
    entry.prompt as prompt,
    coalesce(entry.repealed, false) as is_repealed
from listed
