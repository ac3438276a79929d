"""Whoever writes to the log's file behind the engine's back is found, and the position is named."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from engine.clock import VirtualClock
from engine.errors import LogTruncated, LogUnreadable, TreeDamaged
from engine.facts import Row
from engine.integrity import Frontier, hash_named, leaf_hashes
from engine.log import EventLog, Verification
from engine.verification import verify_rows
from tests.engine.log_contract import NOON, all_rows, fact

SIZE = 13
"""Complete subtrees of 8, 4 and 1 leaves."""
COLUMNS = {
    "stream": "'SJ-other'",
    "version": "7",
    "type": "'esup.case.other'",
    "occurred_at": "occurred_at + 1",
    "recorded_at": "recorded_at - 1",
    "appended_at": "appended_at - 1",
    "source": "source || ' '",
    "event_id": "event_id || 'x'",
    "dataversion": "2",
    "body": "replace(body, 'review', 'reviex')",
    "leaf_hash": "randomblob(32)",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "log.sqlite"
    with EventLog.open(path, VirtualClock(NOON)) as log:
        log.append_batch([fact(n) for n in range(SIZE)])
    return path


def tamper(path: Path, *statements: str) -> None:
    """What somebody with the file and without scruples does."""
    connection = sqlite3.connect(path)
    connection.executescript(
        "DROP TRIGGER events_are_not_changed; DROP TRIGGER events_are_not_removed; DROP TRIGGER head_moves_forward;"
    )
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def verify(path: Path) -> Verification:
    with EventLog.open(path, VirtualClock(NOON)) as log:
        return log.verify()


def found(path: Path) -> tuple[int | None, int | None]:
    verification = verify(path)
    assert verification.reason
    return verification.position, verification.upto


@pytest.mark.parametrize("position", [1, 8, 9, 13])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column_is_found(path: Path, column: str, position: int) -> None:
    tamper(path, f"UPDATE events SET {column} = {COLUMNS[column]} WHERE position = {position}")
    assert found(path) == (position, position)


def test_a_removed_row_is_found(path: Path) -> None:
    tamper(path, "DELETE FROM events WHERE position = 5")
    assert found(path) == (5, 5)


def test_a_removed_row_with_the_rest_moved_up_is_found(path: Path) -> None:
    moves = [f"UPDATE events SET position = {n - 1} WHERE position = {n}" for n in range(6, SIZE + 1)]
    tamper(path, "DELETE FROM events WHERE position = 5", *moves, f"UPDATE head SET size = {SIZE - 1}")
    with pytest.raises(TreeDamaged, match="subtrees"):
        verify(path)


def test_swapped_rows_are_found(path: Path) -> None:
    tamper(
        path,
        "UPDATE events SET position = 99 WHERE position = 4",
        "UPDATE events SET position = 4 WHERE position = 10",
        "UPDATE events SET position = 10 WHERE position = 99",
    )
    assert found(path) == (4, 4)


def test_a_blank_in_a_body_is_found(path: Path) -> None:
    tamper(
        path,
        "UPDATE events SET body = body || ' ' WHERE position = 2",
        "UPDATE events SET body = trim(body) WHERE position = 3",
    )
    assert found(path) == (2, 2)


def test_a_row_behind_the_end_is_found(path: Path) -> None:
    tamper(path, "INSERT INTO events SELECT 14, stream, 1, type, 0, 0, 0, 's', 'i', 1, '{}', x'' FROM events LIMIT 1")
    with pytest.raises(LogTruncated):
        verify(path)


def test_a_truncated_tail_is_found(path: Path) -> None:
    tamper(path, "DELETE FROM events WHERE position > 10")
    with pytest.raises(LogTruncated) as truncated:
        verify(path)
    assert (truncated.value.size, truncated.value.last_position) == (SIZE, 10)


@pytest.mark.parametrize(("position", "subtree"), [(2, (1, 8)), (10, (9, 12)), (13, (13, 13))])
def test_a_changed_row_with_a_leaf_to_match_is_found_by_the_tree(
    path: Path, position: int, subtree: tuple[int, int]
) -> None:
    with EventLog.open(path, VirtualClock(NOON)) as log:
        row = log.read(position - 1, 1)[0]._replace(body=b"{}")
    texts = (row.stream.encode(), row.type.encode(), row.source.encode(), row.event_id.encode(), row.body)
    (leaf,) = leaf_hashes(hash_named("sha256"), [row[:-1]], [texts])
    tamper(path, f"UPDATE events SET body = '{{}}', leaf_hash = x'{leaf.hex()}' WHERE position = {position}")
    assert found(path) == subtree


def test_a_changed_tree_is_found(path: Path) -> None:
    tamper(path, "UPDATE head SET frontier = randomblob(96)")
    assert found(path)[0] == 1


def test_a_page_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    with EventLog.open(path, VirtualClock(NOON)) as log:
        log.append_batch([fact(n) for n in range(500)])
        kept = log.head()
    torn = bytearray(path.read_bytes())
    leaf_page = next(at for at in range(4096 * 8, len(torn), 4096) if torn[at] == 13)
    torn[leaf_page] = 0xFF
    path.write_bytes(torn)

    with EventLog.open(path, VirtualClock(NOON)) as log:
        verification = log.verify()
    assert verification.size == kept.size
    assert verification.position is not None
    assert "unreadable" in verification.reason


def test_any_flipped_byte_of_a_row_is_found(path: Path) -> None:
    """Every byte of the first row's record and of others', as far as they carry content."""
    pristine = path.read_bytes()
    with EventLog.open(path, VirtualClock(NOON)) as log:
        rows = all_rows(log)
    chance = random.Random(7)
    for row in rows:
        at = pristine.index(row.leaf_hash) - chance.randrange(1, len(row.body))
        flipped = bytearray(pristine)
        flipped[at] ^= 1 << chance.randrange(7)
        path.write_bytes(flipped)
        try:
            assert verify(path).position == row.position
        except LogUnreadable as unreadable:
            assert "UTF-8" in str(unreadable)


def test_rows_that_came_out_of_order_of_time_are_found() -> None:
    rows, kept = _signed_rows([(NOON, 1), (NOON - 1, 2)])
    assert verify_rows(rows, kept).reason == "appended before the row ahead of it"


def test_rows_behind_the_kept_size_are_found() -> None:
    rows, _ = _signed_rows([(NOON, 1), (NOON, 2)])
    _, kept = _signed_rows([(NOON, 1)])
    assert verify_rows(rows, kept)[2:4] == (2, 2)


def test_rows_missing_before_the_kept_size_are_found() -> None:
    _, kept = _signed_rows([(NOON, 1), (NOON, 2), (NOON, 3)])
    rows, _ = _signed_rows([(NOON, 1)])
    assert verify_rows(rows, kept)[2:4] == (2, 3)


def _signed_rows(times: list[tuple[int, int]]) -> tuple[list[Row], Frontier]:
    """Rows with leaves and a tree that agree with them, whatever else is wrong."""
    frontier, rows = Frontier(hash_named("sha256")), []
    for appended_at, position in times:
        row = Row(position, "s", None, "t", 0, 0, appended_at, "a", str(position), 1, b"{}", b"")
        texts = (b"s", b"t", b"a", str(position).encode(), b"{}")
        (leaf,) = leaf_hashes(frontier.hash_function, [row[:-1]], [texts])
        rows.append(row._replace(leaf_hash=leaf))
        frontier.extend([leaf])
    return rows, frontier
