"""Which streams of facts are tied together, so that what touches one touches the other: the statements that note it.

A card, a task and a complaint belong to their case, a task to its card, a change of the catalogue to its item. A
correction may move a fact from one stream to another; from then on the two are touched together.
"""

# Every stream that names another, from the events of a relation.
_NAMING = """
with naming as (
    select
        key,
        case
            when type = 'esup.item.change_filed' then data ->> 'code'
            when case_no is null and type like 'esup.complaint.%' then data ->> '$.about.case_no'
            else case_no
        end as other
    from {events}
    where type not like 'esup.case.%' and not list_contains($quiet, type)
    union
    select key, data ->> 'card' as other
    from {events}
    where type = 'esup.task.issued'
),

tied as (
    select key, hash(other) as other_key
    from naming
    where other is not null and key <> hash(other)
)

select key, other_key from tied
union
select other_key as key, key as other_key from tied
"""
_OF_CORRECTIONS = "select distinct hash(source, event_id) as identity, key from {events} where dataversion > 1"

# At a rebuild: all at once.
ALL = f"insert into links {_NAMING.format(events='events')}"
CORRECTIONS_ALL = f"insert into corrected {_OF_CORRECTIONS.format(events='events')}"
MOVED_ALL = """
insert into links
with moved as (
    select distinct events.key, corrected.key as other_key
    from events
    inner join corrected on hash(events.source, events.event_id) = corrected.identity
    where events.key <> corrected.key
)
select key, other_key from moved
union
select other_key as key, key as other_key from moved
"""

# At an arrival: what the arrivals say, and the corrections among them.
ARRIVED = f"insert into stored.links {_NAMING.format(events='temp.arrived')}"
CORRECTIONS_ARRIVED = f"insert into stored.corrected {_OF_CORRECTIONS.format(events='temp.arrived')}"

# Corrections some of whose earlier versions are not in their own stream.
UNSEEN_VERSIONS = """
create or replace temp table unseen as
with newest as (
    select source, event_id, key, max(dataversion) as dataversion
    from temp.arrived
    where dataversion > 1
    group by source, event_id, key
)
select newest.source, newest.event_id, newest.key
from newest
left join (select * from stored.events where own_streams) as events
    on
        newest.key = events.key
        and newest.source = events.source
        and newest.event_id = events.event_id
group by newest.source, newest.event_id, newest.key, newest.dataversion
having count(distinct events.dataversion) < newest.dataversion
"""
MOVED_ARRIVED = """
insert into stored.links
with moved as (
    select distinct unseen.key, events.key as other_key
    from stored.events as events
    inner join temp.unseen on events.source = unseen.source and events.event_id = unseen.event_id
    where events.key <> unseen.key
)
select key, other_key from moved
union
select other_key as key, key as other_key from moved
"""
# A fact that arrives after its own correction, in another stream.
REUNITED = """
insert into stored.links
with moved as (
    select distinct arrived.key, corrected.key as other_key
    from stored.corrected as corrected
    inner join temp.arrived on corrected.identity = hash(arrived.source, arrived.event_id)
    where arrived.key <> corrected.key
)
select key, other_key from moved
union
select other_key as key, key as other_key from moved
"""
