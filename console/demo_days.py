"""The demo city's own arithmetic of days: working days counted off a plain list, as a clerk would do it.

It shares nothing with the engine on purpose: what must be found is computed here, and then compared with what was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from math import ceil

Counts = Callable[[date], bool]
NOON = time(12)


class WorkDays:
    """The working days of a season, written out."""

    def __init__(self, months: Mapping[str, Iterable[int]]) -> None:
        self.days = sorted(date.fromisoformat(f"{month}-{day:02d}") for month, days in months.items() for day in days)

    def between(self, first: date, last: date) -> list[date]:
        """The working days from one day to another, both included."""
        return [day for day in self.days if first <= day <= last]

    def counted(self, start: date, counts: Counts = lambda _: True) -> list[date]:
        """The days that count after an opening day."""
        return [day for day in self.days if day > start and counts(day)]

    def later(self, start: date, days: int) -> date:
        """The working day so many after a day; the day itself for none."""
        return self.counted(start)[days - 1] if days else start


def breach_of(opened: datetime, n: int, counted: Sequence[date]) -> datetime | None:
    """The first moment after `n` counted days; None if so many are not known yet."""
    if n > len(counted):
        return None
    return midnight(counted[n - 1] if n else opened.date(), opened) + timedelta(days=1)


def prompt_of(opened: datetime, n: int, counted: Sequence[date]) -> datetime | None:
    """When a limit is near: 00:00 of a counted day, noon of the last one where the limit is too short for that."""
    number = max(1, min(ceil(0.8 * n), n - 2)) if n >= 3 else n
    if number > len(counted):
        return None
    day = midnight(counted[number - 1] if number else opened.date(), opened)
    return max(opened, day if n >= 3 else datetime.combine(day, NOON, opened.tzinfo))


def quiet_days(n: int) -> int:
    """For how many counted days after the opening one a limit stays silent, whatever the hour."""
    if n >= 3:
        return max(1, min(ceil(0.8 * n), n - 2)) - 1
    return max(n - 1, 0)


def midnight(day: date, like: datetime) -> datetime:
    """The first moment of a day, in the zone of another moment."""
    return datetime.combine(day, time(), like.tzinfo)


def midnight_after(opened: datetime, days: int) -> datetime:
    """The first moment after so many calendar days."""
    return midnight(opened.date() + timedelta(days=days + 1), opened)


def rolled_after(opened: datetime, days: int, work: WorkDays) -> datetime | None:
    """The same, where a last day without work rolls to the next one with; None if that is not known yet."""
    last = next((day for day in work.days if day >= opened.date() + timedelta(days=days)), None)
    return None if last is None else midnight(last + timedelta(days=1), opened)
