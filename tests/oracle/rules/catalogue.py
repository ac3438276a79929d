"""D2.4, catalogue and openness: powers that may not be used, codes used again, sums that do not fit, untrue guides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.facts import Fact
from tests.oracle.rules.city import Case, City, Found, is_missing

DAYS_OF = {
    "hour": Fraction(1, 24),
    "calendar_day": Fraction(1),
    "work_day": Fraction(7, 5),
    "calendar_month": Fraction(30),
    "calendar_year": Fraction(365),
}
TOLD = ("promised", "statutory", "fees", "materials", "phone", "place")


def judge_catalogue(city: City) -> Iterator[Found]:
    """Every finding of the family."""
    for case in city.views.values():
        yield from k01(case)
    for code, versions in city.items.items():
        for published in versions:
            yield from k02(city, code, published)
            yield from k03(code, published)
            yield from k04(code, published)
    yield from o04(city)


def on_item(code: str, level: str, item: str, fact: Fact, triggers_at: int) -> Found:
    """A finding on an entry of the catalogue."""
    return Found(code, level, "item", item, fact.source, fact.id, triggers_at)


def k01(case: Case) -> Iterator[Found]:
    """Accepted (deemed so, or else filed) with no published version in force that day, or with the power stopped.

    A version counts that was published by then and takes effect that day at the latest. A cancellation or suspension
    counts from its day on; a version that takes effect on or after the day of a suspension ends it.
    """
    if case.pin is None:
        return
    pin, city, item = case.pin, case.city, case.item or ""
    day = case.day(pin.fact)
    in_force = [
        date.fromisoformat(version.data["effective_from"])
        for version in city.items.get(item, [])
        if is_published_by(case, version) and date.fromisoformat(version.data["effective_from"]) <= day
    ]
    stops = [one for one in map(begins, city.cancelled.get(item, [])) if one <= day]
    stops += [
        one
        for one in map(begins, city.suspended.get(item, []))
        if one <= day and not any(effective >= one for effective in in_force)
    ]
    if not in_force or stops:
        yield case.found("K01", "red", pin.fact, pin.exists_from)


def is_published_by(case: Case, version: Fact) -> bool:
    """Whether a version had been published at the acceptance; a day may be any moment of it."""
    assert case.pin is not None
    if case.pin.fact.is_day or version.is_day:
        return bool(case.day(version) <= case.day(case.pin.fact))
    return version.occurred_at <= case.pin.fact.occurred_at


def begins(fact: Fact) -> date:
    """The day from which a fact of the catalogue has effect."""
    return date.fromisoformat(fact.data["effective_from"])


def k02(city: City, code: str, published: Fact) -> Iterator[Found]:
    """A code published after its cancellation, to take effect on the day of that or later."""
    for cancelled in city.cancelled.get(code, []):
        if published.order > cancelled.order and begins(published) >= begins(cancelled):
            yield on_item("K02", "yellow", code, published, published.occurred_at)
            return


def days_of(limit: dict[str, Any]) -> Fraction:
    """A limit in calendar days, for limits of different units."""
    return Fraction(limit["n"]) * DAYS_OF[limit["unit"]]


def k03(code: str, published: Fact) -> Iterator[Found]:
    """The limits of the steps on the longest way through the flow sum to more than the promise."""
    promised = published.data.get("promised")
    if promised and longest(published.data["flow"]) > days_of(promised):
        yield on_item("K03", "yellow", code, published, published.occurred_at)


def longest(flow: list[dict[str, Any]]) -> Fraction:
    """The longest way that meets no step twice, tried way by way."""
    steps = {step["step"]: step for step in flow}

    def onward(name: str, met: frozenset[str]) -> Fraction:
        if name in met or name not in steps:
            return Fraction(0)
        limit = steps[name].get("limit")
        own = days_of(limit) if limit else Fraction(0)
        return own + max((onward(one, met | {name}) for one in steps[name]["next"]), default=Fraction(0))

    return max((onward(name, frozenset()) for name in steps), default=Fraction(0))


def k04(code: str, published: Fact) -> Iterator[Found]:
    """The promise or the limit of the law is missing, or the promise is longer."""
    promised, statutory = published.data.get("promised"), published.data.get("statutory")
    if not promised or not statutory or days_of(promised) > days_of(statutory):
        yield on_item("K04", "yellow", code, published, published.occurred_at)


def o04(city: City) -> Iterator[Found]:
    """A guide that does not tell all it must, or tells other than the version it names; at the later publication."""
    for guide in city.guides:
        code, values = guide.data["code"], guide.data["values"]
        if any(is_untold(values.get(name)) for name in TOLD):
            yield on_item("O04", "yellow", code, guide, guide.occurred_at)
            continue
        for version in city.items.get(code, []):
            if str(version.data["version"]) == str(guide.data["version"]) and told(values) != told(version.data):
                at = max(guide.occurred_at, version.occurred_at)
                yield on_item("O04", "yellow", code, guide, at)
                break


def is_untold(value: Any) -> bool:
    """Whether a guide leaves something out; an empty list says that there is none."""
    return value is None or (isinstance(value, str) and is_missing(value))


def told(values: dict[str, Any]) -> list[Any]:
    """What guide and version must agree in."""
    limits = [
        (limit["n"], limit["unit"]) if (limit := values.get(name)) else None for name in ("promised", "statutory")
    ]
    fees = {(one["fee"], Decimal(one["standard"])) for one in values.get("fees") or []}
    return [*limits, fees, {one["code"] for one in values.get("materials") or []}]
