"""The city's own calendar: its working days, and the moments at which limits are near and passed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from math import ceil
from typing import Any

# The whole city lives in one zone, which has not changed its clocks since 1991.
ZONE = timezone(timedelta(hours=8))
NOON = time(12)
Counts = Callable[[date], bool]


def every_day(_: date) -> bool:
    """Nothing is excluded from a count."""
    return True


class Calendar:
    """The working days of the years that the recipe writes out."""

    def __init__(self, years: Mapping[int, Mapping[str, Any]]) -> None:
        self.days: list[date] = []
        for year, noticed in sorted(years.items()):
            rests, works = set(spans(noticed["rest"])), set(spans(noticed["work"]))
            day = date(year, 1, 1)
            while day.year == year:
                if day in works or (day.weekday() < 5 and day not in rests):
                    self.days.append(day)
                day += timedelta(days=1)
        self.worked = frozenset(self.days)
        self.places = {day: place for place, day in enumerate(self.days)}

    def is_working(self, day: date) -> bool:
        """Whether offices work on a day."""
        return day in self.worked

    def on_or_after(self, day: date) -> date:
        """The day itself if it is worked, else the next that is."""
        return self.days[bisect_left(self.days, day)]

    def after(self, day: date, n: int) -> date:
        """The n-th working day after a day; the day itself for 0; going back for less."""
        if n > 0:
            return self.days[bisect_right(self.days, day) + n - 1]
        return self.days[bisect_left(self.days, day) + n] if n else day

    def between(self, first: date, last: date) -> list[date]:
        """The working days from one day to another, both included."""
        return self.days[bisect_left(self.days, first) : bisect_right(self.days, last)]

    def counted(self, opened: date, n: int, counts: Counts = every_day) -> date:
        """The n-th counted day after an opening day; the opening day itself for 0."""
        if counts is every_day:
            return self.after(opened, n)
        place = bisect_right(self.days, opened)
        day = opened
        while n:
            day = self.days[place]
            n -= counts(day)
            place += 1
        return day

    def breach(self, opened: datetime, n: int, counts: Counts = every_day) -> datetime:
        """The first moment after n working days from an opening."""
        return midnight(self.counted(opened.date(), n, counts)) + timedelta(days=1)

    def breach_of_days(self, opened: datetime, n: int, *, rolls: bool = False) -> datetime:
        """The first moment after n calendar days; a last day that rolls goes to the next one worked."""
        last = opened.date() + timedelta(days=n)
        return midnight(self.on_or_after(last) if rolls else last) + timedelta(days=1)

    def prompt(self, opened: datetime, n: int, counts: Counts = every_day) -> datetime:
        """When a limit of n working days is near: 00:00 of a counted day, noon of the last where it is that short."""
        if n < 3:
            day = self.counted(opened.date(), n, counts)
            return max(opened, datetime.combine(day, NOON, ZONE))
        return max(opened, midnight(self.counted(opened.date(), near_day(n), counts)))


def near_day(n: int) -> int:
    """On which counted day a limit of three days or more is near."""
    return max(1, min(ceil(0.8 * n), n - 2))


def quiet_days(n: int) -> int:
    """For how many counted days after the opening one a limit stays silent, whatever the hour."""
    return near_day(n) - 1 if n >= 3 else max(n - 1, 0)


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time(), ZONE)


def moment(day: date, clock: str) -> datetime:
    """A moment of a day, as `09:15` or `23:59:59.999999`."""
    return datetime.combine(day, time.fromisoformat(clock), ZONE)


def spans(texts: Iterable[str]) -> Iterable[date]:
    """The days of a list such as `2025-01-28/2025-02-04`."""
    for text in texts:
        first, _, last = text.partition("/")
        day, end = date.fromisoformat(first), date.fromisoformat(last or first)
        while day <= end:
            yield day
            day += timedelta(days=1)
