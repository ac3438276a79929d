-- The calendars departments work by: the country's, with a region's and an office's own days where noticed.
-- grain:   work_calendar
-- refresh: whole
with

used as (
    select distinct
        work_calendar,
        calendar,
        case when contains(work_calendar, '/') then region end as region,
        case when contains(work_calendar, '//') then department end as office
    from departments
    union
    select
        'cn' as work_calendar,
        'cn' as calendar,
        null as region,
        null as office
)

select
    (row_number() over (order by work_calendar))::integer as calendar_no,
    work_calendar,
    calendar,
    min(region) as region,
    min(office) as office
from used
group by work_calendar, calendar
