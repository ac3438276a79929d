"""Stories of complaints: not decided in time (M01), and complainants who are not told, or not why (M02)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from console.city.scene import DAY, HOUR, Fact, Scene
from console.city.stories.reckoning import at_or_after, just_before, office_hour
from console.city.stories.registry import nears, plants

DECIDE, TELL = 5, 5
REASON = "反映事项不属于行政监察受理范围"


def complained(scene: Scene, *, is_named: bool = True) -> Fact:
    """Somebody complains about an office, with his name or without."""
    number = scene.number("TS")
    about: dict[str, Any] = {
        "about": {"department": scene.department.code}, "kind": scene.chance.choice(("inaction", "delay")),
        "real_name": is_named, "content": "办理拖延", "channel": "web",
    }  # fmt: skip
    if is_named:
        about["complainant"] = {"name": f"投诉人{scene.serial}", "phone": "13900000000"}
    return scene.tell(number, "complaint.filed", office_hour(scene), about)


def done(scene: Scene, filed: Fact, kind: str, at: datetime, **said: Any) -> Fact:
    """What the supervisor does with a complaint."""
    return scene.tell(filed.subject, f"complaint.{kind}", at, said)


def decided(scene: Scene, filed: Fact, at: datetime) -> Fact:
    """Accepted, or refused with a reason."""
    if scene.chance.random() < 0.6:
        return done(scene, filed, "accepted", at)
    return done(scene, filed, "refused", at, reason=REASON)


def told(scene: Scene, filed: Fact, at: datetime) -> Fact:
    """The complainant is told in writing."""
    return done(scene, filed, "notified", at, written=True)


def owed(scene: Scene, code: str, fact: Fact, n: int, at: datetime | None) -> None:
    """What the supervisor did not do in time."""
    breach = scene.calendar.breach(fact.at, n)
    if at is None or breach <= at:
        scene.finds(code, "yellow", fact, breach, department=scene.supervisor, ended_at=at)


@plants("M01", days=30)
def decided_too_late(scene: Scene) -> None:
    """Accepted or refused when five working days were over."""
    filed = complained(scene, is_named=scene.chance.random() < 0.5)
    decision = decided(scene, filed, at_or_after(scene, scene.calendar.breach(filed.at, DECIDE), 3 * DAY))
    owed(scene, "M01", filed, DECIDE, decision.at)
    told(scene, filed, decision.at + HOUR)


@plants("M01", days=30)
def passed_on_and_never_decided(scene: Scene) -> None:
    """Telling the complainant and passing the complaint on decides nothing."""
    filed = complained(scene)
    told(scene, filed, office_hour(scene, 1))
    due = scene.calendar.after(scene.day, 10).isoformat()
    done(scene, filed, "transferred", office_hour(scene, 2), to=scene.department.code, due_on=due)
    owed(scene, "M01", filed, DECIDE, None)


@nears("M01", days=30)
def decided_at_the_last_moment(scene: Scene) -> None:
    """Accepted or refused in the last microsecond of the fifth working day."""
    filed = complained(scene)
    decision = decided(scene, filed, just_before(scene.calendar.breach(filed.at, DECIDE)))
    told(scene, filed, decision.at + HOUR)
    scene.silent(filed.subject)


@plants("M02", days=40)
def told_too_late(scene: Scene) -> None:
    """Told in writing when five working days from the decision were over, or by word of mouth only, or never."""
    filed = complained(scene)
    decision = decided(scene, filed, office_hour(scene, 2))
    breach = scene.calendar.breach(decision.at, TELL)
    done(scene, filed, "notified", decision.at + HOUR, written=False)
    at = scene.chance.choice((at_or_after(scene, breach), breach + 3 * DAY, None))
    if at is not None:
        told(scene, filed, at)
    owed(scene, "M02", decision, TELL, at)


@plants("M02", days=40)
def refused_without_a_reason(scene: Scene) -> None:
    """Refused without a reason, or with a blank one; that the complainant is told mends nothing."""
    filed = complained(scene, is_named=scene.chance.random() < 0.5)
    said = scene.chance.choice(({}, {"reason": ""}, {"reason": "  "}))
    refused = done(scene, filed, "refused", office_hour(scene, 2), **said)
    told(scene, filed, refused.at + HOUR)
    scene.finds("M02", "yellow", refused, department=scene.supervisor)


@nears("M02", days=40)
def told_at_the_last_moment(scene: Scene) -> None:
    """Told in writing in the last microsecond of the fifth working day from the decision."""
    filed = complained(scene)
    decision = decided(scene, filed, office_hour(scene, scene.chance.randint(1, 4)))
    told(scene, filed, just_before(scene.calendar.breach(decision.at, TELL)))
    scene.silent(filed.subject)


@nears("M02", days=40)
def nobody_to_tell(scene: Scene) -> None:
    """Who complains without a name need not be told; and a word is reason enough."""
    filed = complained(scene, is_named=False)
    if scene.chance.random() < 0.5:
        done(scene, filed, "accepted", office_hour(scene, 1))
    else:
        done(scene, filed, "refused", office_hour(scene, 1), reason="无")
    scene.silent(filed.subject)


@plants("M01", days=30)
def complaint_about_a_case(scene: Scene) -> None:
    """The complaint names a case and no office: the duty is that of the supervisor over the case's office."""
    case = scene.case(scene.item(steps=()))
    case.lawful(scene.at("08:15"))
    number = scene.number("TS")
    about = {
        "about": {"case_no": case.number},
        "kind": "other",
        "real_name": False,
        "content": "态度",
        "channel": "web",
    }
    filed = scene.tell(number, "complaint.filed", office_hour(scene, 1), about)
    owed(scene, "M01", filed, DECIDE, None)
