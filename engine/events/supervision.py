"""What supervision itself did: cards, tasks, prompts, sealed days, published rules, quarantine."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

from engine.events.vocabulary import Code, Event, Limit, Moment, stored_as


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


@stored_as("esup.card.proposed", own=True)
class CardProposed(Event, frozen=True, kw_only=True):
    """A finding of a rule that leaves its cards to a person: somebody is to confirm it."""


@stored_as("esup.card.issued", own=True)
class CardIssued(Event, frozen=True, kw_only=True):
    """A finding became a yellow or red card."""


@stored_as("esup.card.rectified", own=True)
class CardRectified(Event, frozen=True, kw_only=True):
    """What the card held against the department was put right."""


@stored_as("esup.card.escalated", own=True)
class CardEscalated(Event, frozen=True, kw_only=True):
    """A yellow card was not put right in time and turned red."""


@stored_as("esup.card.reinstated", own=True)
class CardReinstated(Event, frozen=True, kw_only=True):
    """A card stands again: the red card in its place was withdrawn, or it was never put right after all."""


@stored_as("esup.deadline.prompted", own=True)
class DeadlinePrompted(Event, frozen=True, kw_only=True):
    """Somebody was reminded before a limit ran out."""


@stored_as("esup.day.sealed", own=True)
class DaySealed(Event, frozen=True, kw_only=True):
    """A day's log was closed."""


@stored_as("esup.rule.published", own=True)
class RulePublished(Event, frozen=True, kw_only=True):
    """A version of a rule became known to the engine."""

    rule_id: Code
    version: int


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
