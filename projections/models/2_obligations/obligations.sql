-- Every obligation and its state at the clock: the first state that fits. A clock that a rule's condition only reads is
-- no obligation.
-- grain:   obligation_id
-- refresh: view
select
    md5(concat_ws(
        chr(10),
        obligation_rows.rule_id,
        obligation_rows.level,
        obligation_rows.subject,
        obligation_rows.source,
        obligation_rows.event_id
    )) as obligation_id,
    obligation_rows.rule_id,
    obligation_rows.rule_version,
    obligation_rows.subject_kind,
    obligation_rows.subject as subject_id,
    obligation_rows.case_no,
    obligation_rows.step,
    obligation_rows.department,
    obligation_rows.officer,
    obligation_rows.opened_at,
    obligation_rows.n,
    obligation_rows.unit,
    obligation_rows.due_on,
    obligation_rows.prompts_at,
    obligation_rows.breaches_at,
    obligation_rows.discharged_at,
    obligation_rows.voided_at,
    case
        when
            obligation_rows.discharged_at is not null
            and (obligation_rows.breaches_at is null or obligation_rows.discharged_at < obligation_rows.breaches_at)
            then 'met'
        when
            obligation_rows.voided_at is not null
            and (obligation_rows.breaches_at is null or obligation_rows.voided_at < obligation_rows.breaches_at)
            and (obligation_rows.discharged_at is null or obligation_rows.voided_at < obligation_rows.discharged_at)
            then 'void'
        when obligation_rows.discharged_at is not null then 'met_late'
        when
            (obligation_rows.breaches_at is null or clock.as_of < obligation_rows.breaches_at)
            and len(
                list_filter(
                    obligation_rows.spans,
                    lambda span: span.started_at <= clock.as_of
                    and (span.ended_at is null or clock.as_of < span.ended_at)
                )
            ) > 0
            then 'suspended'
        when obligation_rows.provisional then 'running'
        when clock.as_of >= obligation_rows.breaches_at then 'breached'
        when obligation_rows.prompts_at <= clock.as_of then 'prompted'
        else 'running'
    end as state,
    obligation_rows.provisional,
    obligation_rows.level,
    obligation_rows.source as opened_source,
    obligation_rows.event_id as opened_event_id
from obligation_rows
cross join clock
where
    obligation_rows.level is not null
    and obligation_rows.exists_from <= clock.as_of
    and obligation_rows.opened_at <= clock.as_of
