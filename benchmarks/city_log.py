"""A city's log of any number of licence cases, quickly: the same seed gives the same log.

    python -m benchmarks.city_log --cases 100000 city.sqlite

Some 60 departments and 200 licences. A case is applied for with its materials, accepted, reviewed, approved, decided
and closed: eight events, told in the order in which they occurred, many cases side by side. Some are answered late,
decided late or slow at one step (8 %), suspended (5 %), extended (2 %), corrected (1 %); what would lie behind the end
of the log is not told, so the last cases are open.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

from engine.calendar import calendar_facts, load_notices
from engine.clock import SystemClock
from engine.facts import Fact, encode_body
from engine.log import EventLog
from engine.rulebook import load_rulebook

LOCAL = timezone(timedelta(hours=8))
FIRST_DAY, LAST_DAY = date(2025, 1, 2), date(2026, 9, 30)
EPOCH = date(1970, 1, 1)
SECOND, DAY = 1_000_000, 86_400_000_000
DEPARTMENTS, ITEMS = 60, 200
APPEND_BATCH = 20_000
SUSPENSIONS_ALLOWED = ["hearing", "inspection", "expert_review"]
SOURCE = "/320900/approval-{}"
OPINIONS = ("材料齐全，符合法定形式", "经审查，符合条件，拟同意", "现场核查合格", "同意，准予许可")


class Licence(NamedTuple):
    """An item as cases need it: where it is handled and how long it may take, in working days."""

    code: str
    department: str
    promised: int
    statutory: int
    in_calendar_days: bool
    review: int
    approve: int


def as_of() -> int:
    """The instant at which the log is judged: the last microsecond of its last day."""
    return midnight(LAST_DAY) + DAY - 1


def midnight(day: date) -> int:
    """00:00 local of a day, in microseconds."""
    return (day - EPOCH).days * DAY - 8 * 3600 * SECOND


def working_days() -> list[date]:
    """The working days of the notices from the first day on, in order; by the week where nothing is noticed."""
    noticed = {day.on: day.working for notice in load_notices() if notice.calendar == "cn" for day in notice.days}
    days = (FIRST_DAY + timedelta(days=number) for number in range(1000))
    return [day for day in days if noticed.get(day, day.weekday() < 5)]


def licences() -> list[Licence]:
    """The catalogue: promised within a part of what the law allows, which one in ten counts in calendar days."""
    chance = random.Random("catalogue")
    return [
        Licence(
            f"XK-{number:04d}",
            f"320900.d{number % DEPARTMENTS:02d}",
            chance.randint(7, 15),
            60 if number % 10 == 0 else 20,
            number % 10 == 0,
            chance.randint(3, 5),
            chance.randint(2, 3),
        )
        for number in range(ITEMS)
    ]


def foundation() -> list[Fact]:
    """What is known before the first case: calendars, rules, the region, its departments and licences."""
    since = midnight(date(2024, 12, 1))
    region = {"code": "320900", "name": "示范市", "level": "city", "zone": "Asia/Shanghai", "calendar": "cn"}
    facts = [_registered("esup.org.region_registered", "320900", since, region)]
    for number in range(DEPARTMENTS):
        code = f"320900.d{number:02d}"
        data = {"code": code, "name": f"示范市第{number}局", "region": "320900"}
        facts.append(_registered("esup.org.department_registered", code, since, data))
    facts += [_registered("esup.item.published", item.code, since, _published(item)) for item in licences()]
    laws = sorted([*calendar_facts(), *load_rulebook().facts()], key=lambda fact: fact.recorded_at or 0)
    return [*laws, *facts]


def cases(count: int) -> Iterator[list[Fact]]:
    """The events of all cases by day of occurrence; no event lies before the application of its case."""
    city, coming, today = _City(), dict[int, list[Fact]](), 0
    for number in range(count):
        opened, facts = city.case(number, count)
        for day in range(today, opened):
            if day in coming:
                yield _in_order(coming.pop(day))
        today = opened
        for fact in facts:
            coming.setdefault(fact.occurred_at // DAY, []).append(fact)
    for day in sorted(coming):
        yield _in_order(coming[day])


def write_log(path: Path, count: int) -> int:
    """A fresh log with the foundation and `count` cases; returns how many events it holds."""
    with EventLog.open(path, SystemClock()) as log:
        log.append_batch(foundation())
        waiting: list[Fact] = []
        for day in cases(count):
            waiting += day
            while len(waiting) >= APPEND_BATCH:
                log.append_batch(waiting[:APPEND_BATCH])
                del waiting[:APPEND_BATCH]
        log.append_batch(waiting)
        return log.head().size


def new_facts(chance: random.Random, count: int, touched: int, batch: int) -> list[Fact]:
    """One new fact for each of `touched` cases drawn from all: a remark that the end of the log had not known."""
    at = as_of() + (batch + 1) * SECOND
    return [
        _fact(number, "esup.case.step_finished", at, f"n{batch}", {"step": "archive", "officer": "u0001"})
        for number in sorted(chance.sample(range(count), touched))
    ]


class _City:
    """Tells one case after the other, in the order of application."""

    def __init__(self) -> None:
        self.chance = random.Random(20260930)
        self.licences = licences()
        self.days = [midnight(day) for day in working_days()]
        self.openings = sum(day <= LAST_DAY for day in working_days())
        self.end = as_of()

    def case(self, number: int, count: int) -> tuple[int, list[Fact]]:
        """The day of application, and the facts until the end of the log."""
        uniform, opening = self.chance.random, number * self.openings // count
        item = self.licences[int(uniform() * ITEMS)]
        fate, accepted = uniform(), opening + int(uniform() * 4)
        review, approve = 1 + int(uniform() * item.review), int(uniform() * item.approve)
        wait = 0
        if fate < 0.01:
            accepted = opening + 6 + int(uniform() * 3)
        elif fate < 0.05:
            wait = max(0, item.promised - review - approve) + 1 + int(uniform() * 4)
        elif fate < 0.06:
            wait = (45 if item.in_calendar_days else 20) - review - approve + 1 + int(uniform() * 4)
        elif fate < 0.08:
            review = item.review + 1 + int(uniform() * 2)
        told = self._milestones(number, item, opening, accepted, review, wait, approve)
        if uniform() < 0.05:
            told += self._suspension(number, accepted + int(uniform() * 6))
        if uniform() < 0.02:
            told.append(self._extension(number, item, accepted + int(uniform() * item.promised)))
        if uniform() < 0.01:
            told.append(self._correction(told[6]))
        return self.days[opening] // DAY, [fact for fact in told if fact.occurred_at <= self.end]

    def _at(self, day: int, hour: int) -> int:
        return self.days[day] + (hour * 3600 + int(self.chance.random() * 3600)) * SECOND

    def _milestones(
        self, number: int, item: Licence, opening: int, accepted: int, review: int, wait: int, approve: int
    ) -> list[Fact]:
        officer = f"u{number % 997:04d}"
        reviewed, approving, decided = accepted + review, accepted + review + wait, accepted + review + wait + approve
        place = {"item": item.code, "department": item.department}
        step = {"step": "review", "post": "reviewer", "officer": officer}
        last = {"step": "approve", "post": "approver", "officer": f"u{number % 89:04d}"}
        done = {"action": "pass", "opinion": OPINIONS[number % 4]}
        applied = {**place, "applicant": _applicant(number), "channel": "window", "materials": ["M1", "M2", "M3"]}
        told: tuple[tuple[str, int, dict[str, Any]], ...] = (
            ("applied", self._at(opening, 8), applied),
            ("accepted", self._at(accepted, 9), {**place, "officer": officer, "document": f"SL-{number:08d}"}),
            ("step_started", self._at(accepted, 10), step),
            ("step_finished", self._at(reviewed, 11), {**step, **done}),
            ("step_started", self._at(approving, 12), last),
            ("step_finished", self._at(decided, 14), {**last, **done}),
            ("decided", self._at(decided, 15), {"outcome": "granted", "officer": last["officer"], "document": "XK"}),
            ("closed", self._at(decided, 16), {}),
        )
        return [
            _fact(number, f"esup.case.{kind}", at, str(place_in_case), data)
            for place_in_case, (kind, at, data) in enumerate(told)
        ]

    def _suspension(self, number: int, start: int) -> list[Fact]:
        """Nine in ten are told to the applicant and so valid; half state a planned end."""
        started, length = self._at(start, 13), 2 + int(self.chance.random() * 12)
        data: dict[str, Any] = {"kind": SUSPENSIONS_ALLOWED[number % 3], "basis": "第四十五条", "approver": "u0007"}
        if self.chance.random() < 0.9:
            data["told_applicant_at"] = _text(started)
        if number % 2:
            data["planned_end"] = _text(started + (length + 1) * DAY)[:10]
        ended = self._at(start + length, 13)
        return [
            _fact(number, "esup.case.suspension_started", started, "s", data),
            _fact(number, "esup.case.suspension_ended", ended, "t", {}),
        ]

    def _extension(self, number: int, item: Licence, day: int) -> Fact:
        """Nine in ten are told to the applicant; an item whose law counts calendar days allows none."""
        at = self._at(day, 9)
        data: dict[str, Any] = {
            "n": 5 + number % 6,
            "unit": "work_day",
            "approver": "u0009",
            "approver_role": "head",
            "reason": "情况复杂",
        }
        if self.chance.random() < 0.9:
            data["told_applicant_at"] = _text(at)
        return _fact(number, "esup.case.extended", at, "x", data)

    def _correction(self, decided: Fact) -> Fact:
        """The decision was dated a day wrongly."""
        at = decided.occurred_at + (DAY if self.chance.random() < 0.5 else -DAY)
        return decided._replace(occurred_at=at, recorded_at=max(at, decided.occurred_at), dataversion=2)


def _fact(number: int, kind: str, at: int, part: str, data: dict[str, Any]) -> Fact:
    body = encode_body({"data": data, "sequence": part})
    case_no = f"SJ-2026-{number:08d}"
    return Fact(case_no, kind, at, at, SOURCE.format(number % 7), f"{case_no}-{part}", 1, body)


def _registered(kind: str, code: str, at: int, data: dict[str, Any]) -> Fact:
    return Fact(code, kind, at, at, "/320900/catalogue", f"{kind} {code}", 1, encode_body({"data": data}))


def _published(item: Licence) -> dict[str, Any]:
    def limit(n: int, unit: str = "work_day") -> dict[str, Any]:
        return {"n": n, "unit": unit}

    flow = [
        {"step": "review", "name": "审查", "post": "reviewer", "next": ["approve"], "limit": limit(item.review)},
        {"step": "approve", "name": "审批", "post": "approver", "next": [], "limit": limit(item.approve)},
    ]
    data = {
        "code": item.code,
        "version": "1",
        "class": "licence",
        "kind": "committed",
        "name": f"许可事项{item.code}",
        "department": item.department,
        "effective_from": "2024-12-01",
        "basis": ["行政许可法"],
        "statutory": limit(item.statutory, "calendar_day" if item.in_calendar_days else "work_day"),
        "promised": limit(item.promised),
        "flow": flow,
        "materials": [{"code": f"M{number}", "name": f"材料{number}", "required": True} for number in (1, 2, 3)],
        "fees": [],
        "suspensions_allowed": SUSPENSIONS_ALLOWED,
    }
    if not item.in_calendar_days:
        data["extension"] = {"max": limit(10), "approver_role": "head"}
    return data


def _applicant(number: int) -> dict[str, Any]:
    """An envelope of the size that a sealed name, id number and telephone take."""
    digest = f"{number * 2654435761 % 2**64:064x}"
    return {"kind": "citizen", "person": {"ref": digest, "digest": digest, "sealed": digest * 3}}


def _text(at: int) -> str:
    return datetime.fromtimestamp(at // SECOND, LOCAL).isoformat()


def _in_order(facts: list[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda fact: (fact.occurred_at, fact.event_id, fact.dataversion))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("path", type=Path, help="the log to make")
    parser.add_argument("--cases", type=int, default=100_000, help="how many cases (default: %(default)s)")
    arguments = parser.parse_args()
    print(f"{write_log(arguments.path, arguments.cases):,} events")


if __name__ == "__main__":
    main()
