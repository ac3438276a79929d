"""What must be found across the demo city's cases: copied reasons, batches, late days, repeat offenders.

Reckoned by the clerk's own arithmetic; nothing here comes from the engine, its models or its rule files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeVar

from console.demo_case import DemoCase, Told
from console.demo_days import midnight
from console.demo_truth import Card, Finding

COPIES = 5
COPIED_WITHIN = timedelta(days=30)
BATCH = 5
BATCH_WITHIN = timedelta(minutes=60)
LATE = timedelta(hours=24)
ENOUGH = {"yellow": 3, "red": 2}
NEGATIVE = ("acceptance_refused",)
Each = TypeVar("Each")


class Across(NamedTuple):
    """Something found across cases, and since when it is known."""

    finding: Finding
    known: datetime


def copied_reasons(
    cases: Iterable[DemoCase], officer: Callable[[DemoCase], str], reason: Callable[[DemoCase, Told], str]
) -> Iterator[Across]:
    """One officer who refuses five cases in thirty days with the same words."""
    said: dict[tuple[str, str], list[tuple[DemoCase, Told]]] = defaultdict(list)
    for case in cases:
        for fact in case.told:
            if fact.kind in NEGATIVE:
                said[officer(case), reason(case, fact).strip()].append((case, fact))
    for (name, _), acts in said.items():
        for run in runs(acts, COPIES, COPIED_WITHIN, lambda act: act[1].at):
            case, first = run[0]
            about = (case.department, case.source, first.event_id)
            known = max(fact.known for _, fact in run if fact.known)
            yield Across(Finding("P08", "yellow", name, *about, run[COPIES - 1][1].at), known)


def batches(cases: Iterable[DemoCase]) -> Iterator[Across]:
    """Five cases of a department whose steps were all reported a day late, within an hour."""
    late: dict[str, list[tuple[DemoCase, list[Told]]]] = defaultdict(list)
    for case in cases:
        steps = [fact for fact in case.told if fact.kind in ("step_started", "step_finished")]
        if steps and all(fact.known and fact.known - fact.at > LATE for fact in steps):
            late[case.department].append((case, sorted(steps, key=lambda fact: (fact.known, fact.at))))
    for department, batch in late.items():
        for run in runs(batch, BATCH, BATCH_WITHIN, lambda entry: known_at(entry[1][0]), lambda e: known_at(e[1][-1])):
            case, steps = run[0]
            at = sorted(known_at(entry[1][-1]) for entry in run)[BATCH - 1]
            yield Across(Finding("P15", "yellow", department, department, case.source, steps[0].event_id, at), at)


def late_days(cases: Iterable[DemoCase], uploading: Sequence[str]) -> Iterator[Across]:
    """A department with a system of its own, one in a hundred of whose facts of a day came a day late."""
    told: dict[tuple[str, date], list[tuple[DemoCase, Told]]] = defaultdict(list)
    for case in cases:
        if case.department in uploading:
            for fact in case.told:
                if not fact.corrects:
                    told[case.department, fact.at.date()].append((case, fact))
    for (department, day), facts in told.items():
        late = [(fact.at, case, fact) for case, fact in facts if known_at(fact) >= fact.at + LATE]
        if len(late) * 100 > len(facts):
            at, case, first = min(late, key=lambda each: each[0])
            triggers = midnight(day + timedelta(days=2), at)
            finding = Finding("D01", "yellow", department, department, case.source, first.event_id, triggers)
            yield Across(finding, min(known_at(fact) for _, _, fact in late))


def repeat_offenders(cards: Iterable[Card]) -> Iterator[Finding]:
    """Three yellow or two red cards of one rule for one post; a season is too short for a second run."""
    piles: dict[tuple[str, str, str, str], list[Card]] = defaultdict(list)
    for card in cards:
        if card.state not in ("withdrawn", "exempted"):
            finding = card.finding
            piles[finding.code, finding.department, finding.post, finding.level].append(card)
    for (code, department, post, level), pile in piles.items():
        if len(pile) >= ENOUGH[level]:
            at = sorted(card.issued_at for card in pile)[ENOUGH[level] - 1]
            yield Finding("S06", "risk", f"{department}/{post}", department, "", code, at)


def runs(
    entries: Iterable[Each],
    number: int,
    within: timedelta,
    begins: Callable[[Each], datetime],
    ends: Callable[[Each], datetime] | None = None,
) -> Iterator[list[Each]]:
    """The longest runs that begin one behind the other, each of at least so many entries within so much time."""
    waiting = sorted(entries, key=begins)
    while waiting:
        last = begins(waiting[0]) + within
        run = [entry for entry in waiting if (ends or begins)(entry) <= last]
        if len(run) >= number:
            yield run
            waiting = [entry for entry in waiting if begins(entry) > last]
        else:
            waiting = waiting[1:]


def known_at(fact: Told) -> datetime:
    """When a fact came to be known."""
    assert fact.known is not None
    return fact.known
