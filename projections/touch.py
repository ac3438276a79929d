"""Which cases, cards, tasks and complaints an update touches, and the narrowed events that its models see."""

from collections.abc import Collection

import duckdb

from projections.links import ARRIVED, CORRECTIONS_ARRIVED, MOVED_ARRIVED, REUNITED, UNSEEN_VERSIONS
from projections.store import Store

_VERSIONS_AND_STOPS = ("esup.item.published", "esup.item.suspended", "esup.item.cancelled")
_OFFICERS = ("esup.org.officer_assigned", "esup.org.officer_disabled")
CATALOGUE = (
    "esup.rule.", "esup.calendar.", "esup.org.", *_VERSIONS_AND_STOPS, "esup.item.guide_published",
    "esup.source.registered",
)  # fmt: skip
_ALL = (
    "esup.rule.", "esup.calendar.", "esup.org.region_registered", "esup.org.department_registered",
    "esup.source.registered",
)  # fmt: skip
# Said by the engine itself and read by no keyed model.
QUIET = ("esup.day.sealed", "esup.deadline.prompted", "esup.intake.quarantined")
# A list of keys is served by the index of a large table, but read and planned anew in each statement that has it, ten
# microseconds a key: elsewhere only a short one is quicker than a table of keys.
_LISTED_FOR_INDEX_MAXIMUM = 5_000
_LISTED_MAXIMUM = 100

_TOLD = """
key, type, case_no, subject, item, officer, identity, dataversion, greatest(occurred_at, recorded_at) as visible_at
"""
_ARRIVED_NOW = f"""
create or replace temp table arrived_now as
select {_TOLD} from temp.arrived where greatest(occurred_at, recorded_at) <= make_timestamptz($now)
"""
# Facts that had been loaded before and become visible now: the clock reached the instant they occurred or were known.
_COME_DUE = f"""
insert into temp.arrived_now
select {_TOLD}
from stored.events
where
    are_awaited
    and greatest(occurred_at, recorded_at) > make_timestamptz($before)
    and greatest(occurred_at, recorded_at) <= make_timestamptz($now)
"""
_AWAIT = """
insert into stored.awaited
select key, type, greatest(occurred_at, recorded_at)
from temp.arrived
where greatest(occurred_at, recorded_at) > make_timestamptz($now)
"""

# What a correction supersedes is touched with it, wherever it lies and whatever it told of: it is not seen any more.
_CORRECTED_NOW = "select identity from temp.arrived_now where dataversion > 1"
_HOLDING_VERSIONS = f"""
with holding as (
    select key from temp.arrived_now where dataversion > 1
    union
    select key from stored.corrected where identity in ({_CORRECTED_NOW})
)
select key from holding
union
select links.other_key from stored.links as links inner join holding on links.key = holding.key
"""
_SUPERSEDED = """
insert into temp.arrived_now
select
    events.key, events.type, events.case_no, events.subject, events.item, events.officer, events.identity,
    events.dataversion, max(newer.visible_at) as visible_at
from (select * from stored.events where hold_versions) as events
inner join temp.arrived_now as newer
    on events.identity = newer.identity and events.dataversion < newer.dataversion
group by all
"""
# A fact draws its stream and its case; a version or stop of an item the item's cases; what an officer is, his cases.
_NAMED = """
select key from temp.arrived_now where not list_contains($quiet, type)
union
select hash(case_no) as key from temp.arrived_now where case_no is not null and not list_contains($quiet, type)
"""
# What concerns no case, and corrections, which may move a fact from one case to another.
_OUTSIDE_CASES = """
select 1
from temp.arrived_now
where (case_no is null and not list_contains($quiet, type)) or dataversion > 1
limit 1
"""
_OF_ITEMS = """
select case_rows.key
from stored.case_rows as case_rows
where
    hash(case_rows.item) in (
        select arrived_now.key from temp.arrived_now as arrived_now where list_contains($types, arrived_now.type)
    )
"""
_OF_OFFICERS = """
select distinct events.key
from stored.events as events
where events.officer in (
    select coalesce(coming.officer, coming.subject) from temp.arrived_now as coming
    where list_contains($types, coming.type)
)
"""


class Touched:
    """The keys an update refreshes; `is_of_cases` if they are streams of cases and of what is tied to them."""

    def __init__(self, store: Store, before: int, now: int) -> None:
        self._store = store
        self._take_what_is_due(before, now)
        if store.one("select count(*) from temp.arrived"):
            self._link_arrived()
        if store.one("select count(*) from temp.arrived_now where dataversion > 1"):
            self._add_superseded()
        types = [row[0] for row in store.rows("select distinct type from temp.arrived_now")]
        self.changes_catalogue = any(kind.startswith(CATALOGUE) for kind in types)
        self.needs_all = any(kind.startswith(_ALL) for kind in types)
        self.is_of_cases = not self.changes_catalogue and not self._run(_OUTSIDE_CASES, {"quiet": QUIET})
        self.keys: list[int] = []
        self.has_key = self.is_indexed = "false"
        """The condition that a row belongs to a touched key; and the same for a large table, whose index serves it."""
        if not self.needs_all:
            self.keys = sorted(closed_over_links(self._store, self._named(types)))
            self.has_key = among(store.connection, "key", self.keys, "touched")
            self.is_indexed = among(store.connection, "key", self.keys, "touched", by_index=True)

    def open_scope(self) -> None:
        """Put the touched events under the name the models read."""
        open_scope(self._store, self.is_indexed)

    def _take_what_is_due(self, before: int, now: int) -> None:
        """The arrivals that are visible, and what was awaited until now."""
        self._run(_ARRIVED_NOW, {"now": now})
        due = "from stored.awaited where visible_at <= make_timestamptz(?)"
        keys = {row[0] for row in self._run(f"select key {due}", [now])}
        if keys:
            are_awaited = among(self._store.connection, "key", keys, "come_due")
            self._run(_COME_DUE.replace("are_awaited", are_awaited), {"before": before, "now": now})
            self._run(f"delete {due}", [now])
        self._run(_AWAIT, {"now": now})

    def _link_arrived(self) -> None:
        """Note which streams the arrivals tie together."""
        if self._store.one("select count(*) from temp.arrived where type not like 'esup.case.%'"):
            self._run(ARRIVED, {"quiet": QUIET})
        if self._store.one("select count(*) from temp.arrived where dataversion > 1"):
            self._run(CORRECTIONS_ARRIVED)
            corrected = {row[0] for row in self._run("select key from temp.arrived where dataversion > 1")}
            own_streams = among(self._store.connection, "key", corrected, "own_streams")
            self._run(UNSEEN_VERSIONS.replace("own_streams", own_streams))
            # Only a correction whose fact is not in its own stream is worth a look at all there ever was.
            if self._store.one("select count(*) from temp.unseen"):
                self._run(MOVED_ARRIVED)
        if self._store.one(f"select count(*) from {self._store.catalog}.corrected"):
            self._run(REUNITED)

    def _add_superseded(self) -> None:
        """To what arrived, the earlier versions of what it corrects; a version that was moved is tied to its own."""
        keys = {row[0] for row in self._run(_HOLDING_VERSIONS)}
        holding = among(self._store.connection, "key", keys, "holding_versions", by_index=True)
        self._run(_SUPERSEDED.replace("hold_versions", holding))

    def _named(self, types: Collection[str]) -> set[int]:
        """The keys that the arrivals name themselves."""
        keys = {row[0] for row in self._run(_NAMED, {"quiet": QUIET})}
        for sql, drawing in ((_OF_ITEMS, _VERSIONS_AND_STOPS), (_OF_OFFICERS, _OFFICERS)):
            if set(types) & set(drawing):
                keys |= {row[0] for row in self._run(sql, {"types": drawing})}
        return keys

    def _run(self, sql: str, parameters: object = None) -> list[tuple[int]]:
        # The narrowed relations of the last update may still lie before the stored ones.
        return self._store.execute(sql.replace("stored.", f"{self._store.catalog}."), parameters).fetchall()


def open_scope(store: Store, has_key: str) -> None:
    """Put the events of some keys under the name the models read."""
    store.execute(f"create or replace temp table events as select * from {store.catalog}.events where {has_key}")


def closed_over_links(store: Store, keys: set[int]) -> set[int]:
    """These keys and all that are tied to them, however far: a card and its case, its task, a moved fact."""
    new = keys
    while new:
        is_new = among(store.connection, "links.key", new, "reached")
        sql = f"select distinct links.other_key from {store.catalog}.links as links where {is_new}"
        new = {row[0] for row in store.rows(sql)} - keys
        keys = keys | new
    return keys


def among(
    connection: duckdb.DuckDBPyConnection, column: str, keys: Collection[int], name: str, *, by_index: bool = False
) -> str:
    """The condition that a column is one of these keys: few are listed, many lie in a temporary table of this name.

    `by_index` lists many more, for the index of a large table. Of no keys it is plainly false, and so may be negated.
    """
    if not keys:
        return "false"
    if len(keys) <= (_LISTED_FOR_INDEX_MAXIMUM if by_index else _LISTED_MAXIMUM):
        return f"{column} in ({', '.join(map(str, keys))})"
    connection.execute(f"create or replace temp table {name} as select unnest(?::ubigint[]) as key", [list(keys)])
    return f"{column} in (select {name}.key from temp.{name} as {name})"
