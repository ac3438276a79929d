-- Which rules speak of supervision itself: their cards are on the task, card or complaint whose fact opens the duty or
-- that is their subject, or on the supervisor who owes it. The cards of all others are on a department.
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
    case
        when opened.on_what is not null then opened.on_what
        when rule_definitions.subject_kind in ('task', 'card', 'complaint') then rule_definitions.subject_kind
        when rule_definitions.is_owed_by_supervisor then 'supervisor'
    end as on_what
from rule_definitions
left join opened on rule_definitions.rule_no = opened.rule_no
