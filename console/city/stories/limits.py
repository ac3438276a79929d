"""Stories of the promised and the statutory limit: near (T01), passed (T02, T03), and items decided at once (T08)."""

from __future__ import annotations

from datetime import datetime, time

from console.city.calendar import ZONE
from console.city.scene import DAY, HOUR, MINUTE, Case, Fact, Scene, midnight
from console.city.stories.reckoning import (
    SHORT,
    Limit,
    at_or_after,
    between,
    breaches_at,
    end,
    just_before,
    lengthened,
    nearing,
    office_hour,
    passed,
    prompts_at,
    watched,
)
from console.city.stories.registry import nears, plants

LONG: Limit = (30, "work_day")


def any_limit(scene: Scene) -> Limit:
    """A promise in one of the units that the law knows."""
    return scene.chance.choice((
        *((n, "work_day") for n in (*SHORT, 12)), *((n, "calendar_day") for n in (3, 5, 10, 15, 20)),
        (24, "hour"), (60, "hour"), (1, "calendar_month"),
    ))  # fmt: skip


def accepted(scene: Scene, promised: Limit, statutory: Limit = LONG) -> tuple[Case, Fact]:
    """A case on an item with such limits, accepted on the first day."""
    case = scene.case(scene.item(promised=promised, statutory=statutory, steps=()))
    return case, case.open(office_hour(scene))


@plants("T01", days=40)
def decided_when_it_was_near(scene: Scene) -> None:
    """Decided in time, but only after the prompt."""
    case, opened = accepted(scene, any_limit(scene))
    limit = case.item.promised or LONG
    first, last = (reckon(scene.calendar, opened.at, limit) for reckon in (prompts_at, breaches_at))
    decided = end(case, "decided", between(scene, first, last))
    watched(case, opened, decided.at)


@plants("T01", days=30)
def withdrawn_when_it_was_near(scene: Scene) -> None:
    """The applicant waits until the promise is near, and withdraws."""
    case, opened = accepted(scene, (scene.chance.choice(SHORT), "work_day"))
    limit = case.item.promised or LONG
    withdrawn = end(case, "withdrawn", just_before(breaches_at(scene.calendar, opened.at, limit)))
    watched(case, opened, withdrawn.at)


@nears("T01", days=40)
def decided_before_it_was_near(scene: Scene) -> None:
    """Decided, or withdrawn, in the last microsecond before the promise is near."""
    case, opened = accepted(scene, any_limit(scene))
    near = prompts_at(scene.calendar, opened.at, case.item.promised or LONG)
    done = end(case, scene.chance.choice(("decided", "withdrawn")), just_before(near))
    watched(case, opened, done.at)
    scene.silent(case.number)


@nears("T01", days=45)
def lengthened_before_it_was_near(scene: Scene) -> None:
    """Extended in time, and decided before the promise so lengthened is near."""
    case, opened = accepted(scene, (scene.chance.choice((5, 8, 10)), "work_day"))
    more, limit = scene.chance.randint(2, 10), case.item.promised or LONG
    told = between(scene, opened.at, prompts_at(scene.calendar, opened.at, limit))
    case.tell("extended", told, n=more, told_applicant_at=told.isoformat())
    near = prompts_at(scene.calendar, opened.at, lengthened(limit, more))
    decided = end(case, "decided", just_before(near))
    watched(case, opened, decided.at, more=more)
    scene.silent(case.number)


@plants("T02", days=50)
def promise_passed(scene: Scene) -> None:
    """Decided when the promise has just passed, or some days after."""
    case, opened = accepted(scene, any_limit(scene))
    late = breaches_at(scene.calendar, opened.at, case.item.promised or LONG)
    decided = end(case, "decided", at_or_after(scene, late, 4 * DAY))
    watched(case, opened, decided.at)


@plants("T02", days=30)
def promise_passed_by_night(scene: Scene) -> None:
    """Refused in the first microsecond of the day after."""
    case, opened = accepted(scene, (scene.chance.choice(SHORT), "work_day"))
    late = breaches_at(scene.calendar, opened.at, case.item.promised or LONG)
    refused = case.tell("decided", late, outcome="refused", reason=f"{case.number}：不符合法定条件、标准")
    watched(case, opened, refused.at)


@nears("T02", days=40)
def decided_at_the_last_moment(scene: Scene) -> None:
    """Decided, or withdrawn, in the last microsecond of the promise."""
    case, opened = accepted(scene, any_limit(scene))
    late = breaches_at(scene.calendar, opened.at, case.item.promised or LONG)
    done = end(case, scene.chance.choice(("decided", "withdrawn")), just_before(late))
    watched(case, opened, done.at)
    scene.silent(case.number)


@nears("T02", days=30)
def decided_some_time_on_the_last_day(scene: Scene) -> None:
    """Only the day of the decision is known, and it is the last one; it is reported in the afternoon."""
    case, opened = accepted(scene, (scene.chance.choice((3, 5, 8)), "work_day"))
    last = breaches_at(scene.calendar, opened.at, case.item.promised or LONG) - DAY
    decided = case.tell("decided", last, known=last + 17 * HOUR, precision="day")
    case.finish(decided)
    watched(case, opened, last + 17 * HOUR)
    scene.silent(case.number)


@nears("T02", days=45)
def decided_at_the_last_moment_of_the_extension(scene: Scene) -> None:
    """Extended in time, and decided in the last microsecond of the longer promise."""
    case, opened = accepted(scene, (scene.chance.choice((5, 8)), "work_day"))
    more, limit = scene.chance.randint(1, 10), case.item.promised or LONG
    told = between(scene, opened.at, prompts_at(scene.calendar, opened.at, limit))
    case.tell("extended", told, n=more, told_applicant_at=told.isoformat())
    late = breaches_at(scene.calendar, opened.at, lengthened(limit, more))
    decided = end(case, "decided", just_before(late))
    watched(case, opened, decided.at, more=more)
    scene.silent(case.number)


def both_limits(scene: Scene) -> tuple[Limit, Limit]:
    """A promise and a limit of the law behind it, not always in the same unit."""
    return scene.chance.choice((
        ((5, "work_day"), (10, "work_day")), ((3, "work_day"), (7, "work_day")), ((8, "work_day"), (20, "work_day")),
        ((10, "work_day"), (30, "calendar_day")), ((3, "work_day"), (1, "calendar_month")),
        ((24, "hour"), (72, "hour")), ((10, "calendar_day"), (20, "calendar_day")),
    ))  # fmt: skip


@plants("T03", days=60)
def law_broken(scene: Scene) -> None:
    """Decided when the limit of the law, too, has passed."""
    case, opened = accepted(scene, *both_limits(scene))
    late = breaches_at(scene.calendar, opened.at, case.item.statutory or LONG)
    decided = end(case, "decided", at_or_after(scene, late, 3 * DAY))
    watched(case, opened, decided.at)


@plants("T03", days=60)
def never_decided(scene: Scene) -> None:
    """Nobody ever decides."""
    case, opened = accepted(scene, *both_limits(scene))
    watched(case, opened, None)


@plants("T03", days=40)
def law_broken_with_the_promise(scene: Scene) -> None:
    """The promise is as long as the law allows: both pass at once."""
    limit = (scene.chance.choice((5, 7, 10)), "work_day")
    case, opened = accepted(scene, limit, limit)
    decided = end(case, "decided", at_or_after(scene, breaches_at(scene.calendar, opened.at, limit), DAY))
    watched(case, opened, decided.at)


@nears("T03", days=60)
def decided_at_the_last_moment_of_the_law(scene: Scene) -> None:
    """The promise has passed; decided in the last microsecond that the law allows."""
    case, opened = accepted(scene, *both_limits(scene))
    late = breaches_at(scene.calendar, opened.at, case.item.statutory or LONG)
    decided = end(case, "decided", just_before(late))
    watched(case, opened, decided.at)
    scene.silent(case.number)


@nears("T03", days=60)
def law_extended_after_the_promise(scene: Scene) -> None:
    """Extended when the promise had passed but the law's limit had not: that moves the law's limit alone."""
    case, opened = accepted(scene, (5, "work_day"), (10, "work_day"))
    promise, law = (breaches_at(scene.calendar, opened.at, (n, "work_day")) for n in (5, 10))
    told = scene.chance.choice((promise, between(scene, promise, law), just_before(law)))
    case.tell("extended", told, n=6, told_applicant_at=told.isoformat())
    decided = end(case, "decided", just_before(breaches_at(scene.calendar, opened.at, (16, "work_day"))))
    watched(case, opened, decided.at, more=6, more_promised=0)
    scene.silent(case.number)


def immediate(scene: Scene, at: datetime) -> tuple[Case, Fact]:
    """A case on an item that is to be decided at once; most of them promise no day at all."""
    promised = scene.chance.choice(((0, "work_day"), (0, "work_day"), (1, "work_day")))
    case = scene.case(scene.item(kind="immediate", promised=promised, statutory=(15, "work_day"), steps=()))
    return case, case.open(at)


def at_once(case: Case, opened: Fact, done: datetime | None) -> None:
    """What an immediate item shows: the day of its acceptance, and the promise if there is one."""
    scene, calendar = case.scene, case.scene.calendar
    passed(scene, "T08", "yellow", opened, midnight(opened.at.date()) + DAY, done)
    passed(scene, "T03", "red", opened, calendar.breach(opened.at, 15), done)
    if case.item.promised == (1, "work_day"):
        nearing(scene, "T01", opened, calendar.prompt(opened.at, 1), done)
        passed(scene, "T02", "yellow", opened, calendar.breach(opened.at, 1), done)


@plants("T08", days=30)
def left_until_the_next_day(scene: Scene) -> None:
    """An immediate item is decided on the next day, or later."""
    case, opened = immediate(scene, office_hour(scene))
    decided = end(case, "decided", at_or_after(scene, midnight(opened.at.date()) + DAY, 3 * DAY))
    at_once(case, opened, decided.at)


@plants("T08", days=30)
def accepted_on_a_holiday(scene: Scene) -> None:
    """Accepted on a day without work: the day counts as it is, and nothing rolls."""
    day = scene.day
    while scene.calendar.is_working(day):
        day += DAY
    case, opened = immediate(scene, datetime.combine(day, time(10, 11, 12, 131415), ZONE))
    decided = end(case, "decided", scene.calendar.breach(opened.at, 1) - 8 * HOUR)
    at_once(case, opened, decided.at)


@plants("T08", days=30)
def suspended_at_once(scene: Scene) -> None:
    """A suspension moves other limits, but not the day of an immediate item."""
    item = scene.item(kind="immediate", promised=(0, "work_day"), statutory=(15, "work_day"), steps=())
    case = scene.case(item)
    opened = case.open(office_hour(scene))
    planned = scene.calendar.after(scene.day, 2)
    told = opened.at + 9 * MINUTE
    case.tell("suspension_started", told, planned_end=planned.isoformat(), told_applicant_at=told.isoformat())
    ended = case.tell("suspension_ended", midnight(planned) + 10 * HOUR)
    decided = end(case, "decided", ended.at + MINUTE)
    passed(scene, "T08", "yellow", opened, midnight(opened.at.date()) + DAY, decided.at)


@nears("T08", days=10)
def decided_before_midnight(scene: Scene) -> None:
    """An immediate item is decided in the last microsecond of its day, or withdrawn."""
    case, opened = immediate(scene, office_hour(scene))
    done = end(case, scene.chance.choice(("decided", "withdrawn")), just_before(midnight(scene.day) + DAY))
    at_once(case, opened, done.at)
    scene.silent(case.number)


@nears("T08", days=30)
def committed_item_left_until_the_next_day(scene: Scene) -> None:
    """An item that promises a day, and is not one to be decided at once, may be decided on the next."""
    case, opened = accepted(scene, (1, "work_day"))
    decided = end(case, "decided", just_before(breaches_at(scene.calendar, opened.at, (1, "work_day"))))
    watched(case, opened, decided.at)
    scene.silent(case.number)
