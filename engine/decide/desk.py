"""The desk where a request becomes an event: read the subject, decide, seal what is personal, append.

Between reading and writing somebody else may act on the same subject. Each decision rests on the number of decisions
that it has read; the log takes one with that number, and the other is told so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import orjson

from engine.decide.history import AFTER_ALL_OTHERS, Said, Told, decisions_in, in_order
from engine.decide.life import Living
from engine.facts import Appended, Fact
from engine.intake.envelope import EVENT_BYTES_MAX, Persons, check_data, encoded
from engine.intake.refusals import Refusal
from engine.log import DECISIONS_SOURCE

State = TypeVar("State", bound=Living)
Fold = Callable[[str, Iterable[Told]], State]
"""What makes a subject's state of its id and its facts in their order."""


class Reader(Protocol):
    """Who can tell what is known of a subject: the log has no index over facts, its projections have."""

    def facts_of(self, subject: str) -> Sequence[Told]:
        """Every fact whose subject it is."""

    def facts_of_officer(self, officer: str) -> Sequence[Told]:
        """Every assignment and disabling of an officer."""


class Decisions(Protocol):
    """The log, as the desk needs it."""

    def append_decisions(self, facts: Sequence[Fact], known: int) -> Appended:
        """Store what was decided of one subject, of which `known` decisions were read."""


class Moment(NamedTuple):
    """When it is decided: the clock's instant, and when that came to be known (None: as it is appended)."""

    now: int
    recorded_at: int | None = None


class Desk:
    """Records decisions in one log."""

    def __init__(self, log: Decisions, reader: Reader, persons: Persons, moment: Moment) -> None:
        self._log = log
        self._reader = reader
        self._persons = persons
        self._moment = moment

    def facts_of(self, subject: str) -> list[Told]:
        """What is known of a subject, in its order."""
        return in_order(self._reader.facts_of(subject))

    def facts_of_officer(self, officer: str) -> list[Told]:
        """What is known of an officer, in its order."""
        return in_order(self._reader.facts_of_officer(officer))

    def record(self, subject: str, fold: Fold[State], decide: Callable[[State], Said]) -> tuple[Fact, State]:
        """Decide on what is known of the subject and store the decision; gives it back with the state that it leaves.

        An error leaves the log as it was.
        """
        known = self.facts_of(subject)
        decisions = decisions_in(known)
        fact = self._fact(subject, decide(fold(subject, known)), decisions + 1, self._instant_after(known))
        # The keys come first: what is sealed under a key that was lost would be lost too.
        self._persons.flush()
        self._log.append_decisions([fact], decisions)
        return fact, fold(subject, [*known, as_told(fact)])

    def _instant_after(self, known: Iterable[Told]) -> int:
        """The present instant, but never before a decision that was made: a machine's clock may have been set back."""
        return max([self._moment.now, *(fact.occurred_at for fact in known if fact.source == DECISIONS_SOURCE)])

    def _fact(self, subject: str, word: Said, version: int, occurred_at: int) -> Fact:
        check_data(word.type, word.data)
        body: dict[str, Any] = {
            "data": self._persons.envelope(word.type, word.data),
            "sequence": f"{AFTER_ALL_OTHERS}{version:06d}",
        }
        text = encoded(body)
        if len(text) > EVENT_BYTES_MAX:
            raise Refusal("too-large")
        return Fact(
            stream=subject,
            type=word.type,
            occurred_at=occurred_at,
            recorded_at=self._moment.recorded_at,
            source=DECISIONS_SOURCE,
            event_id=f"{subject}@{version}",
            dataversion=1,
            body=text,
        )


def as_told(fact: Fact) -> Told:
    """A fact as a reader hands it over."""
    body = orjson.loads(fact.body)
    return Told(
        type=fact.type,
        data=body["data"],
        occurred_at=fact.occurred_at,
        sequence=body.get("sequence", ""),
        source=fact.source,
        event_id=fact.event_id,
        dataversion=fact.dataversion,
    )
