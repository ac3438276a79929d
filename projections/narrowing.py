"""Lets the names of the models mean what follows from some events only.

Temporary relations under the names the models use hold only the rows of those events; a model's text finds them before
the stored ones. So a model is written once, and what its names mean narrows.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from projections.conditions import FOUND, conditions_in_force, fill
from projections.errors import AuditFailed
from projections.model import Model
from projections.model_graph import ModelGraph
from projections.store import NEVER_OPTIMISED, Store, create

# Models join many rows to few, and say so by their order; for few rows, planning costs more than a better plan saves.
FOR_MANY = f"{NEVER_OPTIMISED},build_side_probe_side,common_subplan"
# The sides of joins stay as written here too: of some that it swaps, DuckDB 2.0 ends with an internal error ("build
# pipeline is not single-source") that makes the whole database unusable.
FOR_FEW = f"{NEVER_OPTIMISED},build_side_probe_side,statistics_propagation,projection_pullup,projection_placement"
_TEMPORARY = """
with lying as (
    select 'view' as kind, view_name as name from duckdb_views() where temporary
    union all
    select 'table' as kind, table_name as name from duckdb_tables() where temporary
)
select kind, name from lying where list_contains(?, name)
"""


class Narrowing:
    """The models over one connection, and what of them is narrowed now."""

    def __init__(self, store: Store, graph: ModelGraph) -> None:
        self._store = store
        self._graph = graph
        self._shapes: dict[str, str] = {}
        self._types: set[str] = set()
        self._empty: set[str] = set()
        self._scope: Sequence[Model] = ()

    def forget_scope(self) -> None:
        """Let what was narrowed last mean the stored relations again."""
        self._drop_temporary(model.name for model in self._scope)

    def forget_all(self) -> None:
        """Let all names mean the stored relations again, also those that came back when something was undone."""
        self._drop_temporary(self._graph.names)

    def _drop_temporary(self, names: Iterable[str]) -> None:
        for kind, name in self._store.rows(_TEMPORARY, [["events", *names]]):
            self._store.execute(f"drop {kind} temp.{name}")
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
        if may_be_empty and not self._has_any(model.needs):
            empty = self._shapes.get(model.name) or f"select * from ({model.text}) limit 0"
            self._store.execute(create(model, temporary=temporary, text=empty))
            self._empty.add(model.name)
        else:
            self._empty.discard(model.name)
            self._store.execute(create(model, temporary=temporary))
            if model.name in FOUND:
                fill(self._store, model.name, conditions_in_force(self._store), self._types)
        if may_be_empty and model.name not in self._shapes:
            columns = self._store.rows(f"describe {model.name}")
            shape = ", ".join(f"null::{kind} as {name}" for name, kind, *_ in columns)
            self._shapes[model.name] = f"select {shape} where false"

    def _see_types(self) -> None:
        """Which types of facts there are in what is derived next."""
        self._types = {row[0] for row in self._store.rows("select distinct type from events")}

    def _has_any(self, needs: Sequence[str]) -> bool:
        """Whether any of these event types or relations has a row here: what needs them all the same has none."""
        if not self._types.isdisjoint(needs):
            return True
        return any(self._store.one(f"select 1 from {name} limit 1") for name in needs if "." not in name)

    def _audit(self, audits: Iterable[Model]) -> None:
        for audit in audits:
            row = self._store.execute(audit.text).fetchone()
            if row:
                raise AuditFailed(audit=audit.name, row=str(row))

    @contextmanager
    def _optimised(self, disabled: str) -> Iterator[None]:
        self._store.execute(f"set disabled_optimizers = '{disabled}'")
        yield
        # After an error the transaction takes no statement, and what is told must be that error.
        self._store.execute(f"set disabled_optimizers = '{NEVER_OPTIMISED}'")
