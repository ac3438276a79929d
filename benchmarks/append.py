"""How fast the log takes facts, durably: beside plain sqlite3 with a unique id, and the bare library's recorder.

    python -m benchmarks.append [--events 800000] [--batches 60] [--order random] [--json FILE]

Each contestant first holds `--events` events, then takes batches of 1,000, each one durable when it returns. Ids come
in order, and at random. All write rows of the same texts and of the same size.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore
from rich.console import Console
from rich.table import Table

from engine.clock import SystemClock
from engine.log import EventLog, Fact, encode_body

BATCH = 1_000
PRELOAD_BATCH = 20_000
GOALS = {"plain sqlite3": 0.6, "bare recorder": 1.2, "bare recorder, text ids": None}
ORDERS = ("in order", "random")
_OPINIONS = ("材料齐全，符合法定形式", "符合条件，同意", "材料不符合第五条第二项")


class Contestant(Protocol):
    """Somebody who can store facts for good."""

    def append(self, facts: Sequence[Fact]) -> None: ...

    def close(self) -> None: ...


class OurLog:
    """The log: identity checked, content compared, hashed into the tree."""

    def __init__(self, folder: Path) -> None:
        self._log = EventLog.open(folder / "log.sqlite", SystemClock())

    def append(self, facts: Sequence[Fact]) -> None:
        self._log.append_batch(facts)

    def close(self) -> None:
        self._log.close()


class PlainSqlite:
    """One table with a unique id and `executemany`: no comparison, no hash, no head, but a hash's bytes in each row."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "plain.sqlite", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "CREATE TABLE events (position INTEGER PRIMARY KEY, stream TEXT, version INTEGER, type TEXT,"
            " occurred_at INTEGER, recorded_at INTEGER, appended_at INTEGER, source TEXT, event_id TEXT,"
            " dataversion INTEGER, body TEXT, leaf_hash BLOB)",
            "CREATE UNIQUE INDEX events_by_identity ON events (event_id, source, dataversion)",
        ):
            self._connection.execute(statement)

    def append(self, facts: Sequence[Fact]) -> None:
        now, leaf = time.time_ns() // 1000, bytes(32)
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(
            "INSERT INTO events VALUES (NULL, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(f[0], f[1], f[2], now, now, f[4], f[5], f[6], f[7].decode(), leaf) for f in facts],
        )
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


class BareRecorder:
    """The library's recorder as it comes: ids are UUIDs, here made of the event's identity; the rest is state."""

    def __init__(self, folder: Path) -> None:
        self._datastore = SQLiteDatastore(str(folder / f"{type(self).__name__}.sqlite"), originator_id_type="text")
        self._recorder = SQLiteApplicationRecorder(self._datastore)
        self._recorder.create_table()
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone()[0] == 2, "as durable as the others"

    def append(self, facts: Sequence[Fact]) -> None:
        self._recorder.insert_events([StoredEvent(self.stream(f), f.dataversion, f.type, _state(f)) for f in facts])

    def stream(self, fact: Fact) -> uuid.UUID | str:
        # Faster than uuid5, and as random.
        return uuid.UUID(bytes=hashlib.md5(f"{fact.source} {fact.event_id}".encode(), usedforsecurity=False).digest())

    def close(self) -> None:
        self._datastore.close()


class BareRecorderTextIds(BareRecorder):
    """The same with the event's own identity for an id: where ids come in order, its index grows at one end only."""

    def stream(self, fact: Fact) -> str:
        return f"{fact.event_id} {fact.source}"


def _state(fact: Fact) -> bytes:
    """What the recorder has no column for: the stream, the times, and room for a hash."""
    return b"%b%s%020d%020d%020d" % (fact.body, fact.stream.encode(), fact.occurred_at, 0, 0) + bytes(32)


CONTESTANTS: dict[str, Callable[[Path], Contestant]] = {
    "append_batch": OurLog,
    "plain sqlite3": PlainSqlite,
    "bare recorder": BareRecorder,
    "bare recorder, text ids": BareRecorderTextIds,
}


class Measured(NamedTuple):
    """Events a second over all batches, and the median of a batch."""

    contestant: str
    order: str
    events_a_second: int
    batch_ms_median: float


def facts(order: str, first: int, size: int) -> Iterator[list[Fact]]:
    """Facts of cases of eight steps, in batches, the same for every contestant."""
    chance = random.Random(f"{order} {first}")
    for number in range(first, first + size, min(size, PRELOAD_BATCH)):
        yield [_fact(n, order, chance) for n in range(number, min(number + PRELOAD_BATCH, first + size))]


def _fact(number: int, order: str, chance: random.Random) -> Fact:
    event_id = f"SP-2026-{number:028d}" if order == "in order" else str(uuid.UUID(int=chance.getrandbits(128)))
    data = {
        "item": f"SP-{number % 97:04d}",
        "department": "320900.market",
        "officer": f"u{number % 311:04d}",
        "post": "reviewer",
        "action": "pass",
        "opinion": _OPINIONS[number % 3],
        "step": "review",
        "documents": [f"A-2026-{number:08d}"],
    }
    body = encode_body({"data": data, "sequence": f"{number % 8:04d}"})
    source = "/320900/market-supervision/approval"
    return Fact(
        f"SJ-2026-{number // 8:08d}",
        "esup.case.step_finished",
        1_767_225_600_000_000 + number,
        None,
        source,
        event_id,
        1,
        body,
    )


def measure(order: str, events: int, batches: int) -> list[Measured]:
    """Fill all contestants, then give each batch to one after the other: whatever else runs hits all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    with tempfile.TemporaryDirectory(prefix="append-") as folder:
        contestants = {name: contestant(Path(folder)) for name, contestant in CONTESTANTS.items()}
        for batch in facts(order, 0, events):
            for contestant in contestants.values():
                contestant.append(batch)
        for number in range(batches):
            (batch,) = facts(order, events + number * BATCH, BATCH)
            for name, contestant in contestants.items():
                started = time.perf_counter()
                contestant.append(batch)
                seconds[name].append(time.perf_counter() - started)
        for contestant in contestants.values():
            contestant.close()
    return [_measured(name, order, each) for name, each in seconds.items()]


def _measured(name: str, order: str, seconds: Sequence[float]) -> Measured:
    return Measured(
        name, order, round(len(seconds) * BATCH / sum(seconds)), round(statistics.median(seconds) * 1000, 2)
    )


def ratios(measured: Sequence[Measured]) -> list[dict[str, object]]:
    """Ours over the others', with the goal."""
    speed = {(one.contestant, one.order): one.events_a_second for one in measured}
    return [
        {
            "of": other,
            "order": order,
            "ratio": round(speed["append_batch", order] / speed[other, order], 2),
            "goal": goal,
            "reached": None if goal is None else speed["append_batch", order] >= goal * speed[other, order],
        }
        for other, goal in GOALS.items()
        for order in ORDERS
        if (other, order) in speed
    ]


def show(measured: Sequence[Measured], compared: Sequence[dict[str, object]]) -> None:
    """Two tables for people."""
    speeds = Table("contestant", "ids", "events/s", "ms a batch, median", title="durable appends of 1,000")
    for one in measured:
        speeds.add_row(one.contestant, one.order, f"{one.events_a_second:,}", f"{one.batch_ms_median}")
    goals = Table("append_batch over", "ids", "ratio", "goal", "reached")
    for row in compared:
        goals.add_row(*(str(value) for value in row.values()))
    console = Console(stderr=True)
    console.print(speeds, goals)


def main() -> None:
    """Measure all, print tables to stderr and JSON to stdout or a file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--events", type=int, default=800_000, help="events that are in the log before (default: %(default)s)"
    )
    parser.add_argument("--batches", type=int, default=60, help="batches of 1,000 to time (default: %(default)s)")
    parser.add_argument("--order", choices=ORDERS, help="measure one order of ids only")
    parser.add_argument("--json", type=Path, help="write the figures here instead of to stdout")
    chosen = parser.parse_args()
    orders = [chosen.order] if chosen.order else ORDERS
    measured = [one for order in orders for one in measure(order, chosen.events, chosen.batches)]
    compared = ratios(measured)
    show(measured, compared)
    figures = {"events_before": chosen.events, "measured": [one._asdict() for one in measured], "ratios": compared}
    text = json.dumps(figures, indent=2) + "\n"
    if chosen.json:
        chosen.json.write_text(text, "utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
