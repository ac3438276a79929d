"""Questions about some streams alone: the names of the models mean what they hold of these, however large the rest."""

from collections.abc import Collection, Sequence, Set

from projections.model import Model
from projections.store import Answer, Store, answer, create
from projections.touch import among


class Scope:
    """A connection on which what is asked for, and all under it, is narrowed to some streams.

    What is kept whole or found across cases is seen as it is.
    """

    def __init__(self, store: Store, models: Sequence[Model], asked: Collection[str]) -> None:
        self.tables, views = _read(models, asked)
        """The tables that hold rows of streams."""
        self._store = store
        self._connection = store.cursor()
        for table in self.tables:
            self._connection.execute(f"create temp table {table} as select * from {store.catalog}.{table} limit 0")
        for view in views:
            self._connection.execute(create(view, temporary=True))

    @property
    def as_of(self) -> int:
        """The instant at which the projections stand, in microseconds."""
        instant: int = self._connection.execute("select epoch_us(as_of) from clock").fetchall()[0][0]
        return instant

    def narrow(self, table: str, has_key: str, more: str | None = None) -> None:
        """Let a table hold the rows of some streams, and those that meet a condition on its columns."""
        stored = f"{self._store.catalog}.{table}"
        self._connection.execute(f"create or replace temp table {table} as select * from {stored} where {has_key}")
        # Their keys first: to look for few rows in all columns of a large table takes much longer.
        others = self.keys(f"select distinct key from {stored} where ({more}) and not ({has_key})") if more else set()
        if others:
            is_more = f"{self.among('key', others, 'others')} and ({more})"
            self._connection.execute(f"insert into temp.{table} select * from {stored} where {is_more}")

    def among(self, column: str, keys: Set[int], name: str, *, by_index: bool = False) -> str:
        """The condition, on this connection, that a column is one of these keys."""
        return among(self._connection, column, keys, name, by_index=by_index)

    def query(self, sql: str, parameters: object = None) -> Answer:
        """Column names and rows of a question about these streams."""
        return answer(self._connection, sql, parameters)

    def keys(self, sql: str) -> set[int]:
        """The keys that a question gives."""
        return {row[0] for row in self._connection.execute(sql).fetchall()}

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


def _read(models: Sequence[Model], asked: Collection[str]) -> tuple[list[str], list[Model]]:
    """The tables of streams under what is asked, and the views that rest on them."""
    names, needed = ["events", *(model.name for model in models)], set(asked)
    for model in reversed(models):
        if model.name in needed and model.refresh in ("view", "macro"):
            needed |= model.reads(names)
    tables = ["events", *(model.name for model in models if model.refresh == "key")]
    narrowed, views = set(tables), []
    for model in models:
        if model.name in needed and model.refresh == "view" and model.reads(narrowed):
            narrowed.add(model.name)
            views.append(model)
    return [name for name in tables if name in needed], views
