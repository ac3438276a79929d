"""A whole city: its recipe, its offices, its ordinary cases and its stories, written out with what must be found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson
import yaml

from console.city.calendar import Calendar, midnight
from console.city.catalogue import Catalogue, Size
from console.city.ordinary import Ordinary
from console.city.scene import Fact
from console.city.timeline import Timeline

RECIPE = Path(__file__).resolve().parent.parent.parent / "fixtures" / "city-year" / "recipe.yaml"
EVENTS_FILE, TRUTH_FILE, CITY_FILE = "events.ndjson", "truth.ndjson", "city.json"


class City:
    """A city of so many cases: the same recipe, preset, seed and size give the same bytes on every machine."""

    def __init__(self, cases: int, seed: int, preset: str = "year", recipe: Path = RECIPE) -> None:
        self.recipe: Mapping[str, Any] = yaml.safe_load(recipe.read_text("utf-8"))
        self.preset: Mapping[str, Any] = self.recipe["presets"][preset]
        self.cases, self.seed, self.name = cases, seed, preset
        self.first, self.last = (date.fromisoformat(self.preset[name]) for name in ("first_day", "last_day"))
        self.end = midnight(self.last + timedelta(days=1))
        self.founded = midnight(date.fromisoformat(self.recipe["founded"])) + timedelta(hours=9)
        self.calendar = Calendar(self.recipe["calendar"])
        self.catalogue = Catalogue(self.recipe, Size.of(self.preset, cases), seed)
        self.ordinary = Ordinary(self.recipe, self.calendar, self.catalogue, seed, self.first, self.last)

    def events(self) -> Iterator[bytes]:
        """Every line that becomes known before the city's time is over, in that order."""
        end = self.end.date()
        with Timeline() as timeline:
            timeline.add(self.catalogue.facts(self.founded))
            for day, numbers in groupby(range(self.cases), lambda number: self.ordinary.day_of(number, self.cases)):
                yield from timeline.take(day)
                for number in numbers:
                    timeline.add(self.known(self.ordinary.case(number, day)))
            yield from timeline.take(end)

    def known(self, facts: list[Fact]) -> Iterator[Fact]:
        """The facts that become known in time."""
        return (fact for fact in facts if fact.known < self.end)

    def write(self, folder: Path) -> dict[str, Any]:
        """The events, the truth and the sizes of the city as files in a folder; the sizes."""
        folder.mkdir(parents=True, exist_ok=True)
        count = 0
        with (folder / EVENTS_FILE).open("wb", buffering=1 << 20) as file:
            for line in self.events():
                file.write(line)
                count += 1
        about = {
            "preset": self.name, "seed": self.seed, "cases": self.cases, "events": count, "first_day": self.first,
            "last_day": self.last, "end": self.end, "departments": len(self.catalogue.departments),
            "items": sum(map(len, self.catalogue.items.values())),
            "officers": sum(len(held) for office in self.catalogue.departments for held in office.officers.values()),
        }  # fmt: skip
        (folder / CITY_FILE).write_bytes(orjson.dumps(about, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        return about
