-- Every department as last registered, with the zone of its region and the calendar it works by.
-- grain:   department
-- refresh: whole
with

registered as (
    select
        data ->> 'code' as department,
        arg_max(data, ord) as data
    from facts
    where type = 'esup.org.department_registered'
    group by data ->> 'code'
),

placed as (
    select
        registered.department,
        registered.data ->> 'name' as name,
        registered.data ->> 'region' as region,
        registered.data ->> 'parent' as parent,
        coalesce(regions.zone, 'Asia/Shanghai') as zone,
        coalesce(regions.calendar, 'cn') as calendar,
        regions.supervisor,
        coalesce(regions.tasks_on, ['yellow', 'red']) as tasks_on
    from registered
    left join regions on (registered.data ->> 'region') = regions.region
),

region_noticed as (
    select distinct region_layers.region
    from region_layers
    inner join noticed_days on region_layers.layer_region = noticed_days.region
),

office_noticed as (
    select distinct office
    from noticed_days
    where office is not null
)

select
    placed.*,
    placed.calendar
    || coalesce('/' || region_noticed.region, '')
    || coalesce('//' || office_noticed.office, '') as work_calendar
from placed
left join region_noticed on placed.region = region_noticed.region
left join office_noticed on placed.department = office_noticed.office
