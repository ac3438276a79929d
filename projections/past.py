"""Some streams as they stood at one moment, on what was known at another, out of projections that hold all facts.

Temporary relations lie before the stored ones, as in an update: the clock of that moment, the events of the streams,
what of the catalogue stood otherwise then, and what is asked with all under it. What is stored stays as it is.
"""

from collections.abc import Collection, Set
from dataclasses import replace
from typing import Any, NamedTuple

from projections.model import Model
from projections.model_graph import ModelGraph
from projections.narrowing import FOR_FEW, Narrowing
from projections.store import Answer, Store, answer
from projections.touch import QUIET, among, closed_over_links, open_scope

_CLOCK = """
create or replace temp table clock as
select make_timestamptz($as_of) as as_of, make_timestamptz($known_at) as known_at, $position::bigint as position
"""
# What is public and could be seen then and not now, or now and not then.
_CHANGED = f"""
select distinct events.key
from stored.events as events
cross join stored.clock as present
cross join temp.clock as past
where
    events.is_public
    and events.type not in {QUIET}
    and (
        events.occurred_at <= present.as_of
        and events.recorded_at <= present.known_at
        and events.position <= present.position
    ) <> (
        events.occurred_at <= past.as_of
        and events.recorded_at <= past.known_at
        and events.position <= past.position
    )
"""
_TYPES = "select distinct type from stored.events where is_changed"
_TOLD = "select distinct key from stored.events where is_public and list_contains(?, type)"


class Moment(NamedTuple):
    """As of which instant, on what was known at which, both in microseconds, and up to which position of the log."""

    as_of: int
    known_at: int
    position: int


class Past(Narrowing):
    """What is asked of some streams as they stood at a moment; what is found across cases is not to be read here."""

    def __init__(
        self, present: Store, graph: ModelGraph, moment: Moment, streams: Set[int], asked: Collection[str]
    ) -> None:
        super().__init__(Store.beside(present), graph)
        self.moment = moment
        present.use_threads(one=True)
        with self._store.transaction(), self._optimised(FOR_FEW):
            self._store.execute(_CLOCK, moment._asdict())
            changed = {row[0] for row in self._rows(_CHANGED)}
            if changed:
                self._derive_catalogue(closed_over_links(self._store, changed))
            open_scope(self._store, self._among(streams, "asked"))
            self._narrow([self._without_others(model) for model in graph.asked(asked)])
            self._audit(graph.audits_of({model.name for model in self._scope}))

    @property
    def as_of(self) -> int:
        """The instant at which the streams are shown, in microseconds."""
        return self.moment.as_of

    def query(self, sql: str, parameters: object = None) -> Answer:
        """Column names and rows of a question about these streams."""
        return answer(self._store.connection, sql, parameters)

    def close(self) -> None:
        """Let go of the connection."""
        self._store.connection.close()

    def _derive_catalogue(self, changed: Set[int]) -> None:
        """What is kept whole and follows from changed streams: temporary, from all streams that it follows from."""
        types = {row[0] for row in self._rows(_TYPES.replace("is_changed", self._among(changed, "changed")))}
        otherwise = self._graph.kept_whole(types)
        told = sorted(set().union(*(model.types for model in otherwise)))
        keys = {row[0] for row in self._rows(_TOLD, [told])}
        # What is public lies together; what is tied to it and is not, as a fact that moved to a case, is sought alone.
        open_scope(self._store, f"is_public and {among(self._store.connection, 'key', keys, 'told')}")
        tied = closed_over_links(self._store, keys) - keys
        if tied:
            self._rows(f"insert into temp.events select * from stored.events where {self._among(tied, 'tied')}")
        self._narrow(self._graph.of_catalogue)
        for model in otherwise:
            self._make(model, temporary=True)
        self.forget_scope()

    def _without_others(self, model: Model) -> Model:
        """What is found across cases needs all of them: here it has no row."""
        if model.refresh != "group":
            return model
        return replace(model, text=f"select * from {self._store.catalog}.{model.name} limit 0")

    def _among(self, keys: Set[int], name: str) -> str:
        return among(self._store.connection, "key", keys, name, by_index=True)

    def _rows(self, sql: str, parameters: object = None) -> list[tuple[Any, ...]]:
        return self._store.rows(sql.replace("stored.", f"{self._store.catalog}."), parameters)
