-- Facts of cases from vertical and self-built sources whose first version was recorded 24 hours after they happened, or
-- later. For what is known to the day the hours run from the end of that day.
with

late as (
    select
        fact_versions.case_no,
        fact_versions.officer,
        fact_versions.source,
        fact_versions.event_id,
        fact_versions.recorded_at,
        sources.department,
        case
            when fact_versions.is_day
                then
                    timezone(
                        coalesce(departments.zone, 'Asia/Shanghai'),
                        timezone(coalesce(departments.zone, 'Asia/Shanghai'), fact_versions.occurred_at)
                        + interval 1 day
                    )
            else fact_versions.occurred_at
        end + interval 24 hour as due_at
    from fact_versions
    inner join sources
        on
            fact_versions.source = sources.source
            and sources.kind in ('vertical', 'self_built')
    left outer join departments on sources.department = departments.department
    where
        fact_versions.dataversion = 1
        and fact_versions.type like 'esup.case.%'
        and fact_versions.recorded_at - fact_versions.occurred_at >= interval 24 hour
)

select
    late.case_no as subject_id,
    late.case_no,
    late.department,
    late.officer,
    late.source as occurrence_source,
    late.event_id as occurrence_id,
    late.due_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('fact', late.event_id, 'due_at', epoch_us(late.due_at), 'recorded_at', epoch_us(late.recorded_at))
        as evidence
from late
where late.recorded_at >= late.due_at
