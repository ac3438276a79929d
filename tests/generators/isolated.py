"""Cases with one limit each: every unit, every kind of suspension and extension, on calendars of several zones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.generators.cases import History, arrive, tell_extension, tell_suspension
from tests.generators.randomness import DAY, Chance, day_of, moment
from tests.generators.town import FOREIGN, REGIONS, SUSPENSION_KINDS, Town, any_limit, make_town, publish

ITEMS, STATED_ITEM = 400, "STATED"
FIRST, LAST = moment("2026-04-01T00:00:00+08:00"), moment("2026-12-28T00:00:00+08:00")


def make_isolated_town(chance: Chance) -> Town:
    """A town whose items have one limit each, the statutory one, and one item with none but a stated day."""
    town = make_town(chance, {**REGIONS, **FOREIGN})
    departments = list(town.departments)
    for number in range(ITEMS):
        publish(town, _item(chance, f"L{number:03}", departments[number % len(departments)], any_limit(chance)))
    for department in departments:
        publish(town, _item(chance, f"{STATED_ITEM}-{department}", department, None))
    return town


def _item(chance: Chance, code: str, department: str, limit: dict[str, Any] | None) -> dict[str, Any]:
    item = {
        "code": code,
        "version": 1,
        "class": "other",
        "kind": "other",
        "name": f"事项{code}",
        "department": department,
        "effective_from": "2025-01-01",
        "basis": [],
        "flow": [],
        "materials": [],
        "fees": [],
        "suspensions_allowed": chance.sample(SUSPENSION_KINDS, 8),
    }
    if limit is not None:
        if chance.happens(0.7):
            limit.pop("prompt", None)
            item["extension"] = {"max": {"n": 15, "unit": limit["unit"]}, "approver_role": "head"}
        item["statutory"] = limit
    return item


def tell_isolated(chance: Chance, town: Town, case_no: str) -> list[dict[str, Any]]:
    """One case: opened by its acceptance or by the day that its application states, then paused, lengthened, ended."""
    item = chance.choice(list(town.items))
    if chance.happens(0.1):
        item = chance.choice([code for code in town.items if code.startswith(STATED_ITEM)])
    department = str(town.items[item][0]["department"])
    history = History(chance, town, case_no, item, department)
    data = {"item": item, "department": department}
    applied = history.tell("applied", chance.after(FIRST, (LAST - FIRST) / DAY), 0.1, _application(chance, data))
    if item.startswith(STATED_ITEM):
        stated = day_of(applied, history.zone) + timedelta(days=chance.randrange(0, 60))
        history.events[-1]["data"]["deadline"] = stated.isoformat()
    accepted = history.tell("accepted", applied, 3, data | {"officer": "u1"})
    span = _span(town.items[item][0].get("statutory"))
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        tell_suspension(history, accepted, span)
    for _ in range(chance.choice((0, 1, 1, 2))):
        tell_extension(history, accepted, span * 1.5)
    end = accepted + 0.3 * DAY
    if chance.happens(0.1):
        end = history.tell("withdrawn", end, span)
    if chance.happens(0.5):
        history.tell("decided", end, span * 2, {"outcome": "granted", "officer": "u9"})
    history.correct()
    return history.events


def _application(chance: Chance, data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "applicant": {"kind": "citizen"}, "channel": chance.choice(("window", "online"))}


def _span(limit: dict[str, Any] | None) -> float:
    """The rough length of a limit in days, so that what is told lies around its end."""
    if limit is None:
        return 30
    length = {"work_day": 1.5, "calendar_day": 1, "hour": 1 / 24, "calendar_month": 31, "calendar_year": 365}
    return float(max(1.0, limit["n"] * length[limit["unit"]]))


def tell_isolated_cases(chance: Chance, town: Town, count: int) -> list[dict[str, Any]]:
    """Many cases of one limit each, arriving shuffled and some events twice."""
    events = [told for number in range(count) for told in tell_isolated(chance, town, f"LIM-{number:05}")]
    return arrive(chance, town.events + events)
