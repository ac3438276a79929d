-- Each case as it stands at the clock.
-- grain:   case_no
-- refresh: view
with

standing as (
    select
        case_rows.* exclude (accepted_at, accepted_deemed),
        clock.as_of,
        case
            when case_rows.exists_from is null or case_rows.exists_from <= clock.as_of then case_rows.accepted_at
        end as accepted_at,
        case_rows.accepted_deemed and case_rows.exists_from <= clock.as_of as accepted_deemed
    from case_rows
    cross join clock
)

select
    standing.case_no,
    standing.item,
    standing.item_version,
    standing.class,
    standing.item_kind as kind,
    standing.department,
    standing.region,
    standing.applied_at,
    standing.accepted_at,
    standing.accepted_deemed,
    standing.decided_at,
    standing.outcome,
    standing.closed_at,
    case
        when standing.closed_at is not null then 'closed'
        when standing.withdrawn_at is not null then 'withdrawn'
        when standing.decided_at is not null then 'decided'
        when standing.refused_at is not null and not standing.accepted_deemed then 'refused'
        when
            exists (
                select 1
                from suspensions
                where
                    suspensions.case_no = standing.case_no
                    and suspensions.is_valid
                    and suspensions.started_at <= standing.as_of
                    and (suspensions.effective_end_at is null or suspensions.effective_end_at > standing.as_of)
            )
            then 'suspended'
        when standing.accepted_at is not null then 'accepted'
        when standing.applied_at is not null then 'applied'
        else 'open'
    end as state
from standing
