"""Stories of compulsion: seized, sealed or frozen for too long (T20), and enforced at night or on a holiday."""

from __future__ import annotations

from datetime import datetime, timedelta

from console.city.calendar import Counts, every_day
from console.city.scene import DAY, HOUR, Case, Fact, Scene, midnight, moment
from console.city.stories.reckoning import (
    at_or_after,
    between,
    but_for,
    just_before,
    last_counted,
    nearing,
    office_hour,
    passed,
)
from console.city.stories.registry import nears, plants

HELD = ("seal", "seize", "freeze")
NIGHT = "enforcement.not-at-night-or-on-holidays"


def compelled(scene: Scene, more: int = 30) -> Case:
    """A case in which something may be held for thirty days, and, says the item, at most so many more."""
    return scene.case(scene.item(
        of_class="compulsion", promised=(30, "calendar_day"), statutory=(60, "calendar_day"), steps=(), materials=(),
        extension=(more, "calendar_day", "head"), basis=("中华人民共和国行政强制法",), name="示例强制",
    ))  # fmt: skip


def taken(scene: Scene) -> tuple[Case, Fact]:
    """Something is sealed, seized or frozen on the first day."""
    case = compelled(scene)
    return case, case.tell("measure_taken", office_hour(scene), measure=scene.chance.choice(HELD))


def near(fact: Fact, more: int = 0, counts: Counts = every_day) -> datetime:
    """From when the thirty days are near: the twenty-fifth, and later where they are longer."""
    return midnight(last_counted(fact.at.date(), (25 + more, "calendar_day"), counts))


def over(fact: Fact, more: int = 0, counts: Counts = every_day) -> datetime:
    """When the thirty days are over; the last one never rolls."""
    return midnight(last_counted(fact.at.date(), (30 + more, "calendar_day"), counts)) + DAY


def overdue(scene: Scene, fact: Fact, done: datetime | None, more: int = 0, counts: Counts = every_day) -> None:
    """What something held shows until it is released."""
    nearing(scene, "T20", fact, near(fact, more, counts), done)
    passed(scene, "T20", "red", fact, over(fact, more, counts), done)


def released(case: Case, at: datetime, ref: str = "1") -> None:
    """What was held is given back, or the case decided."""
    if case.scene.chance.random() < 0.5:
        case.tell("measure_lifted", at, ref=ref)
    else:
        case.tell("decided", at)


@plants("T20", days=45)
def released_near_the_thirtieth_day(scene: Scene) -> None:
    """Released in time, but only after the prompt; on the last day even if that is a holiday."""
    case, fact = taken(scene)
    done = scene.chance.choice((just_before(over(fact)), between(scene, near(fact), over(fact))))
    released(case, done)
    overdue(scene, fact, done)


@plants("T20", days=45)
def held_too_long(scene: Scene) -> None:
    """Released when the thirty days were over, or never."""
    case, fact = taken(scene)
    done = scene.chance.choice((at_or_after(scene, over(fact)), over(fact) + 50 * HOUR, None))
    if done is not None:
        released(case, done)
    overdue(scene, fact, done)


@plants("T20", days=45)
def one_of_two_released(scene: Scene) -> None:
    """Two things are held, and only the one is released; the other has its own thirty days."""
    case, first = taken(scene)
    second = case.tell("measure_taken", office_hour(scene, 2), ref="2")
    case.tell("measure_lifted", office_hour(scene, 3), ref="1")
    overdue(scene, second, None)


@plants("T20", days=75)
def held_beyond_the_extension(scene: Scene) -> None:
    """Extended once; released near the end of the longer limit, or behind it."""
    case, fact = taken(scene)
    at, more = office_hour(scene, scene.chance.randint(1, 12)), scene.chance.choice((10, 30))
    case.tell("extended", at, of="1", n=more, unit="calendar_day", told_applicant_at=at.isoformat())
    done = scene.chance.choice((just_before(over(fact, more)), at_or_after(scene, over(fact, more))))
    released(case, done)
    overdue(scene, fact, done, more)


@plants("T20", days=60)
def held_beyond_a_test(scene: Scene) -> None:
    """The days of a test are excluded, those of a hearing are not; released behind what is left."""
    case, fact = taken(scene)
    kind = scene.chance.choice(("test", "test", "hearing"))
    start, last = office_hour(scene, 2), scene.calendar.after(scene.day, 7)
    case.tell("suspension_started", start, kind=kind, told_applicant_at=start.isoformat(), planned_end=last.isoformat())
    case.tell("suspension_ended", midnight(last) + 10 * HOUR)
    counts = but_for(start, last) if kind == "test" else every_day
    done = at_or_after(scene, over(fact, counts=counts))
    released(case, done)
    overdue(scene, fact, done, counts=counts)


@nears("T20", days=40)
def released_before_the_twenty_fifth_day(scene: Scene) -> None:
    """Released in the last microsecond before the thirty days are near."""
    case, fact = taken(scene)
    released(case, just_before(near(fact)))
    scene.silent(case.number)


@nears("T20", days=60)
def released_before_the_rest_was_near(scene: Scene) -> None:
    """A test excludes its days; released in the last microsecond before what is left is near."""
    case, fact = taken(scene)
    start, last = office_hour(scene, 2), scene.calendar.after(scene.day, 7)
    told = start.isoformat()
    case.tell("suspension_started", start, kind="test", told_applicant_at=told, planned_end=last.isoformat())
    case.tell("suspension_ended", midnight(last) + 10 * HOUR)
    released(case, just_before(near(fact, counts=but_for(start, last))))
    scene.silent(case.number)


@nears("T20", days=45)
def enforced_and_nothing_held(scene: Scene) -> None:
    """An act of enforcement holds nothing: nothing has to be released."""
    case = compelled(scene)
    case.tell("measure_taken", office_hour(scene), measure="enforce")
    scene.silent(case.number)


def restful(scene: Scene) -> datetime:
    """Noon of the next day without work."""
    day = scene.day
    while scene.calendar.is_working(day):
        day += timedelta(days=1)
    return moment(day, "12:00")


@plants(NIGHT, days=20)
def enforced_at_night_or_on_a_holiday(scene: Scene) -> None:
    """Enforced at ten at night, before six in the morning, or on a day without work."""
    case = compelled(scene)
    at = scene.chance.choice((scene.at("22:00"), scene.at("05:59:59.999999", 1), restful(scene)))
    scene.finds(NIGHT, "yellow", case.tell("measure_taken", at, measure="enforce"))


@nears(NIGHT, days=20)
def enforced_by_day(scene: Scene) -> None:
    """Enforced a microsecond before ten at night, at six in the morning; or at night because it was urgent."""
    case = compelled(scene)
    at = scene.chance.choice((scene.at("21:59:59.999999"), scene.at("06:00"), scene.at("23:00"), restful(scene)))
    is_urgent = True if at.hour == 23 or not scene.calendar.is_working(at.date()) else None
    case.tell("measure_taken", at, measure="enforce", urgent=is_urgent)
    scene.silent(case.number)


@nears(NIGHT, days=20)
def seized_at_night(scene: Scene) -> None:
    """Only enforcement is forbidden at night; something may be seized."""
    case = compelled(scene)
    fact = case.tell("measure_taken", scene.at("23:30"))
    case.tell("measure_lifted", fact.at + 30 * HOUR)
    scene.silent(case.number)


@plants("T11", days=45)
def extended_beyond_the_law(scene: Scene) -> None:
    """The item allows more, but the law thirty days: thirty-one are none, and the thirty days are over."""
    case = compelled(scene, 60)
    fact = case.tell("measure_taken", office_hour(scene), measure=scene.chance.choice(HELD))
    at = office_hour(scene, 3)
    n = scene.chance.choice((31, 60))
    longer = case.tell("extended", at, of="1", n=n, unit="calendar_day", told_applicant_at=at.isoformat())
    scene.finds("T11", "yellow", longer)
    done = at_or_after(scene, over(fact))
    released(case, done)
    overdue(scene, fact, done)
