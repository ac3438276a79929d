-- Prompt findings that have triggered and were never sent: what the monitor must prompt now.
-- grain:   rule_id, subject, source, event_id
-- refresh: view
select findings_standing.*
from findings_standing
anti join prompts
    on
        findings_standing.rule_id = prompts.rule_id
        and findings_standing.subject = prompts.subject_id
        and findings_standing.source = prompts.occurrence_source
        and findings_standing.event_id = prompts.occurrence_id
where findings_standing.level = 'prompt'
-- Two clauses of one rule may say the same of one fact: that is one prompt.
qualify row_number() over (
    partition by
        findings_standing.rule_id,
        findings_standing.subject,
        findings_standing.source,
        findings_standing.event_id
    order by findings_standing.triggers_at, findings_standing.rule_no
) = 1
