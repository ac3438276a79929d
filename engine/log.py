"""The event log on SQLite, and the only file that knows the eventsourcing library.

One table, one gap-free position. Facts enter by `EventLog.append_batch`; what people decide by `append_decisions` and
the library's `insert_events`, which knows versions. Both end in `LogRecorder._write`. One process writes, over one
connection. What has been acknowledged is on disk: also a batch of nothing but duplicates commits, because the row it
meets may have been written by a process that was killed before it synced.
"""

import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from itertools import compress, repeat
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

from eventsourcing.persistence import IntegrityError, PersistenceError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
)

from engine.archive.archive import Archive
from engine.archive.manifest import Segment
from engine.clock import Clock
from engine.errors import (
    DecidedMeanwhile,
    LogBusy,
    LogReadOnly,
    LogTruncated,
    LogUnreadable,
    LogWriteFailed,
    NotStorable,
)
from engine.facts import Appended, Fact, Head, Row, Verification, encode_body, sift, texts_in_bytes
from engine.integrity import Frontier, Texts, hash_named, leaf_hashes
from engine.log_table import (
    LEAVES_AFTER,
    ROWS_AFTER,
    SEALED_AFTER,
    TEXT_AFTER,
    WHOLE_TEXT_AFTER,
    all_rows,
    columns_of,
    insert_rows,
    kept_frontier,
    known_rows,
    last_position_of,
)
from engine.verification import verify_rows

__all__ = [
    "Appended",
    "DECISIONS_SOURCE",
    "EventLog",
    "Fact",
    "Head",
    "LogRecorder",
    "Row",
    "Verification",
    "encode_body",
]

DECISIONS_SOURCE = "/esup/decide"
"""The source of what people decide through this engine."""
LOCK_TIMEOUT_SECONDS = 5
FORMAT_VERSION = 1
TEXT_CHUNK_BYTES = 64 * 1024 * 1024
# The identity index of a million random ids fits; a larger log costs no more memory.
_WRITER_CACHE_KIBIBYTES = 64 * 1024
_CHECKPOINT_PAGES = 16_384


class _LogPool(SQLiteConnectionPool):
    """Connections to the log: the writer's is synchronous, and neither kind passes the append-only guards."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.read_only = read_only
        uri = path.absolute().as_uri() + ("?mode=ro" if read_only else "?mode=rwc")
        super().__init__(db_name=uri, lock_timeout=LOCK_TIMEOUT_SECONDS)

    def _create_connection(self) -> SQLiteConnection:
        connection = sqlite3.connect(
            self.db_name, uri=True, check_same_thread=False, isolation_level=None, timeout=LOCK_TIMEOUT_SECONDS
        )
        if not self.read_only:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        # Without it INSERT OR REPLACE would delete a row and fire no trigger.
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.row_factory = sqlite3.Row
        return SQLiteConnection(sqlite_conn=connection, max_age=None)

    def create_writer(self) -> SQLiteConnection:
        """The connection that writes."""
        connection = self._create_connection()
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
            cursor.execute(f"PRAGMA cache_size = -{_WRITER_CACHE_KIBIBYTES}")
        return connection


class _LogDatastore(SQLiteDatastore):
    """The library's datastore with one writing connection that stays, and readers from the pool."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        super().__init__(db_name="", originator_id_type="text")
        self.pool: _LogPool = _LogPool(path, read_only=read_only)
        self._writer: SQLiteConnection | None = None
        self._writer_lock = RLock()

    @contextmanager
    def get_connection(self, *, commit: bool) -> Iterator[SQLiteConnection]:
        """The writer for a writing transaction, a reader for any other."""
        if not commit:
            with super().get_connection(commit=False) as reader:
                yield reader
            return
        with self._writer_lock:
            self._writer = self._writer or self.pool.create_writer()
            try:
                yield self._writer
            except (sqlite3.Error, PersistenceError):
                # A commit that failed may leave its transaction open: never write through that connection again.
                self._drop_writer()
                raise

    def _drop_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def close(self) -> None:
        """Close every connection; the last one to close folds the write-ahead log into the file."""
        super().close()
        self._drop_writer()


class _OpenHead(NamedTuple):
    """The head inside a writing transaction, whose lock it took."""

    size: int
    appended_at: int
    frontier: Frontier


class LogRecorder(SQLiteApplicationRecorder):
    """The library's recorder over our table: it shows aggregates their own events, and writes them beside the facts."""

    def __init__(self, datastore: _LogDatastore, clock: Clock, hash_name: str) -> None:
        super().__init__(datastore)
        self.select_max_notification_id_statement = "SELECT nullif(size, 0) FROM head"
        self._clock = clock
        self._hash_name = hash_name

    def construct_create_table_statements(self) -> list[str]:
        """The statements of log.sql."""
        return files("engine").joinpath("log.sql").read_text("utf-8").split("\n\n")[1:]

    def _create_table(self, c: SQLiteCursor) -> None:
        # A write comes first: a transaction that reads, then writes, fails at once beside another writer.
        c.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
        super()._create_table(c)
        c.execute("INSERT OR IGNORE INTO head VALUES (1, 0, 0, ?, x'')", [self._hash_name])

    def insert_decisions(self, facts: Sequence[Fact], known: int) -> list[int]:
        """Write the facts of one stream as its versions behind `known`; `IntegrityError` if those are taken."""
        versions = [
            StoredEvent(originator_id=fact.stream, originator_version=version, topic=fact.type, state=fact.body)
            for version, fact in enumerate(facts, known + 1)
        ]
        return list(self.insert_events(versions, facts=facts) or ())

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], *, facts: Sequence[Fact] = (), **_: Any
    ) -> Sequence[int]:
        head = self.take_head(c.sqlite_cursor)
        facts = facts or [_as_fact(event, head.appended_at) for event in stored_events]
        versions = [event.originator_version for event in stored_events]
        self._write(c.sqlite_cursor, head, facts, texts_in_bytes(facts), versions)
        return list(range(head.size + 1, head.size + 1 + len(facts)))

    def take_head(self, cursor: sqlite3.Cursor) -> _OpenHead:
        """Take the write lock by the transaction's first statement, and the head with it."""
        cursor.row_factory = None
        cursor.execute(
            "UPDATE head SET appended_at = max(appended_at, ?) RETURNING size, appended_at, hash_name, frontier",
            [self._clock.now()],
        )
        head = cursor.fetchall()
        last_position = last_position_of(cursor)
        if not head or head[0][0] != last_position:
            raise LogTruncated(size=head[0][0] if head else 0, last_position=last_position)
        size, appended_at, hash_name, frontier = head[0]
        return _OpenHead(size, appended_at, Frontier(hash_named(hash_name), size, frontier))

    def append(self, facts: Sequence[Fact]) -> Appended:
        """Write those of the facts that are new, or nothing at all."""
        texts = texts_in_bytes(facts)
        with self.datastore.transaction(commit=True) as c:
            cursor = c.sqlite_cursor
            head = self.take_head(cursor)
            outcomes = sift(facts, known_rows(cursor, facts))
            new = list(compress(facts, outcomes))
            self._write(cursor, head, new, list(compress(texts, outcomes)), repeat(None))
        return Appended(len(new), len(facts) - len(new), head.size + len(new), outcomes)

    def _write(
        self,
        cursor: sqlite3.Cursor,
        head: _OpenHead,
        facts: Sequence[Fact],
        texts: Sequence[Texts],
        versions: Iterable[int | None],
    ) -> None:
        """Give the events their positions, leaves and place in the tree: the one way into the table."""
        rows = columns_of(facts, versions, head.size + 1, head.appended_at)
        leaves = leaf_hashes(head.frontier.hash_function, rows, texts)
        insert_rows(cursor, [(*row, leaf) for row, leaf in zip(rows, leaves, strict=True)])
        head.frontier.extend(leaves)
        cursor.execute("UPDATE head SET size = ?, frontier = ?", [head.frontier.size, head.frontier.pack()])


class EventLog:
    """The log of one home. Open it once for writing; open it `read_only` wherever it is only read."""

    def __init__(self, path: Path, recorder: LogRecorder, archive: Archive | None, *, read_only: bool) -> None:
        self.recorder = recorder
        self._archive = archive
        self._path = path
        self._datastore = recorder.datastore
        self._read_only = read_only

    @classmethod
    def open(
        cls,
        path: Path,
        clock: Clock,
        *,
        archive: Archive | None = None,
        read_only: bool = False,
        hash_name: str = "sha256",
    ) -> "EventLog":
        """Open the log, or make it if it is to be written; `hash_name` counts for a new log only."""
        recorder = LogRecorder(_LogDatastore(path, read_only=read_only), clock, hash_name)
        log = cls(path, recorder, archive, read_only=read_only)
        try:
            with log._reading_errors():
                if not read_only:
                    recorder.create_table()
                log.head()
        except Exception:
            log.close()
            raise
        return log

    def append_batch(self, facts: Sequence[Fact]) -> Appended:
        """Store the facts that are new, all or none, and return when they are on disk.

        A known identity with the same content is a duplicate; with other content it is an `IdentityConflict`, and
        nothing of the batch is stored.
        """
        if self._read_only:
            raise LogReadOnly(path=str(self._path))
        with self._writing_errors():
            return self.recorder.append(facts)

    def append_decisions(self, facts: Sequence[Fact], known: int) -> Appended:
        """Store what was decided of one subject as its versions behind the `known` ones, all or none, on disk.

        If somebody else decided on that subject meanwhile it is a `DecidedMeanwhile`, and nothing is stored.
        """
        if self._read_only:
            raise LogReadOnly(path=str(self._path))
        with self._writing_errors():
            try:
                positions = self.recorder.insert_decisions(facts, known)
            except IntegrityError as taken:
                raise DecidedMeanwhile(subject=facts[0].stream) from taken
        return Appended(len(facts), 0, positions[-1], [True] * len(facts))

    def head(self) -> Head:
        """Where the log ends."""
        with self._reading() as cursor:
            frontier, appended_at = kept_frontier(cursor)
            return Head(frontier.size, appended_at, frontier.root().hex())

    def read(self, after: int, limit: int) -> list[Row]:
        """At most `limit` rows behind position `after`, in order."""
        with self._reading() as cursor:
            return [Row(*row) for row in cursor.execute(ROWS_AFTER, [after, limit])]

    def text_chunks(self, after: int, upto: int, chunk_bytes: int = TEXT_CHUNK_BYTES) -> Iterator[bytes]:
        """The rows behind position `after` up to `upto`, as text for a bulk load.

        A line a row: position, stream, type, occurred_at, recorded_at, source, event_id, dataversion, body, divided by
        0x1f. Nothing is quoted or escaped, because no field holds a control character; none is null or empty. Pieces
        are of whole lines and end at the first line that reaches `chunk_bytes`.
        """
        return self._chunks(TEXT_AFTER, after, upto, chunk_bytes)

    def whole_text(self, after: int, upto: int) -> Iterator[bytes]:
        """The same rows with every column up to the body; a version that there is not is empty."""
        return self._chunks(WHOLE_TEXT_AFTER, after, upto, TEXT_CHUNK_BYTES)

    def segments(self, after: int, upto: int) -> Iterator[tuple[Segment, Path]]:
        """What of the rows behind position `after` up to `upto` lies in the archive: whole segments, in order."""
        if self._archive is None:
            return iter(())
        return self._archive.segments(after, upto, self.leaves)

    def leaves(self, after: int, upto: int) -> list[bytes]:
        """The leaf hashes of the rows behind position `after` up to `upto`."""
        with self._reading() as cursor:
            return [leaf for (leaf,) in cursor.execute(LEAVES_AFTER, [after, upto])]

    def sealed_positions(self, after: int) -> list[int]:
        """The last positions that sealed days rest on, as far as the seals lie behind position `after`."""
        with self._reading() as cursor:
            return [position for (position,) in cursor.execute(SEALED_AFTER, [after])]

    def hash_name(self) -> str:
        """The hash function of its leaves and tree."""
        with self._reading() as cursor:
            return str(cursor.execute("SELECT hash_name FROM head").fetchone()[0])

    def _chunks(self, statement: str, after: int, upto: int, chunk_bytes: int) -> Iterator[bytes]:
        while lines := self._text_lines(statement, after, upto, chunk_bytes):
            after = int(lines[-1].partition(b"\x1f")[0])
            lines.append(b"")
            yield b"\n".join(lines)

    def _text_lines(self, statement: str, after: int, upto: int, chunk_bytes: int) -> list[bytes]:
        lines: list[bytes] = []
        with self._reading() as cursor:
            for (line,) in cursor.execute(statement, [after, upto]):
                lines.append(line)
                chunk_bytes -= len(line) + 1
                if chunk_bytes <= 0:
                    break
        return lines

    def verify(self) -> Verification:
        """Hash every row again: each must have its leaf, its position, and its place under the head's root."""
        with self._reading() as cursor:
            kept, _ = kept_frontier(cursor)
            return verify_rows(all_rows(cursor), kept)

    def close(self) -> None:
        """Let go of the file."""
        self._datastore.close()

    def __enter__(self) -> "EventLog":
        """The log itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the file."""
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Cursor]:
        with self._reading_errors(), self._datastore.transaction(commit=False) as c:
            c.sqlite_cursor.row_factory = None
            yield c.sqlite_cursor

    @contextmanager
    def _reading_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, PersistenceError) as reason:
            raise _busy(reason, self._path) or LogUnreadable(path=str(self._path), reason=str(reason)) from reason

    @contextmanager
    def _writing_errors(self) -> Iterator[None]:
        try:
            yield
        except (IntegrityError, OverflowError, struct.error) as reason:
            raise NotStorable(reason=str(reason)) from reason
        except (sqlite3.Error, PersistenceError) as reason:
            raise _busy(reason, self._path) or LogWriteFailed(path=str(self._path), reason=str(reason)) from reason


def _busy(reason: Exception, path: Path) -> LogBusy | None:
    return LogBusy(path=str(path)) if "locked" in str(reason) else None


def _as_fact(event: StoredEvent, at: int) -> Fact:
    """An event as the library hands it over by itself: it knows no time, source or identity."""
    if not isinstance(event.originator_id, str):
        raise NotStorable(reason=f"the stream {event.originator_id!r} is no text")
    event_id = f"{event.originator_id}@{event.originator_version}"
    return Fact(event.originator_id, event.topic, at, at, DECISIONS_SOURCE, event_id, 1, event.state)
