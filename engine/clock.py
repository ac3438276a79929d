"""Instants and days. The only caller of the system clock in the project.

An instant is a whole number of microseconds since 1970-01-01T00:00Z. A day is a local date of some zone.
"""

import re
import time
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from engine.errors import BadInstant, ClockWentBack, NaiveTime, UnknownZone

MICROSECONDS_A_SECOND = 1_000_000
MICROSECONDS_A_DAY = 86_400 * MICROSECONDS_A_SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# No text with more digits of a fraction than six is this short, and most texts are.
_SURELY_TO_THE_MICROSECOND = len("2026-03-02T09:15:00.123456Z")
_BEYOND_MICROSECONDS = re.compile(r"(\.\d{6})\d+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Clock(Protocol):
    """Whoever can say what time it is."""

    def now(self) -> int:
        """The present instant."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> int:
        """The present instant, as the machine has it."""
        return time.time_ns() // 1000


class VirtualClock:
    """A clock that stands still until it is moved, and only moves forward: history and tests run on it."""

    def __init__(self, now: int) -> None:
        self._now = now

    def now(self) -> int:
        """The instant it was last moved to."""
        return self._now

    def move_to(self, instant: int) -> None:
        """Move forward to `instant`; staying is allowed."""
        if instant < self._now:
            raise ClockWentBack(now=self._now, to=instant)
        self._now = instant


def parse_instant(text: str) -> int:
    """The instant that an RFC 3339 text names; digits beyond the microsecond are cut, never rounded into a new day."""
    if len(text) > _SURELY_TO_THE_MICROSECOND:
        text = _BEYOND_MICROSECONDS.sub(r"\1", text)
    try:
        moment = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        raise BadInstant(text=text) from None
    if moment.tzinfo is None:
        raise NaiveTime(text=text)
    return _instant_of(moment)


def parse_day(text: str) -> date:
    """The day that a text of the form 2026-10-01 names."""
    if not _DAY.fullmatch(text):
        raise BadInstant(text=text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInstant(text=text) from None


def parse_moment(text: str, zone: str | ZoneInfo) -> int:
    """What people may write for a moment: an instant, or a day, which means its last microsecond in that zone."""
    if _DAY.fullmatch(text):
        return last_moment(parse_day(text), zone)
    return parse_instant(text)


def format_instant(instant: int, zone: str | ZoneInfo) -> str:
    """The instant as RFC 3339 text with that zone's offset; a fraction only where there is one."""
    local = _local(instant, zone)
    offset = local.utcoffset() or timedelta()
    if odd := offset % timedelta(minutes=1):
        # A local mean time of long ago: RFC 3339 knows no seconds in an offset.
        local = local.astimezone(timezone(offset - odd))
    return local.isoformat()


def local_day(instant: int, zone: str | ZoneInfo) -> date:
    """The day on which the instant falls in that zone."""
    return _local(instant, zone).date()


def first_moment(day: date, zone: str | ZoneInfo) -> int:
    """The instant at which that day begins in that zone."""
    return _instant_of(datetime(day.year, day.month, day.day, tzinfo=zone_named(zone)))


def last_moment(day: date, zone: str | ZoneInfo) -> int:
    """The last microsecond of that day in that zone."""
    if day == date.max:
        return first_moment(day, zone) + MICROSECONDS_A_DAY - 1
    return first_moment(day + timedelta(days=1), zone) - 1


@lru_cache(maxsize=256)
def zone_named(zone: str | ZoneInfo) -> ZoneInfo:
    """The zone of that IANA name; a zone is itself."""
    try:
        return zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise UnknownZone(zone=str(zone)) from None


def _local(instant: int, zone: str | ZoneInfo) -> datetime:
    try:
        return (_EPOCH + timedelta(microseconds=instant)).astimezone(zone_named(zone))
    except OverflowError:
        raise BadInstant(text=str(instant)) from None


def _instant_of(moment: datetime) -> int:
    since = moment - _EPOCH
    return since.days * MICROSECONDS_A_DAY + since.seconds * MICROSECONDS_A_SECOND + since.microseconds
