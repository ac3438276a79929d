"""What follows from what: the models under those that are asked for, and the types of facts under each."""

from collections.abc import Collection, Sequence, Set
from dataclasses import replace

from projections.groups import OF_GROUPS
from projections.model import Model

CURRENT = ("visible_events", "superseded", "ties")
"""What tells the current facts of a stream: all that the catalogue reads before it is there."""

# In an update tables: of few rows they are soon made, and everything that reads them is planned sooner.
_READ_BY_MANY = ("facts", "duty_facts", "answer_pauses", "pauses")


class ModelGraph:
    """All models and audits, each after those it reads."""

    def __init__(self, models: Sequence[Model], audits: Sequence[Model]) -> None:
        self.models = models
        self.audits = audits
        self.names = [model.name for model in models]
        self.of_slices = self._from_events()
        """What is derived for some streams only: the keyed tables and what lies between them and the events."""
        self.of_updates = [_as_table(model) for model in self.of_slices]
        self.of_catalogue = [model for model in self.of_slices if model.name in (*CURRENT, "facts")]
        """What gives the current facts that the catalogue follows from."""
        self._types = self._types_under()

    def types_of(self, model: Model) -> Set[str]:
        """The types of facts from which a model follows: those it names, and those named under it."""
        return self._types[model.name]

    def kept_whole(self, types: Set[str] | None = None) -> list[Model]:
        """What is kept whole; of that, if types are given, what follows from facts of these."""
        whole = [model for model in self.models if model.refresh == "whole"]
        return [model for model in whole if types is None or not types.isdisjoint(self.types_of(model))]

    def asked(self, asked: Collection[str]) -> list[Model]:
        """What is asked of some streams and all under it, but for the catalogue and for what is found across cases."""
        needed = set(asked)
        for model in reversed(self.models):
            if model.name in needed and model.refresh != "group":
                needed |= model.reads(self.names)
        kinds = ("key", "scratch", "view", "group")
        return [_as_table(model) for model in self.models if model.name in needed and model.refresh in kinds]

    def audits_of(self, names: Set[str]) -> list[Model]:
        """The audits that read nothing but these models."""
        return [audit for audit in self.audits if audit.reads(self.names) <= names]

    def _from_events(self) -> list[Model]:
        from_events, needed = {"events"}, {name for audit in self.audits for name in audit.reads(self.names)}
        for model in self.models:
            if model.name in OF_GROUPS:
                continue  # Judged after the touched rows are in their place, group by group.
            if model.refresh in ("key", "scratch") or model.reads(from_events) and model.refresh == "view":
                from_events.add(model.name)
        for model in reversed(self.models):
            if model.refresh == "key" or model.name in needed:
                needed |= {model.name} | model.reads(self.names)
        return [model for model in self.models if model.name in needed & from_events]

    def _types_under(self) -> dict[str, Set[str]]:
        types: dict[str, Set[str]] = {}
        for model in self.models:
            types[model.name] = model.types.union(*(types[name] for name in model.reads(types)))
        return types


def _as_table(model: Model) -> Model:
    return replace(model, refresh="scratch") if model.name in _READ_BY_MANY else model
