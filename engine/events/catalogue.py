"""The catalogue of powers: what an office may do, within which limits, for which fee."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

from engine.events.vocabulary import Code, Event, Limit, Money, Part, stored_as


class Risk(Part, frozen=True, kw_only=True):
    """A step that tempts, and the step that guards it."""

    level: str | int
    control_step: str | None = None


class FlowStep(Part, frozen=True, kw_only=True):
    """One node of an item's flow."""

    step: Code
    name: str
    post: str
    limit: Limit | None = None
    next: list[str]
    mandatory: bool | None = None
    risk: Risk | None = None


class Material(Part, frozen=True, kw_only=True):
    """A document an applicant hands in."""

    code: Code
    name: str
    required: bool


class Fee(Part, frozen=True, kw_only=True):
    """What may be charged."""

    fee: Code
    standard: Money
    fixed: bool


class Tier(Part, frozen=True, kw_only=True):
    """A step of the discretion standard: from so much to so much."""

    tier: Code
    when: str
    min: Money
    max: Money


class Extension(Part, frozen=True, kw_only=True):
    """How far a limit may be extended, and by whom."""

    max: Limit
    approver_role: str
    moves: str | None = None


ItemClass = Literal[
    "licence",
    "penalty",
    "compulsion",
    "levy",
    "payment",
    "inspection",
    "confirmation",
    "reward",
    "adjudication",
    "requisition",
    "non_licence_approval",
    "other",
]


@stored_as("esup.item.published")
class ItemPublished(Event, frozen=True, kw_only=True):
    """A version of an item of power was published."""

    code: Code
    version: str | int
    item_class: ItemClass = msgspec.field(name="class")
    kind: Literal["immediate", "committed", "joint", "other"]
    name: str
    department: Code
    effective_from: date
    basis: list[Any]
    statutory: Limit | None = None
    promised: Limit | None = None
    flow: list[FlowStep]
    materials: list[Material]
    fees: list[Fee]
    tiers: list[Tier] | None = None
    suspensions_allowed: list[str]
    extension: Extension | None = None


@stored_as("esup.item.guide_published")
class GuidePublished(Event, frozen=True, kw_only=True):
    """A channel told the public how an item is handled."""

    code: Code
    version: str | int
    channel: str
    values: dict[str, Any]


@stored_as("esup.item.suspended")
class ItemSuspended(Event, frozen=True, kw_only=True):
    """An item may for now not be exercised."""

    code: Code
    reason: str
    effective_from: date


@stored_as("esup.item.cancelled")
class ItemCancelled(Event, frozen=True, kw_only=True):
    """An item no longer exists."""

    code: Code
    reason: str
    effective_from: date


@stored_as("esup.item.change_filed")
class ChangeFiled(Event, frozen=True, kw_only=True):
    """A department asked for a change of the catalogue."""

    change: Code
    department: Code
    code: str | None = None
    cause: Literal["law", "institution"]
    caused_on: date


@stored_as("esup.item.change_reviewed")
class ChangeReviewed(Event, frozen=True, kw_only=True):
    """The change was approved or not."""

    change: Code
    approved: bool
    effective_from: date | None = None
    reason: str | None = None


@stored_as("esup.item.change_adjusted")
class ChangeAdjusted(Event, frozen=True, kw_only=True):
    """The catalogue now follows the approved change."""

    change: Code
    effective_from: date
