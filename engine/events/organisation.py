"""Who supervises, who is supervised, and where facts come from."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from engine.events.vocabulary import Code, Event, Whole, stored_as


@stored_as("esup.org.region_registered")
class RegionRegistered(Event, frozen=True, kw_only=True):
    """A jurisdiction, with its zone and calendar, came under supervision."""

    code: Code
    name: str
    level: Literal["province", "city", "county"]
    parent: str | None = None
    zone: str | None = None
    calendar: str | None = None
    supervisor: str | None = None
    profile: str | dict[str, Any] | None = None


@stored_as("esup.org.department_registered")
class DepartmentRegistered(Event, frozen=True, kw_only=True):
    """A department of a region came under supervision."""

    code: Code
    name: str
    region: Code
    parent: str | None = None
    supervision_office: str | None = None


@stored_as("esup.org.officer_assigned")
class OfficerAssigned(Event, frozen=True, kw_only=True):
    """An officer took up posts in a department."""

    officer: Code
    department: Code
    posts: list[str]
    certified: bool | None = None
    name: str | None = None


@stored_as("esup.org.officer_disabled")
class OfficerDisabled(Event, frozen=True, kw_only=True):
    """An officer may no longer act."""

    officer: Code
    reason: str | None = None


@stored_as("esup.source.registered")
class SourceRegistered(Event, frozen=True, kw_only=True):
    """A system that will send facts made itself known."""

    source: Code
    department: Code
    kind: Literal["vertical", "self_built", "platform", "window"]


@stored_as("esup.source.heartbeat")
class SourceHeartbeatReceived(Event, frozen=True, kw_only=True):
    """A source showed that it is alive, and how much it had to tell."""

    cases_since_last: Whole | None = None


@stored_as("esup.register.observed")
class RegisterObserved(Event, frozen=True, kw_only=True):
    """A register or publication elsewhere showed a decision."""

    department: Code
    item: str | None = None
    decision_no: Code
    seen_in: str
    seen_on: date
