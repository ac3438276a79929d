-- Every source as last registered: whose facts it sends, and whether it is one that uploads to the platform.
-- grain:   source
-- refresh: whole
with

registered as (
    select
        data ->> 'source' as registered_source,
        arg_max(data, struct_pack(ord := ord, source := source, event_id := event_id)) as data
    from facts
    where type = 'esup.source.registered'
    group by data ->> 'source'
)

select
    registered_source as source,
    data ->> 'department' as department,
    data ->> 'kind' as kind
from registered
