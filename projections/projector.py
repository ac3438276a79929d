"""Loads the log and derives what follows: everything (`rebuild`), or what new facts and time touch (`update`)."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from engine.clock import format_instant
from engine.facts import Fact
from projections.arrivals import Readable, ahead, as_text, stretches
from projections.canonical import canonical_hash
from projections.conditions import conditions_in_force
from projections.derivation import Derivation
from projections.due import Due
from projections.errors import ClockMovedBack
from projections.groups import FindingName, Groups, Standing
from projections.links import ALL as LINK_ALL
from projections.links import CORRECTIONS_ALL, MOVED_ALL
from projections.model import Model
from projections.past import Moment, Past
from projections.scope import Scope
from projections.slices import are_needed
from projections.store import Answer, Store
from projections.touch import QUIET, Touched, closed_over_links

FOREVER = 253_402_300_799_999_999


class Projector:
    """The projections of one log at one clock; what need not follow it has no indexes."""

    def __init__(self, store: Store, log: Readable | None = None, *, follows: bool = True) -> None:
        self.store = store
        self.log = log
        self._follows = follows
        self._derivation = Derivation(store)
        self.due = Due(store, self._derivation.models)
        self._held_upto = 0

    @classmethod
    def open(cls, path: Path | None, log: Readable | None, *, read_only: bool = False) -> "Projector":
        """The projections kept at `path`, or in memory."""
        return cls(Store(path, read_only=read_only), log)

    @classmethod
    def in_memory(cls, log: Readable | None = None) -> "Projector":
        """Projections that nobody keeps, of a few facts."""
        return cls(Store(None), log)

    @classmethod
    def unkept(cls, log: Readable, events: int) -> "Projector":
        """Projections that nobody keeps, of a log of so many events."""
        return cls(Store.unkept(events), log, follows=False)

    @property
    def models(self) -> Sequence[Model]:
        """All models, each after those it reads."""
        return self._derivation.models

    @property
    def groups(self) -> Groups:
        """What is found across cases."""
        return self._derivation.groups

    @property
    def position(self) -> int:
        """The last position of the log that was loaded."""
        return int(self.store.one("select position from clock"))

    @property
    def as_of(self) -> int:
        """The instant at which the projections stand, in microseconds."""
        return int(self.store.one("select epoch_us(as_of) from clock"))

    @property
    def is_derived(self) -> bool:
        """True once the models were built."""
        return bool(self.store.one("select count(*) from derived"))

    @property
    def _is_live(self) -> bool:
        """True if what is derived was prepared for updates."""
        return bool(self.store.one("select is_live from derived"))

    def load(self, upto: int, known_at: int | None = None) -> None:
        """Read the log behind the last loaded position up to `upto`; what was recorded after `known_at` stays out."""
        assert self.log is not None
        for last, rows in ahead(stretches(self.log, self.position, upto)):
            with self.store.transaction(), self.store.reading(rows, known_at) as events:
                self.store.execute(f"insert into events {events}")
                self.store.execute("update clock set position = ?", [last])

    def forget_after(self, known_at: int, position: int | None = None) -> None:
        """Drop what was recorded after `known_at`, and what came in after `position`: a replay holds no future."""
        last = FOREVER if position is None else position
        with self.store.transaction():
            self.store.execute(
                "delete from events where recorded_at > make_timestamptz(?) or position > ?", [known_at, last]
            )
            self.store.execute("update clock set position = least(position, ?)", [last])

    def hold_back(self, known_at: int, position: int | None = None) -> None:
        """Put aside what `forget_after` would drop, for later moments of a replay to let in."""
        catalog = self.store.catalog
        self.store.execute(f"create or replace temp table held as select * from {catalog}.events limit 0")
        last, self._held_upto = FOREVER if position is None else position, self.position
        with self.store.transaction():
            self.store.execute(
                f"insert into temp.held select * from {catalog}.events "
                "where recorded_at > make_timestamptz(?) or position > ?",
                [known_at, last],
            )
        self.forget_after(known_at, position)

    def let_in(self, as_of: int, position: int | None = None) -> None:
        """Move the clock to `as_of`, and take of what was held back what was known by then."""
        last = FOREVER if position is None else position
        self._follow(as_of, lambda: self._arrive_held(as_of, last))

    def load_facts(self, facts: Sequence[Fact]) -> None:
        """Take facts directly, as if a log had held them in this order: for examples and tests."""
        with self.store.transaction(), self.store.reading(as_text(facts, self.position)) as events:
            self.store.execute(f"insert into events {events}")
            self.store.execute("update clock set position = position + ?", [len(facts)])

    def rebuild(self, as_of: int, known_at: int | None = None, *, live: bool = False) -> None:
        """Derive everything from the loaded events, as they stood at `as_of` and were known at `known_at`.

        `live` prepares the store for updates: it indexes what updates look up by key.
        """
        self.due.anywhere()
        with self.store.transaction():
            self._set_clock(as_of, as_of if known_at is None else known_at)
            self.store.execute("delete from awaited")
            self.store.execute(_AWAIT, [as_of])
            self._link_all()
            self._begin_anew(live=live)
        self._end_anew(live=live)

    def update(self, as_of: int, upto: int | None = None) -> None:
        """Take the log's new rows up to `upto`, move the clock to `as_of`, and derive what they touch."""
        if self.is_derived:
            self._follow(as_of, lambda: self._arrive(upto))
        else:
            self._first(as_of, upto)

    def standings(self) -> dict[FindingName, Standing]:
        """When each finding across cases changed since `groups.remember`; for simulated time."""
        return self.groups.standings(lambda: conditions_in_force(self.store))

    def query(self, sql: str, parameters: object = None) -> Answer:
        """Column names and rows of one reading statement."""
        return self.store.query(sql, parameters)

    def of_case(self, case_no: str, asked: Collection[str]) -> Scope:
        """These models, narrowed to a case and what is tied to it; the caller closes it."""
        scope = Scope(self.store, self.models, asked)
        has_key = scope.among("key", self._streams_of(case_no), "streams", by_index=True)
        for table in scope.tables:
            scope.narrow(table, has_key)
        return scope

    def past_of_case(self, case_no: str, asked: Collection[str], moment: Moment) -> Past:
        """The same at another moment; the caller closes it."""
        return Past(self.store, self._derivation.graph, moment, self._streams_of(case_no), asked)

    def _streams_of(self, case_no: str) -> set[int]:
        """The streams of a case and what is tied to it, and those of outages, which may excuse it."""
        outages = {row[0] for row in self.store.rows(_OUTAGES.format(catalog=self.store.catalog))}
        return closed_over_links(self.store, {self.store.one("select hash(?)", [case_no])} | outages)

    def canonical_hash(self, *, positions: bool = True) -> str:
        """The hash over the canonical export of every public table; equal hashes mean identical projections."""
        return canonical_hash(self.store, positions=positions)

    def close(self) -> None:
        """Let go of the file."""
        self.due.close()
        self.store.close()

    def _first(self, as_of: int, upto: int | None) -> None:
        if self.log is not None:
            self.load(FOREVER if upto is None else upto)
        self.rebuild(as_of, live=self._follows)

    def _follow(self, as_of: int, arrive: Callable[[], None]) -> None:
        """Take what arrives, move the clock, and derive what either touches."""
        if as_of < self.as_of:
            raise ClockMovedBack(at=format_instant(self.as_of, "UTC"), asked=format_instant(as_of, "UTC"))
        live = self._is_live
        if live and not self._derivation.is_indexed:
            # Whoever derived everything was stopped before it had indexed all.
            self._derivation.index()
        try:
            with self.store.transaction():
                arrive()
                touched = Touched(self.store, self.as_of, as_of)
                self._set_clock(as_of, as_of)
                if touched.needs_all:
                    self._begin_anew(live=live)
                elif touched.keys:
                    self._derivation.of_touched(touched)
            self.due.note(touched)
            if touched.needs_all:
                self._end_anew(live=live)
        except BaseException:
            self._derivation.forget_all()
            self.due.anywhere()
            raise

    def _begin_anew(self, *, live: bool) -> None:
        """Derive everything, or note that nothing counts as derived until the slices are."""
        self.store.execute("delete from derived")
        if not are_needed(self.store):
            self._derivation.at_once(live=live)
            self.store.execute(_DERIVED, [live])

    def _end_anew(self, *, live: bool) -> None:
        if are_needed(self.store):
            self._derivation.in_slices(live=live)
            self.store.execute(_DERIVED, [live])
        if live:
            self._derivation.index()

    def _arrive(self, upto: int | None) -> None:
        """Load what the log has new, in pieces, into `events` and the table of arrivals."""
        position = self.position
        self._await_arrivals()
        assert self.log is not None
        for last, rows in stretches(self.log, position, FOREVER if upto is None else upto):
            with self.store.reading(rows) as events:
                self.store.execute(f"insert into temp.arrived {events}")
            position = last
        self._take_arrivals(position)

    def _arrive_held(self, known_at: int, last: int) -> None:
        """As if the log had told now what was held back and is known by now."""
        self._await_arrivals()
        is_known = "recorded_at <= make_timestamptz(?) and position <= ?"
        self.store.execute(f"insert into temp.arrived select * from temp.held where {is_known}", [known_at, last])
        self.store.execute(f"delete from temp.held where {is_known}", [known_at, last])
        self._take_arrivals(min(self._held_upto, last))

    def _await_arrivals(self) -> None:
        self.store.execute(f"create or replace temp table arrived as select * from {self.store.catalog}.events limit 0")

    def _take_arrivals(self, position: int) -> None:
        self.store.execute(f"insert into {self.store.catalog}.events select * from temp.arrived")
        self.store.execute("update clock set position = ?", [position])

    def _set_clock(self, as_of: int, known_at: int) -> None:
        self.store.execute(
            "update clock set as_of = make_timestamptz(?), known_at = make_timestamptz(?)", [as_of, known_at]
        )

    def _link_all(self) -> None:
        for table in ("links", "corrected"):
            self.store.execute(f"delete from {table}")
        self.store.execute(LINK_ALL, {"quiet": QUIET})
        self.store.execute(CORRECTIONS_ALL)
        self.store.execute(MOVED_ALL)


_AWAIT = """
insert into awaited
select key, type, greatest(occurred_at, recorded_at)
from events
where greatest(occurred_at, recorded_at) > make_timestamptz(?)
"""
# An outage is tied to no case, and may excuse any.
_OUTAGES = "select distinct key from {catalog}.events where is_public and type = 'esup.outage.declared'"
_DERIVED = "insert into derived select position, ? from clock"
