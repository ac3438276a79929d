"""The catalogue of powers: versions of items published, suspended, cancelled; changes filed, reviewed, carried out.

These are the engine's own commands. What comes through the exchange is stored as it is, and rules find what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import msgspec

from engine.decide.errors import CodeCancelled, DayToCome, VersionKnown
from engine.decide.history import Said, Told, said
from engine.decide.life import UNKNOWN, Life, act, words
from engine.decide.promises import check_limits
from engine.errors import Sentence
from engine.events.catalogue import ItemPublished
from engine.intake.envelope import check_data

ITEM = Life(
    kind=Sentence("权力事项", "item"),
    states={
        "published": Sentence("已发布", "published"),
        "suspended": Sentence("已暂停", "suspended"),
        "cancelled": Sentence("已取消", "cancelled"),
    },
    acts={
        "suspend": act("暂停", "suspend", "published"),
        "cancel": act("取消", "cancel", "published", "suspended"),
    },
)
CHANGE = Life(
    kind=Sentence("权力变更", "change"),
    states={
        "filed": Sentence("待审核", "waiting for its review"),
        "approved": Sentence("已同意", "approved"),
        "rejected": Sentence("未同意", "not approved"),
        "adjusted": Sentence("已调整", "carried out"),
    },
    acts={
        "file": act("申报", "file", UNKNOWN),
        "review": act("审核", "review", "filed"),
        "adjust": act("调整", "carry out", "approved"),
    },
)


@dataclass(frozen=True)
class Item:
    """An item of power as its facts leave it."""

    code: str
    versions: frozenset[str] = frozenset()
    suspended_from: str | None = None
    cancelled_from: str | None = None

    @property
    def state(self) -> str:
        """Where the item stands; what is announced for a later day counts at once."""
        if self.cancelled_from is not None:
            return "cancelled"
        if self.suspended_from is not None:
            return "suspended"
        return "published" if self.versions else UNKNOWN


@dataclass(frozen=True)
class Change:
    """A change of the catalogue as its facts leave it."""

    change: str
    is_filed: bool = False
    last: str = "filed"

    @property
    def state(self) -> str:
        """Where the change stands; unknown while only what followed it has come in."""
        return self.last if self.is_filed else UNKNOWN


def item_of(code: str, facts: Iterable[Told]) -> Item:
    """The item that the facts of one subject tell of, in their order."""
    item = Item(code)
    for fact in facts:
        item = _after(item, fact.type, fact.data)
    return item


def _after(item: Item, kind: str, data: Any) -> Item:
    day = str(data.get("effective_from", ""))
    if kind == "esup.item.published":
        # A version that takes effect on the suspension's day or later ends it.
        is_over = item.suspended_from is not None and day >= item.suspended_from
        versions = item.versions | {str(data.get("version"))}
        return replace(item, versions=versions, suspended_from=None if is_over else item.suspended_from)
    if kind == "esup.item.suspended":
        return replace(item, suspended_from=day)
    if kind == "esup.item.cancelled":
        return replace(item, cancelled_from=min(day, item.cancelled_from or day))
    return item


def change_of(change: str, facts: Iterable[Told]) -> Change:
    """The change that the facts of one subject tell of, in their order."""
    known = Change(change)
    for fact in facts:
        if fact.type == "esup.item.change_filed":
            known = replace(known, is_filed=True)
        elif fact.type == "esup.item.change_reviewed":
            known = replace(known, last="approved" if fact.data.get("approved") else "rejected")
        elif fact.type == "esup.item.change_adjusted":
            known = replace(known, last="adjusted")
    return known


def publish(item: Item, data: dict[str, Any]) -> Said:
    """A version of an item, if its code may be used and its limits fit together; `data` is as the exchange has it."""
    check_data("esup.item.published", data)
    version = msgspec.convert(data, ItemPublished)
    cancelled_from = item.cancelled_from
    if cancelled_from is not None and version.effective_from.isoformat() >= cancelled_from:
        raise CodeCancelled(item.code, date.fromisoformat(cancelled_from))
    if str(version.version) in item.versions:
        raise VersionKnown(item.code, str(version.version))
    check_limits(version)
    return Said("esup.item.published", data)


def suspend(item: Item, *, reason: str, effective_from: date) -> Said:
    """The item may not be exercised from that day on, until a version takes effect on it or later."""
    ITEM.check(item.code, item.state, "suspend")
    return _ended("esup.item.suspended", item, reason, effective_from)


def cancel(item: Item, *, reason: str, effective_from: date) -> Said:
    """The item no longer exists from that day on; its code is never used again."""
    ITEM.check(item.code, item.state, "cancel")
    return _ended("esup.item.cancelled", item, reason, effective_from)


def _ended(kind: str, item: Item, reason: str, effective_from: date) -> Said:
    return said(kind, code=item.code, reason=words(reason, "理由", "reason"), effective_from=effective_from.isoformat())


def file_change(
    change: Change,
    *,
    department: str,
    cause: Literal["law", "institution"],
    caused_on: date,
    today: date,
    code: str | None = None,
) -> Said:
    """A department asks for a change: what made it necessary, and since when."""
    CHANGE.check(change.change, change.state, "file")
    if caused_on > today:
        raise DayToCome(caused_on, today)
    return said(
        "esup.item.change_filed",
        change=change.change,
        department=words(department, "部门", "department"),
        code=code,
        cause=cause,
        caused_on=caused_on.isoformat(),
    )


def review_change(
    change: Change, *, approved: bool, effective_from: date | None = None, reason: str | None = None
) -> Said:
    """The legal office's answer; a change that is not approved is told why."""
    CHANGE.check(change.change, change.state, "review")
    return said(
        "esup.item.change_reviewed",
        change=change.change,
        approved=approved,
        effective_from=effective_from.isoformat() if effective_from else None,
        reason=reason if approved else words(reason or "", "不同意的理由", "reason"),
    )


def adjust(change: Change, *, effective_from: date) -> Said:
    """The catalogue follows the approved change from that day on."""
    CHANGE.check(change.change, change.state, "adjust")
    return said("esup.item.change_adjusted", change=change.change, effective_from=effective_from.isoformat())
