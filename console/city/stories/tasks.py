"""Stories of supervision tasks: answered (S01), launched (S02), closed (S03) and answered again (S04) too late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from console.city.places import Department
from console.city.scene import DAY, HOUR, MICROSECOND, Finding, Life, Scene, midnight
from console.city.stories.reckoning import at_or_after, between, end, just_before, office_hour, watched
from console.city.stories.registry import nears, plants

REPLY, NEAR, LAUNCH = 5, 4, 5
YELLOW, RED = 20, 30
"""In so many working days a task is to be closed."""


class Act(NamedTuple):
    """What somebody does with a task, and when."""

    kind: str
    at: datetime
    said: dict[str, Any] = {}


def replied(at: datetime) -> Act:
    """The department answers; whether anything was put right plays no part."""
    return Act("replied", at, {"text": "已核查，情况属实，责成整改。", "rectified": at.minute % 2 == 0})


def closed(at: datetime) -> Act:
    """The supervisor closes the task."""
    return Act("closed", at, {"opinion": "同意办结"})


def returned(at: datetime, due: datetime) -> Act:
    """The supervisor sends the reply back, and wants another one by a day."""
    return Act("returned", at, {"reason": "情况说明不清", "due_on": due.date().isoformat()})


def acts(scene: Scene, task: str, told: Sequence[Act]) -> None:
    """All that is done with a task."""
    for kind, at, said in told:
        scene.tell(task, f"task.{kind}", at, said)


class Task(NamedTuple):
    """A task, and the moment from which it is to be answered."""

    number: str
    issued: datetime


def by_hand(scene: Scene, limit: int | None = None) -> Task:
    """The supervisor issues a task of his own accord, perhaps with a time for the reply."""
    number, at = scene.number("DB"), office_hour(scene)
    about: dict[str, Any] = {"department": scene.department.code, "text": "请核查窗口服务情况。"}
    if limit is not None:
        about["reply_limit"] = {"n": limit, "unit": "work_day"}
    scene.tell(number, "task.issued", at, about)
    return Task(number, at)


def by_card(scene: Scene, told: Sequence[Act]) -> Task:
    """A fee without a basis opens a task with its red card; and this is done with it."""
    finding = unlawful_fee(scene, scene.department, lambda card: acts(scene, card.card_id, told))
    return Task(finding.card_id, finding.issued_at)


def unlawful_fee(scene: Scene, office: Department, life: Life) -> Finding:
    """A fee that the item does not list, an hour after the first day's opening: a red card."""
    case = scene.case(scene.item(office, steps=()), office)
    accepted = case.open(scene.at("08:40"))
    fee = case.tell("fee_charged", carded_at(scene), fee="加急费", due="50.00", paid="50.00")
    watched(case, accepted, end(case, "decided", fee.at + HOUR).at)
    return scene.finds("F01", "red", fee, department=office.code, life=life)


def carded_at(scene: Scene) -> datetime:
    """When the fee is charged."""
    return scene.at("10:17:23.456789")


def tasked(scene: Scene, issued: datetime, told: Sequence[Act]) -> Task:
    """A task of either kind, issued at about the same time, with which this is done."""
    if issued == carded_at(scene):
        return by_card(scene, told)
    number = scene.number("DB")
    scene.tell(number, "task.issued", issued, {"department": scene.department.code, "text": "请核查窗口服务情况。"})
    acts(scene, number, told)
    return Task(number, issued)


def issued_at(scene: Scene) -> datetime:
    """When a task is issued: with a red card, or by hand."""
    return scene.chance.choice((carded_at(scene), office_hour(scene)))


def in_good_time(scene: Scene, issued: datetime) -> Act:
    """A reply on the third working day."""
    return replied(midnight(scene.calendar.after(issued.date(), 3)) + 11 * HOUR)


@plants("S01", days=60)
def task_answered_when_it_was_near(scene: Scene) -> None:
    """Answered, or closed without an answer, on the fourth or fifth working day: prompted, but in time."""
    issued = issued_at(scene)
    near, last = midnight(scene.calendar.after(issued.date(), NEAR)), scene.calendar.breach(issued, REPLY)
    at = scene.chance.choice((near + MICROSECOND, between(scene, near, last), just_before(last)))
    told = scene.chance.choice(([closed(at)], [replied(at), closed(at + 4 * DAY)]))
    tasked(scene, issued, told)


@plants("S01", days=60)
def task_answered_too_late(scene: Scene) -> None:
    """Answered when five working days were over, or not at all and closed some days later."""
    issued = issued_at(scene)
    last = scene.calendar.breach(issued, REPLY)
    at = scene.chance.choice((at_or_after(scene, last), last + 3 * DAY))
    told = scene.chance.choice(([closed(at)], [replied(at), closed(at + 4 * DAY)]))
    tasked(scene, issued, told)


@plants("S01", days=60)
def task_with_a_time_of_its_own(scene: Scene) -> None:
    """The task states its own time for the reply, and that passes."""
    n = scene.chance.choice((1, 2, 3, 8, 10))
    task = by_hand(scene, n)
    at = at_or_after(scene, scene.calendar.breach(task.issued, n))
    acts(scene, task.number, [replied(at), closed(at + HOUR)])


@nears("S01", days=60)
def task_answered_before_it_was_near(scene: Scene) -> None:
    """Answered, or closed, in the last microsecond before the fourth working day."""
    issued = issued_at(scene)
    at = just_before(midnight(scene.calendar.after(issued.date(), NEAR)))
    told = scene.chance.choice(([closed(at)], [replied(at), closed(at + 4 * DAY)]))
    scene.silent(tasked(scene, issued, told).number)


@nears("S01", days=60)
def task_with_a_longer_time(scene: Scene) -> None:
    """The task allows ten working days, and is answered in the last microsecond before they are near."""
    task = by_hand(scene, 10)
    at = just_before(scene.calendar.prompt(task.issued, 10))
    acts(scene, task.number, [replied(at), closed(at + DAY)])
    scene.silent(task.number)


def launching(scene: Scene, told: Sequence[Act], launched: datetime | None) -> Finding:
    """A red card that opens no task, and the task that the supervisor launches for it."""
    office = scene.new_department(region=scene.untasked_region)

    def life(card: Finding) -> None:
        acts_on_card(scene, card.card_id, told)
        if launched is not None:
            number = scene.number("DB")
            about = {"card": card.card_id, "department": office.code, "text": "请核查收费情况。"}
            scene.tell(number, "task.issued", launched, about)
            at = midnight(scene.calendar.after(launched.date(), 2)) + 15 * HOUR
            acts(scene, number, [replied(at), closed(at + DAY)])

    return unlawful_fee(scene, office, life)


def acts_on_card(scene: Scene, card: str, told: Sequence[Act]) -> None:
    """What is done with a card itself."""
    for kind, at, said in told:
        scene.tell(card, f"card.{kind}", at, said)


def exempted(at: datetime) -> Act:
    """The supervisor exempts a card: the system had failed."""
    return Act("exempted", at, {"ground": "3", "evidence": "系统故障记录", "officer": "监察员"})


@plants("S02", days=60)
def task_launched_too_late(scene: Scene) -> None:
    """Launched when five working days from the red card were over, or never."""
    last = scene.calendar.breach(carded_at(scene), LAUNCH)
    finding = launching(scene, [], scene.chance.choice((at_or_after(scene, last), last + 5 * DAY, None)))
    assert finding.issued_at == carded_at(scene)


@plants("S02", days=60)
def exempted_too_late(scene: Scene) -> None:
    """Exempted when the task should have been launched; it is launched all the same, some hours later."""
    late = at_or_after(scene, scene.calendar.breach(carded_at(scene), LAUNCH), 10 * HOUR)
    launching(scene, [exempted(late)], late + 6 * HOUR)


@nears("S02", days=60)
def task_launched_at_the_last_moment(scene: Scene) -> None:
    """Launched in the last microsecond of the fifth working day."""
    finding = launching(scene, [], just_before(scene.calendar.breach(carded_at(scene), LAUNCH)))
    scene.silent(finding.subject)


@nears("S02", days=60)
def exempted_at_the_last_moment(scene: Scene) -> None:
    """Exempted in the last microsecond of the fifth working day: nothing is left to launch."""
    finding = launching(scene, [exempted(just_before(scene.calendar.breach(carded_at(scene), LAUNCH)))], None)
    scene.silent(finding.subject)


@nears("S02", days=60)
def red_card_with_a_task(scene: Scene) -> None:
    """Where red cards open their tasks by themselves, nobody has to launch one."""
    at = carded_at(scene)
    finding = unlawful_fee(scene, scene.department, lambda card: acts(
        scene, card.card_id, [in_good_time(scene, at), closed(midnight(scene.calendar.after(at.date(), 9)))]
    ))  # fmt: skip
    scene.silent(finding.subject)


@plants("S03", days=80)
def task_closed_too_late(scene: Scene) -> None:
    """Closed when it was yellow, or when it was red, or never; it had been answered in good time."""
    issued = issued_at(scene)
    yellow, red = (scene.calendar.breach(issued, n) for n in (YELLOW, RED))
    at = scene.chance.choice((yellow, between(scene, yellow, red), just_before(red), red, red + 2 * DAY, None))
    tasked(scene, issued, [in_good_time(scene, issued), *([] if at is None else [closed(at)])])


@plants("S03", days=80)
def task_sent_to_and_fro(scene: Scene) -> None:
    """Reviews, returns and replies move nothing."""
    issued = issued_at(scene)

    def on(n: int) -> datetime:
        return midnight(scene.calendar.after(issued.date(), n)) + 10 * HOUR

    tasked(scene, issued, [
        replied(on(2)), Act("first_reviewed", on(3), {"passed": False, "opinion": "需补充"}), returned(on(4), on(8)),
        replied(on(7)), Act("first_reviewed", on(9), {"passed": True, "opinion": "整改到位"}), closed(on(22)),
    ])  # fmt: skip


@nears("S03", days=80)
def task_closed_at_the_last_moment(scene: Scene) -> None:
    """Closed in the last microsecond of the twentieth working day."""
    issued = issued_at(scene)
    told = [in_good_time(scene, issued), closed(just_before(scene.calendar.breach(issued, YELLOW)))]
    scene.silent(tasked(scene, issued, told).number)


class Return(NamedTuple):
    """A task that was returned: the acts so far, and the moment at which the day it set is over."""

    issued: datetime
    told: list[Act]
    over: datetime


def sent_back(scene: Scene) -> Return:
    """A task answered in good time, and returned; the day that it sets may be one without work."""
    issued = issued_at(scene)
    first = in_good_time(scene, issued)
    due = midnight(scene.calendar.after(first.at.date(), scene.chance.randint(1, 5)))
    due += scene.chance.randint(0, 2) * DAY
    return Return(issued, [first, returned(first.at + HOUR, due)], due + DAY)


@plants("S04", days=60)
def answered_again_too_late(scene: Scene) -> None:
    """Answered again when the day was over, or closed then without another answer."""
    issued, told, over = sent_back(scene)
    at = scene.chance.choice((at_or_after(scene, over), over + 2 * DAY))
    again = scene.chance.choice(([closed(at)], [replied(at), closed(at + DAY)]))
    tasked(scene, issued, [*told, *again])


@plants("S04", days=80)
def returned_twice(scene: Scene) -> None:
    """Answered again in time and returned once more; that second day is not kept."""
    issued, told, over = sent_back(scene)
    again = just_before(over)
    due = midnight(scene.calendar.after(over.date(), 3))
    told += [replied(again), returned(again + HOUR, due), replied(due + DAY), closed(due + 2 * DAY)]
    tasked(scene, issued, told)


@nears("S04", days=60)
def answered_again_at_the_last_moment(scene: Scene) -> None:
    """Answered again, or closed, in the last microsecond of the day."""
    issued, told, over = sent_back(scene)
    at = just_before(over)
    again = scene.chance.choice(([closed(at)], [replied(at), closed(at + DAY)]))
    scene.silent(tasked(scene, issued, [*told, *again]).number)


@nears("S04", days=80)
def replaced_by_another_return(scene: Scene) -> None:
    """Returned once more, with a later day, before anybody answered: the later day stands, and is kept."""
    issued, told, over = sent_back(scene)
    due = midnight(scene.calendar.after(over.date(), 3))
    told += [returned(over - 2 * HOUR, due), replied(just_before(due + DAY)), closed(due + 2 * DAY)]
    scene.silent(tasked(scene, issued, told).number)
