-- When a request for disclosure counts as received (政府信息公开条例 31): handed in or signed for, on that day; by plain
-- post or online, on the day it is confirmed. A correction that is received restarts the clock.
-- grain:   type, position
-- refresh: scratch
-- needs:   esup.case.disclosure_requested
with

requested as (
    select
        facts.*,
        case_settings.zone,
        facts.data ->> 'received_by' in ('window', 'post') as is_handed_in,
        try_cast(facts.data ->> 'confirmed_on' as date) as confirmed_on
    from facts
    inner join case_settings on facts.key = case_settings.key
    where facts.type = 'esup.case.disclosure_requested'
),

received as (
    select
        key,
        case_no,
        position,
        case when is_handed_in then occurred_at else timezone(zone, confirmed_on::timestamp) end as occurred_at,
        is_day or not is_handed_in as is_day,
        source,
        event_id,
        case when is_handed_in then ord else epoch_us(timezone(zone, confirmed_on::timestamp)) * 4096 end as ord
    from requested
    where is_handed_in or confirmed_on is not null
),

restarted as (
    select
        facts.key,
        facts.case_no,
        facts.position,
        facts.occurred_at,
        facts.is_day,
        facts.source,
        facts.event_id,
        facts.ord
    from facts
    where
        facts.type = 'esup.case.correction_received'
        and facts.key in (
            select received.key from received
            where received.ord <= facts.ord
        )
)

select
    *,
    'request_received' as type
from received
union all
select
    *,
    'request_received' as type
from restarted
union all
select
    *,
    'request_restarted' as type
from restarted
