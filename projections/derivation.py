"""Makes the relations of the models: of everything at once, of everything in slices, or of the touched streams only.

An update, and each slice, makes temporary relations that hold only its own rows under the names the models use; a
model's text finds them before the stored ones. So a model is written once, and what its names mean narrows.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

from projections.conditions import FOUND, conditions_in_force, fill
from projections.errors import AuditFailed
from projections.groups import OF_GROUPS, Groups
from projections.model import AUDITS_FOLDER, Model, read_model, read_models
from projections.slices import slices
from projections.store import NEVER_OPTIMISED, Store, create
from projections.touch import CATALOGUE, Touched, among, closed_over_links, open_scope

# In an update tables: of few rows they are soon made, and everything that reads them is planned sooner.
_READ_BY_MANY = ("facts", "duty_facts", "answer_pauses", "pauses")
# So many keys are derived by one thread: there is more to plan than to share.
_KEYS_FOR_ONE_THREAD = 1_000
# Models join many rows to few, and say so by their order; for few rows, planning costs more than a better plan saves.
_FOR_MANY = f"{NEVER_OPTIMISED},build_side_probe_side,common_subplan"
# The sides of joins stay as written here too: of some that it swaps, DuckDB 2.0 ends with an internal error ("build
# pipeline is not single-source") that makes the whole database unusable.
_FOR_FEW = f"{NEVER_OPTIMISED},build_side_probe_side,statistics_propagation,projection_pullup,projection_placement"
# The events in the order of their streams, until they take the place of those in the order of the log.
_BY_STREAM = "events_by_stream"
_ROWS_SOON_SCANNED = 2_000_000
# What tells the current facts of a stream: all that the catalogue reads before it is there.
_CURRENT = ("visible_events", "superseded", "ties")


class Derivation:
    """The models over one store, and what of them is narrowed now."""

    def __init__(self, store: Store) -> None:
        self.models = read_models()
        self.audits = [read_model(path) for path in sorted(AUDITS_FOLDER.glob("*.sql"))]
        self.groups = Groups(store, self.models)
        self._store = store
        self._shapes: dict[str, str] = {}
        self._types: set[str] = set()
        self._empty: set[str] = set()
        self._of_slices = _narrowed_models(self.models, self.audits)
        self._of_updates = [_as_table(model) for model in self._of_slices]
        self._of_catalogue = [model for model in self._of_slices if model.name in (*_CURRENT, "facts")]
        self._follows_from = _types_under(self.models)
        self._scope: Sequence[Model] = ()

    def at_once(self) -> None:
        """Everything, in the transaction of the caller."""
        self.forget_scope()
        self._store.use_threads(one=False)
        with self._optimised(_FOR_MANY):
            self._drop_indexes()
            self._see_types()
            for model in self.models:
                self._make(model)
            self._audit(self.audits)
            self._drop_scratch()

    def in_slices(self, *, live: bool) -> None:
        """Everything, slice by slice, each in a transaction of its own, so that its room is free for the next.

        The links between streams must be there. Until all is done nothing counts as derived. `live` lays the rows of
        each stream together, events too: what updates look up is soon fetched then, and its index is small.
        """
        self.forget_scope()
        self._store.use_threads(one=False)
        with self._store.transaction(), self._optimised(_FOR_MANY):
            self._drop_indexes()
            self._lay_out()
            self._derive_catalogue_alone()
            if live:
                self._store.execute(f"create or replace table {_BY_STREAM} as select * from events limit 0")
        for piece in slices(self._store):
            with self._store.transaction(), self._optimised(_FOR_MANY):
                piece.open_scope()
                self._narrow(self._of_slices)
                self._audit(self.audits)
                self._keep(piece.has_key, order="order by key" if live else "")
                if live:
                    # What is public lies together, since whoever looks at one case looks at all of it.
                    ordered = "order by is_public desc, key, position"
                    self._store.execute(f"insert into {_BY_STREAM} select * from temp.events {ordered}")
        with self._store.transaction(), self._optimised(_FOR_MANY):
            self.forget_scope()
            if live:
                self._store.execute(f"drop table events; alter table {_BY_STREAM} rename to events")
            self._derive_what_reads_slices()

    def index(self) -> None:
        """Index what updates look up by key."""
        for name, column in [("events", "key"), ("links", "key"), *_indexed(self.models)]:
            self._store.execute(f"create index if not exists {name}_{column} on {name} ({column})")
        self._store.make_room()

    def of_touched(self, touched: Touched) -> None:
        """What an update touches, in the transaction of the caller."""
        if touched.changes_catalogue:
            self._derive_catalogue(touched)
        self._store.use_threads(one=len(touched.keys) <= _KEYS_FOR_ONE_THREAD)
        with self._optimised(_FOR_FEW):
            if not touched.changes_catalogue:
                touched.open_scope()
            self._narrow(self._of_updates)
            self._audit(self.audits)
            changed = self.groups.changed(touched.has_key, self._is_old("gathered", touched))
            self._replace_touched(self._of_updates, touched)
            if changed:
                by_index = "gathered" in self._large
                self.groups.judge(conditions_in_force(self._store), changed, by_index=by_index)

    def forget_scope(self) -> None:
        """Let all names mean the stored relations again."""
        for model in reversed(self._scope):
            kind = "view" if model.refresh == "view" else "table"
            self._store.execute(f"drop {kind} if exists temp.{model.name}")
        self._store.execute("drop table if exists temp.events")
        self._scope = ()

    def _narrow(self, models: Sequence[Model]) -> None:
        """Let the names of these models mean what follows from the events in scope."""
        is_kept, self._scope = self._scope is models, models
        self._see_types()
        for model in models:
            # A view over narrowed relations stays true from one scope to the next; only tables are made anew.
            if model.refresh != "view" or not is_kept:
                self._make(model, temporary=True)

    def _make(self, model: Model, *, temporary: bool = False) -> None:
        # A view says what there is now and later; a table, what there is now.
        may_be_empty = bool(model.needs) and model.refresh != "view"
        if may_be_empty and model.name in self._shapes and not self._has_any(model.needs):
            self._store.execute(create(model, temporary=temporary, text=self._shapes[model.name]))
            self._empty.add(model.name)
            return
        self._empty.discard(model.name)
        self._store.execute(create(model, temporary=temporary))
        if model.name in FOUND:
            fill(self._store, model.name, conditions_in_force(self._store), self._types)
        if may_be_empty and model.name not in self._shapes:
            columns = self._store.rows(f"describe {model.name}")
            empty = ", ".join(f"null::{kind} as {name}" for name, kind, *_ in columns)
            self._shapes[model.name] = f"select {empty} where false"

    def _see_types(self) -> None:
        """Which types of facts there are in what is derived next."""
        self._types = {row[0] for row in self._store.rows("select distinct type from events")}

    def _has_any(self, needs: Sequence[str]) -> bool:
        """Whether any of these event types or relations has a row here: what needs them all the same has none."""
        if not self._types.isdisjoint(needs):
            return True
        return any(self._store.one(f"select 1 from {name} limit 1") for name in needs if "." not in name)

    def _lay_out(self) -> None:
        """Views and macros as they are, over tables that have no row yet."""
        for model in self.models:
            is_table = model.refresh not in ("view", "macro", "scalar")
            self._store.execute(create(model, text=f"select * from ({model.text}) limit 0" if is_table else None))

    def _derive_catalogue_alone(self) -> None:
        """What is kept whole, from the streams that it follows from."""
        told = " or ".join(f"starts_with(type, '{prefix}')" for prefix in CATALOGUE)
        keys = {row[0] for row in self._store.rows(f"select distinct key from events where {told}")}
        keys = closed_over_links(self._store, keys)
        open_scope(self._store, among(self._store.connection, "key", keys, "of_catalogue"))
        self._narrow(self._of_catalogue)
        self._make_whole()
        self.forget_scope()

    def _derive_what_reads_slices(self) -> None:
        """What is found across cases; and once more the audits of cards, since the cards of a finding may lie apart."""
        self._see_types()
        for model in self.models:
            if model.name in OF_GROUPS or model.refresh == "group":
                self._make(model)
        self._audit([audit for audit in self.audits if audit.reads(["card_rows"])])
        self._drop_scratch()

    def _derive_catalogue(self, touched: Touched) -> None:
        """Refresh what is kept whole; first, of the touched streams, what tells their current facts.

        Leaves the touched events in scope.
        """
        self.forget_scope()
        touched.open_scope()
        current = [model for model in self._of_updates if model.name in _CURRENT]
        self._narrow(current)
        self._replace_touched(current, touched)
        # To fetch them once more would take as long as all that is kept whole.
        self._store.execute("alter table temp.events rename to touched_events")
        types = self._types
        self.forget_scope()
        self._make_whole(types)
        self._store.execute("alter table temp.touched_events rename to events")

    def _make_whole(self, types: Set[str] | None = None) -> None:
        """Make anew what is kept whole; of an update, what follows from facts of the types in the touched streams."""
        for model in self.models:
            if model.refresh == "whole" and (types is None or not types.isdisjoint(self._follows_from[model.name])):
                self._make(model)

    @cached_property
    def _large(self) -> set[str]:
        """The tables in which an index finds few rows sooner than a scan does."""
        sql = "select table_name from duckdb_tables() where not temporary and estimated_size > ?"
        return {name for (name,) in self._store.rows(sql, [_ROWS_SOON_SCANNED])}

    def _keep(self, has_key: str, order: str) -> None:
        for model in self._of_slices:
            if model.refresh == "key" and model.name not in self._empty:
                stored = f"{self._store.catalog}.{model.name}"
                self._store.execute(f"insert into {stored} select * from temp.{model.name} where {has_key} {order}")

    def _is_old(self, name: str, touched: Touched) -> str:
        """The condition that a stored row belongs to a touched key."""
        return touched.is_indexed if name in self._large else touched.has_key

    def _replace_touched(self, models: Iterable[Model], touched: Touched) -> None:
        for model in models:
            if model.refresh == "key":
                stored = f"{self._store.catalog}.{model.name}"
                self._store.execute(f"delete from {stored} where {self._is_old(model.name, touched)}")
                if model.name in self._empty:
                    continue
                # A condition over public relations answers for every stream, touched or not.
                self._store.execute(f"insert into {stored} select * from temp.{model.name} where {touched.has_key}")

    @contextmanager
    def _optimised(self, disabled: str) -> Iterator[None]:
        self._store.execute(f"set disabled_optimizers = '{disabled}'")
        yield
        # After an error the transaction takes no statement, and what is told must be that error.
        self._store.execute(f"set disabled_optimizers = '{NEVER_OPTIMISED}'")

    def _drop_indexes(self) -> None:
        for name, column in _indexed(self.models):
            self._store.execute(f"drop index if exists {name}_{column}")

    def _drop_scratch(self) -> None:
        for model in self.models:
            if model.refresh == "scratch":
                self._store.execute(f"drop table if exists temp.{model.name}")

    def _audit(self, audits: Iterable[Model]) -> None:
        for audit in audits:
            row = self._store.execute(audit.text).fetchone()
            if row:
                raise AuditFailed(audit=audit.name, row=str(row))


def _types_under(models: Sequence[Model]) -> dict[str, Set[str]]:
    """The types of facts from which each model follows: those it names, and those named under it."""
    types: dict[str, Set[str]] = {}
    for model in models:
        types[model.name] = model.types.union(*(types[name] for name in model.reads(types)))
    return types


def _as_table(model: Model) -> Model:
    return replace(model, refresh="scratch") if model.name in _READ_BY_MANY else model


def _indexed(models: Sequence[Model]) -> list[tuple[str, str]]:
    """What updates look up, and by which column."""
    by_key = [(model.name, "key") for model in models if model.refresh == "key"]
    by_group = [(model.name, "group_key") for model in models if model.refresh == "group" or model.name == "gathered"]
    return by_key + by_group


def _narrowed_models(models: Sequence[Model], audits: Sequence[Model]) -> list[Model]:
    """What is derived for some keys only: the keyed tables and what lies between them and the events."""
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
    return [model for model in models if model.name in needed & from_events]
