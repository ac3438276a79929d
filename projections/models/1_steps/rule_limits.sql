-- The dated limits of every duty: an obligation is judged by the one in force on the local day it opened.
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
                || '"pausable":"BOOLEAN","prompt":"INTEGER","after":"VARCHAR","paused_by":"VARCHAR",'
                || '"extendable":"BOOLEAN","extension_max":"INTEGER",'
                || '"profiles":[{"profile":"VARCHAR","n":"INTEGER"}],"repealed":"BOOLEAN"}]'
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
    coalesce(entry.after = 'deadline', false) as is_after_deadline,
    entry.paused_by as paused_by,
    coalesce(entry.extendable, false) as is_extendable,
    entry.extension_max as extension_max,
    coalesce(entry.profiles, []) as profiles,
    coalesce(entry.repealed, false) as is_repealed
from listed
