"""Stories of clocks stopped or lengthened: suspensions (T12, T14), extensions (T11), and the limits behind them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from console.city.calendar import Counts, every_day
from console.city.scene import DAY, HOUR, MINUTE, Case, Fact, Scene, midnight
from console.city.stories.reckoning import (
    at_or_after,
    between,
    breaches_at,
    but_for,
    end,
    just_before,
    nearing,
    office_hour,
    passed,
    prompts_at,
    watched,
)
from console.city.stories.registry import nears, plants

KINDS = ("hearing", "inspection", "test", "expert_review")


def accepted(scene: Scene, promised: int = 10, statutory: int = 20) -> tuple[Case, Fact]:
    """A case in working days, accepted on the first day."""
    case = scene.case(scene.item(steps=(), promised=(promised, "work_day"), statutory=(statutory, "work_day")))
    return case, case.open(office_hour(scene))


def suspended(case: Case, start: datetime, planned: date | None = None, **said: Any) -> Fact:
    """A suspension of a lawful kind of which the applicant was told at once, unless something else is said."""
    usual = {"kind": case.scene.chance.choice(KINDS), "told_applicant_at": start.isoformat()}
    end_day = None if planned is None else planned.isoformat()
    return case.tell("suspension_started", start, planned_end=end_day, **{**usual, **said})


def paused(scene: Scene, case: Case) -> Counts:
    """A lawful suspension of some days, with or without a planned end, that is ended in time; the days it leaves."""
    start, last = office_hour(scene, 1), scene.calendar.after(scene.day, scene.chance.randint(2, 6))
    planned = scene.chance.choice((None, last, scene.calendar.after(last, 3)))
    suspended(case, start, planned)
    case.tell("suspension_ended", midnight(last) + 15 * HOUR)
    return but_for(start, last)


@plants("T01", days=50)
def near_behind_a_suspension(scene: Scene) -> None:
    """The suspension moves the day on which the promise is near; it comes, and the case is decided."""
    case, opened = accepted(scene)
    counts = paused(scene, case)
    limit = (10, "work_day")
    first, last = (reckon(scene.calendar, opened.at, limit, counts) for reckon in (prompts_at, breaches_at))
    watched(case, opened, end(case, "decided", between(scene, first, last)).at, counts)


@nears("T01", days=50)
def not_yet_near_behind_a_suspension(scene: Scene) -> None:
    """Decided before the promise is near, though it would have passed long ago without the suspension."""
    case, opened = accepted(scene, 3)
    counts = paused(scene, case)
    decided = end(case, "decided", just_before(scene.calendar.prompt(opened.at, 3, counts)))
    watched(case, opened, decided.at, counts)
    scene.silent(case.number)


@plants("T02", days=60)
def promise_passed_behind_a_suspension(scene: Scene) -> None:
    """Not even the days that the suspension leaves are kept."""
    case, opened = accepted(scene)
    counts = paused(scene, case)
    late = scene.calendar.breach(opened.at, 10, counts)
    watched(case, opened, end(case, "decided", at_or_after(scene, late)).at, counts)


@nears("T02", days=50)
def decided_at_the_last_moment_behind_a_suspension(scene: Scene) -> None:
    """Decided in the last microsecond of the days that the suspension leaves."""
    case, opened = accepted(scene)
    counts = paused(scene, case)
    decided = end(case, "decided", just_before(scene.calendar.breach(opened.at, 10, counts)))
    watched(case, opened, decided.at, counts)
    scene.silent(case.number)


@plants("T03", days=80)
def law_broken_behind_two_suspensions(scene: Scene) -> None:
    """Two suspensions that overlap exclude a day once; the limit of the law passes behind them."""
    case, opened = accepted(scene, 5, 12)
    days = [scene.calendar.after(scene.day, n) for n in (1, 2, 3, 5)]
    first, second = (midnight(day) + 10 * HOUR for day in days[:2])
    suspended(case, first, days[2], ref="1")
    suspended(case, second, days[3], ref="2")
    case.tell("suspension_ended", midnight(days[2]) + 11 * HOUR, ref="1")
    case.tell("suspension_ended", midnight(days[3]) + 11 * HOUR, ref="2")
    counts = but_for(first, days[3])
    late = scene.calendar.breach(opened.at, 12, counts)
    watched(case, opened, end(case, "decided", at_or_after(scene, late)).at, counts)


@nears("T03", days=60)
def decided_at_the_last_moment_of_the_law_behind_a_suspension(scene: Scene) -> None:
    """The promise has passed; decided in the last microsecond of what the suspension leaves of the law's limit."""
    case, opened = accepted(scene, 5, 10)
    counts = paused(scene, case)
    decided = end(case, "decided", just_before(scene.calendar.breach(opened.at, 10, counts)))
    watched(case, opened, decided.at, counts)
    scene.silent(case.number)


@plants("T12", days=40)
def suspended_unlawfully(scene: Scene) -> None:
    """Of a kind that the item's law does not know, or nobody told the applicant: its days count as any others."""
    case, opened = accepted(scene)
    said: dict[str, Any] = scene.chance.choice((
        {"kind": "other"}, {"kind": "third_party"}, {"kind": "auction"}, {"told_applicant_at": None},
    ))  # fmt: skip
    start, last = office_hour(scene, 1), scene.calendar.after(scene.day, 4)
    scene.finds("T12", "yellow", suspended(case, start, last, **said))
    case.tell("suspension_ended", midnight(last) + 9 * HOUR)
    decided = end(case, "decided", scene.chance.choice((office_hour(scene, 5), office_hour(scene, 11))))
    watched(case, opened, decided.at)


@plants("T12", days=50)
def suspended_after_the_promise(scene: Scene) -> None:
    """Suspended when the promise had passed, were it by a microsecond: its days count for the law's limit only."""
    case, opened = accepted(scene, 3, 10)
    start = at_or_after(scene, scene.calendar.breach(opened.at, 3), 10 * HOUR)
    planned = scene.calendar.after(start.date(), 3)
    scene.finds("T12", "yellow", suspended(case, start, planned))
    case.tell("suspension_ended", midnight(planned) + 12 * HOUR)
    counts = but_for(start, planned)
    decided = end(case, "decided", just_before(scene.calendar.breach(opened.at, 10, counts)))
    watched(case, opened, decided.at, counts)


@nears("T12", days=50)
def suspended_before_the_promise_passed(scene: Scene) -> None:
    """Suspended in the last microsecond of the promise: of a lawful kind, told, and of no use to the promise."""
    case, opened = accepted(scene, 3, 10)
    start = just_before(scene.calendar.breach(opened.at, 3))
    planned = scene.calendar.after(start.date(), 3)
    suspended(case, start, planned)
    case.tell("suspension_ended", midnight(planned) + 12 * HOUR)
    counts = but_for(start, planned)
    decided = end(case, "decided", just_before(scene.calendar.breach(opened.at, 10, counts)))
    watched(case, opened, decided.at, counts)
    scene.silent(case.number)


@nears("T12", days=40)
def suspended_for_a_third_party(scene: Scene) -> None:
    """Where the item's law knows a third party's opinion, nobody has to be told."""
    case = scene.case(scene.item(steps=(), suspensions=("third_party",)))
    opened = case.open(office_hour(scene))
    start, last = office_hour(scene, 1), scene.calendar.after(scene.day, 4)
    suspended(case, start, last, kind="third_party", told_applicant_at=None)
    case.tell("suspension_ended", midnight(last) + 9 * HOUR)
    counts = but_for(start, last)
    watched(case, opened, end(case, "decided", office_hour(scene, 6)).at, counts)
    scene.silent(case.number)


def overrun(scene: Scene) -> tuple[Case, Fact, date]:
    """A case with a suspension, and the day on which it was planned to end; that day may be one without work."""
    case, opened = accepted(scene)
    start = office_hour(scene, 1)
    planned = scene.calendar.after(scene.day, scene.chance.randint(1, 4))
    while scene.chance.random() < 0.5:
        planned += DAY
    suspension = suspended(case, start, planned)
    red = scene.calendar.breach(midnight(planned), 1)
    decided = end(case, "decided", red + scene.chance.choice((2 * DAY, 14 * DAY)) + 10 * HOUR)
    watched(case, opened, decided.at, but_for(start, planned))
    return case, suspension, planned


@plants("T14", days=60)
def resumed_a_little_late(scene: Scene) -> None:
    """Resumed after the planned day, but before one more working day was over."""
    case, suspension, planned = overrun(scene)
    yellow, red = midnight(planned) + DAY, scene.calendar.breach(midnight(planned), 1)
    ended = case.tell("suspension_ended", scene.chance.choice((yellow, just_before(red), between(scene, yellow, red))))
    scene.finds("T14", "yellow", suspension, yellow, ended_at=ended.at)


@plants("T14", days=60)
def resumed_much_too_late(scene: Scene) -> None:
    """Resumed when one more working day was over, or never."""
    case, suspension, planned = overrun(scene)
    yellow, red = midnight(planned) + DAY, scene.calendar.breach(midnight(planned), 1)
    resumed = scene.chance.choice((None, red, red + 30 * HOUR))
    if resumed is not None:
        case.tell("suspension_ended", resumed)
    scene.finds("T14", "yellow", suspension, yellow, ended_at=resumed)
    scene.finds("T14", "red", suspension, red, ended_at=resumed)


@nears("T14", days=60)
def resumed_at_the_last_moment(scene: Scene) -> None:
    """Resumed in the last microsecond of the planned day."""
    case, _, planned = overrun(scene)
    case.tell("suspension_ended", just_before(midnight(planned) + DAY))
    scene.silent(case.number)


@nears("T14", days=60)
def suspended_without_a_planned_end(scene: Scene) -> None:
    """Nobody planned an end: the suspension lasts as long as it lasts, and the clock stands."""
    case, opened = accepted(scene)
    start, last = office_hour(scene, 1), scene.calendar.after(scene.day, 15)
    suspended(case, start)
    case.tell("suspension_ended", midnight(last) + 15 * HOUR)
    watched(case, opened, end(case, "decided", office_hour(scene, 17)).at, but_for(start, last))
    scene.silent(case.number)


@nears("T14", days=40)
def unlawful_suspension_outlives_its_plan(scene: Scene) -> None:
    """A suspension of which nobody was told is another matter: it stops nothing, and so nothing overruns."""
    case, opened = accepted(scene)
    suspension = suspended(case, office_hour(scene, 1), scene.calendar.after(scene.day, 2), told_applicant_at=None)
    scene.finds("T12", "yellow", suspension)
    case.tell("suspension_ended", office_hour(scene, 5))
    watched(case, opened, end(case, "decided", office_hour(scene, 6)).at)
    scene.silent(case.number)


def extended(case: Case, at: datetime, **said: Any) -> Fact:
    """A lawful extension by three working days, unless something else is said."""
    return case.tell("extended", at, **{"told_applicant_at": at.isoformat(), **said})


@plants("T11", days=40)
def extended_without_a_ground(scene: Scene) -> None:
    """By the wrong role, without a reason, untold, in another unit, too long: it adds nothing."""
    case, opened = accepted(scene)
    said: dict[str, Any] = scene.chance.choice((
        {"approver_role": "clerk"}, {"approver_role": None}, {"reason": None}, {"reason": " "},
        {"told_applicant_at": None}, {"unit": "calendar_day"}, {"n": 11},
    ))  # fmt: skip
    scene.finds("T11", "yellow", extended(case, office_hour(scene, 2), **said))
    decided = end(case, "decided", scene.chance.choice((office_hour(scene, 3), office_hour(scene, 11))))
    watched(case, opened, decided.at)


@plants("T11", days=40)
def extended_where_there_is_no_extension(scene: Scene) -> None:
    """The item's law knows no extension."""
    case = scene.case(scene.item(steps=(), extension=None))
    opened = case.open(office_hour(scene))
    scene.finds("T11", "yellow", extended(case, office_hour(scene, 2)))
    watched(case, opened, end(case, "decided", office_hour(scene, 4)).at)


@plants("T11", days=40)
def extended_too_late(scene: Scene) -> None:
    """Extended when the limit of the law had passed, were it by a microsecond."""
    case, opened = accepted(scene, 3, 6)
    fact = extended(case, at_or_after(scene, scene.calendar.breach(opened.at, 6)))
    scene.finds("T11", "yellow", fact)
    watched(case, opened, end(case, "decided", fact.at + HOUR).at)


@plants("T11", days=50)
def extended_twice(scene: Scene) -> None:
    """A valid extension exists already: the second adds nothing."""
    case, opened = accepted(scene)
    extended(case, office_hour(scene, 1), n=2)
    scene.finds("T11", "yellow", extended(case, office_hour(scene, 2), n=5))
    watched(case, opened, end(case, "decided", office_hour(scene, scene.chance.choice((5, 13)))).at, more=2)


@nears("T11", days=60)
def extended_to_the_utmost(scene: Scene) -> None:
    """As long as the item allows, and decided when all of it is nearly used up."""
    case, opened = accepted(scene, 5, 7)
    extended(case, between(scene, opened.at, scene.calendar.prompt(opened.at, 5)), n=10)
    decided = end(case, "decided", just_before(scene.calendar.breach(opened.at, 15)))
    watched(case, opened, decided.at, more=10)
    scene.silent(case.number)


@nears("T11", days=60)
def extended_at_the_last_moment(scene: Scene) -> None:
    """Extended in the last microsecond of the law's limit; the promise had passed, and stays passed."""
    case, opened = accepted(scene, 5, 10)
    extended(case, just_before(scene.calendar.breach(opened.at, 10)), n=4)
    decided = end(case, "decided", just_before(scene.calendar.breach(opened.at, 14)))
    watched(case, opened, decided.at, more=4, more_promised=0)
    scene.silent(case.number)


@plants("T11", days=50)
def extended_after_an_invalid_one(scene: Scene) -> None:
    """The first extension lacked its reason; the next one, with a reason, is the first that is valid."""
    case, opened = accepted(scene)
    first = extended(case, office_hour(scene, 1), reason="")
    scene.finds("T11", "yellow", first)
    extended(case, office_hour(scene, 2), n=6)
    watched(case, opened, end(case, "decided", office_hour(scene, 12)).at, more=6)


@nears("T05", days=50)
def step_extended(scene: Scene) -> None:
    """A step is extended before its limit passed, and finished in the last microsecond of the longer one."""
    case = scene.case(scene.item(promised=(15, "work_day")))
    opened = case.open(office_hour(scene))
    begun = opened.at + MINUTE
    said: dict[str, Any] = {"step": "review", "post": "reviewer", "officer": case.officer("reviewer")}
    started = case.tell("step_started", begun, **said)
    extended(case, begun + MINUTE, n=4, of="review")
    finished = just_before(scene.calendar.breach(begun, 7))
    case.tell("step_finished", finished, action="pass", opinion="经审查，符合条件", **said)
    nearing(scene, "T04", started, prompts_at(scene.calendar, begun, (7, "work_day")), finished)
    passed(scene, "T05", "yellow", started, scene.calendar.breach(begun, 7), finished)
    watched(case, opened, end(case, "decided", finished + 9 * HOUR).at, every_day)
    scene.silent(case.number)


@plants("T11", days=50)
def step_extended_too_late(scene: Scene) -> None:
    """A step is extended when its limit had passed, or by days of another kind: it stays overdue."""
    case = scene.case(scene.item(promised=(15, "work_day")))
    opened = case.open(office_hour(scene))
    by: dict[str, Any] = {"step": "review", "post": "reviewer", "officer": case.officer("reviewer")}
    started = case.tell("step_started", opened.at + MINUTE, **by)
    limit = scene.calendar.breach(started.at, 3)
    if scene.chance.random() < 0.5:
        fact = extended(case, limit, n=4, of="review")
    else:
        fact = extended(case, started.at + MINUTE, n=4, unit="calendar_day", of="review")
    scene.finds("T11", "yellow", fact)
    finished = case.tell("step_finished", limit + 9 * HOUR, action="pass", opinion="经审查，符合条件", **by)
    nearing(scene, "T04", started, scene.calendar.prompt(started.at, 3), finished.at)
    passed(scene, "T05", "yellow", started, limit, finished.at)
    watched(case, opened, end(case, "decided", finished.at + HOUR).at)
