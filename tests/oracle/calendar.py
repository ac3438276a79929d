"""The working days of one office as the notices known say, day by day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from tests.oracle.facts import Fact

COUNTRY, REGION, OFFICE = 1, 2, 3
SATURDAY = 5


class Day(NamedTuple):
    """Whether a day is a working day, and whether a notice says so."""

    is_working: bool
    is_known: bool


class Calendar:
    """The effective calendar of a (calendar, region, office): the most specific layer wins, then the latest notice."""

    def __init__(self, notices: Iterable[Fact], calendar: str, region: str | None = None, office: str | None = None):
        self.name, self.region, self.office = calendar, region, office
        self._days: dict[date, bool] = {}
        heard = [(self._layer(notice), notice) for notice in notices if notice.type == "esup.calendar.noticed"]
        ranked = sorted(
            ((layer, notice) for layer, notice in heard if layer),
            key=lambda one: (one[0], one[1].data["published_on"], one[1].source, one[1].id),
        )
        for _, notice in ranked:
            for day in notice.data["days"]:
                self._days[date.fromisoformat(day["date"])] = day["working"]

    def _layer(self, notice: Fact) -> int:
        """The layer on which a notice speaks to this office; 0 when it does not."""
        said = notice.data
        if said.get("calendar", "cn") != self.name:
            return 0
        if said.get("office"):
            return OFFICE if said["office"] == self.office else 0
        if said.get("region"):
            return REGION if said["region"] == self.region else 0
        return COUNTRY

    def day(self, day: date) -> Day:
        """The day as a notice says; without one, by the weekly pattern and marked unknown."""
        if day in self._days:
            return Day(self._days[day], True)
        return Day(day.weekday() < SATURDAY, False)
