"""Seeded chances, moments and CloudEvents: what every generator draws from."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def moment(text: str) -> datetime:
    """The instant of an RFC 3339 text."""
    return datetime.fromisoformat(text)


class Chance(random.Random):
    """Plain seeded chance, in the words of a case history."""

    def happens(self, share: float) -> bool:
        """True in that share of all draws."""
        return self.random() < share

    def after(self, start: datetime, days: float) -> datetime:
        """A moment within so many days after the start, to the microsecond; now and then the very start of a day."""
        later = start + timedelta(microseconds=self.randrange(1, int(days * 86_400_000_000) + 2))
        return later

    def snapped(self, at: datetime, zone: str) -> datetime:
        """The local midnight at or before a moment, or the last microsecond before it."""
        midnight = start_of_day(at, zone)
        return midnight if self.happens(0.5) else midnight - timedelta(microseconds=1)


def start_of_day(at: datetime, zone: str) -> datetime:
    """00:00 of the local day of a moment."""
    local = at.astimezone(ZoneInfo(zone))
    return datetime(local.year, local.month, local.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def day_of(at: datetime, zone: str) -> date:
    """The local day of a moment."""
    return at.astimezone(ZoneInfo(zone)).date()


def text_of(at: datetime, zone: str = "UTC") -> str:
    """A moment as RFC 3339 with the offset of a zone."""
    return at.astimezone(ZoneInfo(zone)).isoformat()


def event(
    kind: str, subject: str, at: datetime, data: dict[str, Any], *, source: str, event_id: str, zone: str = "UTC"
) -> dict[str, Any]:
    """A CloudEvent that became known when it happened."""
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": kind,
        "subject": subject,
        "time": text_of(at, zone),
        "recordedtime": text_of(at, zone),
        "dataversion": 1,
        "data": data,
    }
