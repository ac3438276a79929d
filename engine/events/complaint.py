"""What people complained of, and how it was answered. The subject is the complaint's number."""

from __future__ import annotations

from datetime import date

from engine.events.vocabulary import Code, Event, Part, stored_as


class About(Part, frozen=True, kw_only=True):
    """What a complaint is about."""

    department: str | None = None
    case_no: str | None = None


class Complainant(Part, frozen=True, kw_only=True):
    """Who complains: personal, leaves the event before it is stored."""

    name: str | None = None
    phone: str | None = None


@stored_as("esup.complaint.filed")
class ComplaintFiled(Event, frozen=True, kw_only=True):
    """Somebody complained; what was said is sealed."""

    about: About
    kind: str
    real_name: bool
    complainant: Complainant | None = None
    content: str
    channel: str


@stored_as("esup.complaint.accepted")
class ComplaintAccepted(Event, frozen=True, kw_only=True):
    """The complaint will be dealt with."""


@stored_as("esup.complaint.refused")
class ComplaintRefused(Event, frozen=True, kw_only=True):
    """The complaint will not be dealt with."""

    reason: str | None = None


@stored_as("esup.complaint.notified")
class ComplainantNotified(Event, frozen=True, kw_only=True):
    """The complainant was told, in writing or not."""

    written: bool


@stored_as("esup.complaint.transferred")
class ComplaintTransferred(Event, frozen=True, kw_only=True):
    """Another office is to answer by a day."""

    to: Code
    due_on: date


@stored_as("esup.complaint.result_reported")
class ResultReported(Event, frozen=True, kw_only=True):
    """The office told the supervisor what came of it."""

    result: str


@stored_as("esup.complaint.result_fed_back")
class ResultFedBack(Event, frozen=True, kw_only=True):
    """The complainant was told what came of it."""


@stored_as("esup.complaint.closed")
class ComplaintClosed(Event, frozen=True, kw_only=True):
    """The complaint came to its end, upheld or not."""

    upheld: bool
