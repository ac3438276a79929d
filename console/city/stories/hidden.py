"""Stories of what was kept from the platform: decisions made offline (P14), and batches filled in afterwards (P15)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from console.city.places import Department, Step
from console.city.scene import DAY, HOUR, MICROSECOND, MINUTE, SECOND, Case, Fact, Scene
from console.city.stories.reckoning import end, just_before, office_hour, watched
from console.city.stories.registry import nears, plants

REGISTER = "/320900/registers/credit"
SPREAD = timedelta(minutes=60)


def seen(scene: Scene, office: Department, number: str, at: datetime) -> Fact:
    """A register elsewhere shows a decision of an office."""
    about = {"department": office.code, "decision_no": number, "seen_in": "信用网", "seen_on": at.date().isoformat()}
    return scene.tell(number, "register.observed", at, about, source=REGISTER)


def granted(scene: Scene, office: Department) -> Fact:
    """A licence of that office, granted on the first day."""
    case = scene.case(scene.item(office, steps=()), office)
    accepted = case.open(office_hour(scene))
    return end(case, "decided", accepted.at + HOUR)


@plants("P14", days=20)
def decision_nobody_told(scene: Scene) -> None:
    """A register shows a decision that the office never told of; another office has one of that number."""
    office, other = scene.new_department(), scene.new_department()
    number = scene.chance.choice((f"无〔{scene.serial}〕号", granted(scene, other).data["decision_no"]))
    fact = seen(scene, office, number, office_hour(scene, 2))
    scene.finds("P14", "red", fact, subject=office.code, department=office.code)


@plants("P14", days=20)
def decision_told_after_it_was_seen(scene: Scene) -> None:
    """The register shows the decision a microsecond before it is made, which is told then."""
    office = scene.new_department()
    case = scene.case(scene.item(office, steps=()), office)
    accepted = case.open(office_hour(scene))
    decided = end(case, "decided", accepted.at + HOUR)
    fact = seen(scene, office, decided.data["decision_no"], just_before(decided.at))
    scene.finds("P14", "red", fact, subject=office.code, department=office.code, ended_at=decided.at)


@nears("P14", days=20)
def decision_seen_at_once(scene: Scene) -> None:
    """The register shows the decision in the very moment in which it is made, or days later."""
    office = scene.new_department()
    decided = granted(scene, office)
    seen(scene, office, decided.data["decision_no"], scene.chance.choice((decided.at, decided.at + 4 * DAY)))
    scene.silent(office.code)


def told_later(scene: Scene, wait: timedelta, spread: timedelta) -> tuple[Case, Fact]:
    """A licence granted in an hour; its facts become known so long after the decision, and one after the other."""
    case = scene.case(scene.item(steps=()))
    at = office_hour(scene)
    first = at + HOUR + wait
    case.tell("applied", at, known=first)
    accepted = case.tell("accepted", at + 5 * MINUTE, known=first + spread / 2)
    decided = case.tell("decided", at + HOUR, known=first + spread)
    for minutes, kind in enumerate(("delivered", "published", "closed"), 1):
        case.tell(kind, decided.at + minutes * MINUTE, known=first + spread + minutes * MINUTE)
    watched(case, accepted, decided.at)
    return case, decided


@plants("P14", days=20)
def case_told_afterwards(scene: Scene) -> None:
    """Nothing was known until 24 hours after the decision, and then everything came within sixty minutes."""
    wait = DAY + scene.chance.choice((MICROSECOND, 5 * HOUR, 2 * DAY))
    _, decided = told_later(scene, wait, scene.chance.choice((SPREAD, SPREAD, 10 * MINUTE, timedelta(0))))
    scene.finds("P14", "yellow", decided, decided.at + DAY)


@nears("P14", days=20)
def case_told_just_in_time(scene: Scene) -> None:
    """The first of it was known 24 hours after the decision and not later; or it came over more than an hour."""
    wait, spread = scene.chance.choice(((DAY, SPREAD), (2 * DAY, SPREAD + MICROSECOND), (DAY, timedelta(0))))
    case, _ = told_later(scene, wait, spread)
    scene.silent(case.number)


PLAIN = (Step("review", "reviewer"), Step("approve", "approver"))
"""A flow whose steps may take as long as they like."""


def filled_in(scene: Scene, office: Department, at: datetime, first: datetime, last: datetime) -> list[Fact]:
    """A case that was known from its beginning, but for its steps: the first became known then, the last at last."""
    case = scene.case(scene.item(office, steps=PLAIN), office)
    accepted = case.open(at)
    steps: list[Fact] = []
    for place, step in enumerate(PLAIN):
        said: dict[str, Any] = {"step": step.step, "post": step.post, "officer": case.officer(step.post)}
        for kind, action in (("step_started", None), ("step_finished", "pass")):
            happened = accepted.at + len(steps) * MINUTE
            steps.append(case.tell(kind, happened, known=last if place else first, action=action, **said))
    for minutes, kind in enumerate(("decided", "delivered", "published", "closed"), 9):
        case.tell(kind, accepted.at + minutes * MINUTE, known=last)
    return steps


def batch(scene: Scene, office: Department, late: int, first: datetime, last: datetime) -> list[list[Fact]]:
    """So many cases of the first day, whose steps became known between two moments; all but the last long before it."""
    half = first + (last - first) / 2
    ends = [*(half + n * SECOND for n in range(late - 1)), last]
    return [
        filled_in(scene, office, scene.at("09:00") + n * MINUTE, first + n * SECOND, ended)
        for n, ended in enumerate(ends)
    ]


@plants("P15", days=20)
def five_cases_filled_in(scene: Scene) -> None:
    """The steps of five late cases, or six, become known within sixty minutes, to the microsecond."""
    office, late = scene.new_department(), scene.chance.choice((5, 5, 6))
    first = office_hour(scene, 1) + DAY
    last = first + scene.chance.choice((SPREAD, SPREAD, 20 * MINUTE))
    cases = batch(scene, office, late, first, last)
    fifth = sorted(max(step.known for step in steps) for steps in cases)[4]
    scene.finds("P15", "yellow", cases[0][0], fifth, subject=office.code, department=office.code, known=fifth)


@nears("P15", days=20)
def four_cases_filled_in(scene: Scene) -> None:
    """Four late cases within sixty minutes, and the fifth a microsecond behind them; or no fifth at all."""
    office, late = scene.new_department(), scene.chance.choice((4, 5))
    first = office_hour(scene, 1) + DAY
    batch(scene, office, late, first, first + SPREAD + (MICROSECOND if late == 5 else timedelta(0)))
    scene.silent(office.code)


@nears("P15", days=20)
def fifth_case_is_not_late(scene: Scene) -> None:
    """Five cases become known together, but one step of the fifth within 24 hours of its happening."""
    office = scene.new_department()
    first = office_hour(scene, 1) + DAY
    batch(scene, office, 4, first, first + 30 * MINUTE)
    known = first + 20 * MINUTE
    # Its first step begins with the acceptance, twenty minutes after the application.
    filled_in(scene, office, known - DAY - 20 * MINUTE, known, known)
    scene.silent(office.code)
