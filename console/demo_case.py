"""A case of the demo city: what was told of it and when; and how the recipe writes that down."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

LINE = re.compile(r"(?P<at>\d\d-\d\d \d\d:\d\d(:\d\d)?) (?P<words>.+?)( known (?P<known>\d\d-\d\d \d\d:\d\d(:\d\d)?))?")


class Told(NamedTuple):
    """One fact of a case: when it happened, what, and when the city's platform came to know it (None: as usual)."""

    at: datetime
    kind: str
    what: str = ""
    """The step, the ground of a suspension, or the days of an extension."""
    is_formal: bool = True
    """False: the applicant was not told of a suspension; applied for without materials."""
    known: datetime | None = None
    event_id: str = ""


@dataclass
class DemoCase:
    """A case: its item, its facts, and, if it was planted, its story."""

    item: dict[str, Any]
    told: list[Told]
    number: str = ""
    story: Mapping[str, str] = field(default_factory=dict)
    expect: tuple[str, ...] = ()

    @property
    def is_planted(self) -> bool:
        """Whether the recipe tells this case; all others are ordinary."""
        return bool(self.story)


def told_in(line: str, year: int, zone: ZoneInfo) -> Told:
    """A line of the recipe, such as `09-14 16:00 finish review known 09-16 09:05`."""
    match = LINE.fullmatch(line)
    if match is None:
        raise ValueError(line)
    verb, *rest = match["words"].split()
    at = moment_in(match["at"], year, zone)
    known = moment_in(match["known"], year, zone) if match["known"] else None
    if verb == "applied":
        return Told(at, verb, "", "materials" in rest, known)
    return Told(at, VERBS.get(verb, verb), rest[0] if rest else "", "untold" not in rest, known)


def moment_in(text: str, year: int, zone: ZoneInfo) -> datetime:
    """A moment of the recipe, which leaves out the year."""
    return datetime.fromisoformat(f"{year}-{text}").replace(tzinfo=zone)


VERBS = {
    "start": "step_started",
    "finish": "step_finished",
    "suspend": "suspension_started",
    "resume": "suspension_ended",
    "extend": "extended",
}
