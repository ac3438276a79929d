"""A city's log of any number of cases, quickly: the same seed gives the same log.

    python -m benchmarks.city_log --cases 100000 city.sqlite

Some 60 departments, 200 licences and a few other powers. A case is applied for with its materials, accepted, reviewed,
approved, decided, delivered, published and closed: some eleven events, told in the order in which they came to be
known, many cases side by side. Some are answered late, decided late or slow at one step (8 %), suspended (5 %),
extended (2 %), corrected (1 %). Seven in a hundred are no licences but penalties, seizures and requests for
information. One in twenty breaks another rule, so that every core rule finds something in at least one case of two
thousand (`city_story.py`, `city_office.py`). What would lie behind the end of the log is not told: the last cases are
open.
"""

from __future__ import annotations

import argparse
import random
from bisect import bisect
from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate, chain, groupby
from pathlib import Path
from typing import Any

from benchmarks.city_facts import (
    DAY,
    DEPARTMENTS,
    EPOCH,
    HOUR,
    LAST_DAY,
    SECOND,
    as_of,
    day_of,
    department,
    fact,
    midnight,
    sealed,
    source,
    text_of,
    working_days,
)  # fmt: skip
from benchmarks.city_office import ITEMS, SUSPENSIONS_ALLOWED, Licence, foundation, licences, office_facts
from benchmarks.city_story import BREACHES, COPIED, Card, Story, backfill, refuse
from engine.clock import VirtualClock
from engine.facts import Fact
from engine.log import EventLog
from monitors.decide import seal_day

APPEND_BATCH = 20_000
OPINIONS = ("材料齐全，符合法定形式", "经审查，符合条件，拟同意", "现场核查合格", "同意，准予许可")
# Of a thousand cases side by side six are uploaded in one evening, and six refused by one officer in the same words.
RUN, RUN_LENGTH, COPIED_FROM = 1_000, 6, 500
_BREACHES_FROM = list(accumulate(share for share, _ in BREACHES))


def cases(count: int) -> Iterator[list[Fact]]:
    """The events of all cases and offices by the day on which they came to be known."""
    city, coming, today = _City(), dict[int, list[Fact]](), 0
    end = as_of()
    for told in office_facts(count):
        coming.setdefault(_known(told) // DAY, []).append(told)
    for number in range(count):
        opened, facts = city.case(number, count)
        for day in range(today, opened):
            if day in coming:
                yield _in_order(coming.pop(day))
        today = opened
        for told in facts:
            coming.setdefault(_known(told) // DAY, []).append(told)
    for day in sorted(coming):
        if day * DAY <= end:
            yield _in_order([told for told in coming[day] if _known(told) <= end])


def write_log(path: Path, count: int) -> int:
    """A fresh log with the foundation and `count` cases, its days sealed; returns how many events it holds."""
    with EventLog.open(path, VirtualClock(as_of())) as log:
        log.append_batch(foundation())
        waiting: list[Fact] = []
        for day, facts in groupby(chain.from_iterable(cases(count)), key=_local_day):
            told = list(facts)
            waiting += told
            while len(waiting) >= APPEND_BATCH:
                log.append_batch(waiting[:APPEND_BATCH])
                del waiting[:APPEND_BATCH]
            if (day + 1) * DAY - 8 * HOUR <= as_of():
                log.append_batch(waiting)
                waiting.clear()
                log.append_batch([_seal(day, told, log)])
        log.append_batch(waiting)
        return log.head().size


def _seal(day: int, told: list[Fact], log: EventLog) -> Fact:
    """The seal of a day that has ended; of its volumes only what was handled and closed is counted."""
    handled: dict[str, set[str]] = {department(number): set() for number in range(DEPARTMENTS)}
    closed = dict.fromkeys(handled, 0)
    for each in told:
        if each.type.startswith("esup.case."):
            code = f"320900.{each.source.split('/')[2]}"
            handled[code].add(each.stream)
            closed[code] += each.type == "esup.case.closed"
    rest = dict.fromkeys(("closed_early", "near_limit", "overdue_or_abnormal", "tasks_issued", "tasks_replied"), 0)
    volumes: list[dict[str, Any]] = [
        {"region": "320900", "department": code, "handled": len(cases), "closed": closed[code], **rest}
        for code, cases in handled.items()
    ]
    head, ended_at = log.head(), (day + 1) * DAY - 8 * HOUR
    when = {"at": ended_at, "recorded_at": ended_at}
    return seal_day(EPOCH + timedelta(days=day), volumes, head.size, head.root, when)


def new_facts(chance: random.Random, count: int, touched: int, batch: int) -> list[Fact]:
    """One new fact for each of `touched` cases drawn from all: a remark that the end of the log had not known."""
    at = as_of() + (batch + 1) * SECOND
    return [
        fact(
            f"SJ-2026-{number:08d}",
            "esup.case.step_finished",
            at,
            f"n{batch}",
            {"step": "archive", "officer": "u0001"},
            source(department(number)),
        )
        for number in sorted(chance.sample(range(count), touched))
    ]


class _City:
    """Tells one case after the other, in the order in which they begin."""

    def __init__(self) -> None:
        self.chance = random.Random(20260930)
        self.licences = licences()
        self.days = [midnight(day) for day in working_days()]
        self.openings = sum(day <= LAST_DAY for day in working_days())
        self.end = as_of()

    def case(self, number: int, count: int) -> tuple[int, list[Fact]]:
        """The day on which it begins, and the facts until the end of the log."""
        uniform, opening = self.chance.random, number * self.openings // count
        kind, in_run = uniform(), number % RUN
        if in_run < RUN_LENGTH or COPIED_FROM <= in_run < COPIED_FROM + RUN_LENGTH:
            story = self._run(number, opening, is_copied=in_run >= COPIED_FROM)
        elif kind < 0.04:
            story = self._penalty(number, opening)
        elif kind < 0.05:
            story = self._seizure(number, opening)
        elif kind < 0.07:
            story = self._request(number, opening)
        else:
            story = self._licence(number, opening, self.licences[int(uniform() * ITEMS)])
        return self.days[opening] // DAY, [told for told in story.facts() if _known(told) <= self.end]

    def _licence(self, number: int, opening: int, item: Licence) -> Story:
        uniform = self.chance.random
        fate, accepted = uniform(), opening + int(uniform() * 4)
        review, approve = 1 + int(uniform() * item.review), int(uniform() * item.approve)
        wait = 0
        if item.is_immediate:
            review, approve = int(fate < 0.1), 0
        elif fate < 0.01:
            accepted = opening + 6 + int(uniform() * 3)
        elif fate < 0.05:
            wait = max(0, item.promised - review - approve) + 1 + int(uniform() * 4)
        elif fate < 0.06:
            wait = (45 if item.in_calendar_days else 20) - review - approve + 1 + int(uniform() * 4)
        elif fate < 0.08:
            review = item.review + 1 + int(uniform() * 2)
        story = self._milestones(number, item, opening, accepted, review, wait, approve)
        breach = bisect(_BREACHES_FROM, uniform())
        if fate >= 0.1 and breach < len(BREACHES):
            BREACHES[breach][1](story)
        if uniform() < 0.05:
            self._suspend(story, accepted + int(uniform() * 6))
        if uniform() < 0.02:
            self._extend(story, accepted + int(uniform() * item.promised))
        if uniform() < 0.01:
            self._correct(story)
        return story

    def _run(self, number: int, opening: int, *, is_copied: bool) -> Story:
        """One of the cases that a department uploads in one evening, or that one officer refuses in the same words."""
        story = self._milestones(number, self.licences[number // RUN % (ITEMS - 1)], opening, opening, 2, 0, 0)
        if is_copied:
            refuse(story, COPIED)
            for part in ("approve+", "approve", "decided"):
                story.parts[part].data["officer"] = f"{story.department[-3:]}-approver-0"
        else:
            backfill(story, self.days[opening + 9] + 20 * HOUR)
        return story

    def _at(self, day: int, hour: int) -> int:
        return self.days[day] + (hour * 3600 + int(self.chance.random() * 3600)) * SECOND

    def _milestones(
        self, number: int, item: Licence, opening: int, accepted: int, review: int, wait: int, approve: int
    ) -> Story:
        story = Story(number, item.department, self.days, item)
        reviewed, approving, decided = accepted + review, accepted + review + wait, accepted + review + wait + approve
        place, add, at = {"item": item.code, "department": item.department}, story.add, self._at
        applicant = {"kind": "citizen", "person": sealed(number)}
        applied = {**place, "applicant": applicant, "channel": "window", "materials": ["M1", "M2", "M3"]}
        receiver = {"officer": story.officer("receiver"), "post": "receiver", "document": f"SL-{number:08d}"}
        add("applied", "applied", at(opening, 8), applied)
        add("accepted", "accepted", at(accepted, 9), {**place, **receiver})
        self._step(story, "review", "reviewer", at(accepted, 10), at(reviewed, 11))
        if item.has_risk:
            self._step(story, "inspect", "inspector", at(reviewed, 12), at(reviewed, 13))
        self._step(story, "approve", "approver", at(approving, 14), at(decided, 15))
        outcome = {"outcome": "granted", "officer": story.officer("approver")}
        add("decided", "decided", at(decided, 16), {**outcome, "document": "XK", "decision_no": f"D-{number:08d}"})
        delivered, published = decided + number % 4, decided + number % 6
        if item.has_fee:
            add("fee", "fee_charged", at(accepted, 11), {"fee": "F1", "due": "100.00", "paid": "100.00"})
        add("delivered", "delivered", at(delivered, 17), {"document": "XK"})
        add("published", "published", at(published, 18), {"channel": "website"})
        add("closed", "closed", at(max(delivered, published), 19), {})
        return story

    def _step(self, story: Story, step: str, post: str, started: int, finished: int) -> None:
        data = {"step": step, "post": post, "officer": story.officer(post)}
        story.add(f"{step}+", "step_started", started, data)
        opinion = OPINIONS[story.number % 4]
        story.add(step, "step_finished", finished, {**data, "action": "pass", "opinion": opinion})

    def _penalty(self, number: int, opening: int) -> Story:
        """A penalty by the ordinary procedure; some have no notice, are summary for too much, or take too long."""
        uniform = self.chance.random
        story, fate = Story(number, department(number), self.days), uniform()
        place = {"item": f"CF-{number % 60:04d}", "department": story.department}
        officer, add, at = story.officer("reviewer"), story.add, self._at
        party = {"kind": "citizen", "person": sealed(number)}
        decided = opening + (68 if fate < 0.04 else 12 + int(uniform() * 30))
        add("known", "offence_known", at(opening, 8), {**place, "party": party, "officer": officer})
        add("filed", "filed", at(opening, 9), {**place, "party": party, "officer": officer, "approver": "head"})
        add("noticed", "penalty_noticed", at(opening + 5, 9), {"document": f"GZ-{number}"})
        add(
            "reviewed", "legal_reviewed", at(opening + 9, 9), {"officer": story.officer("inspector"), "opinion": "同意"}
        )
        outcome = {"outcome": "penalised", "officer": officer, "reason": "违法事实清楚，证据确凿", "amount": "1500.00"}
        outcome |= {"procedure": "ordinary", "grounds": ["58"], "document": "CF", "decision_no": f"D-{number:08d}"}
        add("decided", "decided", at(decided, 10), outcome)
        add("delivered", "delivered", at(decided + 2 + (12 if 0.5 < fate < 0.54 else 0), 11), {"document": "CF"})
        add("published", "published", at(decided + 3, 12), {"channel": "website"})
        add("paid", "paid", at(decided + 8, 13), {"amount": "1500.00"})
        add("closed", "closed", at(decided + 9, 14), {})
        if 0.04 < fate < 0.08:
            del story.parts["noticed"]
            story.cards.append(Card("penalty.mandatory-act-missing", "P03", "red", "decided"))
        elif 0.08 < fate < 0.12:
            story.parts["decided"].data["procedure"] = "summary"
            story.cards.append(Card("penalty.summary-beyond-limit", "J02", "red", "decided"))
        return story

    def _seizure(self, number: int, opening: int) -> Story:
        story = Story(number, department(number), self.days)
        place = {"item": f"QZ-{number % 60:04d}", "department": story.department}
        taken = {**place, "measure": "seal", "ref": "1", "officer": story.officer("reviewer"), "document": "QZ"}
        story.add("taken", "measure_taken", self._at(opening, 9), taken)
        days = 25 if self.chance.random() < 0.2 else 10
        story.add("lifted", "measure_lifted", self._at(opening + days, 10), {"ref": "1"})
        return story

    def _request(self, number: int, opening: int) -> Story:
        """A request for information, answered late in one of ten cases."""
        story = Story(number, department(number), self.days)
        place = {"item": f"GK-{number % 60:04d}", "department": story.department}
        story.add("requested", "disclosure_requested", self._at(opening, 9), {**place, "received_by": "window"})
        replied = opening + (24 if self.chance.random() < 0.1 else 12)
        reply = {"outcome": "other", "officer": story.officer("reviewer"), "document": "GK"}
        story.add("decided", "decided", self._at(replied, 10), {**reply, "decision_no": f"D-{number:08d}"})
        return story

    def _suspend(self, story: Story, start: int) -> None:
        """Nine in ten are told to the applicant and so valid; half state a planned end."""
        number, started, length = story.number, self._at(start, 13), 2 + int(self.chance.random() * 12)
        data: dict[str, Any] = {"kind": SUSPENSIONS_ALLOWED[number % 3], "basis": "第四十五条", "approver": "u0007"}
        if self.chance.random() < 0.9:
            data["told_applicant_at"] = text_of(started)
        if number % 2:
            data["planned_end"] = day_of(started + (length + 1) * DAY)
        story.add("s", "suspension_started", started, data)
        story.add("t", "suspension_ended", self._at(start + length, 13), {})

    def _extend(self, story: Story, day: int) -> None:
        """Nine in ten are told to the applicant; an item whose law counts calendar days allows none."""
        at = self._at(day, 9)
        data: dict[str, Any] = {
            "n": 5 + story.number % 6,
            "unit": "work_day",
            "approver": "u0009",
            "approver_role": "head",
            "reason": "情况复杂",
        }
        if self.chance.random() < 0.9:
            data["told_applicant_at"] = text_of(at)
        story.add("x", "extended", at, data)

    def _correct(self, story: Story) -> None:
        """The decision was dated a day wrongly."""
        decided = story.parts["decided"]
        at = decided.at + (DAY if self.chance.random() < 0.5 else -DAY)
        sender, known = source(story.department), max(at, decided.at)
        corrected = fact(story.case_no, "esup.case.decided", at, "decided", decided.data, sender, known)
        story.others.append(corrected._replace(dataversion=2))


def _known(told: Fact) -> int:
    return told.occurred_at if told.recorded_at is None else told.recorded_at


def _local_day(told: Fact) -> int:
    return (_known(told) + 8 * HOUR) // DAY


def _in_order(facts: list[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda told: (_known(told), told.event_id, told.dataversion))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("path", type=Path, help="the log to make")
    parser.add_argument("--cases", type=int, default=100_000, help="how many cases (default: %(default)s)")
    arguments = parser.parse_args()
    print(f"{write_log(arguments.path, arguments.cases):,} events")


if __name__ == "__main__":
    main()
