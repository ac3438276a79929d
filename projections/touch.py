"""Which cases, cards and tasks an update touches, and the narrowed events that its models see."""

from projections.store import Store

_VERSIONS_AND_STOPS = ("esup.item.published", "esup.item.suspended", "esup.item.cancelled")
_WHOLE = (
    "esup.rule.", "esup.calendar.", "esup.org.", *_VERSIONS_AND_STOPS, "esup.item.guide_published",
    "esup.source.registered",
)  # fmt: skip
_ALL = ("esup.rule.", "esup.calendar.", "esup.org.region_registered", "esup.org.department_registered")
# Said by the engine itself and read by no keyed model.
_QUIET = ("esup.day.sealed", "esup.deadline.prompted", "esup.intake.quarantined")
_INLINE_KEYS_MAXIMUM = 5_000

# Facts that had been loaded before and become visible now: the clock reached the instant they occurred or were known.
_COME_DUE = """
create or replace temp table arrived_now as
select key, type, case_no, subject, item from temp.arrived
where greatest(occurred_at, recorded_at) <= make_timestamptz($now)
union all
select events.key, events.type, events.case_no, events.subject, events.item
from stored.awaited as awaited
inner join stored.events as events on awaited.key = events.key
where
    awaited.visible_at <= make_timestamptz($now)
    and greatest(events.occurred_at, events.recorded_at) > make_timestamptz($before)
    and greatest(events.occurred_at, events.recorded_at) <= make_timestamptz($now)
"""

# A correction may move a fact from one stream to another; from then on the two are touched together.
CROSS_ALL = """
insert into crossings
select distinct moved.key, other.key
from events as moved
inner join events as other on moved.source = other.source and moved.event_id = other.event_id
where (moved.dataversion > 1 or other.dataversion > 1) and moved.key <> other.key
"""
_CROSS_ARRIVED = """
insert into stored.crossings
with corrections as (
    select key, source, event_id from temp.arrived where dataversion > 1
),
moved as (
    select corrections.key, events.key as other_key
    from stored.events as events
    inner join corrections on events.source = corrections.source and events.event_id = corrections.event_id
    where events.key <> corrections.key
)
select key, other_key from moved
union
select other_key, key from moved
"""

# A card or task names its case; a case draws its cards with it; a moved fact draws its other stream.
_CLOSE_OVER_CARDS = """
create or replace temp table touched as
with named as (
    select key from temp.arrived_now where not list_contains($quiet, type)
    union
    select hash(case_no) as key from temp.arrived_now where case_no is not null and not list_contains($quiet, type)
    union
    select case_rows.key from stored.case_rows as case_rows where case_rows.item in (
        select coming.subject from temp.arrived_now as coming where list_contains($item_types, coming.type)
    )
),
with_cases as (
    select key from named
    union
    select crossings.other_key as key from stored.crossings as crossings inner join named on crossings.key = named.key
    union
    select hash(card_rows.case_no) as key
    from stored.card_rows as card_rows inner join named on card_rows.key = named.key
    where card_rows.case_no is not null
)
select key from with_cases
union
select card_rows.key
from stored.card_rows as card_rows
inner join with_cases on hash(card_rows.case_no) = with_cases.key
"""


class Touched:
    """The keys an update refreshes."""

    def __init__(self, store: Store, before: int, now: int) -> None:
        self._store = store
        self._run(_COME_DUE, {"before": before, "now": now})
        self._run(
            "insert into stored.awaited select key, type, greatest(occurred_at, recorded_at) from temp.arrived "
            "where greatest(occurred_at, recorded_at) > make_timestamptz(?)",
            [now],
        )
        self._run("delete from stored.awaited where visible_at <= make_timestamptz(?)", [now])
        if store.one("select count(*) from temp.arrived where dataversion > 1"):
            self._run(_CROSS_ARRIVED)
        types = [row[0] for row in store.rows("select distinct type from temp.arrived_now")]
        self.changes_catalogue = any(kind.startswith(_WHOLE) for kind in types)
        self.needs_all = any(kind.startswith(_ALL) for kind in types)
        self.keys: list[int] = []
        if not self.needs_all:
            self._run(_CLOSE_OVER_CARDS, {"quiet": _QUIET, "item_types": _VERSIONS_AND_STOPS})
            self.keys = [row[0] for row in store.rows("select key from temp.touched")]

    def _run(self, sql: str, parameters: object = None) -> None:
        # The narrowed relations of the last update may still lie before the stored ones.
        self._store.execute(sql.replace("stored.", f"{self._store.catalog}."), parameters)

    @property
    def has_key(self) -> str:
        """The condition that a row belongs to a touched key: a list for the index, a table where it would be long."""
        if len(self.keys) <= _INLINE_KEYS_MAXIMUM:
            return f"key in ({', '.join(map(str, self.keys))})"
        return "key in (select touched.key from temp.touched)"

    def open_scope(self) -> None:
        """Put the touched events under the name the models read."""
        stored = f"{self._store.catalog}.events"
        self._store.execute(f"create or replace temp table events as select * from {stored} where {self.has_key}")
