-- Every supervision task with the day by which the department is to reply (S01). A task whose card was withdrawn is
-- withdrawn with it, unless it was closed before.
-- grain:   task_id
-- refresh: view
with

replies as (
    select
        obligation_rows.key,
        max(obligation_rows.due_on) as due_on
    from obligation_rows
    inner join rule_definitions on obligation_rows.rule_no = rule_definitions.rule_no
    where rule_definitions.code = 'S01'
    group by obligation_rows.key
)

select
    task_rows.task_id,
    task_rows.card_id,
    task_rows.department,
    task_rows.issued_at,
    replies.due_on as reply_due_on,
    task_rows.replied_at,
    task_rows.returned_times,
    task_rows.closed_at,
    case
        when card_rows.state = 'withdrawn' and task_rows.closed_at is null then 'withdrawn'
        else task_rows.state
    end as state,
    task_rows.returned_until,
    task_rows.archived_at,
    coalesce(task_rows.case_no, card_rows.case_no) as case_no,
    task_rows.text
from task_rows
left join replies on task_rows.key = replies.key
left join card_rows on task_rows.card_id = card_rows.card_id
