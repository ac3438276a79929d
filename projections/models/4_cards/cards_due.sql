-- Yellow and red findings that have triggered and have no live card: what the monitor must issue now.
-- grain:   rule_id, level, subject, source, event_id
-- refresh: view
with

issued as (
    select
        rule_id,
        level,
        subject_id,
        occurrence_source,
        occurrence_id,
        count_if(state = 'withdrawn') as withdrawals,
        bool_or(state <> 'withdrawn') as is_live
    from card_rows
    group by all
)

select
    findings_standing.*,
    1 + coalesce(issued.withdrawals, 0) as issue_no
from findings_standing
left join issued
    on
        findings_standing.rule_id = issued.rule_id
        and findings_standing.level = issued.level
        and findings_standing.subject = issued.subject_id
        and findings_standing.source = issued.occurrence_source
        and findings_standing.event_id = issued.occurrence_id
where
    findings_standing.level in ('yellow', 'red')
    and not coalesce(issued.is_live, false)
