"""How one limit is counted: by walking from day to day, or from instant to instant, as the law is read aloud."""

from __future__ import annotations

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from tests.oracle.calendar import Calendar
from tests.oracle.facts import HOUR, local_day, midnight, next_day, noon

PAUSABLE_UNITS = ("work_day", "calendar_day", "hour")
ROLLING_UNITS = ("calendar_day", "calendar_month", "calendar_year")


@dataclass(frozen=True)
class Limit:
    """A limit as an item or a rule states it; `added` is what a valid extension adds."""

    n: int | None
    unit: str
    rolls: bool = True
    pausable: bool = True
    prompt: int | None = None
    stated: date | None = None
    added: int = 0

    @property
    def total(self) -> int:
        """The number of units, a valid extension included."""
        return (self.n or 0) + self.added

    @property
    def own_prompt(self) -> int | None:
        """The counted day the limit names for its prompt, moved by as much as the limit."""
        return None if self.prompt is None else self.prompt + self.added

    @property
    def can_pause(self) -> bool:
        """Whether a suspension may pause it: never months, years, stated days, nor a limit of none."""
        return self.pausable and self.unit in PAUSABLE_UNITS


@dataclass(frozen=True)
class Suspension:
    """A valid suspension: its start, and its effective end as an instant and as a day (both None while open)."""

    start: int
    end: int | None
    start_day: date
    end_day: date | None

    def excludes(self, day: date) -> bool:
        """The start day counts, the end day does not."""
        return self.start_day < day and (self.end_day is None or day <= self.end_day)


class WalkedDay(NamedTuple):
    """One line of the deadline proof."""

    day: date
    is_counted: bool
    reason: str


@dataclass
class Deadline:
    """When a limit ends, and the walk that found it."""

    opened_at: int
    limit: Limit
    last_counted: date | None = None
    due_on: date | None = None
    breaches_at: int | None = None
    prompts_at: int | None = None
    is_provisional: bool = False
    has_rolled: bool = False
    walk: list[WalkedDay] = field(default_factory=list)

    @property
    def counted(self) -> list[date]:
        """The counted days in order."""
        return [line.day for line in self.walk if line.is_counted]


def reckon(
    limit: Limit, occurred_at: int, is_day: bool, suspensions: Sequence[Suspension], calendar: Calendar, zone: str
) -> Deadline:
    """The deadline of a limit that a fact opened."""
    if limit.unit == "hour":
        return _hours(limit, occurred_at, is_day, suspensions, zone)
    deadline = Deadline(opened_at=occurred_at, limit=limit)
    opening_day = local_day(occurred_at, zone)
    if limit.unit in ("work_day", "calendar_day"):
        _walk_days(deadline, opening_day, suspensions, calendar)
    else:
        _jump(deadline, opening_day)
    if deadline.last_counted is not None:
        _roll(deadline, calendar)
        assert deadline.due_on is not None
        deadline.breaches_at = midnight(next_day(deadline.due_on), zone)
    deadline.prompts_at = _day_prompt(deadline, opening_day, zone)
    return deadline


def _walk_days(deadline: Deadline, opening_day: date, suspensions: Sequence[Suspension], calendar: Calendar) -> None:
    """Count candidates from the day after the opening until the number is reached or a suspension has no end."""
    limit = deadline.limit
    paused = suspensions if limit.can_pause else ()
    count, day = 0, opening_day
    while count < limit.total:
        day = next_day(day)
        covering = [suspension for suspension in paused if suspension.excludes(day)]
        if any(suspension.end_day is None for suspension in covering):
            deadline.walk.append(WalkedDay(day, False, "suspended"))
            deadline.is_provisional = False
            return
        is_counted = _walk_one(deadline, day, bool(covering), calendar)
        count += is_counted
    deadline.last_counted = day


def _walk_one(deadline: Deadline, day: date, is_suspended: bool, calendar: Calendar) -> bool:
    """Write one day into the proof."""
    if is_suspended:
        deadline.walk.append(WalkedDay(day, False, "suspended"))
        return False
    if deadline.limit.unit == "calendar_day":
        deadline.walk.append(WalkedDay(day, True, "counted"))
        return True
    is_working, is_known = calendar.day(day)
    if not is_known:
        deadline.is_provisional = True
    deadline.walk.append(WalkedDay(day, is_working, "counted" if is_working else "not a working day"))
    return is_working


def _jump(deadline: Deadline, opening_day: date) -> None:
    """Months and years end on the same day number; a stated day ends on itself."""
    limit = deadline.limit
    if limit.unit == "stated_day":
        deadline.last_counted = limit.stated
    else:
        deadline.last_counted = months_later(opening_day, limit.total * (12 if limit.unit == "calendar_year" else 1))
    assert deadline.last_counted is not None
    day = opening_day
    while day < deadline.last_counted:
        day = next_day(day)
        deadline.walk.append(WalkedDay(day, True, "counted"))


def months_later(day: date, count: int) -> date:
    """The same day number so many months later, or the last day of a month that has none."""
    year, month = day.year, day.month
    for _ in range(count):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, months.monthrange(year, month)[1]))


def _roll(deadline: Deadline, calendar: Calendar) -> None:
    """Move a last day that is no working day to the next one, where the limit rolls."""
    day = deadline.last_counted
    assert day is not None
    if deadline.limit.unit in ROLLING_UNITS and deadline.limit.rolls:
        while True:
            is_working, is_known = calendar.day(day)
            deadline.is_provisional |= not is_known
            if is_working:
                break
            deadline.has_rolled = True
            day = next_day(day)
    deadline.due_on = day


def prompt_number(n: int) -> int:
    """The counted day of the prompt for three days and more."""
    eighty_percent = -(-4 * n // 5)
    return max(1, min(eighty_percent, n - 2))


def _day_prompt(deadline: Deadline, opening_day: date, zone: str) -> int | None:
    """The prompt of a limit counted in days; None while its day is not counted."""
    limit, counted = deadline.limit, deadline.counted
    n = limit.total if limit.unit in ("work_day", "calendar_day") else len(counted)
    number = limit.own_prompt
    if number is None and n >= 3:
        number = prompt_number(n)
    if number is not None:
        moment = midnight(counted[number - 1], zone) if len(counted) >= number else None
    elif n == 0:
        moment = noon(opening_day, zone)
    else:
        moment = noon(counted[n - 1], zone) if len(counted) >= n else None
    return None if moment is None else max(moment, deadline.opened_at)


def _hours(limit: Limit, occurred_at: int, is_day: bool, suspensions: Sequence[Suspension], zone: str) -> Deadline:
    """Hours run in real time, but not while suspended; a fact known to the day opens at the end of that day."""
    opened_at = midnight(next_day(local_day(occurred_at, zone)), zone) if is_day else occurred_at
    paused = suspensions if limit.can_pause else ()
    return Deadline(
        opened_at=opened_at,
        limit=limit,
        breaches_at=_run(opened_at, limit.total * HOUR, paused),
        prompts_at=_run(opened_at, limit.total * HOUR * 4 // 5, paused),
    )


def _run(opened_at: int, span: int, suspensions: Sequence[Suspension]) -> int | None:
    """The instant at which a clock started at opened_at has run for the span; None if it never does."""
    now, left = opened_at, span
    while True:
        ends = [one.end for one in suspensions if one.start <= now and (one.end is None or now < one.end)]
        if None in ends and left > 0:
            return None
        if ends and left > 0:
            now = max(end for end in ends if end is not None)
            continue
        stops = [one.start for one in suspensions if one.start > now and (one.end is None or one.end > one.start)]
        if not stops or now + left <= min(stops):
            return now + left
        left -= min(stops) - now
        now = min(stops)


def touches(deadline: Deadline, suspension: Suspension) -> bool:
    """Whether a suspension is one of this obligation: it started before the last counted day (hour: the breach)."""
    limit = deadline.limit
    if not limit.can_pause or limit.unit != "hour" and limit.total == 0:
        return False
    if limit.unit == "hour":
        return deadline.breaches_at is None or suspension.start < deadline.breaches_at
    return deadline.last_counted is None or suspension.start_day < deadline.last_counted


def day_span(first: date, last: date) -> list[date]:
    """Every day from first to last."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
