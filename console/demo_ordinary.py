"""The demo city's ordinary cases: lawful, and done before any limit comes near."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from console.demo_case import DemoCase, Told
from console.demo_days import WorkDays, quiet_days

FATES = {"granted": 82, "corrected": 9, "withdrawn": 4, "not_accepted": 3, "refused": 2}
EVENING_SHARE = 0.15
LATE_SHARE = 0.04
"""Of what no limit hangs on any more, so much is reported one to three days late, where no upload is owed in a day."""
FEE_SHARE = 0.5


class Desk:
    """The hands of one case's officers: a clock that moves by the minutes and nights their work takes."""

    def __init__(self, chance: Random, days: WorkDays, now: datetime) -> None:
        self.chance = chance
        self.days = days
        self.now = now

    def soon(self) -> datetime:
        """A little later."""
        self.now += timedelta(minutes=self.chance.randint(8, 40), seconds=self.chance.randint(0, 59))
        return self.now

    def days_later(self, days: int) -> datetime:
        """On the morning of the working day so many later; a little later for none."""
        if not days:
            return self.soon()
        morning = datetime.combine(self.days.later(self.now.date(), days), time(8, 40), self.now.tzinfo)
        self.now = morning + timedelta(minutes=self.chance.randint(0, 110), seconds=self.chance.randint(0, 59))
        return self.now


def ordinary_cases(recipe: dict[str, Any], days: WorkDays, zone: ZoneInfo, chance: Random) -> Iterator[DemoCase]:
    """As many as the recipe asks for, spread over the working days of its month."""
    open_days = days.between(date.fromisoformat(recipe["first_day"]), date.fromisoformat(recipe["last_day"]))
    items = [item for item in recipe["items"] if item.get("weight")]
    weights = [item["weight"] for item in items]
    for number in range(recipe["ordinary_cases"]):
        item = chance.choices(items, weights)[0]
        yield DemoCase(item, list(told_of(item, open_days[number % len(open_days)], days, zone, chance)))


def told_of(item: dict[str, Any], day: date, days: WorkDays, zone: ZoneInfo, chance: Random) -> Iterator[Told]:
    """The facts of one case that somebody applied for on a working day, or in the evening of it, from home."""
    fate = chance.choices(list(FATES), list(FATES.values()))[0]
    is_immediate = item.get("kind") == "immediate"
    in_the_evening = not is_immediate and chance.random() < EVENING_SHARE
    opening = datetime.combine(day, time(19 if in_the_evening else 8, 35), zone)
    desk = Desk(chance, days, opening + timedelta(minutes=chance.randint(0, 150 if in_the_evening else 240)))
    with_materials = chance.random() < 0.6
    yield Told(desk.now, "applied", "", with_materials)
    if not with_materials:
        yield Told(desk.soon(), "materials_received")
    if fate == "corrected":
        yield Told(desk.days_later(chance.randint(0, 2)), "correction_noticed")
        yield Told(desk.days_later(chance.randint(1, 3)), "correction_received")
    answered = desk.days_later(0 if is_immediate else 1 if in_the_evening else chance.choices([0, 1, 2], [6, 3, 1])[0])
    if fate == "not_accepted":
        yield Told(answered, "acceptance_refused")
        return
    yield Told(answered, "accepted")
    if fate == "withdrawn" and not is_immediate:
        yield Told(desk.soon(), "withdrawn")
        return
    yield from handled(item, desk, "refused" if fate == "refused" else "granted")


def handled(item: dict[str, Any], desk: Desk, outcome: str) -> Iterator[Told]:
    """From the acceptance to the end: each step in its quiet days, all of them in those of the promise."""
    chance = desk.chance
    late_share = 0.0 if item["uploads_in_a_day"] else LATE_SHARE
    left = 0 if item.get("kind") == "immediate" else quiet_days(item["promised"])
    for step, limit in item["flow"].items():
        yield Told(desk.soon(), "step_started", step)
        taken = min(chance.choices([0, 1, 2, 3], [4, 4, 2, 1])[0], quiet_days(limit) if limit else 0, left)
        left -= taken
        yield Told(desk.days_later(taken), "step_finished", step)
    if item.get("fees") and chance.random() < FEE_SHARE:
        yield Told(desk.soon(), "fee_charged", next(iter(item["fees"])))
    yield Told(desk.soon(), "decided", outcome)
    yield told_late(desk.days_later(chance.choices([0, 1, 2], [3, 4, 1])[0]), "delivered", chance, late_share)
    if outcome == "granted":
        yield told_late(desk.soon(), "published", chance, late_share)
    yield told_late(desk.soon(), "closed", chance, late_share)
    if chance.random() < 0.35:
        yield told_late(desk.days_later(chance.randint(0, 2)), "rated", chance, late_share)


def told_late(at: datetime, kind: str, chance: Random, late_share: float) -> Told:
    """A fact that is sometimes reported days later."""
    is_late = chance.random() < late_share
    known = at + timedelta(days=chance.randint(1, 3), minutes=chance.randint(0, 200)) if is_late else None
    return Told(at, kind, known=known)
