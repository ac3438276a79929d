"""Stories of changes of the catalogue: filed (K05), reviewed (K06) and adjusted (K07a, K07b) too late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from console.city.places import Department
from console.city.scene import DAY, Fact, Scene, midnight
from console.city.stories.reckoning import at_or_after, between, just_before, office_hour
from console.city.stories.registry import nears, plants

ADJUST = 2


@dataclass(frozen=True)
class Measures:
    """In how many working days a change is to be filed, and reviewed at last; the office they hold for."""

    office: Department
    file: int
    review: int
    review_at_last: int


def measures(scene: Scene) -> Measures:
    """Those of Yancheng mostly; in one county those of Suqian."""
    if scene.chance.random() < 0.3:
        return Measures(scene.new_department(region=scene.suqian_region), 20, 10, 12)
    return Measures(scene.department, 10, 3, 5)


class Change:
    """One change of the catalogue, as an office and the legal office tell it."""

    def __init__(self, scene: Scene, here: Measures) -> None:
        self.scene, self.here, self.name = scene, here, scene.number("BG")

    def tell(self, kind: str, at: datetime, **said: Any) -> Fact:
        """`filed`, `reviewed` or `adjusted`."""
        data = {"change": self.name, **{name: value for name, value in said.items() if value is not None}}
        return self.scene.tell(self.name, f"item.change_{kind}", at, data, source=self.here.office.source)

    def filed(self, at: datetime, caused: date) -> Fact:
        """Filed at a moment, for a cause of a day."""
        cause = self.scene.chance.choice(("law", "institution"))
        return self.tell("filed", at, department=self.here.office.code, cause=cause, caused_on=caused.isoformat())

    def reviewed(self, at: datetime, effective: date | None = None, *, approved: bool = True) -> Fact:
        """Answered, with the day on which the change is to take effect."""
        day = None if effective is None else effective.isoformat()
        return self.tell("reviewed", at, approved=approved, effective_from=day, reason=None if approved else "依据不足")

    def adjusted(self, at: datetime) -> Fact:
        """The catalogue is adjusted."""
        return self.tell("adjusted", at, effective_from=at.date().isoformat())

    def finds(self, code: str, level: str, fact: Fact, breach: datetime, done: datetime | None) -> None:
        """What is owed was not done in time."""
        if done is None or breach <= done:
            office = self.here.office.code
            known = fact.known
            self.scene.finds(code, level, fact, breach, department=office, known=known, ended_at=done)


def approved_and_adjusted(change: Change, filed: Fact) -> None:
    """What comes after a filing is done in good time."""
    at = change.scene.calendar.after(filed.at.date(), 1)
    change.reviewed(midnight(at) + DAY / 2)
    change.adjusted(midnight(change.scene.calendar.after(at, 1)) + DAY / 2)


@plants("K05", days=50)
def filed_too_late(scene: Scene) -> None:
    """Filed when the working days from the day of the cause were over; nobody knows of it before."""
    change = Change(scene, measures(scene))
    breach = scene.calendar.breach(midnight(scene.day), change.here.file)
    filed = change.filed(at_or_after(scene, breach, 5 * DAY), scene.day)
    change.finds("K05", "yellow", filed, breach, filed.at)
    approved_and_adjusted(change, filed)


@nears("K05", days=50)
def filed_at_the_last_moment(scene: Scene) -> None:
    """Filed in the last microsecond, on the day of the cause itself, or before it."""
    change = Change(scene, measures(scene))
    last = just_before(scene.calendar.breach(midnight(scene.day), change.here.file))
    filed = change.filed(scene.chance.choice((last, last, office_hour(scene), office_hour(scene, -3))), scene.day)
    approved_and_adjusted(change, filed)
    scene.silent(change.name)


def owed_by_the_legal_office(change: Change, filed: Fact, done: datetime | None) -> None:
    """What a filing shows until it is answered: a prompt, and yellow some days later."""
    for level, n in (("prompt", change.here.review), ("yellow", change.here.review_at_last)):
        change.finds("K06", level, filed, change.scene.calendar.breach(filed.at, n), done)


@plants("K06", days=50)
def reviewed_too_late(scene: Scene) -> None:
    """Answered when it was prompted, or when it was yellow, or never; with yes or no."""
    change = Change(scene, measures(scene))
    filed = change.filed(office_hour(scene), scene.calendar.after(scene.day, -3))
    first, last = (scene.calendar.breach(filed.at, n) for n in (change.here.review, change.here.review_at_last))
    at = scene.chance.choice((first, between(scene, first, last), just_before(last), last, last + 2 * DAY, None))
    owed_by_the_legal_office(change, filed, at)
    if at is not None and scene.chance.random() < 0.5:
        change.reviewed(at, approved=False)
    elif at is not None:
        change.adjusted(change.reviewed(at).at + DAY / 12)


@nears("K06", days=30)
def reviewed_at_the_last_moment(scene: Scene) -> None:
    """Answered in the last microsecond before the prompt, with yes or no."""
    change = Change(scene, measures(scene))
    filed = change.filed(office_hour(scene), scene.calendar.after(scene.day, -3))
    at = just_before(scene.calendar.breach(filed.at, change.here.review))
    if scene.chance.random() < 0.5:
        change.reviewed(at, approved=False)
    else:
        change.adjusted(change.reviewed(at).at + DAY / 12)
    scene.silent(change.name)


def approved(scene: Scene, effective: date | None = None) -> tuple[Change, Fact]:
    """A change that was filed and approved in good time."""
    change = Change(scene, measures(scene))
    change.filed(office_hour(scene), scene.calendar.after(scene.day, -2))
    return change, change.reviewed(office_hour(scene, 1), effective)


@plants("K07a", days=30)
def adjusted_too_late(scene: Scene) -> None:
    """Adjusted when two working days from the reply were over, or never."""
    change, reviewed = approved(scene)
    breach = scene.calendar.breach(reviewed.at, ADJUST)
    at = scene.chance.choice((at_or_after(scene, breach), breach + 3 * DAY, None))
    if at is not None:
        change.adjusted(at)
    change.finds("K07a", "yellow", reviewed, breach, at)


@nears("K07a", days=30)
def adjusted_at_the_last_moment(scene: Scene) -> None:
    """Adjusted in the last microsecond of the second working day."""
    change, reviewed = approved(scene)
    change.adjusted(just_before(scene.calendar.breach(reviewed.at, ADJUST)))
    scene.silent(change.name)


@nears("K07a", days=30)
def refused_and_not_adjusted(scene: Scene) -> None:
    """The legal office said no: there is nothing to adjust."""
    change = Change(scene, measures(scene))
    change.filed(office_hour(scene), scene.calendar.after(scene.day, -2))
    change.reviewed(office_hour(scene, 1), approved=False)
    scene.silent(change.name)


@plants("K07b", days=40)
def adjusted_after_it_took_effect(scene: Scene) -> None:
    """Adjusted when the day of its effect was over, or never; that day may be one without work."""
    effective = scene.calendar.after(scene.day, scene.chance.choice((3, 6, 9)))
    while scene.chance.random() < 0.5:
        effective += DAY
    change, reviewed = approved(scene, effective)
    breach = midnight(effective) + DAY
    at = scene.chance.choice((at_or_after(scene, breach), None))
    if at is not None:
        change.adjusted(at)
    change.finds("K07a", "yellow", reviewed, scene.calendar.breach(reviewed.at, ADJUST), at)
    change.finds("K07b", "yellow", reviewed, breach, at)


@plants("K07b", days=30)
def approved_for_a_day_that_is_past(scene: Scene) -> None:
    """The reply names the very day on which it is given; adjusted on the next."""
    change, reviewed = approved(scene, scene.calendar.after(scene.day, 1))
    breach = midnight(reviewed.at.date()) + DAY
    at = scene.chance.choice((breach, breach + DAY / 3))
    change.adjusted(at)
    passed_by(change, reviewed, breach, at)


def passed_by(change: Change, reviewed: Fact, breach: datetime, at: datetime) -> None:
    """Both duties of an approving reply, as far as they were broken."""
    change.finds("K07a", "yellow", reviewed, change.scene.calendar.breach(reviewed.at, ADJUST), at)
    change.finds("K07b", "yellow", reviewed, breach, at)


@nears("K07b", days=40)
def adjusted_on_the_day_of_its_effect(scene: Scene) -> None:
    """Adjusted in the last microsecond of that day, though two working days from the reply may long be over."""
    effective = scene.calendar.after(scene.day, scene.chance.choice((2, 6, 9)))
    change, reviewed = approved(scene, effective)
    at = just_before(midnight(effective) + DAY)
    change.adjusted(at)
    change.finds("K07a", "yellow", reviewed, scene.calendar.breach(reviewed.at, ADJUST), at)
    scene.silent(change.name)
