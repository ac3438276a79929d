"""Loads the log and derives what follows: everything (`rebuild`) or the touched cases (`update`), from one text.

An update makes temporary relations that hold only the touched rows under the names the models use; a model's text
finds them before the stored ones. So a model is written once, and what its names mean narrows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.clock import format_instant
from engine.facts import Fact
from projections.arrivals import Readable, ahead, as_text, stretches
from projections.canonical import canonical_hash
from projections.conditions import FOUND, conditions_in_force, fill
from projections.errors import AuditFailed, ClockMovedBack
from projections.groups import OF_GROUPS, FindingName, Groups, Standing
from projections.links import ALL as LINK_ALL
from projections.links import CORRECTIONS_ALL, MOVED_ALL
from projections.model import AUDITS_FOLDER, Model, read_model, read_models
from projections.store import NEVER_OPTIMISED, Store, create
from projections.touch import QUIET, Touched

# In an update tables: of few rows they are soon made, and everything that reads them is planned sooner.
_READ_BY_MANY = ("facts", "duty_facts", "pauses")
# So many keys are derived by one thread: there is more to plan than to share.
_KEYS_FOR_ONE_THREAD = 1_000
FOREVER = 253_402_300_799_999_999
# Models join many rows to few, and say so by their order; for few rows, planning costs more than a better plan saves.
_FOR_MANY = f"{NEVER_OPTIMISED},build_side_probe_side,common_subplan"
# The sides of joins stay as written here too: of some that it swaps, DuckDB 2.0 ends with an internal error ("build
# pipeline is not single-source") that makes the whole database unusable.
_FOR_FEW = f"{NEVER_OPTIMISED},build_side_probe_side,statistics_propagation,projection_pullup,projection_placement"


class Projector:
    """The projections of one log at one clock."""

    def __init__(self, store: Store, log: Readable | None = None) -> None:
        self.store = store
        self.log = log
        self.models = read_models()
        self.audits = [read_model(path) for path in sorted(AUDITS_FOLDER.glob("*.sql"))]
        self.groups = Groups(self.store, self.models)
        self._shapes: dict[str, str] = {}
        self._types: set[str] = set()
        self._empty: set[str] = set()
        self._is_narrowed = False
        self._held_upto = 0
        self._narrowed = _narrowed_models(self.models, self.audits)

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
        return cls(Store.unkept(events), log)

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

    def load(self, upto: int, known_at: int | None = None) -> None:
        """Read the log behind the last loaded position up to `upto`; what was recorded after `known_at` stays out."""
        assert self.log is not None
        for last, rows in ahead(stretches(self.log, self.position, upto)):
            with self.store.transaction(), self.store.reading(rows, known_at) as events:
                self.store.execute(f"insert into events {events}")
                self.store.execute("update clock set position = ?", [last])

    def load_from(self, store: Store, where: str, known_at: int, position: int | None) -> None:
        """Take of another store's events what a condition picks and what `forget_after` would leave."""
        last = min(int(store.one("select position from clock")), FOREVER if position is None else position)
        is_known = f"recorded_at <= make_timestamptz({known_at:d}) and position <= {last:d}"
        with self.store.transaction():
            self.store.take_events(store, f"{is_known} and ({where})")
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
        self._forget_scope()
        self.store.use_threads(one=False)
        self.store.make_room(self.position)
        with self.store.transaction(), self._optimised(_FOR_MANY):
            self._set_clock(as_of, as_of if known_at is None else known_at)
            self._see_types()
            for model in self.models:
                self._make(model)
            self._audit()
            self._drop_scratch()
            self.store.execute("delete from derived")
            self.store.execute("insert into derived select position from clock")
            self.store.execute("delete from awaited")
            self.store.execute(_AWAIT, [as_of])
            self._link_all()
        if live:
            self._index()

    def update(self, as_of: int, upto: int | None = None) -> None:
        """Take the log's new rows up to `upto`, move the clock to `as_of`, and derive what they touch."""
        if self.is_derived:
            self._follow(as_of, lambda: self._arrive(upto))
        else:
            self._first(as_of, upto)

    def standings(self) -> dict[FindingName, Standing]:
        """When each finding across cases changed since `groups.remember`; for simulated time."""
        return self.groups.standings(lambda: conditions_in_force(self.store))

    def query(self, sql: str, parameters: object = None) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of one reading statement."""
        cursor = self.store.connection.cursor()
        cursor.execute("set timezone = 'UTC'")
        result = cursor.execute(sql, parameters)
        return [column[0] for column in result.description or []], result.fetchall()

    def canonical_hash(self, *, positions: bool = True) -> str:
        """The hash over the canonical export of every public table; equal hashes mean identical projections."""
        return canonical_hash(self.store, positions=positions)

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()

    def _first(self, as_of: int, upto: int | None) -> None:
        if self.log is not None:
            self.load(FOREVER if upto is None else upto)
        self.rebuild(as_of, live=True)

    def _follow(self, as_of: int, arrive: Callable[[], None]) -> None:
        """Take what arrives, move the clock, and derive what either touches."""
        if as_of < self.as_of:
            raise ClockMovedBack(at=format_instant(self.as_of, "UTC"), asked=format_instant(as_of, "UTC"))
        try:
            with self.store.transaction():
                arrive()
                touched = Touched(self.store, self.as_of, as_of)
                self._set_clock(as_of, as_of)
                if touched.needs_all:
                    self._derive_all()
                elif touched.keys:
                    self._derive_touched(touched)
        except BaseException:
            self._forget_scope()
            raise

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

    def _make(self, model: Model, *, temporary: bool = False) -> None:
        # A view says what there is now and later; a table, what there is now.
        may_be_empty = bool(model.needs) and model.refresh != "view"
        if may_be_empty and model.name in self._shapes and not self._has_any(model.needs):
            self.store.execute(create(model, temporary=temporary, text=self._shapes[model.name]))
            self._empty.add(model.name)
            return
        self._empty.discard(model.name)
        self.store.execute(create(model, temporary=temporary))
        if model.name in FOUND:
            fill(self.store, model.name, conditions_in_force(self.store), self._types)
        if may_be_empty and model.name not in self._shapes:
            columns = self.store.rows(f"describe {model.name}")
            empty = ", ".join(f"null::{kind} as {name}" for name, kind, *_ in columns)
            self._shapes[model.name] = f"select {empty} where false"

    def _see_types(self) -> None:
        """Which types of facts there are in what is derived next."""
        self._types = {row[0] for row in self.store.rows("select distinct type from events")}

    def _has_any(self, needs: Sequence[str]) -> bool:
        """Whether any of these event types or relations has a row here: what needs them all the same has none."""
        if not self._types.isdisjoint(needs):
            return True
        return any(self.store.one(f"select 1 from {name} limit 1") for name in needs if "." not in name)

    def _index(self) -> None:
        for name, column in [("events", "key"), ("links", "key"), *_indexed(self.models)]:
            self.store.execute(f"create index if not exists {name}_{column} on {name} ({column})")

    def _derive_all(self) -> None:
        self._forget_scope()
        self.store.use_threads(one=False)
        self.store.make_room(self.position)
        with self._optimised(_FOR_MANY):
            self._see_types()
            for name, column in _indexed(self.models):
                self.store.execute(f"drop index if exists {name}_{column}")
            for model in self.models:
                self._make(model)
            self._audit()
        self._drop_scratch()
        self._index()

    def _derive_touched(self, touched: Touched) -> None:
        if touched.changes_catalogue:
            self._derive_catalogue(touched)
        self.store.use_threads(one=len(touched.keys) <= _KEYS_FOR_ONE_THREAD)
        with self._optimised(_FOR_FEW):
            touched.open_scope()
            self._see_types()
            for model in self._narrowed:
                # A view over narrowed relations stays true from one update to the next; only tables are made anew.
                if model.refresh != "view" or not self._is_narrowed:
                    self._make(model, temporary=True)
            self._is_narrowed = True
            self._audit()
            changed = self.groups.changed(touched.has_key)
            self._replace_touched(self._narrowed, touched)
            if changed:
                self.groups.judge(conditions_in_force(self.store), changed)

    def _derive_catalogue(self, touched: Touched) -> None:
        """Refresh what is kept whole; first, of the touched streams, what tells their current facts."""
        self._forget_scope()
        touched.open_scope()
        current = [model for model in self._narrowed if model.name in ("visible_events", "superseded", "ties")]
        for model in current:
            self._make(model, temporary=True)
        self._replace_touched(current, touched)
        self._forget_scope()
        for model in self.models:
            if model.refresh == "whole":
                self._make(model)

    def _replace_touched(self, models: Iterable[Model], touched: Touched) -> None:
        for model in models:
            if model.refresh == "key":
                stored = f"{self.store.catalog}.{model.name}"
                self.store.execute(f"delete from {stored} where {touched.has_key}")
                if model.name in self._empty:
                    continue
                # A condition over public relations answers for every stream, touched or not.
                self.store.execute(f"insert into {stored} select * from temp.{model.name} where {touched.has_key}")

    @contextmanager
    def _optimised(self, disabled: str) -> Iterator[None]:
        self.store.execute(f"set disabled_optimizers = '{disabled}'")
        yield
        # After an error the transaction takes no statement, and what is told must be that error.
        self.store.execute(f"set disabled_optimizers = '{NEVER_OPTIMISED}'")

    def _forget_scope(self) -> None:
        self._is_narrowed = False
        for model in reversed(self._narrowed):
            kind = "view" if model.refresh == "view" else "table"
            self.store.execute(f"drop {kind} if exists temp.{model.name}")
        self.store.execute("drop table if exists temp.events")

    def _drop_scratch(self) -> None:
        for model in self.models:
            if model.refresh == "scratch":
                self.store.execute(f"drop table temp.{model.name}")

    def _audit(self) -> None:
        for audit in self.audits:
            row = self.store.execute(audit.text).fetchone()
            if row:
                raise AuditFailed(audit=audit.name, row=str(row))


def _indexed(models: Sequence[Model]) -> list[tuple[str, str]]:
    """What updates look up, and by which column."""
    by_key = [(model.name, "key") for model in models if model.refresh == "key"]
    by_group = [(model.name, "group_key") for model in models if model.refresh == "group" or model.name == "gathered"]
    return by_key + by_group


def _narrowed_models(models: Sequence[Model], audits: Sequence[Model]) -> list[Model]:
    """What an update derives for touched keys: the keyed tables and what lies between them and the events."""
    names = [model.name for model in models]
    from_events, needed = {"events"}, {name for audit in audits for name in audit.reads(names)}
    for model in models:
        if model.name in OF_GROUPS:
            continue  # Judged after the touched rows are in their place, group by group.
        if model.refresh in ("key", "scratch") or model.reads(from_events) and model.refresh == "view":
            from_events.add(model.name)
    for model in reversed(models):
        if model.refresh == "key" or model.name in needed:
            needed |= {model.name} | model.reads(names)
    narrowed = [model for model in models if model.name in needed & from_events]
    return [replace(model, refresh="scratch") if model.name in _READ_BY_MANY else model for model in narrowed]


_AWAIT = """
insert into awaited
select key, type, greatest(occurred_at, recorded_at)
from events
where greatest(occurred_at, recorded_at) > make_timestamptz(?)
"""
