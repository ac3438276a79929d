"""Makes the relations of the models: of everything at once, of everything in slices, or of the touched streams only."""

from collections.abc import Iterable, Sequence, Set
from functools import cached_property

from projections.conditions import conditions_in_force
from projections.groups import OF_GROUPS, Groups
from projections.model import AUDITS_FOLDER, Model, read_model, read_models
from projections.model_graph import CURRENT, ModelGraph
from projections.narrowing import FOR_FEW, FOR_MANY, Narrowing
from projections.slices import slices
from projections.store import Store, create
from projections.touch import CATALOGUE, Touched, among, closed_over_links, open_scope

# So many keys are derived by one thread: there is more to plan than to share.
_KEYS_FOR_ONE_THREAD = 1_000
# The events in the order of their streams, until they take the place of those in the order of the log.
_BY_STREAM = "events_by_stream"
# What is public lies together, since whoever looks at the past of one case looks at all of it.
_ORDER_BY_STREAM = "order by is_public desc, key, position"
_TAKE_ORDERED = f"drop table events; alter table {_BY_STREAM} rename to events"
_ROWS_SOON_SCANNED = 2_000_000


class Derivation(Narrowing):
    """The models over one store: what is derived of everything, and what an update touches."""

    def __init__(self, store: Store) -> None:
        audits = [read_model(path) for path in sorted(AUDITS_FOLDER.glob("*.sql"))]
        self.graph = ModelGraph(read_models(), audits)
        super().__init__(store, self.graph)
        self.models = self.graph.models
        self.groups = Groups(store, self.models)
        self._looked_up = _looked_up(self.models)
        self._indexed = [("events", "key"), ("links", "key"), *self._looked_up]

    @property
    def is_indexed(self) -> bool:
        """Whether all that updates look up has its index."""
        return bool(self._store.one("select count(*) from duckdb_indexes()") == len(self._indexed))

    def at_once(self, *, live: bool) -> None:
        """Everything, in the transaction of the caller; `live` lays the events of each stream together."""
        self.forget_scope()
        self._store.use_threads(one=False)
        with self._optimised(FOR_MANY):
            self._drop_indexes()
            if live:
                self._store.execute(f"create or replace table {_BY_STREAM} as select * from events {_ORDER_BY_STREAM}")
                self._store.execute(_TAKE_ORDERED)
            self._see_types()
            for model in self.models:
                self._make(model)
            self._audit(self.graph.audits)
            self._drop_scratch()

    def in_slices(self, *, live: bool) -> None:
        """Everything, slice by slice, each in a transaction of its own, so that its room is free for the next.

        The links between streams must be there. Until all is done nothing counts as derived. `live` lays the rows of
        each stream together, events too: what updates look up is soon fetched then, and its index is small.
        """
        self.forget_scope()
        self._store.use_threads(one=False)
        with self._store.transaction(), self._optimised(FOR_MANY):
            self._drop_indexes()
            self._lay_out()
            self._derive_catalogue_alone()
            if live:
                self._store.execute(f"create or replace table {_BY_STREAM} as select * from events limit 0")
        for piece in slices(self._store):
            with self._store.transaction(), self._optimised(FOR_MANY):
                piece.open_scope()
                self._narrow(self.graph.of_slices)
                self._audit(self.graph.audits)
                self._keep(piece.has_key, order="order by key" if live else "")
                if live:
                    self._store.execute(f"insert into {_BY_STREAM} select * from temp.events {_ORDER_BY_STREAM}")
        with self._store.transaction(), self._optimised(FOR_MANY):
            self.forget_scope()
            if live:
                self._store.execute(_TAKE_ORDERED)
            self._derive_what_reads_slices()

    def index(self) -> None:
        """Index what updates look up by key."""
        for name, column in self._indexed:
            self._store.execute(f"create index if not exists {name}_{column} on {name} ({column})")
        self._store.make_room()

    def of_touched(self, touched: Touched) -> None:
        """What an update touches, in the transaction of the caller."""
        if touched.changes_catalogue:
            self._derive_catalogue(touched)
        self._store.use_threads(one=len(touched.keys) <= _KEYS_FOR_ONE_THREAD)
        with self._optimised(FOR_FEW):
            if not touched.changes_catalogue:
                touched.open_scope()
            self._narrow(self.graph.of_updates)
            self._audit(self.graph.audits)
            changed = self.groups.changed(touched.has_key, self._is_old("gathered", touched))
            self._replace_touched(self.graph.of_updates, touched)
            if changed:
                by_index = "gathered" in self._large
                self.groups.judge(conditions_in_force(self._store), changed, by_index=by_index)

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
        self._narrow(self.graph.of_catalogue)
        self._make_whole()
        self.forget_scope()

    def _derive_what_reads_slices(self) -> None:
        """What is found across cases; and once more the audits of cards, since the cards of a finding may lie apart."""
        self._see_types()
        for model in self.models:
            if model.name in OF_GROUPS or model.refresh == "group":
                self._make(model)
        self._audit([audit for audit in self.graph.audits if audit.reads(["card_rows"])])
        self._drop_scratch()

    def _derive_catalogue(self, touched: Touched) -> None:
        """Refresh what is kept whole; first, of the touched streams, what tells their current facts.

        Leaves the touched events in scope.
        """
        self.forget_scope()
        touched.open_scope()
        current = [model for model in self.graph.of_updates if model.name in CURRENT]
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
        for model in self.graph.kept_whole(types):
            self._make(model)

    @cached_property
    def _large(self) -> set[str]:
        """The tables in which an index finds few rows sooner than a scan does."""
        sql = "select table_name from duckdb_tables() where not temporary and estimated_size > ?"
        return {name for (name,) in self._store.rows(sql, [_ROWS_SOON_SCANNED])}

    def _keep(self, has_key: str, order: str) -> None:
        for model in self.graph.of_slices:
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

    def _drop_indexes(self) -> None:
        for name, column in self._looked_up:
            self._store.execute(f"drop index if exists {name}_{column}")

    def _drop_scratch(self) -> None:
        for model in self.models:
            if model.refresh == "scratch":
                self._store.execute(f"drop table if exists temp.{model.name}")


def _looked_up(models: Sequence[Model]) -> list[tuple[str, str]]:
    """What updates look up of the models, and by which column."""
    by_key = [(model.name, "key") for model in models if model.refresh == "key"]
    by_group = [(model.name, "group_key") for model in models if model.refresh == "group" or model.name == "gathered"]
    return by_key + by_group
