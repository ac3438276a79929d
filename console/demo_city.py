"""The demo city, made from its recipe: ordinary cases by a fixed seed, and the violations planted among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import yaml

from engine.calendar import load_notices

RECIPE = Path(__file__).resolve().parent.parent / "fixtures" / "demo-city" / "recipe.yaml"
SOURCE = "/demo"
Event = dict[str, Any]


@dataclass(frozen=True)
class Planted:
    """A violation of the recipe: its case, its story, and the rules and levels that must be found."""

    case_no: str
    story: dict[str, str]
    expect: frozenset[tuple[str, str]]


class DemoCity:
    """The city of a recipe: its facts in the exchange format, and what must be found in them."""

    def __init__(self, recipe: Path = RECIPE) -> None:
        self.recipe: dict[str, Any] = yaml.safe_load(recipe.read_text("utf-8"))
        self.zone = ZoneInfo(self.recipe["region"]["zone"])
        self.first_day = date.fromisoformat(self.recipe["first_day"])
        self.until = str(self.recipe["until"])
        self.items: dict[str, dict[str, Any]] = {item["code"]: item for item in self.recipe["items"]}
        self.work_days = working_days(self.first_day, date.fromisoformat(self.until))

    @property
    def planted(self) -> list[Planted]:
        """What must be found, and nothing else."""
        return [
            Planted(entry["case"], entry["story"], frozenset(pair(text) for text in entry["expect"]))
            for entry in self.recipe["planted"]
        ]

    def write(self, path: Path) -> Path:
        """The city's month as one file of facts, in the order of time."""
        end = datetime.combine(date.fromisoformat(self.until), time.max, self.zone).isoformat()
        events = [event for event in self.events() if event["time"] <= end]
        lines = (orjson.dumps(event) + b"\n" for event in sorted(events, key=lambda event: event["time"]))
        path.write_bytes(b"".join(lines))
        return path

    def events(self) -> Iterator[Event]:
        """Everything that happens: the offices, their items, ordinary cases, planted ones."""
        yield from self.offices()
        chance = Random(self.recipe["seed"])
        for number, (day, item) in enumerate(self.schedule(), 1):
            yield from self.ordinary(f"DEMO-{number:04d}", item, day, chance)
        for entry in self.recipe["planted"]:
            yield from self.case(entry["case"], self.items[entry["item"]], entry)

    def schedule(self) -> Iterator[tuple[date, dict[str, Any]]]:
        """The day and item of each ordinary case."""
        for day in self.work_days:
            for item in self.items.values():
                for _ in range(item["daily"]):
                    yield day, item

    def ordinary(self, case_no: str, item: dict[str, Any], day: date, chance: Random) -> Iterator[Event]:
        """A case that is answered the same day and decided well within its promise, or still young at the end."""
        start = datetime.combine(day, time(9), self.zone) + timedelta(minutes=chance.randrange(180))
        done_on = self.later(day, chance.randint(*item["usual"]))
        told: dict[str, Any] = {
            "received": start.isoformat(),
            "accepted": (start + timedelta(minutes=chance.randrange(10, 120))).isoformat(),
            "review_started": (start + timedelta(hours=3)).isoformat(),
        }
        if done_on is not None:
            finished = datetime.combine(done_on, time(14), self.zone) + timedelta(minutes=chance.randrange(60))
            told["review_finished"] = finished.isoformat()
            told["decided"] = (finished + timedelta(minutes=chance.randrange(20, 120))).isoformat()
        yield from self.case(case_no, item, told)

    def later(self, day: date, days: int) -> date | None:
        """The working day so many after a day; None beyond the month."""
        index = self.work_days.index(day) + days
        return self.work_days[index] if index < len(self.work_days) else None

    def case(self, case_no: str, item: dict[str, Any], told: dict[str, Any]) -> Iterator[Event]:
        """The facts of one case: what the recipe leaves out did not happen."""
        owner = {"item": item["code"], "department": item["department"]}
        officer = {"officer": f"{item['department']}.officer"}
        review = {"step": "review", "post": "reviewer", **officer}
        applicant = {"kind": "citizen", "name": f"申请人{case_no}", "phone": "13800000000"}
        for moment, kind, data in (
            ("received", "applied", {**owner, "applicant": applicant, "channel": "window"}),
            ("received", "materials_received", {"materials": ["M-1"]}),
            ("accepted", "accepted", {**owner, **officer}),
            ("review_started", "step_started", review),
            ("review_finished", "step_finished", {**review, "action": "pass"}),
            ("decided", "decided", {"outcome": "granted", **officer}),
            ("decided", "closed", {}),
        ):
            if moment in told:
                yield self.event(f"esup.case.{kind}", case_no, self.instant(told[moment]), data)

    def instant(self, text: str) -> str:
        """A time of the recipe with the city's offset."""
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).isoformat()

    def offices(self) -> Iterator[Event]:
        """The region, its departments, and the items that they are responsible for."""
        since = datetime.combine(self.first_day - timedelta(days=1), time(12), self.zone).isoformat()
        region = self.recipe["region"]
        yield self.event("esup.org.region_registered", region["code"], since, region)
        for department in self.recipe["departments"]:
            data = {**department, "region": region["code"]}
            yield self.event("esup.org.department_registered", department["code"], since, data)
        for item in self.items.values():
            yield self.event("esup.item.published", item["code"], since, self.item(item))

    def item(self, item: dict[str, Any]) -> dict[str, Any]:
        """An item of the catalogue of powers, with one step and its limits in working days."""
        days = {name: {"n": item[name], "unit": "work_day"} for name in ("promised", "statutory", "review")}
        step = {"step": "review", "name": "审查", "post": "reviewer", "limit": days.pop("review"), "next": []}
        return {
            **{name: item[name] for name in ("code", "name", "department")},
            **days,
            "version": 1, "class": "licence", "kind": "committed", "effective_from": "2026-01-01", "basis": [],
            "flow": [step], "materials": [], "fees": [], "suspensions_allowed": [],
        }  # fmt: skip

    def event(self, kind: str, subject: str, at: str, data: dict[str, Any]) -> Event:
        """One event in its envelope."""
        return {
            "specversion": "1.0", "id": f"{subject}/{kind}", "source": SOURCE, "type": kind, "subject": subject,
            "time": at, "data": data,
        }  # fmt: skip


def pair(text: str) -> tuple[str, str]:
    """A rule and a level, as the recipe writes them."""
    rule_id, level = text.split()
    return rule_id, level


def working_days(first: date, last: date) -> list[date]:
    """The working days of the built-in calendar from a day to a day, both included."""
    days = (day for notice in load_notices() if notice.calendar == "cn" for day in notice.days)
    return sorted({day.on for day in days if day.working and first <= day.on <= last})
