-- What a case has of each department's sources on each local day: how many facts in time and how many late ones, the
-- earliest of each.
with

uploads as (
    select
        fact_versions.case_no,
        fact_versions.occurred_at,
        fact_versions.is_day,
        fact_versions.sequence,
        fact_versions.source,
        fact_versions.event_id,
        fact_versions.recorded_at,
        sources.department,
        coalesce(departments.zone, 'Asia/Shanghai') as zone,
        timezone(coalesce(departments.zone, 'Asia/Shanghai'), fact_versions.occurred_at) as local_at
    from fact_versions
    inner join sources
        on
            fact_versions.source = sources.source
            and sources.kind in ('vertical', 'self_built')
    left outer join departments on sources.department = departments.department
    where
        fact_versions.dataversion = 1
        and fact_versions.type like 'esup.case.%'
),

judged as (
    select
        uploads.case_no,
        uploads.department,
        uploads.recorded_at,
        cast(uploads.local_at as date) as day,
        case
            when uploads.is_day
                then uploads.recorded_at >= timezone(uploads.zone, uploads.local_at + interval 1 day) + interval 24 hour
            else uploads.recorded_at >= uploads.occurred_at + interval 24 hour
        end as is_late,
        struct_pack(
            occurred_at := uploads.occurred_at,
            sequence := uploads.sequence,
            source := uploads.source,
            event_id := uploads.event_id
        ) as upload
    from uploads
),

counted as (
    select
        judged.case_no,
        judged.department,
        judged.day,
        judged.is_late,
        min(judged.upload) as earliest,
        max(judged.recorded_at) as recorded_at,
        count(*) as number
    from judged
    group by judged.case_no, judged.department, judged.day, judged.is_late
)

select
    counted.department || ' ' || cast(counted.day as text) as group_id,
    counted.case_no,
    counted.department,
    cast(null as text) as officer,
    cast(null as text) as post,
    counted.earliest.occurred_at as occurred_at,
    counted.recorded_at,
    counted.earliest.source as occurrence_source,
    counted.earliest.event_id as occurrence_id,
    counted.earliest.sequence as words,
    counted.number,
    counted.is_late as flag
from counted
