-- Decisions seen elsewhere that no case of the department had made by then; one made later rectifies.
with

matched as (
    select
        observed.occurrence_source,
        observed.occurrence_id,
        bool_or(epoch_us(decided.occurred_at) <= observed.number) as is_known,
        min(decided.occurred_at) as decided_at
    from gathered_rows as observed
    inner join gathered_rows as decided
        on
            observed.group_id = decided.group_id
            and observed.flag
            and not decided.flag
    group by observed.occurrence_source, observed.occurrence_id
)

select
    'department' as subject_kind,
    observed.department as subject_id,
    cast(null as text) as case_no,
    observed.department,
    cast(null as text) as officer,
    observed.occurrence_source,
    observed.occurrence_id,
    observed.occurred_at as triggers_at,
    matched.decided_at as rectified_at,
    json_object('observed', observed.occurrence_id, 'decision_no', observed.words) as evidence,
    observed.group_id
from gathered_rows as observed
left outer join matched
    on
        observed.occurrence_source = matched.occurrence_source
        and observed.occurrence_id = matched.occurrence_id
where
    observed.flag
    and not coalesce(matched.is_known, false)
