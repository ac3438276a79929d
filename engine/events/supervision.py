"""What supervision itself did: cards, tasks, prompts, sealed days, published rules, quarantine."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

from engine.events.vocabulary import Code, Event, Limit, Moment, Part, Unit, stored_as


@stored_as("esup.task.issued")
class TaskIssued(Event, frozen=True, kw_only=True):
    """A department was asked to explain and to mend."""

    card: str | None = None
    department: Code
    text: str
    reply_limit: Limit | None = None


@stored_as("esup.task.replied")
class TaskReplied(Event, frozen=True, kw_only=True):
    """The department answered."""

    text: str
    objective_cause: bool | str | None = None
    rectified: bool


@stored_as("esup.task.first_reviewed")
class TaskFirstReviewed(Event, frozen=True, kw_only=True):
    """The supervisor looked at the answer for the first time."""

    passed: bool
    opinion: str


@stored_as("esup.task.returned")
class TaskReturned(Event, frozen=True, kw_only=True):
    """The answer was not enough; a better one is due."""

    reason: str
    due_on: date


@stored_as("esup.task.closed")
class TaskClosed(Event, frozen=True, kw_only=True):
    """The supervisor is content."""

    opinion: str


@stored_as("esup.task.archived")
class TaskArchived(Event, frozen=True, kw_only=True):
    """The task's papers were filed away."""


@stored_as("esup.card.confirmed")
class CardConfirmed(Event, frozen=True, kw_only=True):
    """A person confirmed the card."""


@stored_as("esup.card.appealed")
class CardAppealed(Event, frozen=True, kw_only=True):
    """The department objected to the card."""

    ground: str
    evidence: Any = None


@stored_as("esup.card.appeal_decided")
class CardAppealDecided(Event, frozen=True, kw_only=True):
    """The objection was accepted or not."""

    accepted: bool
    reason: str


@stored_as("esup.card.exempted")
class CardExempted(Event, frozen=True, kw_only=True):
    """A ground that the department could not help took the blame away."""

    ground: Literal["1", "2", "3", "4", "5"]
    evidence: Any
    officer: Code


@stored_as("esup.card.withdrawn")
class CardWithdrawn(Event, frozen=True, kw_only=True):
    """The card was wrong and no longer stands."""

    reason: str


@stored_as("esup.outage.declared")
class OutageDeclared(Event, frozen=True, kw_only=True):
    """A system failed for a while; nothing pauses, exemptions are proposed."""

    start: Moment = msgspec.field(name="from")
    end: Moment = msgspec.field(name="to")
    ground: str


class Occurrence(Part, frozen=True, kw_only=True):
    """The event that a finding is about, by its identity."""

    source: str
    id: str


class AboutFinding(Event, frozen=True, kw_only=True):
    """What is said of a finding: the rule, the subject, and the instant at which it became true."""

    finding: str
    rule: Code
    rule_version: int
    code: str | None = None
    title: dict[str, str]
    subject_kind: str
    subject_id: str
    case_no: str | None = None
    department: str | None = None
    officer: str | None = None
    triggers_at: Moment
    occurrence: Occurrence


class AboutCard(Event, frozen=True, kw_only=True):
    """Which card something happened to."""

    card: Code
    rule_id: Code
    level: str
    case_no: str | None = None
    department: str | None = None


@stored_as("esup.card.proposed", own=True)
class CardProposed(AboutFinding, frozen=True, kw_only=True):
    """A finding of a rule that leaves its cards to a person: somebody is to confirm it."""

    on: str
    level: str
    issue_no: int
    n: int | None = None
    unit: Unit | None = None


@stored_as("esup.card.issued", own=True)
class CardIssued(AboutFinding, frozen=True, kw_only=True):
    """A finding became a yellow or red card."""

    on: str
    level: str
    issue_no: int
    opens_task: bool
    n: int | None = None
    unit: Unit | None = None


@stored_as("esup.card.rectified", own=True)
class CardRectified(AboutCard, frozen=True, kw_only=True):
    """What the card held against the department was put right."""

    mended_at: Moment
    times: int


@stored_as("esup.card.escalated", own=True)
class CardEscalated(AboutCard, frozen=True, kw_only=True):
    """A yellow card was not put right in time and turned red."""

    replaced_by: str
    what: str


@stored_as("esup.card.reinstated", own=True)
class CardReinstated(AboutCard, frozen=True, kw_only=True):
    """A card stands again: the red card in its place was withdrawn, or it was never put right after all."""

    after: str
    undone: str
    reason: str | None = None
    subject_kind: str
    subject_id: str
    n: int | None = None
    unit: Unit | None = None


@stored_as("esup.deadline.prompted", own=True)
class DeadlinePrompted(AboutFinding, frozen=True, kw_only=True):
    """Somebody was reminded before a limit ran out."""


@stored_as("esup.day.sealed", own=True)
class DaySealed(Event, frozen=True, kw_only=True):
    """A day's log was closed: its volumes for every department, and the log they rest on."""

    day: date
    position: int
    root: str
    volumes: list[dict[str, Any]]


@stored_as("esup.rule.published", own=True)
class RulePublished(Event, frozen=True, kw_only=True):
    """A version of a rule became known to the engine."""

    pack: Code
    rule_id: Code
    code: str | None = None
    version: int
    title_zh: str
    title_en: str
    clauses: list[dict[str, Any]]
    basis: list[dict[str, Any]]
    verified_on: date


@stored_as("esup.intake.quarantined", own=True)
class InputQuarantined(Event, frozen=True, kw_only=True):
    """Input that could not be understood was put aside, sealed, with its place and the way out."""

    source: str
    place: str
    code: Code
    sentence: dict[str, str]
    size: int
    digest: str
    sealed: str
