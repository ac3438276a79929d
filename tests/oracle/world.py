"""Everything known at one cut of the past: the catalogue, the calendars, who belongs where, and the cases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from tests.oracle.calendar import Calendar
from tests.oracle.facts import Fact, known


class World:
    """Everything known at one cut of the past: catalogue, calendars, organisation, and the cases."""

    def __init__(self, facts: Iterable[Fact], as_of: int, known_at: int) -> None:
        self.as_of, self.known_at = as_of, known_at
        self.facts = known(facts, as_of, known_at)
        self.notices = [fact for fact in self.facts if fact.type == "esup.calendar.noticed"]
        self.regions = self._named("esup.org.region_registered")
        self.departments = self._named("esup.org.department_registered")
        self.items: dict[str, list[Fact]] = {}
        self.cases: dict[str, list[Fact]] = {}
        for fact in self.facts:
            if fact.type == "esup.item.published":
                self.items.setdefault(fact.data["code"], []).append(fact)
            if fact.type.startswith("esup.case."):
                self.cases.setdefault(fact.subject, []).append(fact)
        self._calendars: dict[tuple[str, str, str], Calendar] = {}

    def _named(self, kind: str) -> dict[str, dict[str, Any]]:
        return {fact.data["code"]: fact.data for fact in self.facts if fact.type == kind}

    def region_of(self, department: str) -> dict[str, Any]:
        """The jurisdiction of a department."""
        return self.regions.get(self.departments.get(department, {}).get("region", ""), {})

    def zone_of(self, department: str) -> str:
        """The zone of a department's region."""
        return str(self.region_of(department).get("zone", "Asia/Shanghai"))

    def calendar_of(self, department: str) -> Calendar:
        """The effective calendar of a department."""
        region = self.region_of(department)
        key = (str(region.get("calendar", "cn")), str(region.get("code", "")), department)
        if key not in self._calendars:
            self._calendars[key] = Calendar(self.notices, *key)
        return self._calendars[key]

    def version(self, item: str | None, day: date) -> dict[str, Any] | None:
        """The catalogue version of an item that is in force on a day."""
        published = [fact.data for fact in self.items.get(item or "", [])]
        in_force = [data for data in published if date.fromisoformat(data["effective_from"]) <= day]
        return max(in_force, key=lambda data: (data["effective_from"], data["version"]), default=None)
