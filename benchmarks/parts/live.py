"""Live: from the append of a fact to the card that it brings, while thousands of other facts arrive.

Another process appends at the rate; the monitor runs as `esup watch --follow` runs it, tick after tick. One fact in a
hundred is a fee that no item has, whose card is red at once.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from benchmarks.measures import Figures, Measure, Place, latency, of_cases
from benchmarks.memory import peak_mib
from benchmarks.watching import RunningClock, rating, settle, unknown_fee, watched
from console.bootstrap import LOG_FILE
from engine.facts import Appended, Fact
from engine.log import EventLog
from monitors.monitor import Monitor
from monitors.schedule import follow
from projections.projector import Projector

RATES = (500, 5_000)
BATCHES_A_SECOND = 10
PLANTED_ONE_IN = 100
PATIENCE = 5
"""How many times as long as the writing the monitor may take to come to its end."""
_VISIBLE = """
select findings.occurrence_id
from cards
inner join findings on cards.finding_id = findings.finding_id
where contains(findings.occurrence_id, ?)
"""


class _Enough(Exception):
    """Every card is there, or it took too long."""


class Watch:
    """When each card could be seen, until everything that was planted has its card.

    A card is visible once the projections that hold it are derived: one tick may say and derive several times.
    """

    def __init__(self, clock: RunningClock, writer: subprocess.Popen[bytes], told: Path, seconds: int) -> None:
        self.cards: dict[str, int] = {}
        """When each fact's card was visible, in monotonic nanoseconds."""
        self.ticks: list[float] = []
        self._said: list[str] = []
        self.appended: Figures = {}
        self._clock = clock
        self._writer = writer
        self._told = told
        self._ends_at = time.monotonic() + seconds * (1 + PATIENCE)

    def look_at(self, monitor: Monitor) -> None:
        """Note what the monitor says, and when what it said is derived."""
        append, update = monitor.log.append_batch, monitor.projector.update

        def append_batch(facts: Sequence[Fact]) -> Appended:
            appended = append(facts)
            cards = (orjson.loads(fact.body) for fact in facts if fact.type == "esup.card.issued")
            self._said += [card["data"]["occurrence"]["id"] for card in cards]
            return appended

        def and_see(as_of: int, upto: int | None = None) -> None:
            said, self._said = self._said, []
            update(as_of, upto)
            self.cards |= dict.fromkeys(said, time.monotonic_ns())

        monitor.log.append_batch = append_batch  # type: ignore[method-assign]
        monitor.projector.update = and_see  # type: ignore[method-assign]

    def tell(self, at: int, issued: list[Fact]) -> None:
        """One tick has ended."""
        self.ticks.append((self._clock.now() - at) / 1_000_000)
        if not self.appended and self._writer.poll() is not None:
            self.appended = json.loads(self._told.read_text("utf-8"))
        if self.appended and self.appended["planted"].keys() <= self.cards.keys() or time.monotonic() > self._ends_at:
            raise _Enough


def cards_visible(rate: int) -> Callable[[Place, int], Figures]:
    """The measure for one rate."""

    def measure(place: Place, cases: int) -> Figures:
        home = place.home(cases)
        with watched(home) as (monitor, clock), TemporaryDirectory(dir=place.folder) as folder:
            settle(monitor, clock)
            part, told = f"live-{monitor.log.head().size}-", Path(folder) / "appended.json"
            asked = [home / LOG_FILE, clock.zero, rate, place.settings.live_seconds, cases, part, told]
            command = [sys.executable, "-m", "benchmarks.parts.live", *map(str, asked)]
            with subprocess.Popen(command) as writer:
                watch = Watch(clock, writer, told, place.settings.live_seconds)
                watch.look_at(monitor)
                _follow(monitor, clock, watch)
                writer.kill()
            return _figures(watch, _visible(monitor.projector, part))

    return measure


def _follow(monitor: Monitor, clock: RunningClock, watch: Watch) -> None:
    try:
        follow(monitor, clock, watch.tell)
    except _Enough:
        pass


def _visible(projector: Projector, part: str) -> set[str]:
    """The planted facts that the table of cards knows, whatever the monitor said."""
    return {row[0] for row in projector.query(_VISIBLE, [f"-{part}"])[1]}


def _figures(watch: Watch, visible: set[str]) -> Figures:
    planted = watch.appended.get("planted", {})
    seconds = [(watch.cards[name] - began) / 1e9 for name, began in planted.items() if name in watch.cards]
    return {
        "latency": latency(seconds) if seconds else {},
        "planted": len(planted),
        "missed": len(planted.keys() - visible),
        "not_planted": len(visible - planted.keys()),
        "events": watch.appended.get("events", 0),
        "events_a_second": watch.appended.get("events_a_second", 0),
        "writer_late_ms": watch.appended.get("late_ms", 0),
        "ticks": latency(watch.ticks),
        "peak_mib": peak_mib(),
    }


def write(log_path: Path, zero: int, rate: int, seconds: int, cases: int, part: str) -> Figures:
    """Append at the rate, ten batches a second; tells when each planted fact was given to the log."""
    chance, clock = random.Random(part), RunningClock(zero)
    planted: dict[str, int] = {}
    number, late = 0, 0.0
    with EventLog.open(log_path, clock) as log:
        began = time.monotonic()
        for turn in range(seconds * BATCHES_A_SECOND):
            wait = began + turn / BATCHES_A_SECOND - time.monotonic()
            late = max(late, -wait)
            time.sleep(max(0.0, wait))
            batch, now = [], clock.now()
            for _ in range(rate // BATCHES_A_SECOND):
                # The last cases to come in are not accepted yet: which fees they may be charged is open until then.
                case, is_planted = chance.randrange(cases * 9 // 10), number % PLANTED_ONE_IN == 0
                batch.append((unknown_fee if is_planted else rating)(case, now, f"{part}{number}"))
                number += 1
            given = time.monotonic_ns()
            log.append_batch(batch)
            planted |= {fact.event_id: given for fact in batch if fact.type == "esup.case.fee_charged"}
        took = time.monotonic() - began
    return {"events": number, "events_a_second": number / took, "late_ms": 1000 * late, "planted": planted}


def main() -> None:
    """The writer's process."""
    log_path, zero, rate, seconds, cases, part, told = sys.argv[1:]
    figures = write(Path(log_path), int(zero), int(rate), int(seconds), int(cases), part)
    Path(told).write_text(json.dumps(figures), "utf-8")


MEASURES = tuple(Measure(f"live.{rate}", cards_visible(rate), of_cases, ("city.home",)) for rate in RATES)

if __name__ == "__main__":
    main()
