-- Every complaint with the day by which it is to be accepted or refused (M01). Who complained and what about lies
-- sealed in the log and stands in no table.
-- grain:   complaint_id
-- refresh: view
with

decisions as (
    select
        obligation_rows.key,
        max(obligation_rows.due_on) as due_on
    from obligation_rows
    inner join rule_definitions on obligation_rows.rule_no = rule_definitions.rule_no
    where rule_definitions.code = 'M01'
    group by obligation_rows.key
)

select
    complaint_rows.complaint_id,
    complaint_rows.department,
    complaint_rows.case_no,
    complaint_rows.filed_at,
    decisions.due_on as decide_due_on,
    complaint_rows.accepted_at,
    complaint_rows.refused_at,
    complaint_rows.transferred_to,
    complaint_rows.closed_at,
    complaint_rows.state,
    complaint_rows.kind,
    complaint_rows.channel,
    complaint_rows.is_real_name,
    complaint_rows.refused_reason,
    complaint_rows.notified_at,
    complaint_rows.report_due_on,
    complaint_rows.reported_at,
    complaint_rows.fed_back_at,
    complaint_rows.is_upheld
from complaint_rows
left join decisions on complaint_rows.key = decisions.key
