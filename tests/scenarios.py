"""Scenarios as files: the facts a town told, and what the engine must show at given moments.

A scenario speaks of the subject `V`, or of `V-something` beside it; here they get the scenario's own name, so that all
scenarios live side by side in one home.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from engine.clock import parse_moment
from engine.lawfiles import read_law

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "scenarios"
ZONE = "Asia/Shanghai"
SINCE = "2000-01-01T00:00:00+08:00"
_ENVELOPE = ("type", "subject", "time", "id", "source", "sequence", "precision", "dataversion", "recordedtime")
_ITEM: dict[str, Any] = {
    "version": 1, "kind": "committed", "department": "bureau", "effective_from": "2000-01-01", "basis": [],
    "flow": [], "materials": [], "fees": [], "suspensions_allowed": [],
}  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """An instant of a scenario, in microseconds, and what must be seen then, table by table."""

    scenario: str
    at: int
    expected: dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Scenario:
    """One story with its moments."""

    name: str
    title: str
    events: tuple[dict[str, Any], ...]
    moments: tuple[Moment, ...]


def scenarios() -> list[Scenario]:
    """Every scenario of the folder."""
    return [_read(path) for path in sorted(FOLDER.glob("*.yaml")) if path.stem != "town"]


def town() -> list[dict[str, Any]]:
    """The events that set up the town."""
    facts: list[dict[str, Any]] = read_law(FOLDER / "town.yaml", list)
    return [_event(fact, "town", number) for number, fact in enumerate(facts)]


def _read(path: Path) -> Scenario:
    told: dict[str, Any] = read_law(path, dict)
    name = str(told["id"])
    events = tuple(_event(fact, name, number) for number, fact in enumerate(told["facts"]))
    return Scenario(name, told["title"]["en"], events, tuple(_moments(name, told["moments"])))


def _moments(name: str, listed: list[dict[str, Any]]) -> Iterator[Moment]:
    for moment in listed:
        expected = {
            table: [{key: _own(value, name) for key, value in {"subject": "V", **row}.items()} for row in rows]
            for table, rows in moment.items()
            if table != "at"
        }
        yield Moment(name, parse_moment(moment["at"], ZONE), expected)


def _event(fact: dict[str, Any], name: str, number: int) -> dict[str, Any]:
    subject = _own(fact["subject"], name)
    data = {key: _own(value, name) for key, value in fact.items() if key not in _ENVELOPE}
    if fact["type"] == "item.published":
        data = {"code": subject, "name": subject, **_ITEM, **data}
    if fact["type"] == "source.registered":
        data["source"] = subject
    if fact["type"] == "calendar.noticed":
        data["days"] = list(_days(**{f"{key}_": value for key, value in data["days"].items()}))
    envelope = {key: fact[key] for key in _ENVELOPE if key in fact}
    number_text = f"{number:02d}"
    event = {"specversion": "1.0", "id": f"{name}-{number_text}", "source": "/scenario", "sequence": number_text}
    return {**event, "time": SINCE, **envelope, "type": f"esup.{fact['type']}", "subject": subject, "data": data}


def _days(from_: str, to_: str, rest_: list[str], work_: list[str]) -> Iterator[dict[str, Any]]:
    """Every day of a notice: the spans of `rest` are free, the days of `work` worked, the others follow the week."""
    spans = [tuple(map(date.fromisoformat, span.split("/"))) for span in rest_]
    day, last = date.fromisoformat(from_), date.fromisoformat(to_)
    while day <= last:
        is_free = any(first <= day <= end for first, end in spans)
        yield {"date": str(day), "working": str(day) in work_ or (day.isoweekday() <= 5 and not is_free)}
        day += timedelta(days=1)


def _own(value: Any, name: str) -> Any:
    return f"{name}{value[1:]}" if isinstance(value, str) and (value == "V" or value.startswith("V-")) else value
