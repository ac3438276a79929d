"""The city's ordinary cases, by their numbers: which begin on which day, and what they are about.

A case is made from its number alone, with a random stream of its own: no other case, and no order, changes it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from console.city.applications import application
from console.city.calendar import Calendar
from console.city.catalogue import Catalogue
from console.city.desk import Clocks
from console.city.powers import disclosure, measure, penalty
from console.city.scene import Fact
from console.city.telling import Told

TELLERS: dict[str, Callable[[Told], None]] = {"penalty": penalty, "compulsion": measure, "disclosure": disclosure}


class Ordinary:
    """Tells the ordinary cases of a city by their numbers, in the order in which they begin."""

    def __init__(
        self,
        recipe: Mapping[str, Any],
        calendar: Calendar,
        catalogue: Catalogue,
        seed: int,
        first: date,
        last: date,
        outages: Iterable[tuple[datetime, datetime]] = (),
    ) -> None:
        self.recipe = recipe
        self.calendar = calendar
        self.catalogue = catalogue
        self.seed = seed
        self.clocks = Clocks(calendar, catalogue.departments, outages)
        self.days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self.arrivals = list(accumulate(self.arriving(day) for day in self.days))
        self.fates: Mapping[str, float] = {name: share / 100 for name, share in recipe["fates"].items()}
        self.classes = list(recipe["classes"])
        self.shares = list(accumulate(about["cases"] for about in recipe["classes"].values()))

    def arriving(self, day: date) -> float:
        """How many cases begin on a day, against the others."""
        is_worked, by_week = self.calendar.is_working(day), self.recipe["weekdays"]
        share = by_week[min(day.weekday(), len(by_week) - 1)] if is_worked else self.recipe["day_off"]
        return float(share * self.recipe["months"][day.month - 1])

    def day_of(self, number: int, cases: int) -> date:
        """The day on which a case begins, of so many: they are numbered by their days."""
        return self.days[bisect_left(self.arrivals, (number + 0.5) / cases * self.arrivals[-1])]

    def case(self, number: int, day: date) -> list[Fact]:
        """All facts in the life of the case of this number, which begins on this day."""
        random = Random(self.seed << 32 | number)
        name = self.classes[bisect_left(self.shares, random.random() * self.shares[-1])]
        items = self.catalogue.items[name]
        # Few items take most of the cases.
        item = items[int(random.random() ** 2 * len(items))]
        place = bisect_left(self.calendar.days, day)
        told = Told(self, f"SJ-{day.year}-{number:08d}", item, random, day, place)
        TELLERS.get(name, application)(told)
        return told.facts
