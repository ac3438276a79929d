"""What the condition rules look at beside a case: versions of facts, officers, sources, stopped powers, guides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.oracle.case import ACCEPTED, CaseOracle
from tests.oracle.facts import Fact, local_day, midnight, next_day
from tests.oracle.rows import Judgement
from tests.oracle.world import World

END_OF_TIME = 2**62
MINUTE = 60_000_000
DAY_AND_NIGHT = 24 * 60 * MINUTE


class Found(NamedTuple):
    """One finding: the rule, the level, whom it is about, the fact that completes it, the instant it becomes true."""

    code: str
    level: str
    subject_kind: str
    subject_id: str
    source: str
    event_id: str
    triggers_at: int


@dataclass(frozen=True)
class Pin:
    """The catalogue version of a case: which, from which fact, and since when that is so."""

    fact: Fact
    exists_from: int
    is_deemed: bool
    version: dict[str, Any] | None


class City(World):
    """Everything known at one cut, with no clock: what is to become true is told with its instant."""

    def __init__(self, facts: Iterable[Fact], as_of: int, known_at: int) -> None:
        listed = list(facts)
        super().__init__(listed, as_of, known_at)
        self.as_of, self.clock = END_OF_TIME, as_of
        self._kinds: dict[str, list[Fact]] = {}
        for fact in self.facts:
            self._kinds.setdefault(fact.type, []).append(fact)
        self.versions = _versions(listed, as_of, known_at)
        self.officers = self._by("esup.org.officer_assigned", "officer")
        for name, facts_of_one in self._by("esup.org.officer_disabled", "officer").items():
            self.officers.setdefault(name, []).extend(facts_of_one)
        self.sources = {fact.data["source"]: fact.data for fact in self.of("esup.source.registered")}
        self.cancelled = self._by("esup.item.cancelled", "code")
        self.suspended = self._by("esup.item.suspended", "code")
        self.guides = self.of("esup.item.guide_published")
        self.views = {case_no: Case(self, case_no) for case_no in self.cases}

    def of(self, kind: str) -> list[Fact]:
        """The facts of one kind in their order."""
        return self._kinds.get(kind, [])

    def _by(self, kind: str, name: str) -> dict[str, list[Fact]]:
        grouped: dict[str, list[Fact]] = {}
        for fact in self.of(kind):
            grouped.setdefault(fact.data[name], []).append(fact)
        return grouped

    def first(self, fact: Fact) -> Fact:
        """The first version of a fact that was told."""
        return self.versions[fact.source, fact.id][0]


def _versions(facts: Iterable[Fact], as_of: int, known_at: int) -> dict[tuple[str, str], list[Fact]]:
    """Of each identity every version that passes the cut, the lowest first, each once."""
    told: dict[tuple[str, str], dict[int, Fact]] = {}
    for fact in facts:
        if fact.occurred_at <= as_of and fact.recorded_at <= known_at:
            told.setdefault((fact.source, fact.id), {}).setdefault(fact.dataversion, fact)
    return {identity: [one[number] for number in sorted(one)] for identity, one in told.items()}


class Case:
    """One case: its facts in order, its department, and the version that its acceptance pins."""

    def __init__(self, city: City, case_no: str) -> None:
        self.city, self.case_no = city, case_no
        self._oracle = CaseOracle(city, case_no)
        self.judged: Judgement = self._oracle.judge()
        self.facts = city.cases[case_no]
        self.item, self.department = self._oracle.item, self._oracle.department
        self.zone, self.calendar = self._oracle.zone, self._oracle.calendar
        self.pin = self._pin()

    def of(self, *kinds: str) -> list[Fact]:
        """The facts of some kinds (without the `esup.case.`) in the order of the case."""
        return [fact for fact in self.facts if fact.type.removeprefix("esup.case.") in kinds]

    def one(self, *kinds: str) -> Fact | None:
        """The first fact of some kinds."""
        return next(iter(self.of(*kinds)), None)

    def _pin(self) -> Pin | None:
        """The acceptance, real or deemed, or else the filing, with the version in force on that day."""
        judged = self.judged
        if judged.accepted_deemed:
            opening = next(
                one.opening.fact
                for one in judged.obligations
                if one.code == "T06" and one.deadline.opened_at == judged.accepted_at
                if one.deadline.breaches_at == judged.version_known_from
            )
            return Pin(opening, judged.version_known_from, True, judged.version)
        fact = next((one for one in self.facts if one.type == ACCEPTED), None) or self.one("filed")
        if fact is None:
            return None
        version = self.city.version(self.item, local_day(fact.occurred_at, self.zone))
        return Pin(fact, fact.occurred_at, False, version)

    @property
    def version(self) -> dict[str, Any]:
        """v(c), or nothing."""
        return (self.pin.version if self.pin else None) or {}

    def version_awaited_at(self, fact: Fact) -> dict[str, Any]:
        """v(c), or for a case that is not accepted yet the version of that fact's day."""
        return self.version if self.pin else self.city.version(self.item, self.day(fact)) or {}

    def since_pinned(self, moment: int) -> int:
        """What rests on v(c) is true no sooner than v(c) is."""
        assert self.pin is not None
        return max(moment, self.pin.exists_from)

    def may_precede(self, one: Fact, other: Fact) -> bool:
        """Whether the one can have come before the other, a vague fact being placed in its day as suits."""
        if one.is_day or other.is_day:
            return self.day(one) <= self.day(other)
        return one.order < other.order

    def surely_precedes(self, one: Fact, other: Fact) -> bool:
        """Whether the one came before the other wherever a vague fact lies in its day."""
        if one.is_day or other.is_day:
            return self.day(one) < self.day(other)
        return one.order < other.order

    def is_earlier(self, one: Fact, other: Fact) -> bool:
        """Whether the one has the earlier time: the order of a tie plays no part."""
        if one.is_day or other.is_day:
            return self.day(one) < self.day(other)
        return one.occurred_at < other.occurred_at

    def day(self, fact: Fact) -> Any:
        """The local day of a fact."""
        return local_day(fact.occurred_at, self.zone)

    def found(self, code: str, level: str, fact: Fact, triggers_at: int) -> Found:
        """A finding on this case."""
        return Found(code, level, "case", self.case_no, fact.source, fact.id, triggers_at)


def at_latest(fact: Fact, zone: str) -> int:
    """When a fact happened; one known to the day at the end of it, as hours are counted."""
    return midnight(next_day(local_day(fact.occurred_at, zone)), zone) if fact.is_day else fact.occurred_at


def text(value: object) -> str:
    """A text without the white space around it; nothing when it is missing."""
    return "" if value is None else str(value).strip()


def is_missing(value: object) -> bool:
    """Whether a value is missing: absent, empty and blank are alike."""
    return text(value) == ""
