-- The acceptance of each case: the recorded one, or the one deemed on the day the materials were received because
-- nobody answered in time. A deemed acceptance exists from the instant it is deemed.
-- grain:   case_no
-- refresh: scratch
with

unanswered as (
    select
        key,
        case_no,
        arg_min(
            struct_pack(
                position := position,
                occurred_at := opened_at,
                item := null::varchar,
                source := source,
                event_id := event_id,
                is_day := is_day,
                ord := ord
            ),
            struct_pack(breaches_at := breaches_at, ord := ord)
        ) as accepted,
        min(breaches_at) as deemed_at
    from answer_limits
    where
        not provisional
        and breaches_at is not null
        and (discharged_at is null or discharged_at >= breaches_at)
        and (voided_at is null or voided_at >= breaches_at)
    group by key, case_no
)

select
    case_records.key,
    case_records.case_no,
    coalesce(unanswered.accepted, case_records.accepted) as accepted,
    unanswered.deemed_at is not null as is_deemed,
    unanswered.deemed_at
from case_records
left join unanswered on case_records.key = unanswered.key
where unanswered.accepted is not null or case_records.accepted is not null
