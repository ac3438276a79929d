"""A whole city: its recipe, its offices, its ordinary cases and its stories, written out with what must be found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson
import yaml

from console.city.besides import Besides
from console.city.calendar import Calendar, midnight
from console.city.catalogue import Catalogue, Size
from console.city.ordinary import Ordinary
from console.city.plan import Plan, setting_of
from console.city.scene import Fact
from console.city.timeline import Timeline
from console.city.truth import lines as told

RECIPE = Path(__file__).resolve().parent.parent.parent / "fixtures" / "city-year" / "recipe.yaml"
EVENTS_FILE, TRUTH_FILE, CITY_FILE = "events.ndjson", "truth.ndjson", "city.json"
BUFFER = 1 << 20


class City:
    """A city of so many cases: the same recipe, preset, seed and size give the same bytes on every machine."""

    def __init__(self, cases: int, seed: int, preset: str = "year", recipe: Path = RECIPE) -> None:
        self.recipe: Mapping[str, Any] = yaml.safe_load(recipe.read_text("utf-8"))
        self.preset: Mapping[str, Any] = self.recipe["presets"][preset]
        self.cases, self.seed, self.name = cases, seed, preset
        self.first, self.last = (date.fromisoformat(self.preset[name]) for name in ("first_day", "last_day"))
        self.days = (self.last - self.first).days + 1
        self.end = midnight(self.last + timedelta(days=1))
        # Offices and catalogue are registered on the day before anything happens.
        begin = min(self.first, date.fromisoformat(self.preset["stories_from"]))
        self.founded = midnight(begin - timedelta(days=1)) + timedelta(hours=9)
        self.calendar = Calendar(self.recipe["calendar"])
        self.catalogue = Catalogue(self.recipe, Size.of(self.preset, cases), seed)
        where = (self.recipe, self.calendar, self.catalogue, seed, self.first, self.last)
        self.besides = Besides(*where)
        self.ordinary = Ordinary(*where, [(outage.data["from"], outage.data["to"]) for outage in self.besides.outages])

    @cached_property
    def plan(self) -> Plan:
        """The stories, told."""
        setting = setting_of(self.recipe, self.calendar, self.catalogue, founded=self.founded, end=self.end)
        return Plan(self.preset, self.cases, self.seed, setting)

    @property
    def ordinary_cases(self) -> int:
        """How many cases are ordinary: those that no story tells of. A very small city has none."""
        return max(0, self.cases - self.plan.cases)

    def events(self, scratch: Path | None = None) -> Iterator[list[bytes]]:
        """The lines of each day on which something becomes known before the city's time is over, in that order."""
        cases = self.ordinary_cases
        with Timeline(scratch) as timeline:
            timeline.add(self.catalogue.facts(self.founded))
            timeline.add(self.known(self.plan.facts()))
            timeline.add(self.known(self.besides.facts(self.cases)))
            for day, numbers in groupby(range(cases), lambda number: self.ordinary.day_of(number, cases)):
                yield from timeline.take(day)
                for number in numbers:
                    timeline.add(self.known(self.ordinary.case(number, day)))
            yield from timeline.take(self.end.date())

    def known(self, facts: Iterable[Fact]) -> Iterator[Fact]:
        """The facts that become known in time."""
        return (fact for fact in facts if fact.known < self.end)

    def write(self, folder: Path, advance: Callable[[int, int], object] = lambda *_: None) -> dict[str, Any]:
        """The events, the truth and the sizes of the city as files in a folder; the sizes."""
        folder.mkdir(parents=True, exist_ok=True)
        count = 0
        with (folder / EVENTS_FILE).open("wb", buffering=BUFFER) as file:
            for day, lines in enumerate(self.events(folder)):
                file.writelines(lines)
                count += len(lines)
                advance(day, self.days)
        rows = list(self.plan.truth())
        (folder / TRUTH_FILE).write_bytes(b"".join(told(rows)))
        near_misses = sum(row.why == "near" for row in rows)
        about = {
            "preset": self.name, "seed": self.seed, "first_day": self.first, "last_day": self.last, "end": self.end,
            "cases": self.ordinary_cases + self.plan.cases, "cases_of_stories": self.plan.cases, "events": count,
            "findings": len(rows) - near_misses, "near_misses": near_misses,
            "departments": len(self.catalogue.departments),
            "items": sum(map(len, self.catalogue.items.values())),
            "officers": sum(len(held) for office in self.catalogue.departments for held in office.officers.values()),
        }  # fmt: skip
        (folder / CITY_FILE).write_bytes(orjson.dumps(about, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        return about
