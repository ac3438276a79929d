"""What must be found in a matter of the demo city, worked out moment by moment as a clerk with a calendar would.

Nothing here comes from the engine, its models or its rule files: found and planted are two opinions that must agree.
Limits the clerk reckons himself; what facts show by themselves, the recipe says where it plants them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from console.demo_case import DemoCase, Told
from console.demo_days import WorkDays, breach_of
from console.demo_duties import Duties, Duty, task_duties

MONITOR = "/esup/monitor"
WINDOWS = {
    "C01": 2, "C03": 3, "D01": 1, "D04": 3, "F02": 3, "K02": 2, "K03": 2, "K04": 2, "K05": 5, "K06": 2, "K07a": 2,
    "K07b": 2, "M01": 1, "M02": 1, "O01": 2, "O04": 3, "P01": 3, "P02": 5, "P06": 2, "P07": 5, "P08": 2, "P14": 3,
    "P15": 5, "R01": 5, "S01": 2, "S02": 2, "T02": 5, "T05": 2, "T06": 1, "T08": 1, "T11": 2, "T12": 2,
}  # fmt: skip
"""Working days in which a yellow card is to be rectified before it turns red; the others have no such window."""
OF_SUPERVISION = ("S01", "S02", "S03", "S04", "S05", "M01", "M02")
"""Rules whose cards open no task."""
BY_THE_SUPERVISOR = ("S02", "S03", "M01", "M02")
WHEN_KNOWN = ("D04",)
"""Violations that lie in the report itself, and so begin when it comes in."""
UPLOAD_HOURS = 24


class Finding(NamedTuple):
    """What a rule says of an occurrence, and since when; `ended_at` once it was put right after all."""

    code: str
    level: str
    subject: str
    department: str
    source: str
    occurrence: str
    triggers_at: datetime
    ended_at: datetime | None = None
    post: str = "-"

    @property
    def card_id(self) -> str:
        """The id that a card for it must have: everybody can compute it."""
        parts = (self.code, self.level, self.subject, self.source, self.occurrence, "1")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


@dataclass
class Card:
    """A card that must have been issued, and what became of it."""

    finding: Finding
    issued_at: datetime
    opens_task: bool
    told: list[Told] = field(default_factory=list)
    """What is told of the card and of its task."""
    rectified_at: datetime | None = None
    exempted_at: datetime | None = None
    settled_at: datetime | None = None
    """When it came to be known that it was rectified or exempted."""
    is_withdrawn: bool = False
    is_escalated: bool = False

    @property
    def state(self) -> str:
        """The state that the card ends in."""
        if self.is_withdrawn:
            return "withdrawn"
        if self.exempted_at:
            return "exempted"
        if self.is_escalated:
            return "escalated"
        return "rectified" if self.rectified_at else "issued"


@dataclass
class Truth:
    """What must be found in one matter by the end of the month."""

    findings: list[Finding] = field(default_factory=list)
    prompts: dict[str, Finding] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)


class Office(NamedTuple):
    """What a clerk knows of the city."""

    days: WorkDays
    supervisor: str
    posts: Mapping[str, str]
    """The post of each step."""
    replies: Sequence[datetime]
    """When the departments reply to their tasks."""
    without_tasks: Mapping[str, Sequence[str]]
    """The levels whose cards open no task, for departments for which there are such levels."""
    uploading: Sequence[str]
    """The departments whose own systems must upload within a day."""


class Clerk:
    """Lives through one matter with the city's calendar in hand."""

    def __init__(self, case: DemoCase, office: Office, given: Sequence[tuple[Finding, datetime]] = ()) -> None:
        self.case = case
        self.office = office
        self.given = given
        """What is found across cases, and since when it is known."""
        self.truth = Truth()

    def live(self, until: datetime) -> Truth:
        """Everything that must be found and issued up to a moment, at the moments at which it must be."""
        now = min(self.moments(), default=None)
        while now is not None and now <= until:
            while self.act(now):
                pass
            coming = (*self.moments(), *(finding.triggers_at for finding in self.standing(now)))
            now = min((moment for moment in coming if moment > now), default=None)
        self.truth.findings = [finding for finding in self.standing(until) if finding.triggers_at <= until]
        return self.truth

    def moments(self) -> Iterator[datetime]:
        """When something comes to be known."""
        yield from (known for _, known in self.given)
        for told in (*self.case.told, *(fact for card in self.truth.cards.values() for fact in card.told)):
            if told.known is not None:
                yield told.known

    def act(self, now: datetime) -> bool:
        """Do what the standing findings ask for; whether anything was done. What ends cards comes first."""
        standing = {finding.card_id: finding for finding in self.standing(now) if finding.triggers_at <= now}
        before = repr(self.truth.cards)
        for name, card in self.truth.cards.items():
            self.settle(card, standing.get(name), now)
        if repr(self.truth.cards) != before:
            return True
        for name, finding in standing.items():
            if finding.level == "prompt":
                self.truth.prompts.setdefault(name, finding)
            elif name not in self.truth.cards:
                self.issue(finding, now)
        return repr(self.truth.cards) != before

    @staticmethod
    def settle(card: Card, finding: Finding | None, now: datetime) -> None:
        """Withdraw a card that no longer stands or was appealed, rectify and exempt one from the moment it was."""
        told = known_by(card.told, now)
        card.is_withdrawn |= finding is None or any(fact.kind == "appeal_decided" for fact in told)
        card.exempted_at = min((fact.at for fact in told if fact.kind == "exempted"), default=None)
        if finding is not None and finding.ended_at is not None:
            card.rectified_at = max(finding.ended_at, card.issued_at)
        if card.settled_at is None and (card.rectified_at or card.exempted_at):
            card.settled_at = now

    def issue(self, finding: Finding, now: datetime) -> None:
        """A card, the task it opens, and the end of the yellow card whose place it takes."""
        levels = self.office.without_tasks.get(finding.department, ())
        opens_task = finding.code not in OF_SUPERVISION and finding.level not in levels
        card = Card(finding, now, opens_task)
        lines = self.case.entry.get("lives", {}).get(f"{finding.code} {finding.level}")
        if lines is not None:
            card.told = [line._replace(event_id=f"{finding.card_id}/{number}") for number, line in enumerate(lines, 1)]
        elif opens_task:
            at = next((moment for moment in self.office.replies if moment > now), None)
            card.told = [Told(at, "replied", known=at, event_id=f"{finding.card_id}/1")] if at else []
        for other in self.truth.cards.values():
            yellow = other.finding
            takes_place = (yellow.code, yellow.subject, yellow.occurrence) == (
                finding.code, finding.subject, finding.occurrence)  # fmt: skip
            if yellow.level == "yellow" and (takes_place or finding.occurrence == f"issued/{yellow.card_id}"):
                other.is_escalated = other.is_escalated or finding.code == "S05" or takes_place
        self.truth.cards[finding.card_id] = card

    def standing(self, now: datetime) -> Iterator[Finding]:
        """Everything that holds by what is known at a moment, future findings included."""
        yield from (finding for finding, known in self.given if known <= now)
        told = known_by(self.case.told, now)
        for duty in Duties(self.case, told, self.office.days):
            yield from self.judged(duty, self.case.number, self.case.source)
        yield from self.shown(told)
        yield from self.told_late(told)
        if self.case.kind == "task":
            yield from self.of_task(told[0], told, self.case.number, self.case.department, self.case.source)
        for card in self.truth.cards.values():
            yield from self.of_card(card, now)

    def judged(self, duty: Duty, subject: str, source: str, department: str | None = None) -> Iterator[Finding]:
        """The breach of a duty, unless it was done before; its prompts, while it is not."""
        owing = self.office.supervisor if duty.code in BY_THE_SUPERVISOR else department or self.case.department
        about = (subject, owing, source, duty.fact.event_id)
        post = self.post_of(duty.fact)
        if duty.breach and not any(moment < duty.breach for moment in duty.ends):
            at = max(duty.breach, duty.since or duty.breach)
            yield Finding(duty.code, duty.level, *about, at, min(duty.ends, default=None), post)
        for code, near in () if duty.ends else duty.prompts:
            yield Finding(code, "prompt", *about, max(near, duty.since or near), None, post)

    def shown(self, told: Sequence[Told]) -> Iterator[Finding]:
        """What the recipe plants in a fact, and the fact that puts it right."""
        for fact in told:
            for code, level in (planted.split() for planted in fact.plants):
                at = fact.known if code in WHEN_KNOWN else fact.at
                assert at is not None
                mended = min((other.at for other in told if code in other.mends and other.at > fact.at), default=None)
                department = self.office.supervisor if code in BY_THE_SUPERVISOR else self.case.department
                about = (self.subject, department, self.case.source, fact.event_id)
                yield Finding(code, level, *about, at, mended, self.post_of(fact))

    @property
    def subject(self) -> str:
        """What cards on this matter are about."""
        return self.case.department if self.case.kind == "department" else self.case.number

    def told_late(self, told: Sequence[Told]) -> Iterator[Finding]:
        """Facts that an own system uploads a day late; a case told only a day after its decision."""
        if self.case.kind != "case":
            return
        about = (self.case.number, self.case.department, self.case.source)
        day = timedelta(hours=UPLOAD_HOURS)
        if self.case.department in self.office.uploading:
            for fact in told:
                if fact.known is not None and fact.known >= fact.at + day and not fact.corrects:
                    yield Finding("D01", "prompt", *about, fact.event_id, fact.at + day)
        decided = next((fact for fact in told if fact.kind == "decided"), None)
        if decided is not None and all(fact.known and fact.known > decided.at + day for fact in told):
            yield Finding("P14", "yellow", *about, decided.event_id, decided.at + day)

    def of_card(self, card: Card, now: datetime) -> Iterator[Finding]:
        """What follows from a card: it is to be rectified, its task is to be answered, or a task to be issued."""
        if card.is_withdrawn:
            return
        told, finding = known_by(card.told, now), card.finding
        days = self.office.days
        counted = days.counted(card.issued_at.date())
        issued = Told(card.issued_at, "issued", event_id=f"issued/{finding.card_id}")
        window = WINDOWS.get(finding.code)
        moot = (card.exempted_at,) if card.exempted_at else ()
        if finding.level == "yellow" and window is not None:
            done = (card.rectified_at,) if card.rectified_at else ()
            duty = Duty("S05", "red", issued, breach_of(card.issued_at, window, counted), done, moot)
            yield from self.judged(duty, finding.subject, MONITOR, finding.department)
        if card.opens_task:
            opening = Told(card.issued_at, "issued", event_id=f"task/{finding.card_id}")
            yield from self.of_task(opening, told, finding.card_id, finding.department, MONITOR)
        elif finding.level == "red" and finding.code not in OF_SUPERVISION:
            tasked = tuple(fact.at for fact in told if fact.kind == "issued")
            duty = Duty("S02", "yellow", issued, breach_of(card.issued_at, 5, counted), tasked, moot)
            yield from self.judged(duty, finding.subject, MONITOR)

    def of_task(self, issued: Told, told: Sequence[Told], task: str, department: str, source: str) -> Iterator[Finding]:
        """What is owed on a task."""
        for duty in task_duties(issued, told, self.office.days):
            of = self.case.source if duty.fact is not issued else source
            yield from self.judged(duty, task, of, department)

    def post_of(self, fact: Told) -> str:
        """The post at which something was done, as far as the fact or the flow tells."""
        if fact.kind in ("step_started", "step_finished"):
            return str(fact.more.get("post", self.office.posts.get(fact.what, "-")))
        return "window" if fact.kind == "accepted" and self.case.kind == "case" else "-"


def known_by(told: Sequence[Told], now: datetime) -> list[Told]:
    """The facts known by a moment, each as last corrected, in the order in which they happened."""
    known = sorted(
        (fact for fact in told if fact.known is not None and fact.known <= now), key=lambda fact: fact.corrects
    )
    newest = {fact.event_id: fact for fact in known}
    return sorted(newest.values(), key=lambda fact: (fact.at, fact.event_id))
