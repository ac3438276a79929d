"""Stories of what follows a decision: the paper is delivered (T15) and the decision published (O01)."""

from __future__ import annotations

from datetime import datetime

from console.city.scene import HOUR, MINUTE, Case, Fact, Scene
from console.city.stories.penalties import filed
from console.city.stories.reckoning import at_or_after, between, just_before, office_hour, passed, watched
from console.city.stories.registry import nears, plants

PUBLISH = 7


def decided(scene: Scene, outcome: str = "") -> tuple[Case, Fact, tuple[int, int]]:
    """A licence granted or a penalty imposed, and the working days after which its delivery is late."""
    if scene.chance.random() < 0.5:
        case = filed(scene)
        case.tell("penalty_noticed", office_hour(scene, 1))
        return case, case.tell("decided", office_hour(scene, 2)), (7, 12)
    case = scene.case(scene.item(steps=()))
    opened = case.open(office_hour(scene))
    fact = case.tell("decided", opened.at + 3 * HOUR)
    watched(case, opened, fact.at)
    return case, fact, (10, 15)


def overdue(case: Case, fact: Fact, limits: tuple[int, int], delivered: datetime | None) -> None:
    """What a late delivery shows: yellow, and red some days later."""
    for n, level in zip(limits, ("yellow", "red"), strict=True):
        passed(case.scene, "T15", level, fact, case.scene.calendar.breach(fact.at, n), delivered)


@plants("T15", days=50)
def delivered_late(scene: Scene) -> None:
    """Delivered when it was yellow, or when it was red, or never; published in time."""
    case, fact, limits = decided(scene)
    case.tell("published", fact.at + MINUTE)
    yellow, red = (scene.calendar.breach(fact.at, n) for n in limits)
    delivered = scene.chance.choice((yellow, between(scene, yellow, red), just_before(red), red, red + 30 * HOUR, None))
    if delivered is not None:
        case.tell("delivered", delivered)
    overdue(case, fact, limits, delivered)


@plants("T15", days=50)
def closed_and_not_delivered(scene: Scene) -> None:
    """Closing a case delivers nothing."""
    case, fact, limits = decided(scene)
    for minutes, kind in enumerate(("published", "closed"), 1):
        case.tell(kind, fact.at + minutes * MINUTE)
    overdue(case, fact, limits, None)


@nears("T15", days=40)
def delivered_at_the_last_moment(scene: Scene) -> None:
    """Delivered in the last microsecond of the last working day."""
    case, fact, limits = decided(scene)
    case.tell("published", fact.at + MINUTE)
    case.tell("delivered", just_before(scene.calendar.breach(fact.at, limits[0])))
    scene.silent(case.number)


def owes_nothing(scene: Scene) -> Case:
    """Refused, confirmed, or not penalised: neither delivery nor publication is owed."""
    way = scene.chance.choice(("refused", "confirmed", "not_penalised"))
    if way == "not_penalised":
        case = filed(scene)
        case.tell("decided", office_hour(scene, 3), outcome="not_penalised", amount=None)
        return case
    case = scene.case(scene.item(steps=(), of_class="confirmation" if way == "confirmed" else "licence"))
    opened = case.open(office_hour(scene))
    if way == "refused":
        reason = f"{case.number}：不符合法定条件、标准"
        fact = case.tell("decided", opened.at + 3 * HOUR, outcome="refused", reason=reason)
    else:
        fact = case.tell("decided", opened.at + 3 * HOUR, outcome="granted")
    watched(case, opened, fact.at)
    return case


@nears("T15", days=40)
def nothing_to_deliver(scene: Scene) -> None:
    """Another outcome, or another class: nothing has to be delivered."""
    scene.silent(owes_nothing(scene).number)


@plants("O01", days=40)
def published_late(scene: Scene) -> None:
    """Published when seven working days were over, or never, though delivered and closed in time."""
    case, fact, _ = decided(scene)
    for minutes, kind in enumerate(("delivered", "closed"), 1):
        case.tell(kind, fact.at + minutes * MINUTE)
    breach = scene.calendar.breach(fact.at, PUBLISH)
    published = scene.chance.choice((at_or_after(scene, breach), breach + 40 * HOUR, None))
    if published is not None:
        case.tell("published", published)
    passed(scene, "O01", "yellow", fact, breach, published)


@plants("O01", days=40)
def revoked_too_late(scene: Scene) -> None:
    """Revoked only when it should have been published: that undoes nothing, but nothing more is owed."""
    case, fact, _ = decided(scene)
    case.tell("delivered", fact.at + MINUTE)
    breach = scene.calendar.breach(fact.at, PUBLISH)
    revoked = case.tell("overturned", at_or_after(scene, breach), by="reconsideration", result="revoked")
    passed(scene, "O01", "yellow", fact, breach, revoked.at)


@plants("O01", days=40)
def changed_and_not_published(scene: Scene) -> None:
    """A decision that was only changed must still be published."""
    case, fact, _ = decided(scene)
    case.tell("delivered", fact.at + MINUTE)
    case.tell("overturned", office_hour(scene, 4), by="litigation", result="changed")
    passed(scene, "O01", "yellow", fact, scene.calendar.breach(fact.at, PUBLISH), None)


@nears("O01", days=40)
def published_at_the_last_moment(scene: Scene) -> None:
    """Published in the last microsecond of the seventh working day, through any channel."""
    case, fact, _ = decided(scene)
    case.tell("delivered", fact.at + MINUTE)
    channel = scene.chance.choice(("信用网", "部门网站", "公告栏"))
    case.tell("published", just_before(scene.calendar.breach(fact.at, PUBLISH)), channel=channel)
    scene.silent(case.number)


@nears("O01", days=40)
def revoked_at_the_last_moment(scene: Scene) -> None:
    """Revoked in the last microsecond of the seventh working day: nothing is left to publish."""
    case, fact, _ = decided(scene)
    case.tell("delivered", fact.at + MINUTE)
    late = scene.calendar.breach(fact.at, PUBLISH)
    case.tell("overturned", just_before(late), by="superior", result="revoked")
    scene.silent(case.number)


@nears("O01", days=40)
def nothing_to_publish(scene: Scene) -> None:
    """Another outcome, or another class: nothing has to be published."""
    scene.silent(owes_nothing(scene).number)
