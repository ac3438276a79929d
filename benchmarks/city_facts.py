"""What the facts of a city's log have in common: its days, its departments, and how one fact is written."""

from __future__ import annotations

from base64 import b64encode
from datetime import date, datetime, timedelta, timezone
from hashlib import shake_256
from typing import Any

from engine.calendar import load_notices
from engine.facts import Fact, encode_body

LOCAL = timezone(timedelta(hours=8))
FIRST_DAY, LAST_DAY = date(2025, 1, 2), date(2026, 9, 30)
EPOCH = date(1970, 1, 1)
SECOND, DAY = 1_000_000, 86_400_000_000
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND
DEPARTMENTS = 60
SUPERVISOR = "320900.supervision"
CATALOGUE = "/320900/catalogue"


def as_of() -> int:
    """The instant at which the log is judged: the last microsecond of its last day."""
    return midnight(LAST_DAY) + DAY - 1


def midnight(day: date) -> int:
    """00:00 local of a day, in microseconds."""
    return (day - EPOCH).days * DAY - 8 * HOUR


def working_days() -> list[date]:
    """The working days of the notices from the first day on, in order; by the week where nothing is noticed."""
    noticed = {day.on: day.working for notice in load_notices() if notice.calendar == "cn" for day in notice.days}
    days = (FIRST_DAY + timedelta(days=number) for number in range(1000))
    return [day for day in days if noticed.get(day, day.weekday() < 5)]


def department(number: int) -> str:
    """The code of a department, by any number."""
    return f"320900.d{number % DEPARTMENTS:02d}"


def source(code: str) -> str:
    """The system that a department's facts come from."""
    return f"/320900/{code[-3:]}/approval"


def officer(code: str, post: str, number: int) -> str:
    """One of the four officers of a department who hold a post."""
    return f"{code[-3:]}-{post}-{number % 4}"


def fact(
    stream: str, kind: str, at: int, part: str, data: dict[str, Any], sender: str, known: int | None = None
) -> Fact:
    """A fact of a stream, named by its part in it; known when it happens unless something else is said."""
    body = encode_body({"data": data, "sequence": part})
    return Fact(stream, kind, at, at if known is None else known, sender, f"{stream}-{part}", 1, body)


def registered(kind: str, code: str, at: int, data: dict[str, Any], version: str = "") -> Fact:
    """What the catalogue or the organisation registers under a code."""
    return Fact(code, kind, at, at, CATALOGUE, f"{kind} {code}{version}", 1, encode_body({"data": data}))


def sealed(number: int) -> dict[str, Any]:
    """An envelope as large as a sealed name, id number and telephone; like theirs, nothing in it can be compressed."""
    noise = shake_256(str(number).encode()).digest(142)
    return {"ref": noise[:16].hex(), "digest": noise[16:48].hex(), "sealed": b64encode(noise[48:]).decode()}


def text_of(at: int) -> str:
    """An instant as an event states it."""
    return datetime.fromtimestamp(at // SECOND, LOCAL).isoformat()


def day_of(at: int) -> str:
    """The local day of an instant as an event states it."""
    return text_of(at)[:10]
