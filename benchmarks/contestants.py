"""Who stores facts for good: our log, and what a user would take instead. All write the same texts of the same size."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import orjson
from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from engine.clock import SystemClock
from engine.intake.envelope import FactReader
from engine.intake.pipeline import import_file
from engine.log import EventLog, Fact
from engine.persons import Persons

STEPS = ("receive", "review", "inspect", "decide", "deliver")
PRELOAD_BATCH = 20_000
_OPINIONS = ("材料齐全，符合法定形式", "符合条件，同意", "材料不符合第五条第二项")


class Contestant(Protocol):
    """Somebody who can store facts for good."""

    def append(self, facts: Sequence[Fact]) -> None: ...

    def close(self) -> None: ...


class OurLog:
    """The log: identity checked, content compared, hashed into the tree."""

    def __init__(self, folder: Path) -> None:
        self.log = EventLog.open(folder / "log.sqlite", SystemClock())
        self._persons = Persons.open(folder / "keys.sqlite")

    def append(self, facts: Sequence[Fact]) -> None:
        self.log.append_batch(facts)

    def take_in(self, file: Path) -> None:
        """From a file to the disk: read, parse, check, seal, append."""
        report = import_file(file, self.log, self._persons, SystemClock())
        assert report.stored and not report.duplicates and not report.quarantined

    def close(self) -> None:
        self._persons.close()
        self.log.close()


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


def lines(order: str, first: int, size: int) -> Iterator[bytes]:
    """Events of cases of five steps, as a file of events holds them; their ids come in order, or at random."""
    chance = random.Random(f"{order} {first}")
    for number in range(first, first + size):
        case, step = divmod(number, len(STEPS))
        ordered = f"SP-2025-{case:023d}-{step:04d}"
        yield orjson.dumps(
            {
                "specversion": "1.0",
                "id": ordered if order == "in order" else str(uuid.UUID(int=chance.getrandbits(128))),
                "source": "/320900/market-supervision/approval",
                "type": "esup.case.step_finished",
                "subject": f"SJ-2025-{case:09d}",
                "time": f"2025-{case % 12 + 1:02d}-{case % 28 + 1:02d}T09:{case % 60:02d}:{step:02d}+08:00",
                "sequence": f"{step:04d}",
                "data": {
                    "step": STEPS[step],
                    "post": "reviewer",
                    "officer": f"u{case % 997:04d}",
                    "action": "pass",
                    "opinion": _OPINIONS[case % 3],
                },
            }
        )


class _Nobody:
    """These events name no persons: there is nothing to seal."""

    def envelope(self, type: str, data: dict[str, Any]) -> dict[str, Any]:
        return data

    def seal_input(self, raw: bytes) -> dict[str, Any]:
        return {}

    def flush(self) -> None: ...


def facts(order: str, first: int, size: int, batch: int = PRELOAD_BATCH) -> Iterator[list[Fact]]:
    """The same events as the log takes them, in batches."""
    read = FactReader(_Nobody(), SystemClock()).read
    waiting: list[Fact] = []
    for line in lines(order, first, size):
        waiting.append(read(line))
        if len(waiting) == batch:
            yield waiting
            waiting = []
    if waiting:
        yield waiting
