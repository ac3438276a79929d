-- Where each case is handled, and its item version as in force when the case began, before an acceptance pins one.
-- grain:   case_no
-- refresh: scratch
with

placed as (
    select
        case_records.*,
        departments.region,
        coalesce(departments.zone, 'Asia/Shanghai') as zone,
        coalesce(departments.calendar, 'cn') as calendar,
        coalesce(work_calendars.calendar_no, country.calendar_no) as calendar_no
    from case_records
    left join departments on case_records.department = departments.department
    left join work_calendars on departments.work_calendar = work_calendars.work_calendar
    left join work_calendars as country on country.work_calendar = 'cn'
),

versions as (
    select
        placed.key,
        arg_max(
            struct_pack(class := items.class, kind := items.kind, suspensions_allowed := items.suspensions_allowed),
            struct_pack(effective_from := items.effective_from, ord := items.ord)
        ) as version
    from placed
    inner join items
        on
            placed.item = items.item
            and items.published_at <= placed.first_at
            and items.effective_from <= timezone(placed.zone, placed.first_at)::date
    group by placed.key
)

select
    placed.*,
    versions.version.class as class,
    versions.version.class as first_class,
    versions.version.kind as item_kind,
    versions.version.suspensions_allowed as suspensions_allowed,
    null::varchar as item_id,
    null::timestamptz as exists_from
from placed
left join versions on placed.key = versions.key
