"""The log's table on SQLite: what is asked of it, and how its rows are read."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count

import orjson

from engine.errors import LogTruncated
from engine.facts import Fact, Identity, Row, ids_by_origin
from engine.integrity import Columns, Frontier, hash_named
from engine.verification import RowUnreadable

_COLUMNS = (
    "position, stream, version, type, occurred_at, recorded_at, appended_at, "
    "source, event_id, dataversion, CAST(body AS BLOB), leaf_hash"
)
_VALUES = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT), ?)"
_INSERT_ROW = f"INSERT INTO events VALUES {_VALUES}"
# One statement for many rows takes three quarters of the time that one for each takes.
_ROWS_A_STATEMENT = 100
_INSERT_ROWS = "INSERT INTO events VALUES " + ", ".join([_VALUES] * _ROWS_A_STATEMENT)
_KNOWN_POSITIONS = (
    "SELECT events.position FROM json_each(?) AS wanted CROSS JOIN events "
    "ON events.event_id = wanted.value AND events.source = ? AND events.dataversion = ?"
)
_ROWS_AT = f"SELECT {_COLUMNS} FROM events WHERE position IN (SELECT value FROM json_each(?))"
ROWS_AFTER = f"SELECT {_COLUMNS} FROM events NOT INDEXED WHERE position > ? ORDER BY position LIMIT ?"
_ALL_ROWS = f"SELECT {_COLUMNS} FROM events NOT INDEXED ORDER BY position"
LEAVES_AFTER = "SELECT leaf_hash FROM events NOT INDEXED WHERE position > ? AND position <= ? ORDER BY position"
SEALED_AFTER = (
    "SELECT json_extract(body, '$.data.position') FROM events NOT INDEXED "
    "WHERE position > ? AND type = 'esup.day.sealed' ORDER BY position"
)
WHOLE_TEXT_AFTER = (
    "SELECT CAST(format(replace('%d|%s|%s|%s|%d|%d|%d|%s|%s|%d|%s', '|', char(31)), position, stream, version, type, "
    "occurred_at, recorded_at, appended_at, source, event_id, dataversion, body) AS BLOB) "
    "FROM events NOT INDEXED WHERE position > ? AND position <= ? ORDER BY position"
)
TEXT_AFTER = (
    "SELECT CAST(format(replace('%d|%s|%s|%d|%d|%s|%s|%d|%s', '|', char(31)), position, stream, type, occurred_at, "
    "recorded_at, source, event_id, dataversion, body) AS BLOB) "
    "FROM events NOT INDEXED WHERE position > ? AND position <= ? ORDER BY position"
)


def columns_of(facts: Iterable[Fact], versions: Iterable[int | None], first: int, appended_at: int) -> list[Columns]:
    """The facts as rows from position `first` on; one without a `recorded_at` is recorded as it is appended."""
    return [
        (
            position,
            stream,
            version,
            kind,
            occurred_at,
            appended_at if recorded_at is None else recorded_at,
            appended_at,
            source,
            event_id,
            dataversion,
            body,
        )
        for position, version, (stream, kind, occurred_at, recorded_at, source, event_id, dataversion, body) in zip(
            count(first), versions, facts
        )
    ]


def insert_rows(cursor: sqlite3.Cursor, rows: Sequence[tuple[object, ...]]) -> None:
    """Write rows, all of whose columns are given."""
    in_hundreds = len(rows) - len(rows) % _ROWS_A_STATEMENT
    for start in range(0, in_hundreds, _ROWS_A_STATEMENT):
        cursor.execute(_INSERT_ROWS, list(chain.from_iterable(rows[start : start + _ROWS_A_STATEMENT])))
    cursor.executemany(_INSERT_ROW, rows[in_hundreds:])


def last_position_of(cursor: sqlite3.Cursor) -> int:
    """The position of the last row; 0 in an empty log."""
    (last_position,) = cursor.execute("SELECT ifnull(max(position), 0) FROM events").fetchone()
    return int(last_position)


def kept_frontier(cursor: sqlite3.Cursor) -> tuple[Frontier, int]:
    """The tree that the head keeps, and when the log was last written; an error if the rows disagree."""
    head = cursor.execute("SELECT size, appended_at, hash_name, frontier FROM head").fetchone()
    last_position = last_position_of(cursor)
    if head is None or head[0] != last_position:
        raise LogTruncated(size=head[0] if head else 0, last_position=last_position)
    size, appended_at, hash_name, frontier = head
    return Frontier(hash_named(hash_name), size, frontier), appended_at


def all_rows(cursor: sqlite3.Cursor) -> Iterator[Row]:
    """Every row in order of position."""
    try:
        for row in cursor.execute(_ALL_ROWS):
            yield Row(*row)
    except sqlite3.Error as reason:
        raise RowUnreadable(str(reason)) from reason


def known_rows(cursor: sqlite3.Cursor, facts: Sequence[Fact]) -> dict[Identity, Row]:
    """The rows that bear an identity of the batch."""
    if not facts:
        return {}
    positions: list[int] = []
    for (source, dataversion), event_ids in ids_by_origin(facts).items():
        found = cursor.execute(_KNOWN_POSITIONS, [orjson.dumps(event_ids).decode(), source, dataversion])
        positions.extend(position for (position,) in found)
    if not positions:
        return {}
    rows = [Row(*row) for row in cursor.execute(_ROWS_AT, [orjson.dumps(positions).decode()])]
    return {(row.source, row.event_id, row.dataversion): row for row in rows}
