-- Notices to correct that come when seven working days from the receipt of the request have passed.
with

noticed as (
    select
        facts.key,
        facts.case_no,
        facts.officer,
        facts.occurred_at,
        facts.source,
        facts.event_id,
        min(clocks.opened_at) as received_at,
        arg_min(clocks.breaches_at, clocks.opened_at) as breaches_at,
        arg_min(clocks.due_on, clocks.opened_at) as due_on
    from facts
    inner join obligation_rows as clocks
        on
            facts.key = clocks.key
            and clocks.rule_id = 'disclosure.reply-late'
            and clocks.level is null
            and clocks.opened_at <= facts.occurred_at
    where facts.type = 'esup.case.correction_noticed'
    group by facts.key, facts.case_no, facts.officer, facts.occurred_at, facts.source, facts.event_id
)

select
    noticed.case_no as subject_id,
    noticed.case_no,
    cast(null as varchar) as department,
    noticed.officer,
    noticed.source as occurrence_source,
    noticed.event_id as occurrence_id,
    noticed.occurred_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('received_at', noticed.received_at, 'due_on', noticed.due_on) as evidence
from noticed
where noticed.occurred_at >= noticed.breaches_at
