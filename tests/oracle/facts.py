"""CloudEvents as the oracle reads them, and the two cuts of the past: what had occurred, and what was known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = 3_600_000_000


@dataclass(frozen=True)
class Fact:
    """One version of one event, with its times as microseconds since 1970."""

    type: str
    subject: str
    occurred_at: int
    recorded_at: int
    source: str
    id: str
    dataversion: int
    sequence: str
    is_day: bool
    data: dict[str, Any] = field(hash=False, compare=False)

    @property
    def order(self) -> tuple[int, str, str, str]:
        """The place of the fact in its case: never its arrival."""
        return (self.occurred_at, self.sequence, self.source, self.id)


def instant(text: str) -> int:
    """Microseconds since 1970 of an RFC 3339 text."""
    return (datetime.fromisoformat(text) - EPOCH) // MICROSECOND


def as_fact(event: dict[str, Any]) -> Fact:
    """The fact that a CloudEvents dict states."""
    return Fact(
        type=event["type"],
        subject=event["subject"],
        occurred_at=instant(event["time"]),
        recorded_at=instant(event.get("recordedtime", event["time"])),
        source=event["source"],
        id=event["id"],
        dataversion=event.get("dataversion", 1),
        sequence=event.get("sequence", ""),
        is_day=event.get("precision") == "day",
        data=event["data"],
    )


def known(facts: Iterable[Fact], as_of: int, known_at: int) -> list[Fact]:
    """What had occurred by as_of and was recorded by known_at; of each identity the highest version that passes."""
    latest: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        if fact.occurred_at > as_of or fact.recorded_at > known_at:
            continue
        held = latest.get((fact.source, fact.id))
        if held is None or fact.dataversion > held.dataversion:
            latest[fact.source, fact.id] = fact
    return sorted(latest.values(), key=lambda fact: fact.order)


@cache
def midnight(day: date, zone: str) -> int:
    """The instant 00:00 of a local day."""
    return (datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) - EPOCH) // MICROSECOND


@cache
def noon(day: date, zone: str) -> int:
    """The instant 12:00 of a local day."""
    return (datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)) - EPOCH) // MICROSECOND


def local_day(moment: int, zone: str) -> date:
    """The local date on which an instant lies."""
    return (EPOCH + moment * MICROSECOND).astimezone(ZoneInfo(zone)).date()


def next_day(day: date) -> date:
    """The day after."""
    return day + timedelta(days=1)


def is_given(value: object) -> bool:
    """Absent, empty and blank are alike missing."""
    return value is not None and str(value).strip() != ""
