-- The facts that open duties, with the scope (case, card, task ...) and the part of it (step, ref) that each concerns.
-- A macro over `source_facts` and `source_triggers`, as match_duties has them.
-- grain:   rule_no, position
-- refresh: macro
-- inputs:  source_facts, source_triggers
select
    triggers.rule_no,
    triggers.opens_when,
    case
        when triggers.per = 'subject' or recorded.subject_id is null then recorded.key
        else hash(recorded.case_no)
    end as scope,
    case triggers.per
        when 'step' then hash(recorded.step)
        when 'ref' then hash(coalesce(recorded.ref, recorded.kind, recorded.measure))
        else 0
    end::ubigint as part,
    recorded.key,
    recorded.case_no,
    coalesce(recorded.subject_id, recorded.subject) as subject,
    recorded.subject_kind,
    recorded.type,
    recorded.position,
    recorded.occurred_at,
    recorded.is_day,
    recorded.exists_from,
    recorded.source,
    recorded.event_id,
    recorded.ord,
    -- A case has one department; a card, a task or a complaint names its own.
    case when coalesce(hash(recorded.case_no), 0) <> recorded.key then recorded.department end as department,
    recorded.officer,
    recorded.step,
    case when triggers.per = 'ref' then coalesce(recorded.ref, recorded.kind, recorded.measure) else recorded.ref end
        as ref,
    recorded.n,
    recorded.unit,
    recorded.fact_prompt,
    recorded.fact_rolls,
    recorded.deadline_on
from query_table(source_facts) as recorded
inner join query_table(source_triggers) as triggers
    on recorded.type = triggers.type and triggers.role = 'opens'
where trigger_fits(triggers.field, triggers.value, recorded)
