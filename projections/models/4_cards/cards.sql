-- Every card with the day by which it is to be rectified before it turns red.
-- grain:   card_id
-- refresh: view
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
    obligation_rows.due_on as rectify_due_on,
    card_rows.state,
    card_rows.replaced_by,
    card_rows.reason,
    card_rows.subject_kind,
    card_rows.subject_id,
    card_rows.rectified_at
from card_rows
left join obligation_rows
    on
        card_rows.issued_source = obligation_rows.source
        and card_rows.issued_event_id = obligation_rows.event_id
        and obligation_rows.rule_id = 'supervision.yellow-not-corrected'
