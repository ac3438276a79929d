"""Stories of the window: late answers (T06), corrections asked for wrongly (P05, P06), work done too soon (P01)."""

from __future__ import annotations

from datetime import datetime

from console.city.scene import DAY, HOUR, MINUTE, Case, Fact, Scene, midnight
from console.city.stories.reckoning import at_or_after, between, but_for, end, just_before, office_hour, watched
from console.city.stories.registry import nears, plants

ANSWER = 5
"""In so many working days materials are to be answered."""
ANSWERS = ("accepted", "acceptance_refused", "correction_noticed", "withdrawn")


def received(scene: Scene) -> tuple[Case, Fact]:
    """A case, and the receipt that is to be answered: the application, materials brought later, or corrected ones."""
    case = scene.case(scene.item(promised=scene.chance.choice(((3, "work_day"), (10, "work_day"))), steps=()))
    way = scene.chance.choice(("applied", "materials_received", "correction_received"))
    at = office_hour(scene)
    if way == "applied":
        return case, case.tell("applied", at)
    case.tell("applied", at, materials=None)
    brought = case.tell("materials_received", at + 30 * MINUTE)
    if way == "materials_received":
        return case, brought
    case.tell("correction_noticed", office_hour(scene, scene.chance.randint(1, 4)))
    return case, case.tell("correction_received", office_hour(scene, 5))


def unanswered(case: Case, receipt: Fact, answered: datetime | None) -> datetime:
    """The duty to answer was broken; the moment at which the case is deemed accepted."""
    breach = case.scene.calendar.breach(receipt.at, ANSWER)
    case.scene.finds("T06", "yellow", receipt, breach, ended_at=answered)
    return breach


@plants("T06", days=50)
def accepted_too_late(scene: Scene) -> None:
    """Accepted when the case had been deemed accepted, and its limits run from the day of the materials."""
    case, receipt = received(scene)
    late = at_or_after(scene, scene.calendar.breach(receipt.at, ANSWER), 2 * DAY)
    accepted = case.tell("accepted", late)
    deemed = unanswered(case, receipt, late)
    decided = end(case, "decided", accepted.at + scene.chance.choice((HOUR, 6 * DAY)))
    watched(case, receipt, decided.at, since=deemed)


@plants("T06", days=50)
def refused_too_late(scene: Scene) -> None:
    """Refused when the case had been deemed accepted: it is owed a decision, until the applicant withdraws."""
    case, receipt = received(scene)
    refused = case.tell("acceptance_refused", scene.calendar.breach(receipt.at, ANSWER) + 9 * HOUR)
    deemed = unanswered(case, receipt, refused.at)
    withdrawn = end(case, "withdrawn", refused.at + 2 * HOUR)
    watched(case, receipt, withdrawn.at, since=deemed)


@plants("T06", days=60)
def never_answered(scene: Scene) -> None:
    """Nobody answers; granted after some days without ever having been accepted, or forgotten."""
    case, receipt = received(scene)
    if scene.chance.random() < 0.3:
        watched(case, receipt, None, since=unanswered(case, receipt, None))
        return
    decided = end(case, "decided", office_hour(scene, 14))
    deemed = unanswered(case, receipt, None)
    watched(case, receipt, decided.at, since=deemed)


@nears("T06", days=50)
def answered_at_the_last_moment(scene: Scene) -> None:
    """Accepted, refused, sent back or withdrawn in the last microsecond of the fifth working day."""
    case, receipt = received(scene)
    late = scene.calendar.breach(receipt.at, ANSWER)
    answer = case.tell(scene.chance.choice(ANSWERS), just_before(late))
    if answer.kind == "case.accepted":
        watched(case, answer, end(case, "decided", late + 10 * HOUR).at)
    scene.silent(case.number)


@nears("T06", days=50)
def answered_after_a_suspension(scene: Scene) -> None:
    """An inspection stops the duty to answer, too: answered in the last microsecond of the days that are left."""
    case = scene.case(scene.item(steps=()))
    receipt = case.tell("applied", office_hour(scene))
    start = office_hour(scene, 1)
    planned = scene.calendar.after(scene.day, 3)
    case.tell("suspension_started", start, planned_end=planned.isoformat(), told_applicant_at=start.isoformat())
    case.tell("suspension_ended", midnight(planned) + 15 * HOUR)
    counts = but_for(start, planned)
    late = scene.calendar.breach(receipt.at, ANSWER, counts)
    accepted = case.tell("accepted", just_before(late))
    watched(case, accepted, end(case, "decided", late + 10 * HOUR).at)
    scene.silent(case.number)


@nears("T06", days=40)
def no_licence(scene: Scene) -> None:
    """The law gives five days for licences; a confirmation that is accepted later owes nothing."""
    case = scene.case(scene.item(of_class="confirmation", steps=()))
    case.tell("applied", office_hour(scene))
    accepted = case.tell("accepted", office_hour(scene, 9))
    watched(case, accepted, end(case, "decided", accepted.at + HOUR).at)
    scene.silent(case.number)


@plants("P06", days=40)
def corrected_after_acceptance(scene: Scene) -> None:
    """Asked for corrections, once or twice, when the case had been accepted."""
    case = scene.case(scene.item(steps=()))
    opened = case.open(office_hour(scene))
    for number in range(scene.chance.randint(1, 2)):
        noticed = case.tell("correction_noticed", opened.at + scene.chance.choice((MINUTE, 2 * HOUR)) * (number + 1))
        scene.finds("P06", "yellow", noticed)
        case.tell("correction_received", noticed.at + 30 * MINUTE)
    watched(case, opened, end(case, "decided", office_hour(scene, 2)).at)


@plants("P06", days=50)
def corrected_after_silence(scene: Scene) -> None:
    """Asked for corrections when silence had accepted the case."""
    case = scene.case(scene.item(steps=()))
    receipt = case.tell("applied", office_hour(scene))
    deemed = scene.calendar.breach(receipt.at, ANSWER)
    noticed = case.tell("correction_noticed", between(scene, deemed, deemed + DAY))
    scene.finds("P06", "yellow", noticed)
    unanswered(case, receipt, noticed.at)
    watched(case, receipt, end(case, "decided", noticed.at + HOUR).at, since=deemed)


@nears("P06", days=40)
def corrected_before_acceptance(scene: Scene) -> None:
    """Asked for corrections a microsecond before the case is accepted after all."""
    case = scene.case(scene.item(steps=()))
    accepted = case.open(office_hour(scene), wait=HOUR)
    case.tell("correction_noticed", just_before(accepted.at))
    watched(case, accepted, end(case, "decided", accepted.at + HOUR).at)
    scene.silent(case.number)


@nears("P06", days=50)
def corrected_when_silence_accepts(scene: Scene) -> None:
    """Asked for corrections at the very moment at which silence accepts: too late, but not after it."""
    case = scene.case(scene.item(steps=()))
    receipt = case.tell("applied", office_hour(scene))
    deemed = scene.calendar.breach(receipt.at, ANSWER)
    noticed = case.tell("correction_noticed", deemed)
    unanswered(case, receipt, noticed.at)
    watched(case, receipt, end(case, "decided", noticed.at + 12 * HOUR).at, since=deemed)
    scene.silent(case.number)


def noticed_twice(scene: Scene, first: list[str], second: list[str], handed_in: list[str]) -> tuple[Case, Fact]:
    """Asked for corrections, corrected, asked again, corrected again and granted; the second notice."""
    case = scene.case(scene.item(steps=()))
    opened = office_hour(scene)
    if scene.chance.random() < 0.5:
        case.tell("applied", opened, materials=handed_in)
    else:
        case.tell("applied", opened, materials=None)
        case.tell("materials_received", opened + 10 * MINUTE, materials=handed_in)
    case.tell("correction_noticed", office_hour(scene, 1), items=first)
    case.tell("correction_received", office_hour(scene, 2), items=first)
    again = case.tell("correction_noticed", office_hour(scene, 3), items=second)
    case.tell("correction_received", office_hour(scene, 4), items=[*second, "M-01", "M-02"])
    accepted = case.tell("accepted", office_hour(scene, 5))
    watched(case, accepted, end(case, "decided", accepted.at + HOUR).at)
    return case, again


@plants("P05", days=40)
def asked_again_for_what_was_there(scene: Scene) -> None:
    """The second notice names a paper that had been handed in at first, and that the first notice was silent about."""
    paper = scene.chance.choice(("M-02", "M-03"))
    _, again = noticed_twice(scene, ["M-01"], scene.chance.choice(([paper], ["M-01", paper])), ["M-01", paper])
    scene.finds("P05", "yellow", again)


@plants("P05", days=40)
def asked_later_for_what_was_missing(scene: Scene) -> None:
    """The second notice names a required paper that had been missing from the first submission."""
    _, again = noticed_twice(scene, ["M-01"], ["M-02"], ["M-01"])
    scene.finds("P05", "yellow", again)


@nears("P05", days=40)
def asked_again_for_the_same(scene: Scene) -> None:
    """The second notice names again what the first had named."""
    case, _ = noticed_twice(scene, ["M-01", "M-02"], scene.chance.choice((["M-02"], ["M-02", "M-01"])), ["M-01"])
    scene.silent(case.number)


@nears("P05", days=40)
def asked_for_something_new(scene: Scene) -> None:
    """The second notice names a paper that is not required and had not been handed in at first."""
    case, _ = noticed_twice(scene, ["M-01"], ["M-03"], ["M-01", "M-02"])
    scene.silent(case.number)


def worked(case: Case, review: datetime, approve: datetime) -> None:
    """Both steps of the flow, each in ten minutes."""
    case.step("review", review, review + 10 * MINUTE)
    case.step("approve", approve, approve + 10 * MINUTE)


@plants("P01", days=40)
def approved_before_acceptance(scene: Scene) -> None:
    """The second step is begun, or even finished, before the acceptance."""
    case = scene.case()
    at = office_hour(scene)
    accepted = case.open(at, wait=HOUR)
    begun = scene.chance.choice((just_before(accepted.at), accepted.at - 5 * MINUTE, accepted.at - 20 * MINUTE))
    worked(case, at + 15 * MINUTE, begun)
    scene.finds("P01", "yellow", accepted)
    watched(case, accepted, end(case, "decided", accepted.at + HOUR).at)


@plants("P01", days=40)
def decided_before_acceptance(scene: Scene) -> None:
    """Decided before the acceptance, and then once more."""
    case = scene.case(scene.item(steps=()))
    at = office_hour(scene)
    accepted = case.open(at, wait=HOUR)
    case.tell("decided", scene.chance.choice((just_before(accepted.at), at + MINUTE)))
    scene.finds("P01", "yellow", accepted)
    watched(case, accepted, end(case, "decided", accepted.at + HOUR).at)


@plants("P01", days=50)
def approved_before_the_day_of_the_materials(scene: Scene) -> None:
    """Silence accepts from the day of the materials, and the second step had been done the day before."""
    case = scene.case()
    case.tell("applied", scene.at("08:10"), materials=None)
    worked(case, scene.at("08:15"), office_hour(scene))
    receipt = case.tell("materials_received", office_hour(scene, 1))
    deemed = unanswered(case, receipt, None)
    scene.finds("P01", "yellow", receipt, deemed)
    watched(case, receipt, end(case, "decided", deemed + 9 * HOUR).at, since=deemed)


@nears("P01", days=40)
def reviewed_before_acceptance(scene: Scene) -> None:
    """Only the entry step is done before the acceptance; the second begins in the very moment of it."""
    case = scene.case()
    at = office_hour(scene)
    accepted = case.open(at, wait=HOUR)
    worked(case, scene.chance.choice((at + MINUTE, accepted.at - 11 * MINUTE)), accepted.at)
    watched(case, accepted, end(case, "decided", accepted.at + HOUR).at)
    scene.silent(case.number)


@nears("P01", days=50)
def approved_on_the_day_of_the_materials(scene: Scene) -> None:
    """Silence accepts from the day of the materials; the second step was done on that day, hours before them."""
    case = scene.case()
    case.tell("applied", scene.at("08:10"), materials=None)
    worked(case, scene.at("00:00:00.000001", 1), scene.at("00:30", 1))
    receipt = case.tell("materials_received", office_hour(scene, 1))
    deemed = unanswered(case, receipt, None)
    watched(case, receipt, end(case, "decided", deemed + 9 * HOUR).at, since=deemed)
    scene.silent(case.number)
