"""Stories of powers that may not be exercised (K01), and of codes that are used again (K02)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from console.city.places import Item
from console.city.scene import DAY, HOUR, MICROSECOND, MINUTE, Case, Fact, Scene
from console.city.stories.penalties import penalised
from console.city.stories.reckoning import end, just_before, office_hour, watched
from console.city.stories.registry import nears, plants


def published(scene: Scene, item: Item, at: datetime) -> Fact:
    """A version of an item is published, and its guide with it."""
    scene.tell(item.code, "item.guide_published", at, item.guide())
    return scene.tell(item.code, "item.published", at, item.published())


def stopped(scene: Scene, item: Item, kind: str, at: datetime, since: datetime) -> Fact:
    """An item is `suspended` or `cancelled` from a day on."""
    about = {"code": item.code, "reason": "法律依据修改", "effective_from": since.date().isoformat()}
    return scene.tell(item.code, f"item.{kind}", at, about)


def exercised(scene: Scene, item: Item, at: datetime) -> tuple[Case, Fact]:
    """Somebody is granted a licence, or is penalised, on an item; the fact from which the case runs."""
    case = scene.case(item)
    if item.of_class == "penalty":
        filed = case.tell("filed", at)
        penalised(case, at + HOUR)
        return case, filed
    case.tell("applied", at - MINUTE)
    accepted = case.tell("accepted", at)
    end(case, "decided", at + HOUR)
    return case, accepted


def power(scene: Scene) -> Item:
    """A licence or a penalty that nobody has published."""
    if scene.chance.random() < 0.7:
        return scene.draft(steps=())
    promised, statutory = (60, "calendar_day"), (90, "calendar_day")
    return scene.draft(of_class="penalty", steps=(), materials=(), promised=promised, statutory=statutory)


@plants("K01", days=20)
def power_nobody_published(scene: Scene) -> None:
    """No version was ever published; or it was a microsecond after the acceptance; or it takes effect tomorrow."""
    item, at = power(scene), office_hour(scene, 1)
    way = scene.chance.choice(("never", "after", "tomorrow"))
    if way == "after":
        published(scene, item, at + MICROSECOND)
    elif way == "tomorrow":
        tomorrow = (at.date() + timedelta(days=1)).isoformat()
        published(scene, replace(item, effective_from=tomorrow), at - 20 * HOUR)
    _, fact = exercised(scene, item, at)
    scene.finds("K01", "red", fact)


@plants("K01", days=20)
def power_that_was_stopped(scene: Scene) -> None:
    """Suspended or cancelled from that very day, or from long before, even where that is announced afterwards."""
    item, at = power(scene), office_hour(scene, 2)
    published(scene, item, scene.at("08:00"))
    kind = scene.chance.choice(("suspended", "cancelled"))
    stopped(scene, item, kind, scene.at("08:10"), scene.chance.choice((at, at - 30 * DAY)))
    _, fact = exercised(scene, item, at)
    scene.finds("K01", "red", fact)


@plants("K01", days=30)
def power_cancelled_and_published_again(scene: Scene) -> None:
    """A version that takes effect later ends a suspension, but not a cancellation; and it is a code used again."""
    item, at = power(scene), office_hour(scene, 3)
    published(scene, item, scene.at("08:00"))
    stopped(scene, item, "cancelled", scene.at("08:10"), at - 10 * DAY)
    again = published(scene, replace(item, version=2, effective_from=at.date().isoformat()), scene.at("09:00", 1))
    scene.finds("K02", "yellow", again)
    _, fact = exercised(scene, item, at)
    scene.finds("K01", "red", fact)


@plants("K01", days=50)
def power_stopped_when_silence_accepts(scene: Scene) -> None:
    """Nobody answers: the case counts as accepted from the day of the materials, and the power was suspended on it."""
    item = scene.draft(steps=())
    published(scene, item, scene.at("08:00"))
    case = scene.case(item)
    applied = case.tell("applied", office_hour(scene, 1))
    stopped(scene, item, "suspended", scene.at("08:10"), applied.at)
    deemed = scene.calendar.breach(applied.at, 5)
    scene.finds("T06", "yellow", applied, deemed)
    scene.finds("K01", "red", applied, deemed)
    watched(case, applied, end(case, "decided", deemed + 10 * HOUR).at, since=deemed)


@nears("K01", days=20)
def power_just_published(scene: Scene) -> None:
    """Published in the moment of the acceptance, and in effect from that day."""
    item, at = power(scene), office_hour(scene, 1)
    published(scene, replace(item, effective_from=at.date().isoformat()), at)
    case, _ = exercised(scene, item, at)
    scene.silent(case.number)


@nears("K01", days=20)
def power_stopped_tomorrow(scene: Scene) -> None:
    """Suspended or cancelled from the next day."""
    item, at = power(scene), office_hour(scene, 1)
    published(scene, item, scene.at("08:00"))
    stopped(scene, item, scene.chance.choice(("suspended", "cancelled")), scene.at("08:10", 1), at + DAY)
    case, _ = exercised(scene, item, at)
    scene.silent(case.number)


@nears("K01", days=30)
def suspension_ended_by_a_new_version(scene: Scene) -> None:
    """A version that takes effect on the first day of the suspension, or later, ends it."""
    item, at = power(scene), office_hour(scene, 4)
    published(scene, item, scene.at("08:00"))
    since = office_hour(scene, 1)
    stopped(scene, item, "suspended", scene.at("08:10"), since)
    first = scene.chance.choice((since, at)).date().isoformat()
    published(scene, replace(item, version=2, effective_from=first), scene.at("09:00", 2))
    case, _ = exercised(scene, item, at)
    scene.silent(case.number)


def cancelled(scene: Scene) -> tuple[Item, Fact]:
    """An item that is published on the first day, and cancelled on the third from the fifth on."""
    item = scene.draft(steps=(), of_class=scene.chance.choice(("licence", "confirmation", "other")))
    published(scene, item, scene.at("08:00"))
    return item, stopped(scene, item, "cancelled", scene.at("10:00", 2), scene.at("00:00", 4))


def renewed(scene: Scene, item: Item, since: datetime) -> Item:
    """Another version of it, perhaps with another name, that takes effect on a day."""
    name = scene.chance.choice((item.name, "全新许可"))
    return replace(item, version=2, name=name, effective_from=since.date().isoformat())


@plants("K02", days=30)
def code_used_again(scene: Scene) -> None:
    """Published after the cancellation, were it by a microsecond, to take effect with it or later."""
    item, stop = cancelled(scene)
    at = scene.chance.choice((stop.at + MICROSECOND, office_hour(scene, 3), office_hour(scene, 8)))
    again = renewed(scene, item, scene.at("00:00", scene.chance.choice((4, 5, 9))))
    scene.finds("K02", "yellow", published(scene, again, at))


@plants("K02", days=30)
def code_cancelled_again(scene: Scene) -> None:
    """Used again, and cancelled once more: that puts it right."""
    item, _ = cancelled(scene)
    fact = published(scene, renewed(scene, item, scene.at("00:00", 4)), office_hour(scene, 5))
    later = scene.chance.choice((fact.at + HOUR, office_hour(scene, 7), office_hour(scene, 9)))
    stopped(scene, item, "cancelled", later, later)
    scene.finds("K02", "yellow", fact, ended_at=later)


@nears("K02", days=30)
def code_published_before_its_end(scene: Scene) -> None:
    """Published before the cancellation, were it by a microsecond; or to take effect on the last day before it."""
    item, stop = cancelled(scene)
    if scene.chance.random() < 0.5:
        published(scene, renewed(scene, item, scene.at("00:00", 6)), just_before(stop.at))
    else:
        published(scene, renewed(scene, item, scene.at("00:00", 4) - DAY), stop.at + MINUTE)
    scene.silent(item.code)


@nears("K02", days=30)
def suspended_code_used_again(scene: Scene) -> None:
    """A suspended power may come back under its code; only a cancelled one may not."""
    item = scene.draft(steps=())
    published(scene, item, scene.at("08:00"))
    stopped(scene, item, "suspended", scene.at("10:00", 1), scene.at("00:00", 1))
    published(scene, renewed(scene, item, scene.at("00:00", 3)), office_hour(scene, 2))
    scene.silent(item.code)
