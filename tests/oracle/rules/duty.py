"""A duty of any subject, reckoned and judged in the same plain way: opened, owed by a day, done or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from tests.oracle.calendar import Calendar
from tests.oracle.facts import Fact, local_day, midnight
from tests.oracle.limits import Deadline, Limit, Suspension, reckon
from tests.oracle.rules.city import City, Found


class Place(NamedTuple):
    """Whose days count: the zone and the calendar of an office."""

    zone: str
    calendar: Calendar


@dataclass(frozen=True)
class Subject:
    """Whom a finding is about."""

    kind: str
    name: str


@dataclass(frozen=True)
class Duty:
    """Something owed: the fact that opened it, when it is due, and what ended it (`ended`: done, or no longer owed)."""

    subject: Subject
    opening: Fact
    deadline: Deadline
    ended: Sequence[Fact]
    exists_from: int = 0

    @property
    def is_breached(self) -> bool:
        """Nothing ended it before its limit had passed, and all days of the limit are known."""
        breach = self.deadline.breaches_at
        if breach is None or self.deadline.is_provisional:
            return False
        return all(fact.occurred_at >= breach for fact in self.ended)

    def breach(self, code: str, level: str) -> Iterator[Found]:
        """The finding of the breach; it stays when the duty is done late."""
        if self.is_breached:
            yield self._found(code, level, self.deadline.breaches_at)

    def prompt(self, code: str) -> Iterator[Found]:
        """The finding that the limit is near; it goes when the duty ends."""
        if not self.ended and not self.deadline.is_provisional and self.deadline.prompts_at is not None:
            yield self._found(code, "prompt", self.deadline.prompts_at)

    def _found(self, code: str, level: str, moment: int | None) -> Found:
        assert moment is not None
        opening, subject = self.opening, self.subject
        triggers_at = max(moment, self.exists_from)
        return Found(code, level, subject.kind, subject.name, opening.source, opening.id, triggers_at)


def from_fact(limit: Limit, fact: Fact, place: Place, spans: Sequence[Suspension] = ()) -> Deadline:
    """The deadline of a limit that a fact opens when it happens."""
    return reckon(limit, fact.occurred_at, fact.is_day, spans, place.calendar, place.zone)


def from_day(limit: Limit, day: date, place: Place, spans: Sequence[Suspension] = ()) -> Deadline:
    """The deadline of a limit that opens at the start of a day."""
    return reckon(limit, midnight(day, place.zone), False, spans, place.calendar, place.zone)


def comes_after(fact: Fact, opening: Fact, zone: str) -> bool:
    """Whether a fact is ordered after another; one known only to the other's day favours who owes."""
    if fact.order > opening.order:
        return True
    same_day = local_day(fact.occurred_at, zone) == local_day(opening.occurred_at, zone)
    return fact.is_day and not opening.is_day and same_day


def comes_before(fact: Fact, opening: Fact, zone: str) -> bool:
    """Whether a fact is ordered before another, and is not one known only to the other's day."""
    return fact.order < opening.order and not comes_after(fact, opening, zone)


def all_after(facts: Sequence[Fact], opening: Fact, zone: str, matches: Callable[[Fact], bool]) -> list[Fact]:
    """Every fact after the opening that matches."""
    return [fact for fact in facts if fact is not opening and matches(fact) and comes_after(fact, opening, zone)]


def first_after(facts: Sequence[Fact], opening: Fact, zone: str, matches: Callable[[Fact], bool]) -> list[Fact]:
    """The first fact after the opening that matches, or none."""
    return all_after(facts, opening, zone, matches)[:1]


def by_subject(city: City, prefix: str) -> dict[str, list[Fact]]:
    """The facts of a kind of subject, each subject's in their order."""
    grouped: dict[str, list[Fact]] = {}
    for fact in city.facts:
        if fact.type.startswith(prefix):
            grouped.setdefault(fact.subject, []).append(fact)
    return grouped


def of_kind(facts: Sequence[Fact], *kinds: str) -> list[Fact]:
    """The facts whose type ends in one of these words."""
    return [fact for fact in facts if fact.type.rpartition(".")[2] in kinds]


def place_of(city: City, department: str) -> Place:
    """The days of a department's own office."""
    return Place(city.zone_of(department), city.calendar_of(department))


def supervisors_place(city: City, department: str) -> Place:
    """The days of the supervisor of the region of the department concerned."""
    supervisor = city.region_of(department).get("supervisor")
    return place_of(city, str(supervisor or department))
