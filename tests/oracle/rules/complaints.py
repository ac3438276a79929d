"""D2.5, M01 and M02: a complaint is accepted or refused in time, and a real-name complainant is told in writing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.oracle.facts import Fact
from tests.oracle.limits import Limit
from tests.oracle.rules.city import City, Found, is_missing
from tests.oracle.rules.duty import Duty, Place, Subject, by_subject, first_after, from_fact, of_kind, supervisors_place

FIVE_DAYS = Limit(5, "work_day", pausable=False)


def judge_complaints(city: City) -> Iterator[Found]:
    """Every finding on a complaint."""
    for name, facts in by_subject(city, "esup.complaint.").items():
        subject = Subject("complaint", name)
        filed = next(iter(of_kind(facts, "filed")), None)
        if filed is not None:
            place = supervisors_place(city, _concerned(city, filed))
            yield from m01(subject, facts, filed, place)
            yield from m02_not_told(subject, facts, filed, place)
            yield from m02_no_reason(subject, facts)


def _concerned(city: City, filed: Fact) -> str:
    """The department that the complaint is about, or the department of the case."""
    about = filed.data["about"]
    case = city.views.get(about.get("case_no") or "")
    return str(about.get("department") or (case.department if case else ""))


def m01(subject: Subject, facts: Sequence[Fact], filed: Fact, place: Place) -> Iterator[Found]:
    """Neither accepted nor refused five working days after it was filed."""
    decided = first_after(facts, filed, place.zone, lambda fact: fact in of_kind(facts, "accepted", "refused"))
    yield from Duty(subject, filed, from_fact(FIVE_DAYS, filed, place), decided).breach("M01", "yellow")


def m02_not_told(subject: Subject, facts: Sequence[Fact], filed: Fact, place: Place) -> Iterator[Found]:
    """A real-name complaint decided, and no notice in writing five working days after the decision."""
    decisions = of_kind(facts, "accepted", "refused")
    if filed.data["real_name"] and decisions:
        decision = decisions[0]
        told = first_after(facts, decision, place.zone, is_written_notice)
        yield from Duty(subject, decision, from_fact(FIVE_DAYS, decision, place), told).breach("M02", "yellow")


def is_written_notice(fact: Fact) -> bool:
    """Whether a fact is a notice in writing."""
    return fact.type == "esup.complaint.notified" and fact.data.get("written") is True


def m02_no_reason(subject: Subject, facts: Sequence[Fact]) -> Iterator[Found]:
    """Refused without a reason: true at the refusal, and no later act mends it."""
    for refused in of_kind(facts, "refused"):
        if is_missing(refused.data.get("reason")):
            yield Found("M02", "yellow", subject.kind, subject.name, refused.source, refused.id, refused.occurred_at)
