"""The hands of one case's officers: a clock that moves by the minutes and nights that their work takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from console.city.calendar import ZONE, Calendar, midnight
from console.city.places import Department

MORNING, MORNING_HOURS = 8 * 3600 + 2400, 3 * 3600
NOON, AFTERNOON = 12 * 3600, 13 * 3600 + 1800
PAUSE, LONGER = 180, 720
"""Between two things that one officer does lie three to fifteen minutes."""


class Clocks:
    """The midnights of all days that a city knows, when its departments' systems report, and when nothing arrives."""

    def __init__(
        self, calendar: Calendar, departments: Sequence[Department], outages: Iterable[tuple[datetime, datetime]]
    ) -> None:
        self.midnights = [midnight(day) for day in calendar.days]
        self.uploads = {
            department.code: [seconds_of(clock) for clock in department.uploads] for department in departments
        }
        self.outages = {begin.date(): (begin, end) for begin, end in outages}

    def arrival(self, sent: datetime) -> datetime:
        """When something that is sent arrives: at once, or when the platform is back."""
        outage = self.outages.get(sent.date())
        return outage[1] if outage and outage[0] <= sent < outage[1] else sent


class Desk:
    """Where a case lies: its place among the working days, and the second of that day."""

    __slots__ = ("midnights", "place", "second", "random")

    def __init__(self, clocks: Clocks, random: Random, place: int, second: int) -> None:
        self.midnights = clocks.midnights
        self.random = random.random
        self.place = place
        self.second = second

    @property
    def now(self) -> datetime:
        """The moment that the clock shows."""
        return self.midnights[self.place] + timedelta(seconds=self.second)

    def soon(self) -> datetime:
        """A few minutes later; nobody works over noon."""
        self.second += PAUSE + int(self.random() * LONGER)
        if NOON <= self.second < AFTERNOON:
            self.second += AFTERNOON - NOON
        return self.midnights[self.place] + timedelta(seconds=self.second)

    def later(self, days: int) -> datetime:
        """On the morning of the working day so many later; a little later for none."""
        if not days:
            return self.soon()
        self.place += days
        self.second = MORNING + int(self.random() * MORNING_HOURS)
        return self.midnights[self.place] + timedelta(seconds=self.second)


def next_report(at: datetime, uploads: Sequence[int]) -> datetime:
    """When a system that reports at these seconds of a day reports next; at once if there are none."""
    if not uploads:
        return at
    day = datetime(at.year, at.month, at.day, tzinfo=ZONE)
    second = at.hour * 3600 + at.minute * 60 + at.second
    for upload in uploads:
        if second <= upload:
            return day + timedelta(seconds=upload)
    return day + timedelta(days=1, seconds=uploads[0])


def seconds_of(clock: str) -> int:
    """The second of a day at a time such as `22:30`."""
    told = time.fromisoformat(clock)
    return told.hour * 3600 + told.minute * 60


def opening(day: date, second: int) -> datetime:
    """A moment of any day, worked or not."""
    return midnight(day) + timedelta(seconds=second)
