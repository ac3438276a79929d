"""A town with a catalogue of powers: flows of every shape, officers who come and go, systems that upload."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.generators.randomness import Chance, event, moment
from tests.generators.story import POSTS, SOURCE_KINDS
from tests.generators.town import SUSPENSION_KINDS, Town, make_town, publish

STARTED = moment("2025-01-01T00:00:00+08:00")
HOURS = {"n": 24, "unit": "hour"}
SHAPES: dict[str, dict[str, list[str]]] = {
    "line": {"a": ["b"], "b": ["c"], "c": ["d"], "d": []},
    "branch": {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []},
    "optional": {"a": ["b", "c"], "b": ["c"], "c": ["d"], "d": []},
    "cycle": {"a": ["b"], "b": ["c"], "c": ["b", "d"], "d": []},
    "loop": {"a": ["b"], "b": ["b", "c"], "c": []},
    "two entries": {"a": ["c"], "b": ["c"], "c": ["d"], "d": []},
    "dangling": {"a": ["b"], "b": ["c", "y"], "c": []},
    "single": {"a": []},
    "empty": {},
}
STEP_LIMITS: tuple[dict[str, Any] | None, ...] = (
    None,
    {"n": 1, "unit": "work_day"},
    {"n": 2, "unit": "work_day"},
    {"n": 5, "unit": "work_day"},
    {"n": 24, "unit": "hour"},
    {"n": 8, "unit": "hour"},
    {"n": 7, "unit": "calendar_day"},
    {"n": 1, "unit": "calendar_day"},
)


def make_power_town(chance: Chance) -> Town:
    """Departments with systems and officers, and the items that cases are told of."""
    town = make_town(chance)
    for department in list(town.departments):
        furnish(town, department)
        for officer in (5, 6):
            _move_officer(chance, town, department, f"{department}-o{officer}")
    for number in range(60):
        department = chance.choice(list(town.departments))
        item_class = chance.choices(("licence", "confirmation", "penalty"), weights=(6, 1, 3))[0]
        for version in range(1, 2 + chance.happens(0.5)):
            effective = "2025-01-01" if version == 1 else f"2026-{chance.randrange(4, 10):02}-{chance.randrange(1, 29)}"
            effective = date(*map(int, effective.split("-"))).isoformat()
            publish(town, any_item(chance, f"{item_class[0].upper()}{number:03}", version, department, effective))
            town.items[f"{item_class[0].upper()}{number:03}"][-1]["class"] = item_class
    return town


def add_department(town: Town, code: str, region: str = "320900") -> str:
    """A department more, with its systems and officers."""
    town.departments[code] = region
    data = {"code": code, "name": f"局{code}", "region": region}
    town.events.append(event("esup.org.department_registered", code, STARTED, data, source="/org", event_id=code))
    furnish(town, code)
    return code


def furnish(town: Town, department: str) -> None:
    """The systems of a department, and one officer for each post."""
    for kind in SOURCE_KINDS:
        source = f"/{department}/{kind}"
        data = {"source": source, "department": department, "kind": kind}
        town.events.append(event("esup.source.registered", source, STARTED, data, source="/org", event_id=source))
    for number in range(1, 7):
        assign(town, f"{department}-o{number}", department, [POSTS[(number - 1) % 4]], "2025-01-01T00:00:00+08:00")


def assign(town: Town, officer: str, department: str, posts: list[str], at: str) -> None:
    """An officer takes up posts."""
    data = {"officer": officer, "department": department, "posts": posts}
    name = f"{officer}@{at}"
    told = event("esup.org.officer_assigned", officer, moment(at), data, source="/org", event_id=name)
    town.events.append(told)


def disable(town: Town, officer: str, at: str) -> None:
    """An officer's account is closed."""
    name = f"{officer}!{at}"
    told = event("esup.org.officer_disabled", officer, moment(at), {"officer": officer}, source="/org", event_id=name)
    town.events.append(told)


def _move_officer(chance: Chance, town: Town, department: str, officer: str) -> None:
    """Closed for a while, and back at another post or in another department."""
    away = f"2026-{chance.randrange(4, 7):02}-10T09:00:00+08:00"
    back = f"2026-{chance.randrange(7, 10):02}-20T09:00:00+08:00"
    disable(town, officer, away)
    assign(town, officer, chance.choice((department, chance.choice(list(town.departments)))), ["handler"], back)


def any_flow(chance: Chance, shape: str | None = None) -> list[dict[str, Any]]:
    """A flow of some shape, its steps mandatory, limited and at risk as chance has it."""
    steps = SHAPES[shape or chance.choices(list(SHAPES), weights=(4, 3, 4, 4, 2, 1, 1, 1, 1))[0]]
    return [_step(chance, name, following, list(steps)) for name, following in steps.items()]


def _step(chance: Chance, name: str, following: list[str], names: list[str]) -> dict[str, Any]:
    step: dict[str, Any] = {"step": name, "name": f"环节{name}", "post": chance.choice(POSTS), "next": following}
    limit = chance.choice(STEP_LIMITS)
    if limit:
        step["limit"] = limit
    if chance.happens(0.35):
        step["mandatory"] = chance.happens(0.7)
    if chance.happens(0.35):
        control = chance.choice([*[one for one in names if one != name], "second_officer", "collectively_discussed"])
        step["risk"] = {"level": chance.choice(("高", "中")), "control_step": control}
    return step


def any_item(chance: Chance, code: str, version: int, department: str, effective_from: str) -> dict[str, Any]:
    """One version of an item that cases are told of."""
    return {
        "code": code,
        "version": version,
        "class": "licence",
        "kind": "committed",
        "name": f"事项{code}",
        "department": department,
        "effective_from": effective_from,
        "basis": ["行政许可法"],
        "promised": {"n": 15, "unit": "work_day"},
        "statutory": {"n": 20, "unit": "work_day"},
        "flow": any_flow(chance),
        "materials": [
            {"code": f"M{number}", "name": f"材料{number}", "required": chance.happens(0.6)} for number in range(1, 5)
        ][: chance.randrange(0, 5)],
        "fees": any_fees(chance),
        "suspensions_allowed": chance.sample(SUSPENSION_KINDS, 7),
    }


def any_fees(chance: Chance) -> list[dict[str, Any]]:
    """A few fees, fixed and not."""
    standards = ("100.00", "0.10", "33.33", "200", "1999.99", "0.00")
    return [
        {"fee": f"F{number}", "standard": chance.choice(standards), "fixed": chance.happens(0.4)}
        for number in range(chance.randrange(0, 4))
    ]


def version_on(town: Town, item: str, day: date) -> dict[str, Any]:
    """The version in force on a day."""
    versions = [one for one in town.items[item] if one["effective_from"] <= day.isoformat()]
    return max(versions, key=lambda one: (one["effective_from"], one["version"]))


def day_after(day: str, count: int = 1) -> str:
    """A day so many days later."""
    return (date.fromisoformat(day) + timedelta(days=count)).isoformat()
