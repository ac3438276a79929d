"""One ordinary case being told: its item and office, the clock of its desk, its chance, and the facts so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Protocol

from console.city.catalogue import Catalogue
from console.city.desk import MORNING, MORNING_HOURS, Clocks, Desk, next_report
from console.city.places import Data, Item, Step
from console.city.scene import Fact
from console.city.words import officer_of, usual

REGISTER = "/320900/registers/credit"
LATE_MINUTES = 3 * 24 * 60
LATE = ("delivered", "published", "closed", "rated")
"""What may be uploaded days late where the system has no day to keep: no limit comes near in that time."""


class Place(Protocol):
    """What a case needs to know of its city."""

    recipe: Mapping[str, Any]
    fates: Mapping[str, float]
    catalogue: Catalogue
    clocks: Clocks


class Told:
    """One case being told."""

    def __init__(self, city: Place, number: str, item: Item, random: Random, day: date, place: int) -> None:
        self.recipe, self.fates = city.recipe, city.fates
        self.number, self.item, self.random, self.day = number, item, random, day
        self.department = city.catalogue.of(item)
        self.clocks = city.clocks
        self.uploads = city.clocks.uploads[self.department.code]
        self.desk = Desk(city.clocks, random, place, MORNING + int(random.random() * MORNING_HOURS))
        # Whether the case begins on a working day; else its desk waits for the next one.
        self.is_worked = city.clocks.midnights[place].date() == day
        self.is_late = self.department.system in ("platform", "window") and self.happens("late")
        self.facts: list[Fact] = []

    def happens(self, fate: str) -> bool:
        """Whether something befalls the case that befalls so many in a hundred."""
        return self.random.random() < self.fates[fate]

    def days(self, most: int) -> int:
        """So many days at most."""
        return int(self.random.random() * (most + 1))

    def tell(self, kind: str, at: datetime, data: Data) -> None:
        """A fact, known with the next report of the department's system."""
        known = self.clocks.arrival(next_report(at, self.uploads))
        if self.is_late and kind in LATE:
            known += timedelta(minutes=int(self.random.random() * LATE_MINUTES))
        event_id = f"{self.number}-{len(self.facts) + 1:02d}"
        self.facts.append(Fact(self.number, f"case.{kind}", at, known, self.department.source, event_id, data))

    def usually(self, kind: str, at: datetime, /, **said: Any) -> None:
        """A fact as an office usually writes it."""
        data = usual(kind, self.number, self.item, self.department)
        self.tell(kind, at, {**data, **said} if said else data)

    def start(self, step: Step) -> Data:
        """A step is taken up by who holds its post; what its end says as well."""
        data: Data = {"step": step.step, "post": step.post, "officer": self.officer(step.post)}
        self.tell("step_started", self.desk.soon(), data)
        return data

    def finish(self, started: Data, at: datetime, action: str = "pass", **said: Any) -> None:
        """The step is done, with an opinion."""
        opinions = self.recipe["opinions"]
        opinion = opinions[int(self.random.random() * len(opinions))]
        self.tell("step_finished", at, {**started, "action": action, "opinion": opinion, **said})

    def officer(self, post: str) -> str:
        """Who sits at a post for this case."""
        return officer_of(self.department, post, self.number)

    def observe(self, at: datetime) -> None:
        """The decision is seen in a register elsewhere: the same number that the case has."""
        number = next(fact.data["decision_no"] for fact in self.facts if fact.kind == "case.decided")
        about = {"department": self.department.code, "item": self.item.code, "decision_no": number,
                 "seen_in": "信用网", "seen_on": at.date()}  # fmt: skip
        self.facts.append(Fact(number, "register.observed", at, at, REGISTER, f"{number}/seen", about))

    def amend(self) -> None:
        """The last fact is reported a second time, with a remark: a correction that changes nothing that counts."""
        last = self.facts[-1]
        known = next_report(last.known + timedelta(hours=1), self.uploads)
        self.facts.append(last._replace(known=known, version=2, data={**last.data, "remark": "补录备注"}))
