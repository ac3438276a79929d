"""D2.4, K05 to K07: a power whose law changed is filed, reviewed and adjusted, each in its time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from tests.oracle.facts import Fact
from tests.oracle.limits import Limit
from tests.oracle.rules.city import City, Found
from tests.oracle.rules.duty import (
    Duty,
    Place,
    Subject,
    by_subject,
    first_after,
    from_day,
    from_fact,
    of_kind,
    place_of,
)

FILED, REVIEWED, ADJUSTED = "change_filed", "change_reviewed", "change_adjusted"


def working_days(n: int) -> Limit:
    """So many working days, which nothing pauses."""
    return Limit(n, "work_day", pausable=False)


def judge_changes(city: City) -> Iterator[Found]:
    """Every finding on a change of the catalogue."""
    for change, facts in by_subject(city, "esup.item.change_").items():
        filed = of_kind(facts, FILED)
        if filed:
            department = filed[0].data["department"]
            is_suqian = city.region_of(department).get("profile") == "suqian"
            yield from _judge(Subject("change", change), facts, place_of(city, department), is_suqian)


def _judge(subject: Subject, facts: Sequence[Fact], place: Place, is_suqian: bool) -> Iterator[Found]:
    filed = of_kind(facts, FILED)[0]
    yield from k05(subject, filed, place, 20 if is_suqian else 10)
    yield from k06(subject, facts, filed, place, (10, 12) if is_suqian else (3, 5))
    yield from k07a(subject, facts, place)
    yield from k07b(subject, facts, place)


def k05(subject: Subject, filed: Fact, place: Place, n: int) -> Iterator[Found]:
    """Filed more than ten working days after the day of its cause."""
    deadline = from_day(working_days(n), date.fromisoformat(filed.data["caused_on"]), place)
    yield from Duty(subject, filed, deadline, [filed]).breach("K05", "yellow")


def k06(
    subject: Subject, facts: Sequence[Fact], filed: Fact, place: Place, numbers: tuple[int, int]
) -> Iterator[Found]:
    """Not reviewed three working days after the filing (prompt) and five (yellow); both stay."""
    reviewed = first_after(facts, filed, place.zone, lambda fact: fact in of_kind(facts, REVIEWED))
    for n, level in zip(numbers, ("prompt", "yellow"), strict=True):
        yield from Duty(subject, filed, from_fact(working_days(n), filed, place), reviewed).breach("K06", level)


def approvals(facts: Sequence[Fact]) -> list[Fact]:
    """The reviews that approve."""
    return [fact for fact in of_kind(facts, REVIEWED) if fact.data["approved"]]


def k07a(subject: Subject, facts: Sequence[Fact], place: Place) -> Iterator[Found]:
    """Not adjusted two working days after an approving review; one still waited for opens nothing more."""
    waits_for: list[Fact] | None = None
    for approved in approvals(facts):
        if waits_for is not None and (not waits_for or approved.order < waits_for[0].order):
            continue
        waits_for = first_after(facts, approved, place.zone, lambda fact: fact in of_kind(facts, ADJUSTED))
        yield from Duty(subject, approved, from_fact(working_days(2), approved, place), waits_for).breach(
            "K07a", "yellow"
        )


def k07b(subject: Subject, facts: Sequence[Fact], place: Place) -> Iterator[Found]:
    """Not adjusted by the day from which the change has effect, as an approving review stated last."""
    stated = [fact for fact in approvals(facts) if fact.data.get("effective_from")]
    for number, approved in enumerate(stated):
        day = date.fromisoformat(approved.data["effective_from"])
        adjusted = first_after(facts, approved, place.zone, lambda fact: fact in of_kind(facts, ADJUSTED))
        replaced = stated[number + 1 : number + 2]
        deadline = from_fact(Limit(None, "stated_day", stated=day), approved, place)
        yield from Duty(subject, approved, deadline, adjusted + replaced).breach("K07b", "yellow")
