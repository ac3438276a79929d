-- Where each case is handled and what its item is, before any acceptance pins a version.
-- grain:   case_no
-- refresh: view
with

codes as (
    select
        item,
        arg_max(class, struct_pack(effective_from := effective_from, ord := ord)) as class,
        arg_max(kind, struct_pack(effective_from := effective_from, ord := ord)) as item_kind
    from items
    group by item
)

select
    case_records.*,
    departments.region,
    coalesce(departments.zone, 'Asia/Shanghai') as zone,
    coalesce(departments.calendar, 'cn') as calendar,
    coalesce(work_calendars.calendar_no, country.calendar_no) as calendar_no,
    codes.class,
    codes.item_kind,
    null::varchar as item_id,
    null::timestamptz as exists_from
from case_records
left join departments on case_records.department = departments.department
left join work_calendars on departments.work_calendar = work_calendars.work_calendar
left join work_calendars as country on country.work_calendar = 'cn'
left join codes on case_records.item = codes.item
