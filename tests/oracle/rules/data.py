"""D2.4, data: what comes late, what cannot be, what was changed afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.oracle.facts import Fact, local_day, midnight, next_day
from tests.oracle.rules.city import DAY_AND_NIGHT, Case, City, Found, at_latest, text

UPLOADING = ("vertical", "self_built")


def judge_data(city: City) -> Iterator[Found]:
    """Every finding of the family."""
    yield from d01(city)
    for case in city.views.values():
        yield from d03(case)
        yield from d04(case)


def d01(city: City) -> Iterator[Found]:
    """A fact of a case that its source's own system first sent 24 hours after it happened, or later (prompt).

    Where more than one in a hundred of what a department's systems told of a day was late: yellow on the department,
    at 00:00 of the second day after.
    """
    days: dict[tuple[str, date], list[tuple[Fact, bool]]] = {}
    for versions in city.versions.values():
        fact = versions[0]
        source = city.sources.get(fact.source)
        if not fact.type.startswith("esup.case.") or source is None or source["kind"] not in UPLOADING:
            continue
        zone = city.zone_of(source["department"])
        limit = at_latest(fact, zone) + DAY_AND_NIGHT
        is_late = fact.recorded_at >= limit
        if is_late:
            yield Found("D01", "prompt", "case", fact.subject, fact.source, fact.id, limit)
        days.setdefault((source["department"], local_day(fact.occurred_at, zone)), []).append((fact, is_late))
    for (department, day), told in days.items():
        late = [fact for fact, is_late in told if is_late]
        if len(late) * 100 > len(told):
            first = min(late, key=lambda fact: fact.order)
            moment = midnight(next_day(next_day(day)), city.zone_of(department))
            yield Found("D01", "yellow", "department", department, first.source, first.id, moment)


def d03(case: Case) -> Iterator[Found]:
    """A step finished before it was begun, or a fact of the case before the application; at the later of the two.

    A finish belongs to the begin of the same ref, and without one only if the step has one of each. Days are compared
    where one of the two is known to the day only.
    """
    found: dict[tuple[str, str], Found] = {}
    for started, finished in step_pairs(case):
        if case.is_earlier(finished, started):
            found[started.source, started.id] = case.found("D03", "prompt", started, started.occurred_at)
    applied = case.one("applied")
    if applied is not None and any(case.is_earlier(fact, applied) for fact in case.facts):
        found[applied.source, applied.id] = case.found("D03", "prompt", applied, applied.occurred_at)
    yield from found.values()


def step_pairs(case: Case) -> Iterator[tuple[Fact, Fact]]:
    """Each begin of a step with its own finish: that of its ref, or where a finish names none the only one there is."""
    all_started, all_finished = case.of("step_started"), case.of("step_finished")
    for finished in all_finished:
        step, ref = finished.data["step"], text(finished.data.get("ref"))
        begun = [one for one in all_started if one.data["step"] == step]
        if ref:
            yield from ((one, finished) for one in begun if text(one.data.get("ref")) == ref)
        elif len(begun) == 1 and [one.data["step"] for one in all_finished].count(step) == 1:
            yield (begun[0], finished)


def d04(case: Case) -> Iterator[Found]:
    """A step's time, officer or opinion was changed once the step's limit had passed, or while a card stood on it.

    The card may be any on the case. A version counts that is higher than all known before it, against the highest of
    these.
    """
    for fact in case.of("step_started", "step_finished"):
        told = sorted(case.city.versions[fact.source, fact.id], key=lambda one: (one.recorded_at, one.dataversion))
        limit = breach_of_step(case, fact)
        highest = told[0]
        for version in told[1:]:
            if version.dataversion < highest.dataversion:
                continue
            is_changed, highest = differs(version, highest), version
            is_late = limit is not None and version.recorded_at >= limit
            if is_changed and (is_late or has_card(case, version.recorded_at)):
                yield case.found("D04", "yellow", fact, version.recorded_at)
                break


def has_card(case: Case, moment: int) -> bool:
    """Whether a card stood on the case when a fact was recorded: issued, and not yet withdrawn, exempted or rectified.

    What supervision says at an instant follows the facts of that instant.
    """
    for issued in case.city.of("esup.card.issued"):
        if issued.data["case_no"] != case.case_no or issued.recorded_at >= moment:
            continue
        ends = [
            fact
            for kind in ("withdrawn", "exempted", "rectified")
            for fact in case.city.of(f"esup.card.{kind}")
            if fact.subject == issued.subject and fact.recorded_at < moment
        ]
        if not ends:
            return True
    return False


def differs(one: Fact, other: Fact) -> bool:
    """Whether time, officer or opinion differ."""
    return one.occurred_at != other.occurred_at or any(
        text(one.data.get(name)) != text(other.data.get(name)) for name in ("officer", "opinion")
    )


def breach_of_step(case: Case, fact: Fact) -> int | None:
    """When the limit passed of the step that a fact began or finished."""
    duties = [one for one in case.judged.obligations if one.code == "T05" and one.step == fact.data["step"]]
    before = [one for one in duties if one.opening.fact.order <= fact.order]
    duty = before[-1] if before else next(iter(duties), None)
    if duty is None or duty.deadline.is_provisional:
        return None
    return duty.deadline.breaches_at
