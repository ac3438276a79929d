-- Days of a department of whose facts more than one in a hundred came late: found 24 hours after the end of the day,
-- when the last of them could still have come in time.
with

days as (
    select
        gathered_rows.group_id,
        gathered_rows.department,
        min(gathered_rows.occurred_at) as occurred_at,
        sum(gathered_rows.number) as uploads,
        sum(gathered_rows.number) filter (where gathered_rows.flag) as late,
        min(
            struct_pack(
                occurred_at := gathered_rows.occurred_at,
                sequence := gathered_rows.words,
                source := gathered_rows.occurrence_source,
                event_id := gathered_rows.occurrence_id
            )
        ) filter (where gathered_rows.flag) as earliest
    from gathered_rows
    group by gathered_rows.group_id, gathered_rows.department
),

placed as (
    select
        days.group_id,
        days.department,
        days.uploads,
        days.late,
        days.earliest,
        coalesce(departments.zone, 'Asia/Shanghai') as zone,
        cast(timezone(coalesce(departments.zone, 'Asia/Shanghai'), days.occurred_at) as date) as day
    from days
    left outer join departments on days.department = departments.department
    where days.late * 100 > days.uploads
)

select
    placed.department as subject_id,
    cast(null as text) as case_no,
    placed.department,
    cast(null as text) as officer,
    placed.earliest.source as occurrence_source,
    placed.earliest.event_id as occurrence_id,
    timezone(placed.zone, placed.day + interval 2 day) as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('day', cast(placed.day as text), 'late', placed.late, 'uploads', placed.uploads) as evidence,
    placed.group_id
from placed
