"""What can happen to a case, from the application to its end. The subject is the case number."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from engine.events.vocabulary import Code, DayOrMoment, Event, Moment, Money, Party, Unit, Whole, stored_as


@stored_as("esup.case.applied")
class CaseApplied(Event, frozen=True, kw_only=True):
    """Somebody applied."""

    item: Code
    department: Code
    applicant: Party
    channel: str
    materials: list[str] | None = None
    deadline: date | None = None


@stored_as("esup.case.materials_received")
class MaterialsReceived(Event, frozen=True, kw_only=True):
    """The papers of an application came in."""

    materials: list[str]


@stored_as("esup.case.correction_noticed")
class CorrectionNoticed(Event, frozen=True, kw_only=True):
    """The applicant was told what to mend or add."""

    items: list[str]
    document: str | None = None


@stored_as("esup.case.correction_received")
class CorrectionReceived(Event, frozen=True, kw_only=True):
    """The applicant mended or added."""

    items: list[str]
    document: str | None = None


@stored_as("esup.case.accepted")
class CaseAccepted(Event, frozen=True, kw_only=True):
    """The office took the case on."""

    item: Code
    department: Code
    officer: Code
    post: str | None = None
    document: str | None = None
    deadline: date | None = None


@stored_as("esup.case.acceptance_refused")
class AcceptanceRefused(Event, frozen=True, kw_only=True):
    """The office did not take the case on."""

    officer: Code
    reason: str | None = None
    document: str | None = None


@stored_as("esup.case.step_started")
class StepStarted(Event, frozen=True, kw_only=True):
    """A step of the flow began at a post."""

    ref: str | None = None
    step: Code
    post: str
    officer: Code
    action: Literal["pass", "veto", "return", "other"] | None = None
    opinion: str | None = None
    reason: str | None = None
    documents: list[str] | None = None
    second_officer: str | None = None


@stored_as("esup.case.step_finished")
class StepFinished(StepStarted, frozen=True, kw_only=True):
    """A step of the flow was done."""


@stored_as("esup.case.suspension_started")
class SuspensionStarted(Event, frozen=True, kw_only=True):
    """The case had to wait for something outside the office."""

    ref: str | None = None
    kind: Literal[
        "hearing",
        "tender",
        "auction",
        "inspection",
        "test",
        "quarantine",
        "appraisal",
        "expert_review",
        "third_party",
        "other",
    ]
    basis: str
    approver: str
    planned_end: DayOrMoment | None = None
    told_applicant_at: Moment | None = None
    document: str | None = None


@stored_as("esup.case.suspension_ended")
class SuspensionEnded(Event, frozen=True, kw_only=True):
    """What the case waited for was there."""

    ref: str | None = None


@stored_as("esup.case.extended")
class DeadlineExtended(Event, frozen=True, kw_only=True):
    """A limit got more time."""

    of: str | None = None
    n: Whole
    unit: Unit
    approver: str
    approver_role: str | None = None
    reason: str | None = None
    told_applicant_at: Moment | None = None


@stored_as("esup.case.fee_charged")
class FeeCharged(Event, frozen=True, kw_only=True):
    """The applicant was charged."""

    fee: Code
    due: Money
    paid: Money
    relief_reason: str | None = None
    to: Literal["bank", "officer"] | None = None
    currency: str | None = None


@stored_as("esup.case.decided")
class CaseDecided(Event, frozen=True, kw_only=True):
    """The office decided."""

    outcome: Literal["granted", "refused", "penalised", "not_penalised", "revoked", "transferred", "other"]
    officer: Code
    reason: str | None = None
    document: str | None = None
    decision_no: str | None = None
    amount: Money | None = None
    tier: str | None = None
    procedure: Literal["ordinary", "summary", "hearing"] | None = None
    grounds: list[str] | None = None
    currency: str | None = None


@stored_as("esup.case.overturned")
class DecisionOverturned(Event, frozen=True, kw_only=True):
    """A higher instance undid the decision or called it unlawful."""

    by: Literal["reconsideration", "litigation", "superior"]
    result: Literal["revoked", "changed", "unlawful"]
    document: str | None = None


@stored_as("esup.case.delivered")
class DecisionDelivered(Event, frozen=True, kw_only=True):
    """The decision reached the party."""

    document: str | None = None


@stored_as("esup.case.published")
class DecisionPublished(Event, frozen=True, kw_only=True):
    """The decision was made public."""

    channel: str
    url: str | None = None


@stored_as("esup.case.unpublished")
class DecisionUnpublished(Event, frozen=True, kw_only=True):
    """The decision was taken from public view."""

    channel: str


@stored_as("esup.case.closed")
class CaseClosed(Event, frozen=True, kw_only=True):
    """The case came to its end."""


@stored_as("esup.case.withdrawn")
class CaseWithdrawn(Event, frozen=True, kw_only=True):
    """The applicant took the application back."""

    reason: str | None = None


@stored_as("esup.case.rated")
class CaseRated(Event, frozen=True, kw_only=True):
    """The applicant said how it was."""

    score: Annotated[int, msgspec.Meta(ge=1, le=5)]
    comment: str | None = None
    revisited: bool | None = None


@stored_as("esup.case.paid")
class CasePaid(Event, frozen=True, kw_only=True):
    """The party paid, in whole or in part."""

    amount: Money
    currency: str | None = None


@stored_as("esup.case.appealed")
class CaseAppealed(Event, frozen=True, kw_only=True):
    """The party appealed."""

    to: Code
    passed_on: date | None = None


@stored_as("esup.case.other")
class OtherStepTaken(Event, frozen=True, kw_only=True):
    """A foreign activity for which no better word is known."""

    what: Code
    amount: Money | None = None
