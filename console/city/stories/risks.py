"""Stories of points of risk that are passed without their control (R01)."""

from __future__ import annotations

from datetime import datetime

from console.city.places import Step
from console.city.scene import HOUR, MICROSECOND, MINUTE, Case, Fact, Scene, midnight
from console.city.stories.reckoning import end, just_before, office_hour, watched
from console.city.stories.registry import nears, plants


def guarded(scene: Scene, control: str) -> tuple[Case, Fact]:
    """An accepted case whose approval is a point of risk with such a control; a survey lies on a branch before it."""
    steps = (
        Step("review", "reviewer", 3, ("survey", "approve")),
        Step("survey", "inspector", 3, ("approve",)),
        Step("approve", "approver", 2, (), False, control),
    )
    case = scene.case(scene.item(steps=steps))
    return case, case.open(office_hour(scene))


def passed(case: Case, at: datetime, *, is_surveyed: bool = False, **said: object) -> Fact:
    """The case is reviewed, surveyed or not, and approved at a moment."""
    case.step("review", at - 50 * MINUTE, at - 40 * MINUTE)
    if is_surveyed:
        case.step("survey", at - 30 * MINUTE, just_before(at))
    return case.step("approve", at - 20 * MINUTE, at, **said)[1]


@plants("R01", days=20)
def approved_without_a_control(scene: Scene) -> None:
    """Approved without the survey, without a second officer, without a discussion."""
    case, accepted = guarded(scene, scene.chance.choice(("survey", "second_officer", "collectively_discussed")))
    scene.finds("R01", "yellow", passed(case, accepted.at + 2 * HOUR))
    watched(case, accepted, end(case, "decided", accepted.at + 3 * HOUR).at)


@plants("R01", days=30)
def discussed_afterwards(scene: Scene) -> None:
    """Discussed only when it had been approved, a microsecond or some days later: that puts it right."""
    case, accepted = guarded(scene, "collectively_discussed")
    fact = passed(case, accepted.at + 2 * HOUR)
    later = scene.chance.choice((fact.at + MICROSECOND, office_hour(scene, 2), office_hour(scene, 8)))
    case.tell("collectively_discussed", later)
    scene.finds("R01", "yellow", fact, ended_at=later)
    watched(case, accepted, end(case, "decided", accepted.at + 3 * HOUR).at)


@plants("R01", days=30)
def surveyed_afterwards(scene: Scene) -> None:
    """Surveyed only when it had been approved: out of order as well."""
    case, accepted = guarded(scene, "survey")
    fact = passed(case, accepted.at + 2 * HOUR)
    later = office_hour(scene, 2)
    _, surveyed = case.step("survey", just_before(later), later)
    scene.finds("R01", "yellow", fact, ended_at=surveyed.at)
    scene.finds("P02", "yellow", surveyed)
    watched(case, accepted, end(case, "decided", surveyed.at + HOUR).at)


@plants("R01", days=20)
def second_officer_left_blank(scene: Scene) -> None:
    """The field of the second officer is there, and empty."""
    case, accepted = guarded(scene, "second_officer")
    scene.finds("R01", "yellow", passed(case, accepted.at + 2 * HOUR, second_officer=scene.chance.choice(("", " "))))
    watched(case, accepted, end(case, "decided", accepted.at + 3 * HOUR).at)


@nears("R01", days=20)
def controlled_just_before(scene: Scene) -> None:
    """Surveyed or discussed a microsecond before the approval, or with a second officer in it."""
    control = scene.chance.choice(("survey", "second_officer", "collectively_discussed"))
    case, accepted = guarded(scene, control)
    at = accepted.at + 2 * HOUR
    if control == "collectively_discussed":
        case.tell("collectively_discussed", just_before(at))
    second = case.officer("legal") if control == "second_officer" else None
    passed(case, at, is_surveyed=control == "survey", second_officer=second)
    watched(case, accepted, end(case, "decided", at + HOUR).at)
    scene.silent(case.number)


@nears("R01", days=20)
def not_passed(scene: Scene) -> None:
    """The point of risk is reached, but the case is sent back or dealt with otherwise: nothing was passed."""
    case, accepted = guarded(scene, scene.chance.choice(("survey", "second_officer", "collectively_discussed")))
    passed(case, accepted.at + 2 * HOUR, action=scene.chance.choice(("return", "other")))
    watched(case, accepted, end(case, "withdrawn", accepted.at + 3 * HOUR).at)
    scene.silent(case.number)


@nears("R01", days=20)
def discussed_some_time_on_that_day(scene: Scene) -> None:
    """Only the day of the discussion is known, and it is that of the approval."""
    case, accepted = guarded(scene, "collectively_discussed")
    at = accepted.at + 2 * HOUR
    case.tell("collectively_discussed", midnight(at.date()), known=at, precision="day")
    passed(case, at)
    watched(case, accepted, end(case, "decided", at + HOUR).at)
    scene.silent(case.number)
