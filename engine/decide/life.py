"""The life of a subject as a table: its states, what may be asked in each, and how both are called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, Protocol

from engine.decide.errors import DayHasPassed, KnownAlready, NotKnown, NotNow, WordsMissing
from engine.errors import Sentence

UNKNOWN = "unknown"
"""The state of a subject of which nothing was told that makes it one."""


class Living(Protocol):
    """A subject as its facts leave it."""

    @property
    def state(self) -> str:
        """Where it stands, in the words of its `Life`."""


class Act(NamedTuple):
    """Something that may be asked, and the states in which it may."""

    name: Sentence
    states: frozenset[str]


def act(zh: str, en: str, *states: str) -> Act:
    """A row of the table."""
    return Act(Sentence(zh, en), frozenset(states))


class Life(NamedTuple):
    """What may be asked of one kind of subject."""

    kind: Sentence
    states: Mapping[str, Sentence]
    acts: Mapping[str, Act]

    def check(self, subject: str, state: str, asked: str) -> None:
        """Refuse what may not be asked in this state."""
        wanted = self.acts[asked]
        if state in wanted.states:
            return
        kind_zh, kind_en = self.kind
        if state == UNKNOWN:
            raise NotKnown(kind_zh, kind_en, subject)
        if wanted.states == {UNKNOWN}:
            raise KnownAlready(kind_zh, kind_en, subject)
        possible = self.possible(state)
        raise NotNow(
            kind_zh,
            kind_en,
            subject,
            *self.states[state],
            *wanted.name,
            "、".join(name.zh for name in possible) or "无",
            ", ".join(name.en for name in possible) or "nothing",
        )

    def possible(self, state: str) -> list[Sentence]:
        """What may be asked in this state."""
        return [known.name for known in self.acts.values() if state in known.states]


def words(text: str, zh: str, en: str) -> str:
    """A text that must say something."""
    if not text.strip():
        raise WordsMissing(zh, en)
    return text


def day_ahead(day: date, today: date) -> str:
    """A day by which somebody is to act: today or later."""
    if day < today:
        raise DayHasPassed(day, today)
    return day.isoformat()
