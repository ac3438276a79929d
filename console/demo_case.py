"""What the demo city tells of: a case, an item, a complaint ...; and how the recipe writes its facts down."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import yaml

MOMENT = r"\d\d-\d\d \d\d:\d\d(?::\d\d)?"
CODES = r"[\w ,]+?"
LINE = re.compile(
    rf"(?P<at>{MOMENT}) (?P<words>[^{{]+?)(?: with (?P<more>\{{.*\}}))?(?: known (?P<known>{MOMENT}))?"
    rf"(?: corrects (?P<corrects>\d+))?(?: plants (?P<plants>{CODES}))?(?: mends (?P<mends>{CODES}))?"
)
VERBS = {
    "start": "step_started",
    "finish": "step_finished",
    "return": "step_finished",
    "suspend": "suspension_started",
    "resume": "suspension_ended",
    "extend": "extended",
    "fee": "fee_charged",
    "supply": "document_supplied",
}


class Told(NamedTuple):
    """One fact: when it happened, what, and when the city's platform came to know it (None: as usual)."""

    at: datetime
    kind: str
    what: str = ""
    """The step, the ground of a suspension, the days of an extension, the outcome of a decision ..."""
    is_formal: bool = True
    """False: the applicant was not told of a suspension; applied for without materials."""
    known: datetime | None = None
    event_id: str = ""
    more: Mapping[str, Any] = {}
    """What the fact says otherwise than usual; None leaves a field out."""
    plants: tuple[str, ...] = ()
    """The violations that this fact completes, as `C01 yellow`."""
    mends: tuple[str, ...] = ()
    """The rules whose violations end with this fact."""
    corrects: int = 0
    """Which fact of the same story this one corrects, counted from 1; 0 for none."""


@dataclass
class DemoCase:
    """A case, or another thing that facts are told of: its item or office, its facts, and, if planted, its story."""

    item: Mapping[str, Any]
    told: list[Told]
    number: str = ""
    kind: str = "case"
    entry: Mapping[str, Any] = field(default_factory=dict)
    """How the recipe plants it; empty for an ordinary case."""

    @property
    def is_planted(self) -> bool:
        """Whether the recipe tells this case; all others are ordinary."""
        return bool(self.entry)

    @property
    def story(self) -> Mapping[str, str]:
        """What happened, in Chinese and English."""
        story: Mapping[str, str] = self.entry.get("story", {})
        return story

    @property
    def expect(self) -> Sequence[str]:
        """What the recipe says must be found, as `T02 yellow`."""
        expected: Sequence[str] = self.entry.get("expect", ())
        return expected

    @property
    def department(self) -> str:
        """The department that handles it."""
        return str(self.item["department"])

    @property
    def source(self) -> str:
        """The system that reports it."""
        return f"/320999/{self.department}/approval"


def told_in(line: str, year: int, zone: ZoneInfo) -> Told:
    """A line of the recipe, such as `09-14 16:00 finish review known 09-16 09:05 plants R01 yellow`."""
    match = LINE.fullmatch(line)
    if match is None:
        raise ValueError(line)
    verb, *rest = match["words"].split()
    more = yaml.safe_load(match["more"]) if match["more"] else {}
    if verb == "return" and rest:
        more = {"action": "return", **more}
    is_formal = "materials" in rest if verb == "applied" else "untold" not in rest
    return Told(
        moment_in(match["at"], year, zone),
        VERBS.get(verb, verb),
        "" if verb == "applied" or not rest else rest[0],
        is_formal,
        moment_in(match["known"], year, zone) if match["known"] else None,
        "",
        more,
        codes_in(match["plants"]),
        codes_in(match["mends"]),
        int(match["corrects"] or 0),
    )


def codes_in(text: str | None) -> tuple[str, ...]:
    """The parts of a list such as `P02 yellow, P02 red`."""
    return tuple(part.strip() for part in text.split(",")) if text else ()


def moment_in(text: str, year: int, zone: ZoneInfo) -> datetime:
    """A moment of the recipe, which leaves out the year."""
    return datetime.fromisoformat(f"{year}-{text}").replace(tzinfo=zone)
