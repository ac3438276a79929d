"""D2.5, S01 to S05: tasks answered and closed in time, red cards launched, yellow cards put right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from tests.oracle.case import limit_from
from tests.oracle.facts import Fact
from tests.oracle.limits import Limit
from tests.oracle.rules.city import City, Found
from tests.oracle.rules.duty import (
    Duty,
    Place,
    Subject,
    all_after,
    by_subject,
    first_after,
    from_fact,
    of_kind,
    place_of,
    supervisors_place,
)

REPLY = Limit(5, "work_day", pausable=False, prompt=4)


def judge_supervision(city: City) -> Iterator[Found]:
    """Every finding on a task or a card."""
    cards, tasks = by_subject(city, "esup.card."), by_subject(city, "esup.task.")
    for name, facts in tasks.items():
        issued = next(iter(of_kind(facts, "issued")), None)
        if issued is not None:
            withdrawn = of_kind(cards.get(issued.data.get("card", ""), []), "withdrawn")
            yield from _judge_task(city, Subject("task", name), facts, issued, withdrawn)
    launched = [fact for facts in tasks.values() for fact in of_kind(facts, "issued")]
    for name, facts in cards.items():
        issued = next(iter(of_kind(facts, "issued")), None)
        if issued is not None and not of_kind(facts, "withdrawn"):
            yield from s05(city, facts, issued)
            yield from s02(city, facts, issued, [fact for fact in launched if fact.data.get("card") == name])


def _judge_task(
    city: City, subject: Subject, facts: Sequence[Fact], issued: Fact, withdrawn: Sequence[Fact]
) -> Iterator[Found]:
    """A card's withdrawal undoes what was owed on its task; what is asked for after it is owed none the less."""
    own, supervisors = (one(city, issued.data["department"]) for one in (place_of, supervisors_place))
    if not all_after(withdrawn, issued, own.zone, lambda _: True):
        yield from s01(subject, facts, issued, own)
        yield from s03(subject, facts, issued, supervisors)
    for returned in of_kind(facts, "returned"):
        if not all_after(withdrawn, returned, own.zone, lambda _: True):
            yield from s04(subject, facts, returned, own)


def s01(subject: Subject, facts: Sequence[Fact], issued: Fact, place: Place) -> Iterator[Found]:
    """No reply within the limit of the task; any reply counts, and closing ends the duty."""
    limit = limit_from(issued.data.get("reply_limit")) or REPLY
    replied = first_after(facts, issued, place.zone, lambda fact: fact in of_kind(facts, "replied"))
    closed = first_after(facts, issued, place.zone, lambda fact: fact in of_kind(facts, "closed"))
    duty = Duty(subject, issued, from_fact(limit, issued, place), replied + closed)
    yield from duty.prompt("S01")
    yield from duty.breach("S01", "yellow")


def s03(subject: Subject, facts: Sequence[Fact], issued: Fact, place: Place) -> Iterator[Found]:
    """Not closed twenty working days after the issue (yellow), thirty (red)."""
    closed = first_after(facts, issued, place.zone, lambda fact: fact in of_kind(facts, "closed"))
    for n, level in ((20, "yellow"), (30, "red")):
        deadline = from_fact(Limit(n, "work_day", pausable=False), issued, place)
        yield from Duty(subject, issued, deadline, closed).breach("S03", level)


def s04(subject: Subject, facts: Sequence[Fact], returned: Fact, place: Place) -> Iterator[Found]:
    """Returned, and no reply by the day that the return states; a later return replaces it, closing ends it."""
    ends = all_after(facts, returned, place.zone, lambda fact: fact in of_kind(facts, "replied", "closed"))
    again = [fact for fact in of_kind(facts, "returned") if fact.order > returned.order]
    limit = Limit(None, "stated_day", stated=date.fromisoformat(returned.data["due_on"]))
    yield from Duty(subject, returned, from_fact(limit, returned, place), ends + again).breach("S04", "red")


def s05(city: City, facts: Sequence[Fact], issued: Fact) -> Iterator[Found]:
    """A yellow card that nothing ended within its window."""
    said = issued.data
    if said["level"] != "yellow" or said.get("n") is None:
        return
    place = place_of(city, said["department"])
    ends = of_kind(facts, "rectified", "escalated") + exemptions(city, facts, said["department"])
    ended = all_after(facts, issued, place.zone, lambda fact: fact in ends)
    deadline = from_fact(Limit(said["n"], said["unit"], pausable=False), issued, place)
    yield from Duty(_about(issued), issued, deadline, ended).breach("S05", "red")


def s02(city: City, facts: Sequence[Fact], issued: Fact, launched: Sequence[Fact]) -> Iterator[Found]:
    """A red card on a department that opened no task, and no task naming it five working days later."""
    said = issued.data
    if said["level"] != "red" or said["on"] != "department" or said["opens_task"]:
        return
    place = supervisors_place(city, said["department"])
    ends = of_kind(facts, "rectified") + exemptions(city, facts, said["department"])
    ended = all_after([*facts, *launched], issued, place.zone, lambda fact: fact in ends or fact in launched)
    deadline = from_fact(Limit(5, "work_day", pausable=False), issued, place)
    yield from Duty(_about(issued), issued, deadline, ended).breach("S02", "yellow")


def exemptions(city: City, facts: Sequence[Fact], department: str) -> list[Fact]:
    """The exemptions that the department did not give itself."""
    return [fact for fact in of_kind(facts, "exempted") if _office_of(city, fact) != department]


def _office_of(city: City, exempted: Fact) -> str | None:
    """The department to which the officer belonged when he exempted."""
    known = city.officers.get(exempted.data["officer"], [])
    moves = [one for one in known if one.type.endswith("assigned") and one.occurred_at <= exempted.occurred_at]
    return moves[-1].data["department"] if moves else None


def _about(issued: Fact) -> Subject:
    """Whom the card is about."""
    return Subject(issued.data["subject_kind"], issued.data["subject_id"])
