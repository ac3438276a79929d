"""A case told fact by fact at stated moments, and the sharp edges that a moment or a text can have."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.generators.randomness import DAY, Chance, day_of, event, moment, start_of_day, text_of
from tests.generators.town import Town

MICRO = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
FIRST, LAST = moment("2026-03-02T00:00:00+08:00"), moment("2026-10-25T00:00:00+08:00")
BLANKS = (None, "", "  ", "\u3000", "\t\n", "\u00a0\u3000")
AROUND = (-MICRO, timedelta(0), MICRO)
SOURCE_KINDS = ("platform", "vertical", "self_built", "window")


@dataclass
class Histories:
    """What was told, and which subjects were told with a rule's edge in mind."""

    events: list[dict[str, Any]] = field(default_factory=list)
    aimed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def aim(self, codes: str, subject: str) -> None:
        """Remember for which rules a subject was made."""
        for code in codes.split():
            self.aimed[code].add(subject)


def set_or_leave(data: dict[str, Any], name: str, value: str | None) -> dict[str, Any]:
    """The data with a value, or without the name if there is none."""
    return data if value is None else {**data, name: value}


def blank_or(chance: Chance, share: float, value: str) -> str | None:
    """A value, or in some share one of the ways to leave it out."""
    return chance.choice(BLANKS) if chance.happens(share) else value


class Story:
    """One case: its facts in the order of telling, its department's systems, its officers."""

    def __init__(self, chance: Chance, town: Town, case_no: str, department: str, item: str = "") -> None:
        self.chance, self.town, self.case_no, self.department, self.item = chance, town, case_no, department, item
        self.zone = town.zone(department)
        self.has_sequence = chance.happens(0.7)
        kind = chance.choices((*SOURCE_KINDS, "unknown"), weights=(12, 2, 2, 2, 2))[0]
        self.source = f"/{department}/{kind}"
        self.events: list[dict[str, Any]] = []

    @property
    def stated(self) -> dict[str, str]:
        """Item and department, as the opening facts state them."""
        return {"item": self.item, "department": self.department}

    def tell(
        self,
        kind: str,
        at: datetime,
        data: dict[str, Any] | None = None,
        *,
        delay: timedelta | None = None,
        is_day: bool = False,
        sequence: str | None = None,
    ) -> dict[str, Any]:
        """Add a fact at a moment, recorded some minutes later or after a stated delay."""
        number = len(self.events)
        at = start_of_day(at, self.zone) if is_day else at
        name = f"{self.case_no}-{number:03}"
        zone = self.chance.choice((self.zone, "UTC"))
        told = event(f"esup.case.{kind}", self.case_no, at, data or {}, source=self.source, event_id=name, zone=zone)
        late = timedelta(seconds=self.chance.randrange(0, 7200)) if delay is None else delay
        told["recordedtime"] = text_of(at + (DAY if is_day and delay is None else timedelta(0)) + late)
        if sequence is not None or self.has_sequence:
            told["sequence"] = f"{number:04}" if sequence is None else sequence
        if is_day:
            told["precision"] = "day"
        self.events.append(told)
        return told

    def correct(self, told: dict[str, Any], recorded: datetime, *, version: int = 2, **changes: Any) -> None:
        """Tell a fact again in a higher version; `at` moves it, `data` replaces some of its words."""
        data = {**told["data"], **changes.get("data", {})}
        data = {name: value for name, value in data.items() if value is not None}
        again = {**told, "dataversion": version, "recordedtime": text_of(recorded), "data": data}
        if "at" in changes:
            again["time"] = text_of(changes["at"])
        self.events.append(again)

    def officer(self, post: str | None = None) -> str:
        """An officer of the department, if one holds it of that post; now and then of another."""
        chance = self.chance
        if chance.happens(0.03):
            return chance.choice(("nobody", f"{chance.choice(list(self.town.departments))}-o1"))
        return f"{self.department}-o{chance.randrange(1, 7) if post is None else POSTS.index(post) + 1}"


POSTS = ("window", "handler", "chief", "director")


def any_start(chance: Chance) -> datetime:
    """Some moment of the year, to the microsecond."""
    return chance.after(FIRST, (LAST - FIRST) / DAY)


def pause(chance: Chance) -> timedelta:
    """Between two facts of a case: nothing, a moment, minutes, hours, days."""
    kinds = ("none", "moment", "minutes", "hours", "days")
    kind = chance.choices(kinds, weights=(1, 1, 3, 4, 2))[0]
    return {
        "none": timedelta(0),
        "moment": MICRO,
        "minutes": timedelta(seconds=chance.randrange(1, 3600)),
        "hours": timedelta(seconds=chance.randrange(3600, 86400)),
        "days": timedelta(days=chance.randrange(1, 4), seconds=chance.randrange(86400)),
    }[kind]


def same_day(one: datetime, other: datetime, zone: str) -> bool:
    """Whether two moments lie on one local day."""
    return day_of(one, zone) == day_of(other, zone)
