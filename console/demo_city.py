"""The demo city's month, made from its recipe: the events that its offices report, and what must be found in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
import yaml

from console.demo_case import DemoCase, Told, moment_in, told_in
from console.demo_days import WorkDays
from console.demo_ordinary import ordinary_cases
from console.demo_truth import Card, Clerk, Truth
from console.demo_words import Words

RECIPE = Path(__file__).resolve().parent.parent / "fixtures" / "demo-city" / "recipe.yaml"
EVENTS_FILE = "demo-city.ndjson"
TRUTH_FILE = "truth.json"
REPLY = "已核实原因，责成承办人限期办理并举一反三。"
Event = dict[str, Any]


class Planted(NamedTuple):
    """A case with all that must be found in it."""

    case: DemoCase
    truth: Truth


class DemoCity:
    """The city of a recipe: the same recipe gives the same bytes, always and everywhere."""

    def __init__(self, recipe: Path = RECIPE) -> None:
        self.recipe: dict[str, Any] = yaml.safe_load(recipe.read_text("utf-8"))
        self.zone = ZoneInfo(self.recipe["regions"][0]["zone"])
        self.first_day = date.fromisoformat(self.recipe["first_day"])
        self.last_day = date.fromisoformat(self.recipe["last_day"])
        # The moment at which the last day is over and sealed.
        self.end = datetime.combine(self.last_day + timedelta(days=1), time(), self.zone)
        self.days = WorkDays(self.recipe["working_days"])
        self.words = Words(self.recipe)
        self.items: dict[str, dict[str, Any]] = {item["code"]: item for item in self.recipe["items"]}

    @property
    def name(self) -> str:
        """What the city is called."""
        return str(self.recipe["regions"][0]["name"])

    @cached_property
    def cases(self) -> list[DemoCase]:
        """Every case of the month, numbered in the order of application, with all that was told of it by its end."""
        ordinary = ordinary_cases(self.recipe, self.days, self.zone, Random(self.recipe["seed"]))
        cases = sorted([*ordinary, *self.planted_cases()], key=lambda case: case.told[0].at)
        for number, case in enumerate(cases, 1):
            case.number = f"SF-2026-{number:04d}"
            case.told = [told for told in self.reported(case) if told.known is not None and told.known <= self.end]
        return cases

    def planted_cases(self) -> Iterator[DemoCase]:
        """The stories of the recipe."""
        for entry in self.recipe["planted"]:
            told = [told_in(line, self.first_day.year, self.zone) for line in entry["facts"]]
            yield DemoCase(self.items[entry["item"]], told, "", entry["story"], tuple(entry["expect"]))

    def reported(self, case: DemoCase) -> Iterator[Told]:
        """The facts of a case with their ids, each known at its department's next report, unless it came late."""
        for index, told in enumerate(case.told, 1):
            known = told.known or self.next_report(case.item["department"], told.at)
            yield told._replace(known=known, event_id=f"{case.number}-{index:02d}")

    def next_report(self, department: str, at: datetime) -> datetime:
        """When a department's system reports next."""
        hours = [time.fromisoformat(text) for text in self.words.departments[department]["uploads"]]
        today = [datetime.combine(at.date(), hour, self.zone) for hour in hours]
        return next((moment for moment in today if moment >= at), today[0] + timedelta(days=1))

    @cached_property
    def planted(self) -> list[Planted]:
        """What must be found in every case in which anything must, or which the recipe tells; and nothing else."""
        judged = (Planted(case, Clerk(case, self.days).live(self.end)) for case in self.cases)
        return [entry for entry in judged if entry.case.is_planted or entry.truth.prompts or entry.truth.cards]

    def events(self) -> list[Event]:
        """Everything that is reported, in the order in which it becomes known."""
        told = [event for case in self.cases for event in self.events_of(case)]
        return sorted([*self.offices(), *told, *self.replies()], key=lambda event: str(event["recordedtime"]))

    def events_of(self, case: DemoCase) -> Iterator[Event]:
        """The facts of a case in their envelopes."""
        chance = Random(f"{self.recipe['seed']}/{case.number}")
        for told in case.told:
            event = self.event(f"esup.case.{told.kind}", case.number, told.at, self.words.data(case, told, chance))
            assert told.known is not None
            yield {**event, "id": told.event_id, "source": source_of(case), "sequence": told.event_id[-2:],
                   "recordedtime": told.known.isoformat()}  # fmt: skip

    def offices(self) -> Iterator[Event]:
        """The city and its counties, their departments and officers, and the items that they are responsible for."""
        since = self.moment(self.recipe["registered"])
        for region in self.recipe["regions"]:
            yield self.event("esup.org.region_registered", region["code"], since, region)
        for department in self.recipe["departments"]:
            code = department["code"]
            data = {"code": code, "name": department["name"], "region": department["region"]}
            yield self.event("esup.org.department_registered", code, since, data)
            for post, names in department["officers"].items():
                for name in names:
                    data = {"officer": name, "name": name, "department": code, "posts": [post], "certified": True}
                    yield self.event("esup.org.officer_assigned", name, since, data)
        for item in self.items.values():
            yield self.event("esup.item.published", item["code"], since, self.item(item))

    def item(self, item: dict[str, Any]) -> dict[str, Any]:
        """An item of the catalogue of powers."""
        flow = list(item["flow"])
        steps = [
            {
                "step": step, "name": self.recipe["steps"][step]["name"], "post": self.recipe["steps"][step]["post"],
                "limit": work_days(item["flow"][step]), "next": flow[place + 1 : place + 2], "mandatory": True,
            }
            for place, step in enumerate(flow)
        ]  # fmt: skip
        materials = [{"code": f"M-0{number}", "name": name, "required": True}
                     for number, name in enumerate(("申请书", "身份证明或营业执照", "场所使用证明"), 1)]  # fmt: skip
        return {
            **{name: item[name] for name in ("code", "name", "department")}, "kind": item.get("kind", "committed"),
            "version": 1, "class": "licence", "effective_from": "2026-01-01", "basis": ["中华人民共和国行政许可法"],
            "promised": work_days(item["promised"]), "statutory": work_days(item["statutory"]),
            "flow": steps, "materials": materials, "fees": [],
            "suspensions_allowed": self.recipe["suspensions_allowed"], "extension": self.recipe["extension"],
        }  # fmt: skip

    def replies(self) -> Iterator[Event]:
        """The departments answer the tasks that cards open, all on the days that the recipe sets."""
        office_hours = [self.moment(text) for text in self.recipe["replies"]]
        for case, truth in self.planted:
            for (code, occurrence), card in truth.cards.items():
                at = next((moment for moment in office_hours if moment > card.issued_at), None)
                # The id of a card that follows another card hangs on what the monitor calls its own events.
                if code != "S05" and at is not None:
                    task = card_id(case, card, occurrence)
                    is_rectified = card.rectified_at is not None and card.rectified_at <= at
                    event = self.event("esup.task.replied", task, at, {"text": REPLY, "rectified": is_rectified})
                    yield {**event, "id": f"reply/{task}", "source": source_of(case)}

    def moment(self, text: str) -> datetime:
        """A moment that the recipe writes without its year."""
        return moment_in(text, self.first_day.year, self.zone)

    def event(self, kind: str, subject: str, at: datetime, data: dict[str, Any]) -> Event:
        """One event in its envelope, known at once."""
        return {
            "specversion": "1.0", "id": f"{subject}/{kind}", "source": "/320999/catalogue", "type": kind,
            "subject": subject, "time": at.isoformat(), "recordedtime": at.isoformat(), "data": data,
        }  # fmt: skip

    def write(self, folder: Path) -> Path:
        """The month's events as a file, and beside it the list of what must be found in them."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / EVENTS_FILE).write_bytes(b"".join(orjson.dumps(event) + b"\n" for event in self.events()))
        told = [truth_told(*entry) for entry in self.planted]
        (folder / TRUTH_FILE).write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
        return folder / EVENTS_FILE


def truth_told(case: DemoCase, truth: Truth) -> dict[str, Any]:
    """What must be found in a case, for people and programs to read."""
    cards = [
        {
            "code": card.code, "level": card.level, "triggers_at": card.triggers_at, "issued_at": card.issued_at,
            "state": card.state, "card_id": None if code == "S05" else card_id(case, card, occurrence),
        }
        for (code, occurrence), card in truth.cards.items()
    ]  # fmt: skip
    found = [{"code": f.code, "level": f.level, "triggers_at": f.triggers_at} for f in truth.findings]
    sent = [{"code": f.code, "level": f.level, "triggers_at": f.triggers_at} for f in truth.prompts.values()]
    return {
        "case_no": case.number, "item": case.item["code"], "department": case.item["department"], "story": case.story,
        "findings": found, "prompts": sent, "cards": cards,
    }  # fmt: skip


def card_id(case: DemoCase, card: Card, occurrence: str) -> str:
    """The id that a card on a case must have: everybody can compute it."""
    parts = (card.code, card.level, case.number, source_of(case), occurrence, "1")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def source_of(case: DemoCase) -> str:
    """The system that reports a case."""
    return f"/320999/{case.item['department']}/approval"


def work_days(n: int) -> dict[str, Any]:
    """A limit of so many working days."""
    return {"n": n, "unit": "work_day"}
