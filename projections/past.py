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
from projections.touch import QUIET, among, open_scope

_CLOCK = """
create or replace temp table clock as
select make_timestamptz($as_of) as as_of, make_timestamptz($known_at) as known_at, $position::bigint as position
"""
# The types of facts in the public streams of which something could be seen at one of the two moments and not at the
# other, or was corrected to be in another stream, and in those tied to them.
_TYPES = f"""
with changed as (
    select events.key
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
    union
    select events.key
    from stored.events as events
    inner join stored.corrected as corrected on events.identity = corrected.identity
    where events.is_public and events.key <> corrected.key
),

tied as (
    select key from changed
    union
    select links.other_key from stored.links as links inner join changed on links.key = changed.key
)

select distinct events.type
from stored.events as events
where events.is_public and events.key in (select tied.key from tied)
"""
_TOLD = """
create or replace temp table told as
select distinct key from stored.events where is_public and list_contains(?, type)
"""
# The streams in which facts of these streams were corrected.
_CORRECTED = """
select distinct corrected.key
from stored.corrected as corrected
inner join temp.events as events on corrected.identity = events.identity
"""
_CORRECTIONS = """
insert into temp.events
select *
from stored.events
where is_corrected and position not in (select events.position from temp.events as events)
"""


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
        # This and the optimizer's passes are the whole database's: no update may run beside this in one process.
        present.use_threads(one=True)
        try:
            with self._store.transaction(), self._optimised(FOR_FEW):
                self._store.execute(_CLOCK, moment._asdict())
                self._derive_catalogue()
                open_scope(self._store, self._among(streams, "asked"))
                self._narrow([self._without_others(model) for model in graph.asked(asked)])
                self._audit(graph.audits_of({model.name for model in self._scope}))
        except BaseException:
            self.close()
            raise

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

    def _derive_catalogue(self) -> None:
        """What of the catalogue stood otherwise then: temporary, from all streams that it follows from."""
        otherwise = self._graph.kept_whole({row[0] for row in self._rows(_TYPES)})
        if not otherwise:
            return
        self._rows(_TOLD, [sorted(set().union(*(model.types for model in otherwise)))])
        open_scope(self._store, "is_public and key in (select told.key from temp.told)")
        corrected = {row[0] for row in self._rows(_CORRECTED)}
        if corrected:
            self._rows(_CORRECTIONS.replace("is_corrected", self._among(corrected, "corrected_in")))
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
