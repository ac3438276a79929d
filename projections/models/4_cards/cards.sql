-- Every card with the day by which it is to be rectified before it turns red (S05). A rectified card is closed once
-- every task about it is closed; a card that was withdrawn, exempted or escalated keeps that as its last word, and one
-- without a task stays rectified.
-- grain:   card_id
-- refresh: view
with

windows as (
    select
        obligation_rows.key,
        max(obligation_rows.due_on) as due_on
    from obligation_rows
    inner join rule_definitions on obligation_rows.rule_no = rule_definitions.rule_no
    where rule_definitions.code = 'S05'
    group by obligation_rows.key
),

closings as (
    select
        card_id,
        max(closed_at) as closed_at
    from task_rows
    where card_id is not null
    group by card_id
    having count(*) = count(closed_at)
)

select
    card_rows.card_id,
    card_rows.issue_no,
    card_rows.finding_id,
    card_rows.rule_id,
    card_rows.rule_version,
    card_rows.level,
    card_rows.case_no,
    card_rows.department,
    card_rows.officer,
    card_rows.triggers_at,
    card_rows.issued_at,
    card_rows.issued_position,
    windows.due_on as rectify_due_on,
    case
        when card_rows.state = 'rectified' and closings.closed_at is not null then 'closed'
        else card_rows.state
    end as state,
    card_rows.replaced_by,
    card_rows.reason,
    card_rows.subject_kind,
    card_rows.subject_id,
    card_rows.on_what,
    card_rows.proposed_at,
    card_rows.confirmed_at,
    card_rows.rectified_at,
    card_rows.appealed_at,
    card_rows.exempted_at,
    card_rows.withdrawn_at,
    case
        when card_rows.state = 'rectified' and closings.closed_at is not null
            then greatest(closings.closed_at, card_rows.rectified_at)
    end as closed_at
from card_rows
left join windows on card_rows.key = windows.key
left join closings on card_rows.card_id = closings.card_id
