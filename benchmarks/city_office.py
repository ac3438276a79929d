"""The offices of a city: organisation, catalogue, and what they do beside cases, in the lawful way and in every other.

The licences are 200 however large the city is. What departments change, publish, answer for and are complained about
grows with its cases, so that each rule about offices finds the same share.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from benchmarks.city_facts import (
    CATALOGUE,
    DAY,
    DEPARTMENTS,
    HOUR,
    LAST_DAY,
    SUPERVISOR,
    day_of,
    department,
    fact,
    midnight,
    officer,
    registered,
    sealed,
    source,
    working_days,
)  # fmt: skip
from engine.calendar import calendar_facts
from engine.facts import Fact
from engine.rulebook import load_rulebook

ITEMS = 200
SUSPENSIONS_ALLOWED = ["hearing", "inspection", "expert_review"]
POSTS = ("receiver", "reviewer", "inspector", "approver")
# A power that is suspended towards the end, while cases on it go on coming in.
STOPPED = ITEMS - 1
CASES_A_CHANGE, CASES_A_COMPLAINT, CASES_A_REUSED_CODE, CASES_A_REGISTER_ENTRY = 1_000, 250, 1_000, 1_000
SINCE = date(2024, 12, 1)


class Licence(NamedTuple):
    """An item as cases need it: where it is handled and how long it may take, in working days."""

    code: str
    department: str
    promised: int
    statutory: int
    in_calendar_days: bool
    review: int
    approve: int
    is_immediate: bool
    has_risk: bool
    has_fee: bool


def licences() -> list[Licence]:
    """The catalogue: promised within a part of what the law allows, which one in ten counts in calendar days."""
    chance = random.Random("catalogue")
    return [_licence(number, chance) for number in range(ITEMS)]


def foundation() -> list[Fact]:
    """What is known before the first case: calendars, rules, the region, its departments, officers and items."""
    laws = sorted([*calendar_facts(), *load_rulebook().facts()], key=lambda law: law.recorded_at or 0)
    return [*laws, *_organisation(), *_items()]


def office_facts(count: int) -> Iterator[Fact]:
    """What offices do beside the cases of a city of this size, in no order; some of it lies behind the end."""
    days = [midnight(day) for day in working_days() if day <= LAST_DAY]
    yield _stop(days[len(days) * 3 // 5])
    for each, size in ((_reused_code, CASES_A_REUSED_CODE), (_change, CASES_A_CHANGE)):
        for number in range(count // size):
            yield from each(number, days[number * size * len(days) // count :])
    for number in range(count // CASES_A_COMPLAINT):
        yield from _complaint(number, days[number * CASES_A_COMPLAINT * len(days) // count :])
    for number in range(count // CASES_A_REGISTER_ENTRY):
        yield observed(number, days[number * CASES_A_REGISTER_ENTRY * len(days) // count], department(number), "无")


def observed(number: int, at: int, code: str, decision_no: str) -> Fact:
    """A decision seen in a register elsewhere."""
    data = {"department": code, "decision_no": decision_no, "seen_in": "信用网站", "seen_on": day_of(at)}
    return fact(f"DJ-{decision_no}-{number}", "esup.register.observed", at, "1", data, CATALOGUE)


def _licence(number: int, chance: random.Random) -> Licence:
    is_immediate, in_calendar_days = number % 40 == 7, number % 10 == 0
    promised, review, approve = chance.randint(7, 15), chance.randint(3, 5), chance.randint(2, 3)
    return Licence(
        f"XK-{number:04d}",
        department(number),
        0 if is_immediate else promised,
        60 if in_calendar_days else 20,
        in_calendar_days,
        review,
        approve,
        is_immediate,
        number % 4 == 1,
        number % 5 == 0,
    )


def _organisation() -> Iterator[Fact]:
    since = midnight(SINCE)
    region = {"code": "320900", "name": "示范市", "level": "city", "zone": "Asia/Shanghai", "calendar": "cn"}
    yield registered("esup.org.region_registered", "320900", since, {**region, "supervisor": SUPERVISOR})
    codes = [department(number) for number in range(DEPARTMENTS)]
    for code in [SUPERVISOR, *codes]:
        data = {"code": code, "name": f"示范市{code}局", "region": "320900"}
        yield registered("esup.org.department_registered", code, since, data)
    for number, code in enumerate(codes):
        kind = {0: "vertical", 1: "self_built"}.get(number % 6, "platform")
        data = {"source": source(code), "department": code, "kind": kind}
        yield registered("esup.source.registered", source(code), since, data)
        for post in POSTS:
            for place in range(4):
                name = officer(code, post, place)
                assigned = {"officer": name, "department": code, "posts": [post]}
                yield registered("esup.org.officer_assigned", name, since, assigned)


def _items() -> Iterator[Fact]:
    since = midnight(SINCE)
    for item in licences():
        yield registered("esup.item.published", item.code, since, _published(item))
        yield registered("esup.item.guide_published", item.code, since, _guide(_published(item)))
    for number in range(DEPARTMENTS):
        for prefix, kind, name in (("CF", "penalty", "处罚"), ("QZ", "compulsion", "强制"), ("GK", "other", "公开")):
            code = f"{prefix}-{number:04d}"
            data = _entry(code, department(number), kind, f"{name}事项{code}")
            if kind == "penalty":
                data["statutory"], data["promised"] = _limit(90, "calendar_day"), _limit(60, "calendar_day")
            yield registered("esup.item.published", code, since, data)


def _entry(code: str, of: str, kind: str, name: str, version: str = "1") -> dict[str, Any]:
    return {
        "code": code,
        "version": version,
        "class": kind,
        "kind": "other",
        "name": name,
        "department": of,
        "effective_from": SINCE.isoformat(),
        "basis": [name],
        "statutory": _limit(20),
        "promised": _limit(20),
        "flow": [],
        "materials": [],
        "fees": [],
        "suspensions_allowed": ["third_party", "test"],
    }


def _published(item: Licence) -> dict[str, Any]:
    following = ["inspect", "approve"] if item.has_risk else ["approve"]
    flow = [_step("review", "审查", "reviewer", following, item.review) | {"mandatory": True}]
    approving = _step("approve", "审批", "approver", [], item.approve) | {"mandatory": True}
    if item.has_risk:
        flow.append(_step("inspect", "核查", "inspector", ["approve"], 2))
        approving["risk"] = {"level": "high", "control_step": "inspect"}
    data = _entry(item.code, item.department, "licence", f"许可事项{item.code}") | {
        "kind": "immediate" if item.is_immediate else "committed",
        "basis": ["行政许可法"],
        "statutory": _limit(item.statutory, "calendar_day" if item.in_calendar_days else "work_day"),
        "promised": _limit(item.promised),
        "flow": [*flow, approving],
        "materials": [{"code": f"M{number}", "name": f"材料{number}", "required": True} for number in (1, 2, 3)],
        "fees": [{"fee": "F1", "standard": "100.00", "fixed": True}] if item.has_fee else [],
        "suspensions_allowed": SUSPENSIONS_ALLOWED,
    }
    if not item.in_calendar_days:
        data["extension"] = {"max": _limit(10), "approver_role": "head"}
    return data


def _step(step: str, name: str, post: str, following: list[str], n: int) -> dict[str, Any]:
    return {"step": step, "name": name, "post": post, "next": following, "limit": _limit(n)}


def _limit(n: int, unit: str = "work_day") -> dict[str, Any]:
    return {"n": n, "unit": unit}


def _guide(data: dict[str, Any]) -> dict[str, Any]:
    values = {name: data[name] for name in ("promised", "statutory", "fees", "materials")}
    values |= {"phone": "12345", "place": "政务服务中心"}
    return {"code": data["code"], "version": data["version"], "channel": "website", "values": values}


def _stop(at: int) -> Fact:
    code = licences()[STOPPED].code
    data = {"code": code, "reason": "依据修订", "effective_from": day_of(at)}
    return registered("esup.item.suspended", code, at, data)


def _reused_code(number: int, days: list[int]) -> Iterator[Fact]:
    """A cancelled code is published again: steps longer than a promise beyond the law, and a guide that says else."""
    code, at = f"QT-{number:06d}", days[0] + 10 * HOUR
    data = _entry(code, department(number), "other", f"其他事项{code}")
    yield registered("esup.item.published", code, at, data)
    yield registered(
        "esup.item.cancelled", code, at + HOUR, {"code": code, "reason": "取消", "effective_from": day_of(at)}
    )
    again = data | {"version": "2", "effective_from": day_of(at + DAY), "promised": _limit(25)}
    again["flow"] = [_step("handle", "办理", "reviewer", [], 30)]
    yield registered("esup.item.published", code, at + 2 * HOUR, again, "/2")
    yield registered("esup.item.guide_published", code, at + 3 * HOUR, _guide(again | {"promised": _limit(10)}))


def _change(number: int, days: list[int]) -> Iterator[Fact]:
    """A change of an item, late at each of its stages."""
    name, sender = f"BG-{number:06d}", source(department(number))
    stages: tuple[tuple[int, str, dict[str, Any]], ...] = (
        (15, "filed", {"department": department(number), "cause": "law", "caused_on": day_of(days[0] + HOUR)}),
        (22, "reviewed", {"approved": True}),
        (30, "adjusted", {}),
    )
    for place, (later, kind, data) in enumerate(stages):
        if later < len(days):
            said = {"change": name, **data}
            if kind != "filed":
                said["effective_from"] = day_of(days[min(24, len(days) - 1)] + HOUR)
            yield fact(name, f"esup.item.change_{kind}", days[later] + 10 * HOUR, str(place), said, sender)


def _complaint(number: int, days: list[int]) -> Iterator[Fact]:
    """One in four is answered late; one in four hears nothing in writing; the others are dealt with as they should."""
    name, lateness = f"TS-{number:06d}", 7 if number % 4 == 1 else 2
    about = {"department": department(number)}
    stages: list[tuple[int, str, dict[str, Any]]] = [
        (0, "filed", {"about": about, "kind": "efficiency", "real_name": True, "channel": "web",
                      "complainant": sealed(number), "content": sealed(number + 1)}),
        (lateness, "accepted", {}),
        (lateness + 1, "notified", {"written": number % 4 != 3}),
        (lateness + 9, "result_reported", {"result": "已核实"}),
        (lateness + 10, "closed", {"upheld": True}),
    ]  # fmt: skip
    for step, (later, kind, data) in enumerate(stages):
        if later < len(days):
            yield fact(name, f"esup.complaint.{kind}", days[later] + 11 * HOUR, str(step), data, CATALOGUE)
