"""Slices of all streams, so many events each: what is too much to be derived at once is derived slice by slice.

Streams that are tied together lie in one slice. Streams that lived at the same time lie together, those that lived long
apart from the rest, so that a slice reads a part of the log.
"""

from collections.abc import Iterator
from typing import NamedTuple

from projections.store import EVENTS_IN_MEMORY_MAXIMUM, Store

# So many events are derived at once in the memory that a store may use.
EVENTS_AT_ONCE = EVENTS_IN_MEMORY_MAXIMUM
# A stream that lived for more than so many parts of the log lives long.
_PARTS = 8

_STREAMS = """
create or replace temp table streams as
select key, min(position) as began, max(position) as ended, count(*) as events
from stored.events
group by key
"""
# The smallest key that each tied stream reaches, one tie further at each step.
_ROOTS = """
create or replace temp table roots as
select key, least(key, min(other_key)) as root
from stored.links as links
group by key
"""
_FURTHER = """
create or replace temp table further as
select links.key, least(any_value(own.root), min(other.root)) as root
from stored.links as links
inner join temp.roots as own on links.key = own.key
inner join temp.roots as other on links.other_key = other.key
group by links.key
"""
_IS_FURTHER = """
select count(*)
from temp.further
inner join temp.roots on further.key = roots.key
where further.root < roots.root
"""
_SLICES = """
create or replace temp table slices as
with

rooted as (
    select
        streams.*,
        coalesce(roots.root, streams.key) as root
    from temp.streams
    left join temp.roots on streams.key = roots.key
),

tied as (
    select
        root,
        min(began) as began,
        max(ended) as ended,
        sum(events) as events
    from rooted
    group by root
),

placed as (
    select
        root,
        sum(events) over (
            order by (ended - began) * $parts // $size, began, root
        ) as upto
    from tied
)

select
    rooted.key,
    rooted.began,
    rooted.ended,
    (placed.upto - 1) * $slices // $size as slice
from rooted
inner join placed on rooted.root = placed.root
"""
_BOUNDS = "select slice, min(began), max(ended) from temp.slices group by slice order by slice"
_SCOPE = """
create or replace temp table events as
select *
from stored.events
where
    position between $first and $last
    and key in (select slices.key from temp.slices where slices.slice = $slice)
"""


class Slice(NamedTuple):
    """Some streams, and where in the log their events lie."""

    store: Store
    number: int
    first: int
    last: int
    is_first: bool

    @property
    def has_key(self) -> str:
        """The condition that a row belongs to the slice; the first has the rows of keys that no fact has, too."""
        if self.is_first:
            return f"key not in (select slices.key from temp.slices where slices.slice <> {self.number})"
        return f"key in (select slices.key from temp.slices where slices.slice = {self.number})"

    def open_scope(self) -> None:
        """Put the events of the slice under the name the models read."""
        sql = _SCOPE.replace("stored.", f"{self.store.catalog}.")
        self.store.execute(sql, {"first": self.first, "last": self.last, "slice": self.number})


def are_needed(store: Store) -> bool:
    """True if there are more events than can be derived at once."""
    return int(store.one(f"select count(*) from {store.catalog}.events")) > EVENTS_AT_ONCE


def slices(store: Store) -> Iterator[Slice]:
    """All slices of the loaded events, of much the same size."""
    with store.transaction():
        _place_streams(store)
    bounds = store.rows(_BOUNDS)
    for number, began, ended in bounds:
        yield Slice(store, number, began, ended, number == bounds[0][0])
    store.execute("drop table temp.slices")


def _place_streams(store: Store) -> None:
    """Note the slice of each stream."""

    def run(sql: str, parameters: object = None) -> None:
        store.execute(sql.replace("stored.", f"{store.catalog}."), parameters)

    run(_STREAMS)
    run(_ROOTS)
    run(_FURTHER)
    while store.one(_IS_FURTHER):
        run("create or replace temp table roots as from temp.further")
        run(_FURTHER)
    size = store.one("select sum(events) from temp.streams")
    count = -(-size // EVENTS_AT_ONCE)
    run(_SLICES, {"parts": _PARTS, "size": size, "slices": count})
    for name in ("streams", "roots", "further"):
        run(f"drop table temp.{name}")
