"""Stories of data: uploaded late (D01), impossible (D03), changed afterwards (D04)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from console.city.places import Department
from console.city.scene import DAY, HOUR, MICROSECOND, MINUTE, Case, Fact, Scene, midnight
from console.city.stories.reckoning import (
    at_or_after,
    between,
    end,
    just_before,
    nearing,
    office_hour,
    watched,
)
from console.city.stories.registry import nears, plants
from console.city.stories.steps import finished, started

OWN_SYSTEMS = ("vertical", "self_built")


def uploading(scene: Scene) -> Department:
    """An office of the story's own whose system must upload within a day."""
    return scene.new_department(scene.chance.choice(OWN_SYSTEMS))


def uploaded(scene: Scene, office: Department, at: datetime, known: datetime, **said: Any) -> tuple[Case, Fact]:
    """A case of that office, quickly granted; its delivery is uploaded at another moment than all the rest."""
    case = scene.case(scene.item(office, steps=()), office)
    accepted = case.open(at)
    decided = case.tell("decided", accepted.at + HOUR)
    case.tell("published", decided.at + MINUTE)
    return case, case.tell("delivered", decided.at + 5 * MINUTE, known=known, **said)


def late_day(scene: Scene, office: Department, fact: Fact) -> None:
    """More than one in a hundred of the office's day was late: known with the first that was."""
    second = midnight(fact.at.date()) + 2 * DAY
    scene.finds("D01", "yellow", fact, second, subject=office.code, department=office.code)


@plants("D01", days=20)
def uploaded_a_day_late(scene: Scene) -> None:
    """Uploaded 24 hours after it happened, to the microsecond, or later."""
    office, at = uploading(scene), office_hour(scene)
    happened = at + 20 * MINUTE + HOUR + 5 * MINUTE
    _, fact = uploaded(scene, office, at, at_or_after(scene, happened + DAY, 4 * DAY))
    scene.finds("D01", "prompt", fact, happened + DAY, department=office.code)
    late_day(scene, office, fact)


@plants("D01", days=20)
def day_uploaded_a_day_late(scene: Scene) -> None:
    """Only the day of the delivery is known: it is late 24 hours after the end of that day."""
    office = uploading(scene)
    due = midnight(scene.day) + 2 * DAY
    case = scene.case(scene.item(office, steps=()), office)
    accepted = case.open(scene.at("08:40"))
    decided = case.tell("decided", accepted.at + MINUTE)
    case.tell("published", decided.at + MINUTE)
    fact = case.tell("delivered", midnight(scene.day), known=at_or_after(scene, due), precision="day")
    scene.finds("D01", "prompt", fact, due, department=office.code)
    late_day(scene, office, fact)


def crowd(scene: Scene, office: Department, at: datetime, facts: int) -> None:
    """So many facts of other cases on the same day, all uploaded at once."""
    item = scene.item(office, steps=())
    while facts:
        case = scene.case(item, office)
        case.tell("applied", at)
        case.tell("withdrawn", at + MINUTE)
        facts -= 2


@plants("D01", days=20)
def one_of_ninety_nine_late(scene: Scene) -> None:
    """One in ninety-nine of the day was late: more than one in a hundred."""
    office, at = uploading(scene), scene.at("09:00")
    crowd(scene, office, at, 94)
    happened = at + 20 * MINUTE + HOUR + 5 * MINUTE
    _, fact = uploaded(scene, office, at, happened + DAY)
    scene.finds("D01", "prompt", fact, happened + DAY, department=office.code)
    late_day(scene, office, fact)


@nears("D01", days=20)
def one_of_a_hundred_late(scene: Scene) -> None:
    """Exactly one in a hundred of the day was late: the record is prompted, the day is not."""
    office, at = uploading(scene), scene.at("09:00")
    case = scene.case(scene.item(office, steps=()), office)
    late = case.tell("applied", at, known=at + DAY)
    case.tell("withdrawn", at + MINUTE)
    crowd(scene, office, at, 98)
    scene.finds("D01", "prompt", late, at + DAY, department=office.code)
    scene.silent(office.code)


@nears("D01", days=20)
def uploaded_at_the_last_moment(scene: Scene) -> None:
    """Uploaded in the last microsecond of the 24 hours, over a holiday or not."""
    office, at = uploading(scene), office_hour(scene)
    case, _ = uploaded(scene, office, at, just_before(at + 20 * MINUTE + HOUR + 5 * MINUTE + DAY))
    scene.silent(case.number)
    scene.silent(office.code)


@nears("D01", days=20)
def corrected_days_later(scene: Scene) -> None:
    """Uploaded in time; what is corrected days later was uploaded in time all the same."""
    office, at = uploading(scene), office_hour(scene)
    case, fact = uploaded(scene, office, at, at + 3 * HOUR)
    case.tell("delivered", fact.at, corrects=fact, known=fact.at + 4 * DAY, document=f"{case.number}-更正")
    scene.silent(case.number)
    scene.silent(office.code)


@nears("D01", days=20)
def platform_may_be_late(scene: Scene) -> None:
    """Who works on the city's own platform, or at its windows, has no day to keep."""
    office, at = scene.new_department(scene.chance.choice(("platform", "window"))), office_hour(scene)
    case, _ = uploaded(scene, office, at, at + 3 * DAY)
    scene.silent(case.number)
    scene.silent(office.code)


@plants("D03", days=20)
def finished_before_it_began(scene: Scene) -> None:
    """A step is finished before it is started, by a microsecond or by hours."""
    case = scene.case()
    accepted = case.open(office_hour(scene))
    ref = scene.chance.choice(({}, {"ref": "1"}))
    start = started(case, accepted.at + HOUR, **ref)
    finished(case, scene.chance.choice((just_before(start.at), accepted.at + MINUTE)), **ref)
    scene.finds("D03", "prompt", start)
    watched(case, accepted, end(case, "decided", accepted.at + 2 * HOUR).at)


@plants("D03", days=20)
def happened_before_the_application(scene: Scene) -> None:
    """A fact of the case lies before its application: by a microsecond, or by a day where only days are known."""
    case = scene.case(scene.item(steps=()))
    at = office_hour(scene, 1)
    if scene.chance.random() < 0.5:
        case.tell("collectively_discussed", scene.chance.choice((just_before(at), at - 10 * DAY)))
    else:
        case.tell("collectively_discussed", midnight(at.date()) - DAY, known=at, precision="day")
    applied = case.tell("applied", at)
    scene.finds("D03", "prompt", applied)
    accepted = case.tell("accepted", at + MINUTE)
    watched(case, accepted, end(case, "decided", at + HOUR).at)


@nears("D03", days=20)
def began_and_finished_at_once(scene: Scene) -> None:
    """A step begins and ends in the same microsecond; the application came in the same one as the acceptance."""
    case = scene.case()
    accepted = case.open(office_hour(scene), wait=timedelta(0))
    start = started(case, accepted.at + MINUTE, ref="1")
    finished(case, start.at, ref="1")
    watched(case, accepted, end(case, "decided", accepted.at + HOUR).at)
    scene.silent(case.number)


@nears("D03", days=20)
def same_day_as_the_application(scene: Scene) -> None:
    """Only the day is known, and it is that of the application."""
    case = scene.case(scene.item(steps=()))
    at = office_hour(scene)
    case.tell("applied", at)
    case.tell("collectively_discussed", midnight(at.date()), known=at + HOUR, precision="day")
    accepted = case.tell("accepted", at + MINUTE)
    watched(case, accepted, end(case, "decided", at + 2 * HOUR).at)
    scene.silent(case.number)


@nears("D03", days=20)
def finished_before_another_run_began(scene: Scene) -> None:
    """A step is finished, and begins once more: which run ends when, the facts say by their refs."""
    case = scene.case()
    accepted = case.open(office_hour(scene))
    for minutes, ref in ((1, "1"), (9, "2")):
        started(case, accepted.at + minutes * MINUTE, ref=ref)
        finished(case, accepted.at + (minutes + 2) * MINUTE, ref=ref, action="return" if ref == "1" else "pass")
    watched(case, accepted, end(case, "decided", accepted.at + HOUR).at)
    scene.silent(case.number)


def reviewed(scene: Scene) -> tuple[Case, Fact, Fact, datetime]:
    """A case reviewed on the first day and granted on the second; its start and end, and when the limit passed."""
    case = scene.case()
    accepted = case.open(office_hour(scene))
    start = started(case, accepted.at + MINUTE)
    done = finished(case, accepted.at + 40 * MINUTE)
    watched(case, accepted, end(case, "decided", scene.at("17:30", 1)).at)
    return case, start, done, scene.calendar.breach(start.at, 3)


def changes(case: Case, fact: Fact) -> dict[str, Any]:
    """Another officer or another opinion, such as a correction may bring."""
    opinion = {"opinion": "补充：经复核，符合条件"} if fact.kind == "case.step_finished" else {}
    others = [name for name in case.department.officers["reviewer"] if name != fact.data["officer"]]
    officer = {"officer": others[0]} if others else {}
    return case.scene.chance.choice([said for said in (opinion, officer) if said] or [{"opinion": "补记意见"}])


@plants("D04", days=30)
def changed_after_the_limit(scene: Scene) -> None:
    """Officer or opinion of a step are changed when its limit had passed."""
    case, start, done, limit = reviewed(scene)
    fact = scene.chance.choice((start, done))
    known = at_or_after(scene, limit, 5 * DAY)
    case.tell(fact.kind.removeprefix("case."), fact.at, corrects=fact, known=known, **changes(case, fact))
    scene.finds("D04", "yellow", fact, known, known=known)


@plants("D04", days=30)
def time_changed_after_the_limit(scene: Scene) -> None:
    """The step is said to have ended earlier, by minutes, when its limit had passed."""
    case, _, done, limit = reviewed(scene)
    known = at_or_after(scene, limit, 5 * DAY)
    case.tell("step_finished", done.at - 20 * MINUTE, corrects=done, known=known)
    scene.finds("D04", "yellow", done, known, known=known)


@plants("D04", days=40)
def overdue_step_changed(scene: Scene) -> None:
    """A step that ended too late gets another opinion a day later; its end stays where it was."""
    case = scene.case()
    accepted = case.open(office_hour(scene))
    start = started(case, accepted.at + MINUTE)
    limit = scene.calendar.breach(start.at, 3)
    done = finished(case, limit + 9 * HOUR)
    nearing(scene, "T04", start, scene.calendar.prompt(start.at, 3), done.at)
    scene.finds("T05", "yellow", start, limit, ended_at=done.at)
    known = done.at + DAY
    case.tell("step_finished", done.at, corrects=done, known=known, opinion="补充意见：同意")
    scene.finds("D04", "yellow", done, known, known=known)
    watched(case, accepted, end(case, "decided", done.at + HOUR).at)


@nears("D04", days=30)
def changed_before_the_limit(scene: Scene) -> None:
    """Changed in the last microsecond before the step's limit passes."""
    case, start, done, limit = reviewed(scene)
    fact = scene.chance.choice((start, done))
    case.tell(fact.kind.removeprefix("case."), fact.at, corrects=fact, known=just_before(limit), **changes(case, fact))
    scene.silent(case.number)


@nears("D04", days=30)
def something_else_changed_after_the_limit(scene: Scene) -> None:
    """Reported once more after the limit: with a paper added, or as it was; time, officer and opinion stay."""
    case, _, done, limit = reviewed(scene)
    known = between(scene, limit, limit + 5 * DAY) + MICROSECOND
    said = scene.chance.choice(({"documents": ["审查表"]}, {"remark": "补录备注"}))
    case.tell("step_finished", done.at, corrects=done, known=known, **said)
    scene.silent(case.number)
