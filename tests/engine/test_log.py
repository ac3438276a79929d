"""The log on SQLite: the contract, the library's own tests, the guards, a second writer, a torn file."""

from __future__ import annotations

import sqlite3
import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from engine.clock import Clock, VirtualClock
from engine.errors import (
    DecidedMeanwhile,
    LogBusy,
    LogReadOnly,
    LogTruncated,
    LogUnreadable,
    LogWriteFailed,
    NotStorable,
)
from engine.log import DECISIONS_SOURCE, EventLog, Fact, LogRecorder, encode_body
from tests.engine.log_contract import NOON, LogContract, all_rows, fact, said

# The library's tests import its cipher, whose package nothing of ours needs.
sys.modules.setdefault("eventsourcing.cipher", types.SimpleNamespace(AESCipher=None))  # type: ignore[arg-type]
from eventsourcing.tests.persistence import (  # noqa: E402
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)


def open_sqlite(folder: Path, clock: Clock, *, read_only: bool = False) -> EventLog:
    return EventLog.open(folder / "log.sqlite", clock, read_only=read_only)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    with open_sqlite(tmp_path, VirtualClock(NOON)) as log:
        yield log


@pytest.fixture
def raw(log: EventLog, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A connection of somebody who does not come through the engine."""
    log.append_batch([fact(1), fact(2)])
    connection = sqlite3.connect(tmp_path / "log.sqlite", isolation_level=None, timeout=0.1, check_same_thread=False)
    yield connection
    connection.close()


class TestSqliteLog(LogContract):
    """The contract on SQLite."""

    def open_log(self, folder: Path, clock: Clock, *, read_only: bool = False) -> EventLog:
        return open_sqlite(folder, clock, read_only=read_only)


class _LibraryRecorder:
    """The recorder as the library's tests want it: text ids, as our streams are."""

    @pytest.fixture(autouse=True)
    def _in_folder(self, tmp_path: Path) -> Iterator[None]:
        before = set(threading.enumerate())
        with open_sqlite(tmp_path, VirtualClock(NOON)) as self.log:
            yield
            # The library's test tells its readers to stop and goes; a connection closed under one ends the process.
            for reader in set(threading.enumerate()) - before:
                reader.join(timeout=10)

    def create_recorder(self) -> LogRecorder:
        return self.log.recorder

    def new_originator_id(self) -> str:
        _LibraryRecorder.made = getattr(_LibraryRecorder, "made", 0) + 1
        return f"task-{_LibraryRecorder.made}"


class TestLibraryRecorder(_LibraryRecorder, ApplicationRecorderTestCase[LogRecorder]):
    """All of the library's tests of a recorder but the optional one of `subscribe`, which SQLite does not have."""


class TestLibraryInterleaving(_LibraryRecorder, NonInterleavingNotificationIDsBaseCase):
    """Two threads that insert at once do not mix their positions."""


# Decisions


def decision(version: int, text: str = "已整改", stream: str = "task-1") -> Fact:
    """A reply to a task, as the desk hands it over."""
    return fact(
        stream=stream, type="esup.task.replied", source=DECISIONS_SOURCE, event_id=f"{stream}@{version}",
        body=encode_body({"data": {"text": text, "rectified": True}}),
    )  # fmt: skip


def test_decisions_stand_among_the_facts_in_one_order(log: EventLog) -> None:
    log.append_batch([fact(1)])
    appended = log.append_decisions([decision(1), decision(2)], 0)
    log.append_batch([fact(2)])

    assert appended == (2, 0, 3, [True, True])
    assert [(row.position, row.version, row.type) for row in all_rows(log)] == [
        (1, None, "esup.case.step_finished"),
        (2, 1, "esup.task.replied"),
        (3, 2, "esup.task.replied"),
        (4, None, "esup.case.step_finished"),
    ]
    assert said(all_rows(log)[1]) == said(decision(1))
    assert log.verify().is_intact


def test_the_recorder_shows_decisions_and_no_facts(log: EventLog) -> None:
    log.append_batch([fact(1)])
    log.append_decisions([decision(1)], 0)

    assert [seen.id for seen in log.recorder.select_notifications(None, 10)] == [2]
    assert log.recorder.select_events("task-1") == [
        StoredEvent("task-1", 1, "esup.task.replied", decision(1).body)  # type: ignore[arg-type]
    ]
    assert log.recorder.select_events(fact(1).stream) == []


def test_a_decision_keeps_its_own_moments(log: EventLog) -> None:
    log.append_decisions([decision(1)._replace(occurred_at=5, recorded_at=7)], 0)
    log.append_decisions([decision(2)._replace(occurred_at=6)], 1)

    assert [(row.occurred_at, row.recorded_at, row.appended_at) for row in all_rows(log)] == [
        (5, 7, NOON),
        (6, NOON, NOON),
    ]


def test_of_two_decisions_on_one_version_one_wins(log: EventLog) -> None:
    log.append_decisions([decision(1)], 0)

    with pytest.raises(DecidedMeanwhile, match="task-1"):
        log.append_decisions([decision(1, "另一答复")], 0)
    assert log.head().size == 1
    assert log.append_decisions([decision(2)], 1).stored == 1


def test_a_log_open_for_reading_takes_no_decision(log: EventLog, tmp_path: Path) -> None:
    with open_sqlite(tmp_path, VirtualClock(NOON), read_only=True) as reader, pytest.raises(LogReadOnly):
        reader.append_decisions([decision(1)], 0)


def test_a_stream_that_is_no_text_is_refused(log: EventLog) -> None:
    with pytest.raises(NotStorable):
        log.recorder.insert_events([StoredEvent(7, 1, "esup.test.note_taken", b"{}")])  # type: ignore[arg-type]


# Guards


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET body = '{}' WHERE position = 1",
        "DELETE FROM events WHERE position = 2",
        "DELETE FROM head",
        "UPDATE head SET size = 1",
        "UPDATE head SET appended_at = 0",
        "INSERT INTO events SELECT 0, 's', NULL, 't', 0, 0, 0, 'a', 'b', 1, '{}', x''",
        "INSERT INTO events SELECT 9, 's', NULL, 't', 0, 0, 0, 'a', 'b', 1, x'7b7d', x''",
    ],
)
def test_sql_cannot_change_what_was_stored(log: EventLog, raw: sqlite3.Connection, statement: str) -> None:
    before = all_rows(log), log.head()
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)
    assert (all_rows(log), log.head()) == before


def test_replacing_a_row_fires_the_guards_on_the_engines_connections(log: EventLog) -> None:
    log.append_batch([fact(1)])
    with pytest.raises(IntegrityError), log.recorder.datastore.transaction(commit=True) as cursor:
        cursor.execute("INSERT OR REPLACE INTO events SELECT * FROM events")


def test_the_writer_waits_for_the_disk(log: EventLog) -> None:
    with log.recorder.datastore.transaction(commit=True) as cursor:
        settings = {}
        for name in ("synchronous", "journal_mode", "recursive_triggers", "wal_autocheckpoint"):
            cursor.execute(f"PRAGMA {name}")
            settings[name] = cursor.fetchone()[0]
    assert settings == {"synchronous": 2, "journal_mode": "wal", "recursive_triggers": 1, "wal_autocheckpoint": 16384}


# A second writer, a full disk, a torn file


def test_a_writer_that_finds_the_log_locked_says_so_and_stores_nothing(
    log: EventLog, raw: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.log.LOCK_TIMEOUT_SECONDS", 0.1)
    log.close()
    with open_sqlite(Path(raw.execute("PRAGMA database_list").fetchone()[2]).parent, VirtualClock(NOON)) as again:
        raw.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogBusy):
            again.append_batch([fact(3)])
        raw.execute("ROLLBACK")
        assert again.append_batch([fact(3)]).last_position == 3


def test_a_log_is_opened_while_another_process_writes(log: EventLog, raw: sqlite3.Connection, tmp_path: Path) -> None:
    raw.execute("BEGIN IMMEDIATE")
    raw.execute("UPDATE head SET appended_at = appended_at + 1")
    ending = threading.Timer(0.3, lambda: raw.execute("COMMIT"))
    ending.start()
    with open_sqlite(tmp_path, VirtualClock(NOON)) as late:
        assert late.append_batch([fact(3)]).last_position == 3
    ending.join()


def test_two_writers_take_turns(log: EventLog, tmp_path: Path) -> None:
    with open_sqlite(tmp_path, VirtualClock(NOON)) as other:
        writers = [
            threading.Thread(
                target=lambda one=one, start=start: [one.append_batch([fact(start + n)]) for n in range(30)]
            )
            for start, one in ((0, log), (20, other))
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()

    assert sorted(row.event_id for row in all_rows(log)) == [fact(n).event_id for n in range(50)]
    assert log.verify().is_intact


def test_a_full_disk_acknowledges_nothing_and_the_log_goes_on_when_there_is_space(log: EventLog) -> None:
    log.append_batch([fact(1)])
    with log.recorder.datastore.transaction(commit=True) as cursor:
        cursor.execute("PRAGMA max_page_count = 12")

    with pytest.raises(LogWriteFailed):
        log.append_batch([fact(n) for n in range(2, 2000)])

    # The connection that failed was thrown away, and its limit with it.
    assert log.head().size == 1
    assert log.append_batch([fact(n) for n in range(2, 2000)]).stored == 1998
    assert log.verify().is_intact


def test_a_log_that_lost_its_last_rows_is_not_written(log: EventLog, raw: sqlite3.Connection, tmp_path: Path) -> None:
    raw.execute("DROP TRIGGER events_are_not_removed")
    raw.execute("DELETE FROM events WHERE position = 2")

    with pytest.raises(LogTruncated) as truncated:
        log.append_batch([fact(3)])
    assert (truncated.value.size, truncated.value.last_position) == (2, 1)
    with pytest.raises(LogTruncated):
        open_sqlite(tmp_path, VirtualClock(NOON))


def test_a_log_without_its_head_is_not_written(log: EventLog, raw: sqlite3.Connection) -> None:
    raw.execute("DROP TRIGGER head_is_not_removed")
    raw.execute("DELETE FROM head")

    with pytest.raises(LogTruncated):
        log.append_batch([fact(3)])


def test_a_file_that_is_no_log_is_named(tmp_path: Path) -> None:
    (tmp_path / "log.sqlite").write_bytes(b"something else entirely" * 100)

    with pytest.raises(LogUnreadable, match="log.sqlite"):
        open_sqlite(tmp_path, VirtualClock(NOON))


def test_a_log_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(LogUnreadable):
        open_sqlite(tmp_path, VirtualClock(NOON), read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_log_lies_under_any_path(tmp_path: Path) -> None:
    folder = tmp_path / "日志 100%? #x"
    folder.mkdir()
    with open_sqlite(folder, VirtualClock(NOON)) as log:
        assert log.append_batch([fact(1)]).stored == 1
    assert (folder / "log.sqlite").exists()


def test_a_log_may_hash_with_sm3(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    with EventLog.open(path, VirtualClock(NOON), hash_name="sm3") as log:
        log.append_batch([fact(1), fact(2)])
    with EventLog.open(path, VirtualClock(NOON)) as again:
        again.append_batch([fact(3)])
        assert again.verify().is_intact
        assert again.head().root != ""
