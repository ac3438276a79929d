"""What must be found in a case of the demo city, worked out moment by moment as a clerk with a calendar would.

Nothing here comes from the engine, its models or its rule files: found and planted are two opinions that must agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from console.demo_case import DemoCase, Told
from console.demo_days import WorkDays, breach_of, prompt_of

ANSWER_DAYS = 5
WINDOWS = {"T02": 5, "T05": 2, "T06": 1}
"""Working days in which a yellow card is to be rectified before it turns red."""
ANSWERS = ("accepted", "acceptance_refused", "correction_noticed")
PROMPTS = {"T02": "T01", "T05": "T04"}


class Finding(NamedTuple):
    """What a rule says of an occurrence, and since when; `ended` once the duty was done after all."""

    code: str
    level: str
    occurrence: str
    triggers_at: datetime
    ended: bool = False


@dataclass
class Card:
    """A card that must have been issued, and what became of it."""

    code: str
    level: str
    triggers_at: datetime
    issued_at: datetime
    rectified_at: datetime | None = None
    is_withdrawn: bool = False
    is_escalated: bool = False

    @property
    def state(self) -> str:
        """The state that the card ends in."""
        if self.is_withdrawn:
            return "withdrawn"
        if self.is_escalated:
            return "escalated"
        return "rectified" if self.rectified_at else "issued"


class Duty(NamedTuple):
    """One limit on one occurrence: `n` working days from `opened`, by the first of `done`, unless one of `moot`."""

    code: str
    opened: datetime
    n: int
    done: tuple[datetime, ...]
    moot: tuple[datetime, ...]
    occurrence: str
    since: datetime
    """Since when the duty exists: later than its opening where an acceptance is deemed."""
    level: str = "yellow"


@dataclass
class Truth:
    """What must be found in one case by the end of the month."""

    findings: list[Finding] = field(default_factory=list)
    prompts: dict[tuple[str, str], Finding] = field(default_factory=dict)
    cards: dict[tuple[str, str], Card] = field(default_factory=dict)


class Clerk:
    """Lives through one case with the city's calendar in hand."""

    def __init__(self, case: DemoCase, days: WorkDays) -> None:
        self.case = case
        self.days = days
        self.truth = Truth()

    def live(self, until: datetime) -> Truth:
        """Everything that must be found and issued up to a moment, at the moments at which it must be."""
        known = sorted({told.known for told in self.case.told if told.known is not None})
        now: datetime | None = known[0]
        while now is not None and now <= until:
            findings = [*self.findings(self.told_by(now)), *self.uncorrected()]
            while self.act([finding for finding in findings if finding.triggers_at <= now], now):
                findings = [*self.findings(self.told_by(now)), *self.uncorrected()]
            coming = [*known, *(finding.triggers_at for finding in findings)]
            now = min((moment for moment in coming if moment > now), default=None)
        self.truth.findings = [
            finding
            for finding in [*self.findings(self.told_by(until)), *self.uncorrected()]
            if finding.triggers_at <= until
        ]
        return self.truth

    def told_by(self, now: datetime) -> list[Told]:
        """The facts known by a moment, in the order in which they happened."""
        return sorted(
            (told for told in self.case.told if told.known is not None and told.known <= now), key=lambda told: told.at
        )

    def act(self, standing: Sequence[Finding], now: datetime) -> bool:
        """Send, issue, rectify, withdraw what the standing findings ask for; whether anything was done."""
        before = repr(self.truth.cards)
        for finding in standing:
            key = (finding.code, finding.occurrence)
            if finding.level == "prompt":
                self.truth.prompts.setdefault(key, finding)
                continue
            card = self.truth.cards.get(key)
            if card is None:
                card = Card(finding.code, finding.level, finding.triggers_at, now)
                self.truth.cards[key] = card
                if finding.code == "S05":
                    self.yellow_of(finding).is_escalated = True
            if finding.ended and card.rectified_at is None:
                card.rectified_at = now
        stands = {(finding.code, finding.occurrence) for finding in standing}
        for key, card in self.truth.cards.items():
            card.is_withdrawn = card.is_withdrawn or key not in stands
        return repr(self.truth.cards) != before

    def yellow_of(self, red: Finding) -> Card:
        """The yellow card that a red one for not correcting it replaces."""
        code, _, occurrence = red.occurrence.partition(" ")
        return self.truth.cards[code, occurrence]

    def uncorrected(self) -> Iterator[Finding]:
        """Yellow cards that nobody rectified within their window."""
        for (code, occurrence), card in self.truth.cards.items():
            if card.level == "yellow" and not card.is_withdrawn:
                counted = self.days.counted(card.issued_at.date())
                breach = breach_of(card.issued_at, WINDOWS[code], counted)
                if breach and not (card.rectified_at and card.rectified_at < breach):
                    yield Finding("S05", "red", f"{code} {occurrence}", breach, card.rectified_at is not None)

    def findings(self, told: Sequence[Told]) -> Iterator[Finding]:
        """What the rules of time say of these facts, future findings included."""
        for duty in self.duties(told):
            counted = self.days.counted(duty.opened.date(), lambda day: not is_paused(day, told))
            breach = breach_of(duty.opened, duty.n, counted)
            ends = [moment for moment in (*duty.done, *duty.moot) if moment >= duty.opened]
            if breach and not any(moment < breach for moment in ends):
                yield Finding(duty.code, duty.level, duty.occurrence, max(breach, duty.since), bool(ends))
            prompt = prompt_of(duty.opened, duty.n, counted)
            if duty.code in PROMPTS and prompt and not ends:
                yield Finding(PROMPTS[duty.code], "prompt", duty.occurrence, max(prompt, duty.since))

    def duties(self, told: Sequence[Told]) -> Iterator[Duty]:
        """Every limit that the facts have opened."""
        answers = list(self.answers(told))
        yield from answers
        accepted = self.acceptance(told, answers)
        if accepted is not None:
            yield from self.handling(told, *accepted)
        moot = moments(told, "decided", "withdrawn")
        for fact in self.openings_of_steps(told):
            finished = moments([other for other in told if other.what == fact.what], "step_finished")
            limit = self.case.item["flow"][fact.what]
            yield Duty("T05", fact.at, limit, finished, moot, fact.event_id, fact.at)

    def answers(self, told: Sequence[Told]) -> Iterator[Duty]:
        """An answer is owed for materials, and again for corrected ones, unless the case was accepted before."""
        for fact in told:
            brings_materials = fact.kind == "applied" and fact.is_formal
            if brings_materials or fact.kind in ("materials_received", "correction_received"):
                if not any(moment < fact.at for moment in moments(told, "accepted")):
                    done = tuple(moment for moment in moments(told, *ANSWERS) if moment >= fact.at)
                    yield Duty("T06", fact.at, ANSWER_DAYS, done, moments(told, "withdrawn"), fact.event_id, fact.at)

    def acceptance(self, told: Sequence[Told], answers: Sequence[Duty]) -> tuple[datetime, datetime, str] | None:
        """When the case was accepted, since when that holds, by which event; silence accepts too."""
        for duty in answers:
            breach = breach_of(duty.opened, duty.n, self.days.counted(duty.opened.date()))
            ends = [moment for moment in (*duty.done, *duty.moot) if moment >= duty.opened]
            if breach and not any(moment < breach for moment in ends):
                return duty.opened, breach, duty.occurrence
        accepted = next((fact for fact in told if fact.kind == "accepted"), None)
        return (accepted.at, accepted.at, accepted.event_id) if accepted else None

    def handling(self, told: Sequence[Told], opened: datetime, since: datetime, by: str) -> Iterator[Duty]:
        """The promised and the statutory limit of an accepted case."""
        item, decided, withdrawn = self.case.item, moments(told, "decided"), moments(told, "withdrawn")
        more = next((int(fact.what) for fact in told if fact.kind == "extended" and fact.is_formal), 0)
        if item.get("kind") != "immediate":
            yield Duty("T02", opened, item["promised"] + more, decided, withdrawn, by, since)
        yield Duty("T03", opened, item["statutory"] + more, decided, withdrawn, by, since, "red")

    def openings_of_steps(self, told: Sequence[Told]) -> Iterator[Told]:
        """The starts of steps; a start of a step that is open already opens nothing."""
        is_open: set[str] = set()
        for fact in told:
            if fact.kind == "step_finished":
                is_open.discard(fact.what)
            elif fact.kind == "step_started" and fact.what not in is_open:
                is_open.add(fact.what)
                yield fact


def moments(told: Sequence[Told], *kinds: str) -> tuple[datetime, ...]:
    """When facts of these kinds happened."""
    return tuple(fact.at for fact in told if fact.kind in kinds)


def is_paused(day: date, told: Sequence[Told]) -> bool:
    """Whether a suspension the applicant was told of excludes a day: its first day counts, its last one does not."""
    for fact in told:
        if fact.kind == "suspension_started" and fact.is_formal and fact.at.date() < day:
            ended = [moment for moment in moments(told, "suspension_ended") if moment > fact.at]
            if not ended or day <= ended[0].date():
                return True
    return False
