"""The plain-Python peer of the models: one pass over the same log file, a dictionary of cases, a loop over limits.

What somebody would write who needs no history, no second clock and no incremental refresh: read the rows of SQLite,
parse each body, keep each case's facts, then judge case by case with a working-day table made beforehand. It knows the
rules T02, T03, T05 and T06 of licences and what the city's log holds, and nothing else; it computes the due day of
every such limit, counts what was breached, and counts each department's days, and its answers must equal the models'.
"""

from __future__ import annotations

import gc
import sqlite3
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from sys import intern
from typing import Any

import orjson

from benchmarks.peers.answer import ANSWER, PROMISED, STATUTORY, STEP, Answer, answered

LOCAL_OFFSET = 8 * 3_600_000_000
DAY = 86_400_000_000
EPOCH = date(1970, 1, 1).toordinal()
ANSWER_DAYS = 5
PREFIX = len("esup.case.")
ANSWERS = ("accepted", "acceptance_refused", "correction_noticed")

CaseFact = tuple[int, str, str, str, int, str, Any]
"""When it occurred, its sequence, source, event id, data version, type, and what of its data is needed."""
Pause = tuple[int, int | None]
"""The days after the first up to and with the second are not counted; None: still open. Days since 1970."""


class WorkingDays:
    """The running number of every working day, by the notices of the log and by the week beyond them."""

    def __init__(self, noticed: dict[date, tuple[str, bool]]) -> None:
        first, last = date(2000, 1, 1), date(2049, 12, 31)
        self.first = first.toordinal() - EPOCH
        self.days: list[int] = []
        self.number: list[int] = []
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if noticed[day][1] if day in noticed else day.weekday() < 5:
                self.days.append(self.first + number)
            self.number.append(len(self.days))
        self._is_working = set(self.days)

    def after(self, day: int, n: int) -> int:
        """The n-th working day after `day`."""
        return self.days[self.number[day - self.first] + n - 1]

    def rolled(self, day: int) -> int:
        """The day itself, or the next working day."""
        return day if day in self._is_working else self.after(day, 1)

    def counted(self, day: int, n: int, pauses: list[Pause], *, all_days: bool) -> int | None:
        """The n-th counted day after `day`, day by day past what is paused; None if it is never reached."""
        while n:
            day += 1
            if any(start < day and (end is None or day <= end) for start, end in pauses):
                if any(start < day and end is None for start, end in pauses):
                    return None
            elif all_days or day in self._is_working:
                n -= 1
        return day


def fold(path: Path, as_of: int) -> Answer:
    """Read the whole log and judge every case as it stood at `as_of`."""
    gc.disable()  # Nothing here makes cycles; walking millions of tuples for them would only slow the peer down.
    try:
        cases, items, noticed = read(path)
        return Judge(items, WorkingDays(noticed), as_of).judge(cases)
    finally:
        gc.enable()


def read(path: Path) -> tuple[dict[str, list[CaseFact]], dict[str, Any], dict[date, tuple[str, bool]]]:
    cases: dict[str, list[CaseFact]] = {}
    items: dict[str, Any] = {}
    noticed: dict[date, tuple[str, bool]] = {}
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = connection.execute(
        "SELECT stream, type, occurred_at, source, event_id, dataversion, body FROM events ORDER BY position"
    )
    for stream, kind, at, source, event_id, version, text in rows:
        body = orjson.loads(text)
        data = body["data"]
        if kind.startswith("esup.case."):
            kind = intern(kind[PREFIX:])
            fact = (at, body.get("sequence", ""), intern(source), event_id, version, kind, needed(kind, data))
            known = cases.get(stream)
            if known is None:
                cases[stream] = [fact]
            else:
                known.append(fact)
        elif kind == "esup.item.published":
            items[data["code"]] = item_of(data)
        elif kind == "esup.calendar.noticed" and data["calendar"] == "cn":
            notice(noticed, data)
    connection.close()
    return cases, items, noticed


def needed(kind: str, data: dict[str, Any]) -> Any:
    if kind in ("step_started", "step_finished"):
        return intern(data["step"])
    if kind in ("suspension_started", "suspension_ended", "extended"):
        return data
    if kind == "applied":
        return intern(data["item"]), bool(data["materials"]), intern(data["department"])
    return None


def item_of(data: dict[str, Any]) -> dict[str, Any]:
    steps = {step["step"]: step["limit"]["n"] for step in data["flow"]}
    return {**data, "steps": steps, "extension": data.get("extension")}


def notice(noticed: dict[date, tuple[str, bool]], data: dict[str, Any]) -> None:
    """A later notice stands before an earlier one."""
    published_on = data["published_on"]
    for entry in data["days"]:
        day = date.fromisoformat(entry["date"])
        if day not in noticed or noticed[day][0] <= published_on:
            noticed[day] = published_on, entry["working"]


def _local_day(at: int) -> int:
    return (at + LOCAL_OFFSET) // DAY


def _breaches_at(due: int) -> int:
    return (due + 1) * DAY - LOCAL_OFFSET


class Judge:
    """Judges case after case and adds up."""

    def __init__(self, items: dict[str, Any], calendar: WorkingDays, as_of: int) -> None:
        self.items = items
        self.calendar = calendar
        self.as_of = as_of
        self.limits: Counter[str] = Counter()
        self.due_days: Counter[str] = Counter()
        self.breaches: Counter[str] = Counter()
        self.handled: Counter[tuple[int, str]] = Counter()
        self.closed: Counter[tuple[int, str]] = Counter()
        self.breached: Counter[tuple[int, str]] = Counter()
        self.department = ""

    def judge(self, cases: dict[str, list[CaseFact]]) -> Answer:
        for facts in cases.values():
            self.case(current(facts))
        return self.answer()

    def answer(self) -> Answer:
        """What was counted so far."""
        days = self.handled.keys() | self.closed.keys() | self.breached.keys()
        daily = [(day, of, self.handled[day, of], self.closed[day, of], self.breached[day, of]) for day, of in days]
        return answered(self.limits, self.due_days, self.breaches, daily)

    def case(self, facts: list[CaseFact]) -> None:
        """One case, its facts in order."""
        first: dict[str, int] = {}
        for fact in facts:
            first.setdefault(fact[5], fact[0])
        code, with_materials, self.department = next(
            (fact[6] for fact in facts if fact[5] == "applied"), (None, False, "")
        )
        if code is None:
            return  # A penalty, a seizure or a request for information.
        self._count_days(facts)
        item, decided, withdrawn = self.items[code], first.get("decided"), first.get("withdrawn")
        pauses = _pauses(facts, item) if "suspension_started" in first else []
        accepted = first.get("accepted")
        if with_materials:
            applied = first["applied"]
            answered = min((first[kind] for kind in ANSWERS if kind in first), default=None)
            due = self._due(applied, ANSWER_DAYS, pauses)
            self._add(ANSWER, due, _since(applied, answered), _since(applied, withdrawn))
            if due is not None and self.as_of >= _breaches_at(due) and _is_late(answered, due):
                accepted = applied
        if accepted is None:
            return  # Nothing limits its steps yet, if it has any.
        self._accepted(facts, item, accepted, decided, withdrawn, pauses)
        for position, fact in enumerate(facts):
            if fact[5] == "step_started" and fact[6] in item["steps"]:
                finished = next((f[0] for f in facts[position:] if f[5] == "step_finished" and f[6] == fact[6]), None)
                voided = _since(fact[0], decided) or _since(fact[0], withdrawn)
                self._add(STEP, self._due(fact[0], item["steps"][fact[6]], pauses), finished, voided)

    def _count_days(self, facts: list[CaseFact]) -> None:
        for day in {_local_day(fact[0]) for fact in facts}:
            self.handled[day, self.department] += 1
        for day in {_local_day(fact[0]) for fact in facts if fact[5] == "closed"}:
            self.closed[day, self.department] += 1

    def _accepted(
        self,
        facts: list[CaseFact],
        item: dict[str, Any],
        accepted: int,
        decided: int | None,
        withdrawn: int | None,
        pauses: list[Pause],
    ) -> None:
        """The promise and the law, each with what a valid extension adds."""
        promised, statutory = item["promised"]["n"], item["statutory"]["n"]
        all_days = item["statutory"]["unit"] == "calendar_day"
        due = self._due(accepted, statutory, pauses, all_days=all_days)
        due_promised = self._due(accepted, promised, pauses)
        extension = next((f for f in facts if f[5] == "extended" and _is_valid(f, item, accepted, due)), None)
        if extension is not None:
            added = extension[6]["n"]
            due = self._due(accepted, statutory + added, pauses, all_days=all_days)
            if due_promised is None or extension[0] < _breaches_at(due_promised):
                due_promised = self._due(accepted, promised + added, pauses)
        # What came before the acceptance, by its date, ends nothing that the acceptance opened.
        decided, withdrawn = _since(accepted, decided), _since(accepted, withdrawn)
        if item["kind"] != "immediate":
            self._add(PROMISED, due_promised, decided, withdrawn)
        self._add(STATUTORY, due, decided, withdrawn)

    def _due(self, opened: int, n: int, pauses: list[Pause], *, all_days: bool = False) -> int | None:
        day = _local_day(opened)
        if pauses:
            last = self.calendar.counted(day, n, pauses, all_days=all_days)
        else:
            last = day + n if all_days else self.calendar.after(day, n)
        return self.calendar.rolled(last) if all_days and last is not None else last

    def _add(self, rule: str, due: int | None, discharged: int | None, voided: int | None) -> None:
        self.limits[rule] += 1
        if due is None:
            return
        self.due_days[rule] += due
        if self.as_of >= _breaches_at(due) and _is_late(discharged, due) and _is_late(voided, due):
            self.breaches[rule] += 1
            self.breached[due + 1, self.department] += 1


def _since(opened: int, at: int | None) -> int | None:
    return at if at is not None and at >= opened else None


def _is_late(at: int | None, due: int) -> bool:
    return at is None or at >= _breaches_at(due)


def current(facts: list[CaseFact]) -> list[CaseFact]:
    """The facts in the order of the world, each in its newest version."""
    facts.sort()
    if all(fact[4] == 1 for fact in facts):
        return facts
    newest: dict[tuple[str, str], int] = {}
    for fact in facts:
        newest[fact[2], fact[3]] = max(fact[4], newest.get((fact[2], fact[3]), 0))
    return [fact for fact in facts if fact[4] == newest[fact[2], fact[3]]]


def _pauses(facts: list[CaseFact], item: dict[str, Any]) -> list[Pause]:
    """The valid suspensions as days; each ends at the earlier of its actual and its planned end."""
    pauses: list[Pause] = []
    for position, fact in enumerate(facts):
        data = fact[6]
        if fact[5] != "suspension_started" or data["kind"] not in item["suspensions_allowed"]:
            continue
        if "told_applicant_at" not in data:
            continue
        ends = [_local_day(f[0]) for f in facts[position + 1 :] if f[5] == "suspension_ended"][:1]
        if "planned_end" in data:
            ends.append(date.fromisoformat(data["planned_end"]).toordinal() - EPOCH)
        pauses.append((_local_day(fact[0]), min(ends, default=None)))
    return pauses


def _is_valid(extension: CaseFact, item: dict[str, Any], accepted: int, due: int | None) -> bool:
    at, data, allowed = extension[0], extension[6], item["extension"]
    return (
        allowed is not None
        and at >= accepted
        and data["approver_role"] == allowed["approver_role"]
        and bool(data["reason"])
        and "told_applicant_at" in data
        and data["unit"] == item["statutory"]["unit"] == allowed["max"]["unit"]
        and data["n"] <= allowed["max"]["n"]
        and (due is None or at < _breaches_at(due))
    )
