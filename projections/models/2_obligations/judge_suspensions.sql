-- Every suspension of a case: from when to when, and whether the law lets it stop the clock. A macro over
-- `source_cases`, one row a case with its zone and the kinds of suspension that its item version allows.
-- grain:   case_no, started_at, ref, kind
-- refresh: macro
-- inputs:  source_cases
with

started as (
    select
        facts.key,
        facts.case_no,
        facts.position,
        facts.source,
        facts.event_id,
        coalesce(facts.ref, facts.kind) as ref,
        facts.kind,
        facts.occurred_at as started_at,
        facts.planned_end,
        facts.told_applicant_at,
        facts.ord,
        cases.zone,
        cases.suspensions_allowed
    from facts
    inner join query_table(source_cases) as cases on facts.key = cases.key
    where facts.type = 'esup.case.suspension_started'
),

ended as (
    select
        started.position,
        min(facts.occurred_at) as ended_at
    from started
    inner join facts
        on
            started.key = facts.key
            and facts.type = 'esup.case.suspension_ended'
            and (facts.ref is null or facts.ref = started.ref)
            and facts.ord > started.ord
    group by started.position
),

planned as (
    select
        started.*,
        ended.ended_at,
        timezone(started.zone, started.started_at)::date as started_on,
        case
            when started.planned_end is null then null
            when length(started.planned_end) = 10 then started.planned_end::date
            else timezone(started.zone, started.planned_end::timestamptz)::date
        end as planned_end_on,
        case
            when started.planned_end is null then null
            when length(started.planned_end) = 10
                then timezone(started.zone, (started.planned_end::date + 1)::timestamp)
            else started.planned_end::timestamptz
        end as planned_end_at
    from started
    left join ended on started.position = ended.position
)

select
    key,
    case_no,
    position,
    source,
    event_id,
    ord,
    ref,
    kind,
    started_at,
    started_on,
    told_applicant_at,
    planned_end_on,
    ended_at,
    least(ended_at, planned_end_at) as effective_end_at,
    case
        when ended_at < planned_end_at or planned_end_at is null then timezone(zone, ended_at)::date
        else planned_end_on
    end as effective_end_on,
    coalesce(list_contains(suspensions_allowed, kind), false)
    and (told_applicant_at is not null or kind = 'third_party') as is_valid,
    case
        when suspensions_allowed is null then 'item version unknown'
        when not list_contains(suspensions_allowed, kind) then 'kind not allowed by the item'
        when told_applicant_at is null and kind <> 'third_party' then 'applicant not told'
    end as reason
from planned
