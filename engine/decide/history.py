"""What a decision starts from and what it ends in: the facts told of one subject, and the one more that is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from engine.log import DECISIONS_SOURCE

AFTER_ALL_OTHERS = "~"
"""Begins the sequence of a decision: at one and the same instant it comes after what it answers."""


class Told(NamedTuple):
    """One fact of a subject, whoever told it: a source system, the monitor, or a decision before this one."""

    type: str
    data: Mapping[str, Any]
    occurred_at: int = 0
    sequence: str = ""
    source: str = ""
    event_id: str = ""
    dataversion: int = 1


class Said(NamedTuple):
    """What a decision says: a type of the vocabulary and its data."""

    type: str
    data: dict[str, Any]


def said(type: str, /, **data: Any) -> Said:
    """A word of a decision; what was not given is left out of it."""
    return Said(type, {name: value for name, value in data.items() if value is not None})


def in_order(facts: Iterable[Told]) -> list[Told]:
    """The facts in the order in which they happened, each in its newest data version."""
    newest: dict[tuple[str, str], Told] = {}
    for fact in sorted(facts, key=lambda fact: fact.dataversion):
        newest[fact.source, fact.event_id] = fact
    return sorted(newest.values(), key=lambda fact: (fact.occurred_at, fact.sequence, fact.source, fact.event_id))


def decisions_in(facts: Iterable[Told]) -> int:
    """How many decisions are among the facts: the version of the subject that the next one rests on."""
    return sum(fact.source == DECISIONS_SOURCE for fact in facts)
