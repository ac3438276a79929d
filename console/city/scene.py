"""What a story is told with: a day, an office, fresh numbers; and what it tells: facts, and what must be found in them.

A story is a small function that is given a scene. It tells facts, each with the moment at which it happened and, if it
came late, the moment at which it became known; and it says itself, by its own arithmetic, every finding that must
follow from them, prompts included, or that a rule must stay silent.

    @plants("T02", days=30)
    def decided_a_day_late(scene: Scene) -> None:
        case = scene.case(scene.item(promised=(5, "work_day")))
        opened = case.open(scene.at("09:00"))
        decided = case.tell("decided", scene.calendar.breach(opened.at, 5) + 9 * HOUR)
        case.finish(decided)
        scene.finds("T01", "prompt", opened, scene.calendar.prompt(opened.at, 5))
        scene.finds("T02", "yellow", opened, scene.calendar.breach(opened.at, 5), ended_at=decided.at)

What follows from the cards themselves (S01 to S06) is nobody's to say: `cascade.py` works it out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from console.city.calendar import Calendar, midnight, moment
from console.city.places import Data, Department, Item, Step, without_nothing
from console.city.words import usual

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
MICROSECOND = timedelta(microseconds=1)
MATERIALS = (("M-01", "申请书", True), ("M-02", "身份证明或营业执照", True), ("M-03", "场所使用证明", False))
SIMPLE = (Step("review", "reviewer", 3), Step("approve", "approver", 2))
POSTS = ("window", "reviewer", "inspector", "approver", "legal")


class Fact(NamedTuple):
    """One fact: of what, when it happened, when it became known, and what it says."""

    subject: str
    kind: str
    """The type of the exchange without `esup.`, as `case.decided`."""
    at: datetime
    known: datetime
    source: str
    event_id: str
    data: Data
    version: int = 1
    precision: str = ""


class Finding(NamedTuple):
    """What a rule must say of an occurrence, and since when."""

    code: str
    """The handbook's code, or the rule's id where it has none."""
    level: str
    subject: str
    department: str
    fact: Fact
    """The occurrence on which it rests: cards name it."""
    triggers_at: datetime
    known: datetime
    """When all that it rests on is known: no card comes before."""
    ended_at: datetime | None = None
    """When it was put right after all, which rectifies its card."""

    @property
    def card_id(self) -> str:
        """The id that a card for it must have, and the task that the card opens: everybody can compute it."""
        parts = (self.code, self.level, self.subject, self.fact.source, self.fact.event_id, "1")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    @property
    def issued_at(self) -> datetime:
        """When its card is issued."""
        return max(self.triggers_at, self.known)


Life = Callable[[Finding], object]
"""What people do with a card and its task: it tells facts about `finding.card_id`."""


class Near(NamedTuple):
    """A rule that must stay silent about something, though only just."""

    code: str
    subject: str


@dataclass
class Setting:
    """What all scenes of a city share."""

    calendar: Calendar
    departments: Sequence[Department]
    regions: dict[str, str]
    """In which region each office of the city lies."""
    supervisor: str
    """The department that complaints and open tasks fall on."""
    region: str
    """The city itself."""
    untasked_region: str
    """The county whose red cards open no task: one is to be launched (S02)."""
    suqian_region: str
    """The county with the longer limits of the Suqian measures (K05, K06)."""
    founded: datetime
    """Since when the offices and the catalogue exist, long before the first case."""
    end: datetime
    """The moment at which the city's time is over; what would happen or be known later is not told."""
    items: dict[tuple[str, Item], Item] = field(default_factory=dict)
    """The items that scenes asked for, by department and shape."""
    facts: list[Fact] = field(default_factory=list)
    """What was registered for scenes: items, guides."""


@dataclass
class Scene:
    """A day and an office in which a story takes place, with a random stream of its own."""

    setting: Setting
    code: str
    """The rule that the story is about."""
    serial: int
    """The number of the story in its city."""
    chance: Random
    day: date
    """The working day on which it begins."""
    department: Department
    """An ordinary office, whose system may report late."""
    facts: list[Fact] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    nears: list[Near] = field(default_factory=list)
    lives: dict[str, Life] = field(default_factory=dict)
    """What people do with cards, by their ids, where it is not the usual."""
    items: dict[str, Item] = field(default_factory=dict)
    """The items of the scene's cases, by their numbers."""
    numbers: int = 0

    @property
    def calendar(self) -> Calendar:
        """The city's working days."""
        return self.setting.calendar

    @property
    def supervisor(self) -> str:
        """The department on which the supervisor's own duties fall."""
        return self.setting.supervisor

    @property
    def untasked_region(self) -> str:
        """The county whose red cards open no task."""
        return self.setting.untasked_region

    @property
    def suqian_region(self) -> str:
        """The county with the longer limits of the Suqian measures."""
        return self.setting.suqian_region

    @property
    def end(self) -> datetime:
        """When the city's time is over."""
        return self.setting.end

    def at(self, clock: str, later: int = 0) -> datetime:
        """A moment of the first day, or of a working day so many later."""
        return moment(self.calendar.after(self.day, later), clock)

    def number(self, kind: str) -> str:
        """A fresh number for a complaint (`TS`), a change (`BG`), a task by hand (`DB`), an item, a notice ..."""
        self.numbers += 1
        return f"{kind}-{self.day.year}-{self.serial:05d}-{self.numbers}"

    def item(self, department: Department | None = None, **shape: Any) -> Item:
        """A published item of an office in the shape that the story needs; the same shape gives the same item."""
        office = department or self.department
        key = (office.code, shaped("", office, shape))
        if key not in self.setting.items:
            item = self.setting.items[key] = replace(key[1], code=f"{office.code}-S{len(self.setting.items) + 1:04d}")
            self.setting.facts += publication(item, self.setting.founded)
        return self.setting.items[key]

    def draft(self, department: Department | None = None, **shape: Any) -> Item:
        """An item that nobody has published yet: the story publishes it, with `item.published()` and `item.guide()`."""
        return shaped(self.number("SX"), department or self.department, shape)

    def case(self, item: Item | None = None, department: Department | None = None) -> Case:
        """A fresh case on an item; a simple licence where none is named."""
        number = f"SJ-{self.day.year}-9{self.serial:05d}{len(self.items) + 1:02d}"
        self.items[number] = item or self.item(department)
        return Case(self, number, self.items[number], department or self.department)

    def officer(self, post: str = "reviewer", department: Department | None = None) -> str:
        """Somebody who holds a post in an office."""
        return self.chance.choice((department or self.department).officers[post])

    def new_officer(self, *posts: str, department: Department | None = None) -> str:
        """An officer of whom only this story knows, assigned since the offices were founded."""
        office, name = department or self.department, self.number("u")
        about = {"officer": name, "name": name, "department": office.code, "posts": list(posts), "certified": True}
        self.tell(name, "org.officer_assigned", self.setting.founded, about)
        return name

    def new_department(self, system: str = "platform", region: str | None = None) -> Department:
        """An office of which only this story knows, with one officer for each post and a system of its own."""
        code = self.number("dept")
        source = f"/320900/{code}/approval"
        name, place, founded = f"{code}分局", region or self.setting.region, self.setting.founded
        self.tell(code, "org.department_registered", founded, {"code": code, "name": name, "region": place})
        officers = {post: [f"{code}-{post}"] for post in POSTS}
        office = Department(code, name, place, source, officers, system)
        self.setting.regions[code] = place
        for post, (officer,) in officers.items():
            about = {"officer": officer, "name": officer, "department": code, "posts": [post], "certified": True}
            self.tell(officer, "org.officer_assigned", founded, about)
        self.tell(source, "source.registered", founded, {"source": source, "department": code, "kind": system})
        return office

    def tell(
        self,
        subject: str,
        kind: str,
        at: datetime,
        data: Mapping[str, Any] | None = None,
        *,
        known: datetime | None = None,
        source: str | None = None,
        corrects: Fact | None = None,
        precision: str = "",
    ) -> Fact:
        """One fact of anything but a case, known at once unless it says when; one may correct another."""
        told = Fact(
            subject,
            kind,
            at,
            known or at,
            corrects.source if corrects else source or self.department.source,
            corrects.event_id if corrects else f"{subject}/{self.serial}/{len(self.facts) + 1:03d}",
            dict(data or {}),
            corrects.version + 1 if corrects else 1,
            precision,
        )
        self.facts.append(told)
        return told

    def finds(
        self,
        code: str,
        level: str,
        fact: Fact,
        triggers_at: datetime | None = None,
        *,
        subject: str | None = None,
        department: str | None = None,
        known: datetime | None = None,
        ended_at: datetime | None = None,
        life: Life | None = None,
    ) -> Finding:
        """Something that must be found, resting on a fact: since the fact, on its case, in this office, unless said.

        Of what an absence shows, `triggers_at` is the moment at which a limit passes. `known` is when the last fact
        that it rests on comes in, if that is not this one. `ended_at` is when it was put right, which keeps the yellow
        card from turning red. `life` is what people do with its card and task; usually they answer in time.
        """
        office = department or self.department.code
        at = triggers_at or fact.at
        found = Finding(code, level, subject or fact.subject, office, fact, at, known or fact.known, ended_at)
        self.findings.append(found)
        if life is not None:
            self.lives[found.card_id] = life
        return found

    def post_of(self, finding: Finding) -> str:
        """The post at which something was done, as far as the fact of a case or its flow tells; else a dash."""
        item = self.items.get(finding.fact.subject)
        if item is None or finding.subject != finding.fact.subject:
            return "-"
        posts = {node.step: node.post for node in item.steps}
        said = finding.fact.data
        return str(said.get("post") or "").strip() or posts.get(said.get("step", "")) or "-"

    def silent(self, subject: str, code: str | None = None) -> None:
        """A rule must say nothing of a subject: the story's own rule unless another is named."""
        self.nears.append(Near(code or self.code, subject))


@dataclass
class Case:
    """A case of a story: each fact comes with what an office usually writes; a story says what is different."""

    scene: Scene
    number: str
    item: Item
    department: Department
    facts: list[Fact] = field(default_factory=list)

    def tell(
        self,
        kind: str,
        at: datetime,
        /,
        *,
        known: datetime | None = None,
        corrects: Fact | None = None,
        precision: str = "",
        **said: Any,
    ) -> Fact:
        """One fact of the case, as `decided`; None leaves a usual field out. A correction says the rest again."""
        before = corrects.data if corrects else usual(kind, self.number, self.item, self.department)
        told = Fact(
            self.number,
            f"case.{kind}",
            at,
            known or at,
            self.department.source,
            corrects.event_id if corrects else f"{self.number}-{len(self.facts) + 1:02d}",
            without_nothing({**before, **said}),
            corrects.version + 1 if corrects else 1,
            precision,
        )
        self.facts.append(told)
        self.scene.facts.append(told)
        return told

    def open(self, at: datetime, wait: timedelta = 20 * MINUTE) -> Fact:
        """Applied for with all materials, and accepted a little later: the acceptance."""
        self.tell("applied", at)
        return self.tell("accepted", at + wait)

    def step(self, step: str, started: datetime, finished: datetime, /, **said: Any) -> tuple[Fact, Fact]:
        """A step, started and finished by who holds its post; what is said otherwise is said of its end."""
        about: Data = {"step": step, "post": self.item.post(step), "officer": self.officer(self.item.post(step))}
        return (
            self.tell("step_started", started, **about),
            self.tell("step_finished", finished, **{**about, "action": "pass", "opinion": "经审查，符合条件", **said}),
        )

    def steps(self, at: datetime) -> datetime:
        """Every step of the flow in a row, ten minutes each; when the last is done."""
        for step in self.item.steps:
            second = {"second_officer": self.officer("window")} if step.control == "second_officer" else {}
            self.step(step.step, at, at + 10 * MINUTE, **second)
            at += 11 * MINUTE
        return at

    def finish(self, decided: Fact) -> None:
        """Delivered, published and closed on the next working morning."""
        morning = moment(self.scene.calendar.after(decided.at.date(), 1), "09:00")
        for minutes, kind in enumerate(("delivered", "published", "closed")):
            self.tell(kind, morning + minutes * MINUTE)

    def lawful(self, at: datetime) -> list[Fact]:
        """A licence in one day: applied for, accepted, worked, granted; then delivered, published and closed."""
        accepted = self.open(at)
        self.finish(self.tell("decided", self.steps(accepted.at + 5 * MINUTE)))
        return self.facts

    def officer(self, post: str) -> str:
        """Who sits at a post: the same officer for the case's whole life."""
        officers = self.department.officers[post]
        return officers[int(self.number[-5:]) % len(officers)]


def shaped(code: str, department: Department, shape: Mapping[str, Any]) -> Item:
    """A simple licence, but for the shape."""
    usual: Data = {
        "name": "示例许可", "steps": SIMPLE, "materials": MATERIALS, "basis": ("中华人民共和国行政许可法",),
        "suspensions": ("hearing", "inspection", "test", "expert_review"), "extension": (10, "work_day", "head"),
    }  # fmt: skip
    return Item(code=code, department=department.code, **{**usual, **shape})


def publication(item: Item, at: datetime) -> list[Fact]:
    """An item and its guide, published."""
    told = (("item.published", item.published()), ("item.guide_published", item.guide()))
    return [Fact(item.code, kind, at, at, "/320900/catalogue", f"{item.code}/{kind}", data) for kind, data in told]


__all__ = [
    "DAY", "HOUR", "MICROSECOND", "MINUTE", "SECOND", "Case", "Fact", "Finding", "Item", "Life", "Near", "Scene",
    "Setting", "Step", "midnight", "moment",
]  # fmt: skip
