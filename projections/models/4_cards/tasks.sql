-- Every supervision task with the day by which the department is to reply.
-- grain:   task_id
-- refresh: view
select
    task_rows.task_id,
    task_rows.card_id,
    task_rows.department,
    task_rows.issued_at,
    obligation_rows.due_on as reply_due_on,
    task_rows.replied_at,
    task_rows.returned_times,
    task_rows.closed_at,
    task_rows.state
from task_rows
left join obligation_rows
    on
        task_rows.source = obligation_rows.source
        and task_rows.event_id = obligation_rows.event_id
        and obligation_rows.rule_id = 'supervision.task-reply'
