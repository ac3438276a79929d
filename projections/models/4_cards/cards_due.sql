-- Yellow and red findings that have triggered and have no live card: what the monitor must issue now, or propose where
-- the rule leaves that to a person; and proposals that were confirmed. A finding whose card a person or an appeal has
-- withdrawn gets no other one as long as it stands.
-- grain:   card_code, level, subject, source, event_id
-- refresh: view
with

issued as (
    select
        card_code,
        level,
        subject_id,
        occurrence_source,
        occurrence_id,
        count_if(state = 'withdrawn') as withdrawals,
        bool_or(state <> 'withdrawn') as is_live,
        bool_or(state = 'proposed' and confirmed_at is not null) as is_confirmed,
        bool_or(state = 'withdrawn' and fallen_at is null) as is_barred
    from card_rows
    group by all
),

due as (
    select
        findings_standing.*,
        1 + coalesce(issued.withdrawals, 0) as issue_no,
        findings_standing.is_proposed and not coalesce(issued.is_confirmed, false) as is_proposal
    from findings_standing
    left join issued
        on
            findings_standing.card_code = issued.card_code
            and findings_standing.level = issued.level
            and findings_standing.subject = issued.subject_id
            and findings_standing.source = issued.occurrence_source
            and findings_standing.event_id = issued.occurrence_id
    where
        findings_standing.level in ('yellow', 'red')
        and (
            coalesce(issued.is_confirmed, false)
            or not (coalesce(issued.is_live, false) or coalesce(issued.is_barred, false))
        )
    -- Two clauses of one rule may say the same of one fact: that is one card, from the earlier instant.
    qualify row_number() over (
        partition by
            findings_standing.card_code,
            findings_standing.level,
            findings_standing.subject,
            findings_standing.source,
            findings_standing.event_id
        order by findings_standing.triggers_at, findings_standing.rule_no
    ) = 1
),

placed as (
    select
        due.*,
        departments.tasks_on,
        case
            when rule_grounds.on_what is not null then rule_grounds.on_what
            when due.department = departments.supervisor then 'supervisor'
            when due.department is not null then 'department'
            else due.subject_kind
        end as on_what
    from due
    inner join rule_grounds on due.rule_no = rule_grounds.rule_no
    left join departments on due.department = departments.department
)

-- Yellow and red cards on a department open a supervision task; cards on supervision itself open none.
select
    *,
    on_what = 'department' and list_contains(coalesce(tasks_on, ['yellow', 'red']), level) as opens_task
from placed
