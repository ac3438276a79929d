"""Where the edges of a limit lie: what a story needs to tell of an act on the last day, and a microsecond after it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.generators.randomness import DAY, Chance, start_of_day
from tests.generators.story import HOUR, MICRO
from tests.generators.town import Town
from tests.oracle.facts import EPOCH, as_fact, instant
from tests.oracle.limits import Limit, reckon
from tests.oracle.world import World

END_OF_TIME = 2**62
LAST_EFFORTS = (-MICRO, timedelta(0), MICRO, -12 * HOUR, 5 * HOUR, -DAY)


class Almanac:
    """The working days of a town as they will be known in the end."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._world = World(map(as_fact, town.events), END_OF_TIME, END_OF_TIME)

    def breach(self, office: str, at: datetime, limit: Limit) -> datetime:
        """The instant at which a limit of an office passes that opened at a moment."""
        zone, calendar = self._world.zone_of(office), self._world.calendar_of(office)
        deadline = reckon(limit, instant(at.isoformat()), False, (), calendar, zone)
        assert deadline.breaches_at is not None
        return EPOCH + timedelta(microseconds=deadline.breaches_at)

    def supervisor(self, department: str) -> str:
        """The office that supervises a department."""
        return str(self._world.region_of(department).get("supervisor") or department)


def about_breach(chance: Chance, breach: datetime, zone: str, opened: datetime) -> tuple[datetime, bool]:
    """When something is done: about the breach, known to the microsecond or to the day, or at any time before."""
    if chance.happens(0.15):
        return chance.after(opened, max(1.0, (breach - opened) / DAY * 1.3)), False
    if chance.happens(0.25):
        day = start_of_day(breach, zone) - chance.choice((timedelta(0), DAY, DAY))
        return (day, True) if day >= start_of_day(opened, zone) else (opened + HOUR, False)
    return max(breach + chance.choice(LAST_EFFORTS), opened + MICRO), False


def limit_of(n: int, unit: str = "work_day", **more: Any) -> Limit:
    """A limit in the words of a rule."""
    return Limit(n, unit, **more)
