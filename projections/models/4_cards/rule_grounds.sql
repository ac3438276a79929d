-- What the cards of each rule are on: the task, card or complaint whose fact opens the duty, else the rule's own kind
-- of subject. Cards on tasks, cards and complaints open no supervision task.
-- grain:   rule_no
-- refresh: view
with

opened as (
    select
        rule_no,
        max(
            case
                when regexp_matches(type, '^(esup\.)?task[._]') then 'task'
                when regexp_matches(type, '^(esup\.)?card[._]') then 'card'
                when regexp_matches(type, '^(esup\.)?complaint[._]') then 'complaint'
            end
        ) as on_what
    from rule_triggers
    where role = 'opens'
    group by rule_no
)

select
    rule_definitions.rule_no,
    coalesce(opened.on_what, rule_definitions.subject_kind) as on_what
from rule_definitions
left join opened on rule_definitions.rule_no = opened.rule_no
