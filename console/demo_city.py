"""The demo city's month, made from its recipe: the events that its offices report, and what must be found in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
import yaml

from console.demo_across import Across, batches, copied_reasons, late_days, repeat_offenders
from console.demo_case import DemoCase, Told, moment_in, told_in
from console.demo_days import WorkDays
from console.demo_offices import Offices
from console.demo_ordinary import ordinary_cases
from console.demo_truth import Card, Clerk, Finding, Office, Truth
from console.demo_words import Words

RECIPE = Path(__file__).resolve().parent.parent / "fixtures" / "demo-city" / "recipe.yaml"
EVENTS_FILE = "demo-city.ndjson"
TRUTH_FILE = "truth.json"
OF_CARDS = ("exempted", "appealed", "appeal_decided")
Event = dict[str, Any]


class Planted(NamedTuple):
    """A case, or another matter, with all that must be found in it."""

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
        self.departments = {department["code"]: department for department in self.recipe["departments"]}
        for item in self.recipe["items"]:
            item["uploads_in_a_day"] = item["department"] in self.uploading
        self.words = Words(self.recipe)
        self.items: dict[str, dict[str, Any]] = {item["code"]: item for item in self.recipe["items"]}
        self.offices = Offices(self.recipe)

    @property
    def name(self) -> str:
        """What the city is called."""
        return str(self.recipe["regions"][0]["name"])

    @property
    def uploading(self) -> list[str]:
        """The departments whose own systems must upload within a day."""
        return [code for code, department in self.departments.items() if "system" in department]

    @cached_property
    def cases(self) -> list[DemoCase]:
        """Every case of the month, numbered in the order in which they begin, with all that was told by its end."""
        ordinary = ordinary_cases(self.recipe, self.days, self.zone, Random(self.recipe["seed"]))
        planted = (matter for matter in self.stories() if matter.kind == "case")
        cases = sorted([*ordinary, *planted], key=lambda case: case.told[0].at)
        for number, case in enumerate(cases, 1):
            case.number = f"SF-2026-{number:04d}"
            self.report(case)
        return cases

    @cached_property
    def other_matters(self) -> list[DemoCase]:
        """What the recipe tells of items, changes of the catalogue, tasks, complaints and registers."""
        matters = [matter for matter in self.stories() if matter.kind != "case"]
        for matter in matters:
            self.report(matter)
        return matters

    def stories(self) -> Iterator[DemoCase]:
        """The stories of the recipe; one that happened several times is told as often."""
        for entry in self.recipe["planted"]:
            told = [told_in(line, self.first_day.year, self.zone) for line in entry["facts"]]
            lives = {
                card: [self.at_once(told_in(line, self.first_day.year, self.zone)) for line in lines]
                for card, lines in entry.get("lives", {}).items()
            }
            item = self.items[entry["item"]] if "item" in entry else {"department": entry["department"]}
            kind = entry.get("kind", "case")
            number = entry.get("number", entry.get("item", entry.get("department")))
            for copy in range(entry.get("copies", 1)):
                later = timedelta(minutes=copy * entry.get("apart", 0))
                facts = [each._replace(at=each.at + later, known=each.known and each.known + later) for each in told]
                facts = [*facts, *self.outcome(facts, item, entry)] if kind == "case" else facts
                yield DemoCase(item, facts, number, kind, {**entry, "lives": lives})

    def outcome(self, told: list[Told], item: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterator[Told]:
        """What follows a decision as a matter of course: it is delivered and published on the next morning."""
        is_about_people = item.get("class", "licence") in ("licence", "penalty")
        for fact in told:
            if fact.kind == "decided" and fact.what in ("", "granted", "penalised") and is_about_people:
                morning = datetime.combine(fact.at.date() + timedelta(days=1), time(9), self.zone)
                for minutes, kind in ((0, "delivered"), (5, "published")):
                    if kind not in entry.get("leaves_out", ()):
                        at = morning + timedelta(minutes=minutes)
                        yield Told(at, kind, known=fact.known and max(fact.known, self.next_report(item, at)))

    def report(self, matter: DemoCase) -> None:
        """Give each fact its id, and the moment of its department's next report unless it came late or at once."""
        told = []
        for index, fact in enumerate(matter.told, 1):
            usual = self.next_report(matter.item, fact.at) if matter.kind == "case" else fact.at
            known = fact.known or usual
            if known <= self.end:
                event_id = f"{matter.number}-{fact.corrects or index:02d}"
                told.append(fact._replace(event_id=event_id, known=known))
        matter.told = told

    def next_report(self, item: Mapping[str, Any], at: datetime) -> datetime:
        """When a department's system reports next."""
        hours = [time.fromisoformat(text) for text in self.departments[item["department"]]["uploads"]]
        today = [datetime.combine(at.date(), hour, self.zone) for hour in hours]
        return next((moment for moment in today if moment >= at), today[0] + timedelta(days=1))

    @staticmethod
    def at_once(told: Told) -> Told:
        """A fact of the supervision itself, known when it happens unless the recipe says otherwise."""
        return told._replace(known=told.known or told.at)

    @cached_property
    def planted(self) -> list[Planted]:
        """What must be found in every matter in which anything must, or which the recipe tells; and nothing else."""
        office = self.office()
        matters = [Planted(case, Clerk(case, office).live(self.end)) for case in (*self.cases, *self.other_matters)]
        matters += [self.across(each, office) for each in self.found_across()]
        cards = [card for _, truth in matters for card in truth.cards.values()]
        for finding in repeat_offenders(cards):
            matters.append(Planted(self.said_across("S06", finding), Truth([finding])))
        return [entry for entry in matters if entry.case.is_planted or entry.truth.findings or entry.truth.cards
                or entry.truth.prompts]  # fmt: skip

    def office(self) -> Office:
        """What a clerk knows of the city."""
        tasks_on = {
            region["code"]: region["profile"]["tasks_on"] for region in self.recipe["regions"] if "profile" in region
        }
        without = {
            code: [level for level in ("yellow", "red") if level not in tasks_on[department["region"]]]
            for code, department in self.departments.items()
            if department["region"] in tasks_on
        }
        posts = {step: about["post"] for step, about in self.recipe["steps"].items()}
        replies = [self.moment(text) for text in self.recipe["replies"]]
        return Office(self.days, self.recipe["supervisor"], posts, replies, without, self.uploading)

    def found_across(self) -> Iterator[Across]:
        """What is found across cases."""
        yield from copied_reasons(self.cases, lambda case: self.words.officer(case, "window"), self.words.reason)
        yield from batches(self.cases)
        yield from late_days(self.cases, self.uploading)

    def across(self, found: Across, office: Office) -> Planted:
        """What follows from something that was found across cases."""
        matter = self.said_across(found.finding.code, found.finding)
        return Planted(matter, Clerk(matter, office, [found]).live(self.end))

    def said_across(self, code: str, finding: Finding) -> DemoCase:
        """A matter that consists of nothing but a finding across cases; the recipe may have foreseen it."""
        foreseen: dict[str, Mapping[str, Any]] = {entry["rule"]: entry for entry in self.recipe["across"]}
        office = {"department": finding.department}
        return DemoCase(office, [], finding.subject, "across", foreseen.get(code, {}))

    def events(self) -> list[Event]:
        """Everything that is reported, in the order in which it becomes known."""
        told = [event for case in (*self.cases, *self.other_matters) for event in self.events_of(case)]
        return sorted([*self.setting(), *told, *self.lives()], key=lambda event: str(event["recordedtime"]))

    def events_of(self, case: DemoCase) -> Iterator[Event]:
        """The facts of a case, or of another matter, in their envelopes."""
        chance = Random(f"{self.recipe['seed']}/{case.number}")
        for told in case.told:
            kind = told.kind if "." in told.kind else f"{case.kind}.{told.kind}"
            event = self.event(f"esup.{kind}", case.number, told.at, self.data(case, told, chance))
            assert told.known is not None
            yield {**event, "id": told.event_id, "source": case.source, "sequence": told.event_id[-2:],
                   "dataversion": 2 if told.corrects else 1, "recordedtime": told.known.isoformat()}  # fmt: skip

    def data(self, case: DemoCase, told: Told, chance: Random) -> dict[str, Any]:
        """What one fact says."""
        match case.kind:
            case "case":
                return self.words.data(case, told, chance)
            case "complaint":
                return self.words.complaint(told, case.department)
            case "item":
                return self.offices.data(self.items[case.number], told.kind, told.more)
            case "change":
                change = {"change": case.number}
                office = {"department": case.department} if told.kind == "item.change_filed" else {}
                return {**change, **office, **told.more}
            case _:
                return self.words.supervision(told, case.department)

    def setting(self) -> Iterator[Event]:
        """The offices and their catalogue, as reported before the month; accounts and powers that end in it."""
        since, known = self.moment(self.recipe["founded"]), self.moment(self.recipe["registered"])

        def make(kind: str, subject: str, data: Mapping[str, Any]) -> Event:
            return {**self.event(kind, subject, since, dict(data)), "recordedtime": known.isoformat()}

        yield from self.offices.events(make)
        for stop in self.recipe["suspended"]:
            yield make("esup.item.suspended", stop["code"], stop)
        for account in self.recipe["disabled"]:
            about = {name: account[name] for name in ("officer", "department", "posts")}
            yield make("esup.org.officer_assigned", account["officer"], about)
            at = self.moment(account["at"])
            yield self.event("esup.org.officer_disabled", account["officer"], at, {"officer": account["officer"]})

    def lives(self) -> Iterator[Event]:
        """What people say of cards and of the tasks that cards open."""
        for _, truth in self.planted:
            for card in truth.cards.values():
                for told in card.told:
                    yield self.life(card, told)

    def life(self, card: Card, told: Told) -> Event:
        """One fact about a card, its task, or the task that somebody issued for it by hand."""
        subject, department = card.finding.card_id, card.finding.department
        data = self.words.supervision(told, department)
        if not card.opens_task and told.kind not in OF_CARDS:
            data = {**data, "card": subject} if told.kind == "issued" else data
            subject = f"DB-{subject[:8]}"
        kind = "card" if told.kind in OF_CARDS else "task"
        assert told.known is not None
        event = self.event(f"esup.{kind}.{told.kind}", subject, told.at, data)
        return {**event, "id": told.event_id, "source": f"/320999/{department}/approval",
                "recordedtime": told.known.isoformat()}  # fmt: skip

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
    """What must be found in a matter, for people and programs to read."""
    cards = [
        {
            "code": card.finding.code, "level": card.finding.level, "triggers_at": card.finding.triggers_at,
            "issued_at": card.issued_at, "state": card.state, "card_id": card_id,
        }
        for card_id, card in truth.cards.items()
    ]  # fmt: skip
    found = [{"code": f.code, "level": f.level, "triggers_at": f.triggers_at} for f in truth.findings]
    sent = [{"code": f.code, "level": f.level, "triggers_at": f.triggers_at} for f in truth.prompts.values()]
    return {"kind": case.kind, "subject": case.number, "story": dict(case.story), "near": case.entry.get("near", []),
            "findings": found, "prompts": sent, "cards": cards}  # fmt: skip
