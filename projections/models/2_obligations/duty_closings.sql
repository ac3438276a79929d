-- The facts that discharge, void, annul or bar duties; where no part is named, those of every part of the scope. A
-- macro over `source_facts` and `source_triggers`, as match_duties has them.
-- grain:   rule_no, role, scope, part, ord
-- refresh: macro
-- inputs:  source_facts, source_triggers
select
    triggers.rule_no,
    case
        when triggers.per = 'subject' or recorded.subject_id is null then recorded.key
        else hash(recorded.case_no)
    end as scope,
    case
        when triggers.role <> 'discharges' then null
        when triggers.per = 'step' then hash(recorded.step)
        -- What names no part ends them all: a decision, or an end that does not say of what.
        when triggers.per = 'ref' and coalesce(recorded.ref, recorded.kind, recorded.measure) is null then null
        when triggers.per = 'ref' then hash(coalesce(recorded.ref, recorded.kind, recorded.measure))
        else 0
    end::ubigint as part,
    triggers.role,
    recorded.type,
    recorded.occurred_at,
    recorded.is_day,
    recorded.position,
    recorded.ord
from query_table(source_facts) as recorded
inner join query_table(source_triggers) as triggers
    on recorded.type = triggers.type and triggers.role <> 'opens'
where trigger_fits(triggers.field, triggers.value, recorded)
