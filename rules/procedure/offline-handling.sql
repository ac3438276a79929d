-- Cases of which nothing was known until more than 24 hours after their decision, and whose facts up to the decision
-- then came within sixty minutes. When a fact came is told by its first data version; a decision known to the day is
-- taken at the end of its day.
with

corrected as (
    select
        facts.identity,
        min(fact_versions.recorded_at) as recorded_at
    from facts
    inner join fact_versions
        on
            facts.identity = fact_versions.identity
            and fact_versions.dataversion = 1
    where
        facts.dataversion > 1
        and facts.type like 'esup.case.%'
    group by facts.identity
),

late as (
    select
        facts.key,
        facts.case_no,
        facts.officer,
        facts.source,
        facts.event_id,
        facts.ord,
        facts.is_day,
        case_rows.department,
        case
            when facts.is_day
                then timezone(
                    coalesce(case_rows.zone, 'Asia/Shanghai'),
                    timezone(coalesce(case_rows.zone, 'Asia/Shanghai'), facts.occurred_at) + interval 1 day
                )
            else facts.occurred_at
        end as decided_at
    from facts
    left outer join corrected
        on
            facts.dataversion > 1
            and facts.identity = corrected.identity
    left outer join case_rows on facts.key = case_rows.key
    where
        facts.type = 'esup.case.decided'
        and case when facts.dataversion > 1 then corrected.recorded_at else facts.recorded_at end
        > facts.occurred_at + interval 24 hour
),

told as (
    select
        late.source,
        late.event_id,
        facts.ord <= late.ord or (late.is_day and facts.occurred_at < late.decided_at) as is_upto,
        facts.type = 'esup.case.decided' and facts.ord < late.ord as is_decided_before,
        case when facts.dataversion > 1 then corrected.recorded_at else facts.recorded_at end as recorded_at
    from late
    inner join facts on late.key = facts.key
    left outer join corrected
        on
            facts.dataversion > 1
            and facts.identity = corrected.identity
    where facts.type like 'esup.case.%'
),

-- A fact whose first version is not known shows nothing of when it came: then nothing is found.
spans as (
    select
        source,
        event_id,
        min(recorded_at) as first_at,
        min(recorded_at) filter (where is_upto) as begins_at,
        max(recorded_at) filter (where is_upto) as ends_at,
        bool_and(recorded_at is not null) as is_known,
        bool_or(is_decided_before) as is_decided_before
    from told
    group by source, event_id
)

select
    'case' as subject_kind,
    late.case_no as subject_id,
    late.case_no,
    late.department,
    late.officer,
    late.source as occurrence_source,
    late.event_id as occurrence_id,
    late.decided_at + interval 24 hour as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object(
        'decided', late.event_id, 'first_recorded_at', spans.first_at, 'last_recorded_at', spans.ends_at
    ) as evidence
from late
inner join spans on late.source = spans.source and late.event_id = spans.event_id
where
    spans.is_known
    and not spans.is_decided_before
    and spans.first_at > late.decided_at + interval 24 hour
    and spans.ends_at <= spans.begins_at + interval 60 minute
