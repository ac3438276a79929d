"""How fast events come in for good: a file end to end into our log, beside batches given to plain tables."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks.contestants import (
    BareRecorder,
    BareRecorderTextIds,
    Contestant,
    OurLog,
    PlainSqlite,
    facts,
    lines,
)  # fmt: skip
from benchmarks.measures import Figures, Measure, Place, of_events, size_of, timed
from engine.clock import SystemClock
from engine.facts import Fact
from engine.intake.pipeline import BATCH_EVENTS, Intake
from engine.persons import Persons

SLICE, SLICES = 40_000, 10
"""Events that each contestant stores before the next one's turn, and how many turns there are."""
ORDERS = ("in order", "random")
END_TO_END, OUR_BATCHES = "import, end to end", "append_batch"
PLAIN, RECORDER, RECORDER_TEXT = "plain sqlite3", "bare recorder", "bare recorder, text ids"
_PEERS: dict[str, Callable[[Path], Contestant]] = {
    PLAIN: PlainSqlite,
    RECORDER: BareRecorder,
    RECORDER_TEXT: BareRecorderTextIds,
}


def rates(order: str) -> Callable[[Place, int], Figures]:
    """The measure for one order of ids."""

    def measure(place: Place, events: int) -> Figures:
        with tempfile.TemporaryDirectory(dir=place.folder) as folder:
            return _rates(Path(folder), order, events)

    return measure


def _rates(folder: Path, order: str, events: int) -> Figures:
    """Fill all contestants, then let them take turns: whatever else the machine does hits all alike.

    `events` lie in the log when the last turn ends. Our log takes every other slice end to end from a file, and every
    other as batches of facts, so that both figures are of the same log.
    """
    ours = OurLog(folder)
    peers = {name: contestant(folder) for name, contestant in _PEERS.items()}
    size = min(SLICE, events // (4 * SLICES))
    before = events - SLICES * size
    for batch in facts(order, 0, before):
        for contestant in (ours, *peers.values()):
            contestant.append(batch)
    taken: dict[str, list[float]] = {}
    for number in range(SLICES):
        first = before + number * size
        told = [fact for batch in facts(order, first, size) for fact in batch]
        turns = {name: partial(_append, peer, told) for name, peer in peers.items()}
        if number % 2 == 0:
            file = folder / "slice.ndjson"
            file.write_bytes(b"\n".join(lines(order, first, size)) + b"\n")
            turns[END_TO_END] = partial(ours.take_in, file)
        else:
            turns[OUR_BATCHES] = partial(_append, ours, told)
        for name, turn in turns.items():
            began = time.perf_counter()
            turn()
            taken.setdefault(name, []).append(time.perf_counter() - began)
    for contestant in (ours, *peers.values()):
        contestant.close()
    return {
        "order": order,
        "slice": size,
        "rates": {name: round(size / statistics.median(seconds)) for name, seconds in taken.items()},
        "log_bytes_an_event": size_of(folder / "log.sqlite") / events,
    }


def _append(contestant: Contestant, told: Sequence[Fact]) -> None:
    """The batches that an import makes, each durable when it returns."""
    waiting = iter(told)
    while batch := list(islice(waiting, BATCH_EVENTS)):
        contestant.append(batch)


def whole_file(place: Place, events: int) -> Figures:
    """One file of so many events into a fresh log, in a process that does nothing else: its rate and its memory."""
    with tempfile.TemporaryDirectory(dir=place.folder) as name:
        folder = Path(name)
        file = folder / "events.ndjson"
        with file.open("wb") as written:
            written.writelines(line + b"\n" for line in lines("in order", 0, events))
        with Persons.open(folder / "read-keys.sqlite") as persons, timed() as reading:
            for _ in Intake(file, persons, SystemClock()).taken():
                pass
        ours = OurLog(folder)
        with timed() as took:
            ours.take_in(file)
        ours.close()
        return took.figures() | {"events": events, "read_seconds": reading.seconds}


MEASURES = (
    *(Measure(f"ingest.{order.replace(' ', '-')}", rates(order), of_events) for order in ORDERS),
    Measure("ingest.file", whole_file, of_events),
)
