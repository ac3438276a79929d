-- Cards whose breach depends on a declared outage, which exempting them could excuse (Art 25; ground 3, a fault of
-- network, system or software, unless the declaration names another): the outage overlaps the last time in which the
-- duty could still have been done, its due day, or for a limit in hours the last hour before the breach. A card on a
-- condition depends on no interval. A proposal pauses and exempts nothing.
-- grain:   card_id
-- refresh: view
with

outages as (
    select
        event_id,
        position,
        (data ->> 'from')::timestamptz as began_at,
        (data ->> 'to')::timestamptz as ended_at,
        data ->> 'ground' as ground
    from facts
    where is_public and type = 'esup.outage.declared'
),

breaches as (
    select distinct
        card_rows.card_id,
        obligation_rows.unit,
        obligation_rows.due_on,
        obligation_rows.breaches_at,
        case
            when obligation_rows.unit = 'hour' then obligation_rows.breaches_at - interval 1 hour
            else timezone(obligation_rows.zone, obligation_rows.due_on::timestamp)
        end as last_time_begins_at
    from card_rows
    inner join findings_standing
        on
            card_rows.card_code = findings_standing.card_code
            and card_rows.level = findings_standing.level
            and card_rows.subject_id = findings_standing.subject
            and card_rows.occurrence_source = findings_standing.source
            and card_rows.occurrence_id = findings_standing.event_id
    inner join obligation_rows on findings_standing.limit_id = obligation_rows.limit_id
    where card_rows.state not in ('withdrawn', 'exempted')
)

select
    breaches.card_id,
    arg_min(
        case when outages.ground in ('1', '2', '3', '4', '5') then outages.ground else '3' end,
        outages.event_id
    ) as ground,
    list(outages.event_id order by outages.began_at, outages.event_id) as outages,
    to_json(struct_pack(
        due_on := min(breaches.due_on),
        breaches_at := min(breaches.breaches_at),
        last_time_begins_at := min(breaches.last_time_begins_at),
        outages := list(
            struct_pack(
                id := outages.event_id,
                "from" := outages.began_at,
                "to" := outages.ended_at,
                position := outages.position
            )
            order by outages.began_at, outages.event_id
        )
    ))::varchar as evidence
from breaches
inner join outages
    on breaches.last_time_begins_at < outages.ended_at and outages.began_at < breaches.breaches_at
group by breaches.card_id
