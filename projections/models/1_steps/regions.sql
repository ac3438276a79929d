-- Every region as last registered: one jurisdiction with its own zone and calendar.
-- grain:   region
-- refresh: whole
with

registered as (
    select
        data ->> 'code' as region,
        arg_max(data, ord) as data
    from facts
    where type = 'esup.org.region_registered'
    group by data ->> 'code'
)

select
    region,
    data ->> 'name' as name,
    data ->> 'level' as level,
    data ->> 'parent' as parent,
    coalesce(data ->> 'zone', 'Asia/Shanghai') as zone,
    coalesce(data ->> 'calendar', 'cn') as calendar,
    data ->> 'supervisor' as supervisor,
    coalesce(data ->> '$.profile.name', case when json_type(data -> 'profile') = 'VARCHAR' then data ->> 'profile' end)
        as profile,
    coalesce(from_json(data -> '$.profile.tasks_on', '["VARCHAR"]'), ['yellow', 'red']) as tasks_on
from registered
