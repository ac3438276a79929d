"""How stories reckon: moments of an office day, limits in every unit, and what a duty shows on its way."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Any

from console.city.calendar import NOON, ZONE, Calendar, Counts, every_day, midnight, near_day
from console.city.scene import DAY, HOUR, MICROSECOND, MINUTE, Case, Fact, Life, Scene

Limit = tuple[int, str]
SHORT = (1, 2, 3, 4, 5, 7, 8)
"""Limits in days: those that are near at noon of their last day, and those that are near on an earlier one."""


def office_hour(scene: Scene, later: int = 0) -> datetime:
    """A moment at which offices work, of the first day or of a working day so many later; never a round one."""
    return scene.at("08:30", later) + timedelta(microseconds=scene.chance.randrange(1, 7 * HOUR // MICROSECOND))


def between(scene: Scene, first: datetime, last: datetime) -> datetime:
    """A moment behind the first and before the last."""
    return first + timedelta(microseconds=scene.chance.randrange(1, (last - first) // MICROSECOND))


def just_before(moment: datetime) -> datetime:
    """The last microsecond that is still in time."""
    return moment - MICROSECOND


def at_or_after(scene: Scene, breach: datetime, within: timedelta = DAY) -> datetime:
    """Too late: at the very moment of the breach, or some time after it."""
    return scene.chance.choice((breach, between(scene, breach, breach + within)))


def breaches_at(calendar: Calendar, opened: datetime, limit: Limit, counts: Counts = every_day) -> datetime:
    """The first moment at which a limit is over."""
    n, unit = limit
    if unit == "hour":
        return opened + n * HOUR
    if unit == "work_day":
        return calendar.breach(opened, n, counts)
    return midnight(calendar.on_or_after(last_counted(opened.date(), limit, counts))) + DAY


def prompts_at(calendar: Calendar, opened: datetime, limit: Limit, counts: Counts = every_day) -> datetime:
    """The moment from which a limit is near."""
    n, unit = limit
    if unit == "hour":
        return opened + n * 48 * MINUTE
    if unit == "work_day":
        return calendar.prompt(opened, n, counts)
    if unit == "calendar_month":
        n = (last_counted(opened.date(), limit, counts) - opened.date()).days
    day = last_counted(opened.date(), (near_day(n) if n >= 3 else n, "calendar_day"), counts)
    return midnight(day) if n >= 3 else datetime.combine(day, NOON, ZONE)


def last_counted(opened: date, limit: Limit, counts: Counts = every_day) -> date:
    """The last day that a limit in calendar days or months counts; it may be one without work."""
    n, unit = limit
    if unit == "calendar_month":
        year, month = divmod(opened.year * 12 + opened.month - 1 + n, 12)
        return date(year, month + 1, min(opened.day, monthrange(year, month + 1)[1]))
    day = opened
    while n:
        day += timedelta(days=1)
        n -= counts(day)
    return day


def but_for(start: datetime, end: date) -> Counts:
    """All days count but those of a suspension: its first day counts, its last one does not."""
    return lambda day: not start.date() < day <= end


def nearing(scene: Scene, code: str, fact: Fact, prompt: datetime, done: datetime | None) -> None:
    """A prompt is sent when a duty is near its limit and not done."""
    if done is None or prompt < done:
        scene.finds(code, "prompt", fact, prompt)


def passed(
    scene: Scene, code: str, level: str, fact: Fact, breach: datetime, done: datetime | None, life: Life | None = None
) -> None:
    """A duty is broken when its limit is over and it is not done; done later, it is put right."""
    if done is None or breach <= done:
        scene.finds(code, level, fact, breach, ended_at=done, life=life)


def watched(
    case: Case,
    opened: Fact,
    done: datetime | None,
    counts: Counts = every_day,
    *,
    more: int = 0,
    more_promised: int | None = None,
    since: datetime | None = None,
) -> None:
    """What the promise and the law's limit of a case show, from the fact that opens them until it is decided.

    `more` is what a valid extension adds to both, or to the promise as much as is said; `since` is when an acceptance
    came to be deemed.
    """
    scene, item, calendar = case.scene, case.item, case.scene.calendar
    since = since or opened.at
    if item.promised:
        promised = lengthened(item.promised, more if more_promised is None else more_promised)
        nearing(scene, "T01", opened, max(since, prompts_at(calendar, opened.at, promised, counts)), done)
        passed(scene, "T02", "yellow", opened, max(since, breaches_at(calendar, opened.at, promised, counts)), done)
    if item.statutory:
        statutory = lengthened(item.statutory, more)
        passed(scene, "T03", "red", opened, max(since, breaches_at(calendar, opened.at, statutory, counts)), done)


def lengthened(limit: Limit, more: int) -> Limit:
    """A limit and so many of its own units."""
    return limit[0] + more, limit[1]


def end(case: Case, kind: str, at: datetime, **said: Any) -> Fact:
    """A case ends: it is decided, with all that follows, or withdrawn."""
    fact = case.tell(kind, at, **said)
    if kind == "decided":
        case.finish(fact)
    return fact
