"""What happens to a case of penalty, compulsion or disclosure, beyond what every case knows."""

from __future__ import annotations

from datetime import date
from typing import Literal

from engine.events.vocabulary import Code, Event, Moment, Money, Part, Party, stored_as


class Proposal(Part, frozen=True, kw_only=True):
    """The penalty an office means to impose."""

    amount: Money | None = None
    tier: str | None = None


@stored_as("esup.case.offence_known")
class OffenceKnown(Event, frozen=True, kw_only=True):
    """An office learned of an offence."""

    item: Code
    department: Code
    party: Party | None = None
    officer: str | None = None


@stored_as("esup.case.filed")
class CaseFiled(Event, frozen=True, kw_only=True):
    """An office opened a case of its own motion."""

    item: Code
    department: Code
    party: Party | None = None
    officer: Code
    approver: str | None = None


@stored_as("esup.case.filing_refused")
class FilingRefused(Event, frozen=True, kw_only=True):
    """An office decided to open no case."""

    item: Code
    department: Code
    officer: Code
    reason: str | None = None
    document: str | None = None


@stored_as("esup.case.evidence_preserved")
class EvidencePreserved(Event, frozen=True, kw_only=True):
    """Evidence was registered and kept before it could vanish."""

    ref: str | None = None
    officer: Code
    document: str | None = None


@stored_as("esup.case.document_supplied")
class DocumentSupplied(Event, frozen=True, kw_only=True):
    """A document that an earlier fact lacked was supplied."""

    of: Code
    document: Code
    decision_no: str | None = None


@stored_as("esup.case.penalty_noticed")
class PenaltyNoticed(Event, frozen=True, kw_only=True):
    """The party was told which penalty is proposed."""

    document: str | None = None
    proposed: Proposal | None = None


@stored_as("esup.case.hearing_requested")
class HearingRequested(Event, frozen=True, kw_only=True):
    """The party asked to be heard."""


@stored_as("esup.case.hearing_noticed")
class HearingNoticed(Event, frozen=True, kw_only=True):
    """The day of the hearing was made known."""

    hearing_on: date


@stored_as("esup.case.hearing_held")
class HearingHeld(Event, frozen=True, kw_only=True):
    """The hearing took place."""

    host: Code


@stored_as("esup.case.legal_reviewed")
class LegalReviewed(Event, frozen=True, kw_only=True):
    """A legal reviewer looked at the case before it was decided."""

    officer: Code
    opinion: str | None = None


@stored_as("esup.case.collectively_discussed")
class CollectivelyDiscussed(Event, frozen=True, kw_only=True):
    """The heads of the office discussed the case together."""

    members: list[str]
    result: str | None = None


@stored_as("esup.case.measure_taken")
class MeasureTaken(Event, frozen=True, kw_only=True):
    """A compulsory measure began: sealed, seized, frozen, enforced."""

    item: Code
    department: Code
    ref: str | None = None
    measure: Code
    officer: Code
    document: str | None = None
    urgent: bool | None = None
    approved_at: Moment | None = None


@stored_as("esup.case.measure_lifted")
class MeasureLifted(Event, frozen=True, kw_only=True):
    """A compulsory measure ended."""

    ref: str | None = None


@stored_as("esup.case.disclosure_requested")
class DisclosureRequested(Event, frozen=True, kw_only=True):
    """Somebody asked an office for information it holds."""

    item: Code
    department: Code
    received_by: Literal["window", "post", "plain_post", "online"]
    confirmed_on: date | None = None
