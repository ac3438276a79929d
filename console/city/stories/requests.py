"""Stories of requests for disclosure (T23): answered late, restarted, extended, and asked to be corrected late."""

from __future__ import annotations

from datetime import datetime

from console.city.calendar import Counts, every_day
from console.city.scene import HOUR, Case, Fact, Scene, midnight
from console.city.stories.reckoning import (
    at_or_after,
    between,
    but_for,
    just_before,
    nearing,
    office_hour,
    passed,
)
from console.city.stories.registry import nears, plants

ANSWER, NEAR, NOTICE = 20, 17, 7
Asked = tuple[Case, Fact, datetime]


def requestable(scene: Scene) -> Case:
    """A case of a request: twenty working days, at most twenty more, and third parties may be asked."""
    return scene.case(scene.item(
        of_class="other", promised=(20, "work_day"), statutory=(20, "work_day"), steps=(), materials=(),
        suspensions=("third_party",), extension=(20, "work_day", "head"), basis=("中华人民共和国政府信息公开条例",),
        name="依申请公开",
    ))  # fmt: skip


def asked(scene: Scene) -> Asked:
    """A request, and the moment from which it counts as received; online and plain post must be confirmed first."""
    case = requestable(scene)
    at, way = office_hour(scene), scene.chance.choice(("window", "post", "plain_post", "online"))
    if way in ("window", "post"):
        return case, case.tell("disclosure_requested", at, received_by=way), at
    confirmed = scene.calendar.after(scene.day, scene.chance.randint(0, 3))
    fact = case.tell("disclosure_requested", at, received_by=way, confirmed_on=confirmed.isoformat())
    return case, fact, midnight(confirmed)


def near(scene: Scene, received: datetime, more: int = 0, counts: Counts = every_day) -> datetime:
    """From when an answer is near due."""
    return midnight(scene.calendar.counted(received.date(), NEAR + more, counts))


def answered(case: Case, at: datetime) -> datetime:
    """The request is answered, one way or the other."""
    outcome = case.scene.chance.choice(("granted", "other", "refused"))
    reason = f"{case.number}：申请公开的信息依法不予公开" if outcome == "refused" else None
    return case.tell("decided", at, outcome=outcome, reason=reason).at


def owed(
    scene: Scene, fact: Fact, received: datetime, done: datetime | None, more: int = 0, counts: Counts = every_day
) -> None:
    """What a request shows until it is answered."""
    nearing(scene, "T23", fact, near(scene, received, more, counts), done)
    passed(scene, "T23", "red", fact, scene.calendar.breach(received, ANSWER + more, counts), done)


@plants("T23", days=55)
def answered_near_the_twentieth_day(scene: Scene) -> None:
    """Answered in time, but only after the prompt."""
    case, fact, received = asked(scene)
    last = scene.calendar.breach(received, ANSWER)
    done = answered(case, scene.chance.choice((just_before(last), between(scene, near(scene, received), last))))
    owed(scene, fact, received, done)


@plants("T23", days=55)
def answered_after_the_twentieth_day(scene: Scene) -> None:
    """Answered when twenty working days were over, or never."""
    case, fact, received = asked(scene)
    last = scene.calendar.breach(received, ANSWER)
    done = scene.chance.choice((at_or_after(scene, last), last + 60 * HOUR, None))
    if done is not None:
        answered(case, done)
    owed(scene, fact, received, done)


@plants("T23", days=85)
def answered_after_the_extension(scene: Scene) -> None:
    """Extended once, and answered near the end of the longer limit, or behind it."""
    case, fact, received = asked(scene)
    at, more = office_hour(scene, scene.chance.randint(4, 12)), scene.chance.choice((5, 20))
    case.tell("extended", at, n=more, told_applicant_at=at.isoformat())
    last = scene.calendar.breach(received, ANSWER + more)
    owed(
        scene, fact, received, answered(case, scene.chance.choice((just_before(last), at_or_after(scene, last)))), more
    )


@plants("T23", days=70)
def answered_after_the_correction(scene: Scene) -> None:
    """What was corrected restarts the twenty days: answered when they were over once more."""
    case, _, received = asked(scene)
    case.tell("correction_noticed", scene.at("09:00", 5))
    corrected = case.tell("correction_received", office_hour(scene, 8))
    done = answered(case, at_or_after(scene, scene.calendar.breach(corrected.at, ANSWER)))
    owed(scene, corrected, corrected.at, done)


@plants("T23", days=70)
def answered_after_a_third_party(scene: Scene) -> None:
    """The days of asking a third party are excluded; those that are left are not kept."""
    case, fact, received = asked(scene)
    start, last = office_hour(scene, 5), scene.calendar.after(scene.day, 11)
    case.tell("suspension_started", start, kind="third_party", planned_end=last.isoformat())
    case.tell("suspension_ended", midnight(last) + 9 * HOUR)
    counts = but_for(start, last)
    done = answered(case, at_or_after(scene, scene.calendar.breach(received, ANSWER, counts)))
    owed(scene, fact, received, done, counts=counts)


@plants("T23", days=55)
def asked_to_correct_too_late(scene: Scene) -> None:
    """Asked to correct the request when seven working days were over; what is corrected restarts the twenty days."""
    case, _, received = asked(scene)
    noticed = case.tell("correction_noticed", at_or_after(scene, scene.calendar.breach(received, NOTICE)))
    scene.finds("T23", "yellow", noticed)
    corrected = case.tell("correction_received", noticed.at + 5 * HOUR)
    answered(case, just_before(near(scene, corrected.at)))


@nears("T23", days=55)
def answered_before_it_was_near(scene: Scene) -> None:
    """Answered in the last microsecond before the twentieth day is near."""
    case, _, received = asked(scene)
    answered(case, just_before(near(scene, received)))
    scene.silent(case.number)


@nears("T23", days=85)
def answered_before_the_extension_was_near(scene: Scene) -> None:
    """Extended by all that the law allows, and answered in the last microsecond before that is near."""
    case, _, received = asked(scene)
    at = office_hour(scene, 6)
    case.tell("extended", at, n=20, told_applicant_at=at.isoformat())
    answered(case, just_before(near(scene, received, 20)))
    scene.silent(case.number)


@nears("T23", days=55)
def asked_to_correct_at_the_last_moment(scene: Scene) -> None:
    """Asked to correct the request in the last microsecond of the seventh working day."""
    case, _, received = asked(scene)
    case.tell("correction_noticed", just_before(scene.calendar.breach(received, NOTICE)))
    corrected = case.tell("correction_received", office_hour(scene, 13))
    answered(case, just_before(near(scene, corrected.at)))
    scene.silent(case.number)


@nears("T23", days=55)
def never_confirmed(scene: Scene) -> None:
    """Sent online and never confirmed: it has not been received."""
    case = requestable(scene)
    case.tell("disclosure_requested", office_hour(scene), received_by="online")
    scene.silent(case.number)
