"""One segment as a Parquet file: its columns are the log's own, and the leaves of its rows follow from them."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import duckdb

from engine.integrity import Hash, leaf_hashes

_ROWS_AT_ONCE = 20_000
# Level 9 takes a tenth less room than level 3, and is read as fast; beyond, each per cent costs many times the work.
_WRITE = """
copy (
    from read_csv(
        {text},
        delim = chr(31), quote = '', escape = '', header = false, auto_detect = false, nullstr = '', new_line = '\\n',
        max_line_size = 33554432,
        columns = {{
            'position': 'BIGINT', 'stream': 'VARCHAR', 'version': 'BIGINT', 'type': 'VARCHAR', 'occurred_at': 'BIGINT',
            'recorded_at': 'BIGINT', 'appended_at': 'BIGINT', 'source': 'VARCHAR', 'event_id': 'VARCHAR',
            'dataversion': 'BIGINT', 'body': 'VARCHAR'
        }}
    )
) to {parquet} (format parquet, parquet_version v2, compression zstd, compression_level 9)
"""
# Numbers first, in the places that `leaf_hashes` looks for, then the texts as bytes.
_ROWS = """
select
    position, null, version, null, occurred_at, recorded_at, appended_at, null, null, dataversion, null,
    encode(stream), encode(type), encode(source), encode(event_id), encode(body)
from read_parquet(?)
"""
_NUMBERS = 11
_SEALS = "select occurred_at, body from read_parquet(?) where type = 'esup.day.sealed'"


def write_segment(text: Path, path: Path) -> None:
    """Turn rows of the log, as `EventLog.whole_text` gives them, into a Parquet file in the same order."""
    with duckdb.connect() as connection:
        connection.execute(_WRITE.format(text=_quoted(text), parquet=_quoted(path)))


def leaves_of(path: Path, hash_function: Hash) -> Iterator[list[bytes]]:
    """The leaves that the rows of a segment make, in the order of the file, in batches."""
    with duckdb.connect() as connection:
        reading = connection.execute(_ROWS, [str(path)])
        while rows := reading.fetchmany(_ROWS_AT_ONCE):
            yield leaf_hashes(hash_function, [row[:_NUMBERS] for row in rows], [row[_NUMBERS:] for row in rows])


def seals_in(path: Path) -> list[tuple[int, bytes]]:
    """The seals of days in a segment: when each day ended, and what was said of it."""
    with duckdb.connect() as connection:
        return [(at, body.encode()) for at, body in connection.execute(_SEALS, [str(path)]).fetchall()]


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
