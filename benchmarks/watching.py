"""What a watched home needs to be measured: its clock, its parts, and facts that arrive."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.city_facts import SECOND, department, fact, source
from console.bootstrap import ARCHIVE_FOLDER, LOG_FILE, PROJECTIONS_FILE
from engine.archive.archive import Archive
from engine.clock import Clock
from engine.facts import Fact
from engine.log import EventLog
from monitors.monitor import Monitor
from projections.projector import Projector

SETTLING_MAX = 20


class RunningClock:
    """The city's own time: it begins where the log ends, and is the same in every process."""

    def __init__(self, zero: int) -> None:
        self.zero = zero
        """City time less the machine's monotonic time, in microseconds."""

    @classmethod
    def from_instant(cls, instant: int) -> RunningClock:
        """A clock that stands at an instant now."""
        return cls(instant - time.monotonic_ns() // 1000)

    def now(self) -> int:
        """The present instant of the city."""
        return self.zero + time.monotonic_ns() // 1000


@contextmanager
def watched(home: Path) -> Iterator[tuple[Monitor, RunningClock]]:
    """The monitor over a home as `esup watch` makes it, on the city's clock; what began before gives no cards."""
    archive = Archive(home / ARCHIVE_FOLDER)
    with EventLog.open(home / LOG_FILE, RunningClock(0), read_only=True, archive=archive) as log:
        ended_at = log.head().appended_at
    projector = Projector.open(home / PROJECTIONS_FILE, None)
    clock = RunningClock.from_instant(max(ended_at, projector.as_of) + SECOND)
    with EventLog.open(home / LOG_FILE, clock, archive=archive) as log:
        projector.log = log
        try:
            yield Monitor(log, projector, clock, watch_from=clock.now()), clock
        finally:
            projector.close()


def settle(monitor: Monitor, clock: Clock) -> int:
    """Watch until nothing more is said: what a first watch has to say of a whole city is on nobody's clock."""
    said = 0
    for _ in range(SETTLING_MAX):
        heard = monitor.watch(clock.now())
        said += len(heard)
        if not heard:
            break
    return said


def rating(number: int, at: int, part: str) -> Fact:
    """A case is rated by its applicant: a fact that touches it and breaks no rule."""
    return fact(_case(number), "esup.case.rated", at, part, {"score": 5}, source(department(number)))


def unknown_fee(number: int, at: int, part: str) -> Fact:
    """A fee that no item has: a red card at once."""
    data = {"fee": "F9", "due": "80.00", "paid": "80.00"}
    return fact(_case(number), "esup.case.fee_charged", at, part, data, source(department(number)))


def drawn(chance: random.Random, cases: int, touched: int) -> list[int]:
    """The numbers of so many cases, drawn from the whole city."""
    return sorted(chance.sample(range(cases), touched))


def _case(number: int) -> str:
    return f"SJ-2026-{number:08d}"
