"""The canonical export of the projections: every public table as ordered, typed text, and the hash over it."""

import hashlib
from collections.abc import Iterator

from projections.store import Store

PUBLIC_TABLES = (
    "rules",
    "cases",
    "steps",
    "obligations",
    "suspensions",
    "findings",
    "cards",
    "tasks",
    "complaints",
    "daily_log",
    "quarantine",
)
_POSITIONS = {"position", "issued_position", "log_position", "root_hash"}
_BATCH_ROWS = 10_000


def canonical_hash(store: Store, *, positions: bool = True) -> str:
    """SHA-256 over the canonical export; without `positions` what depends on the order of arrival is left out."""
    digest = hashlib.sha256()
    for line in canonical_lines(store, positions=positions):
        digest.update(line)
    return digest.hexdigest()


def canonical_lines(store: Store, *, positions: bool = True) -> Iterator[bytes]:
    """A line for each table with its typed columns, then a line for each row in the order of all columns."""
    for table in PUBLIC_TABLES:
        columns = [
            (name, kind)
            for name, kind, *_ in store.rows(f"describe {table}")
            if (positions or name not in _POSITIONS) and name != "key"
        ]
        yield f"{table}\x1f{columns}\n".encode()
        yield from _rows(store, table, [name for name, _ in columns])


def _rows(store: Store, table: str, names: list[str]) -> Iterator[bytes]:
    texts = ", ".join(f"coalesce({name}::varchar, '\\N')" for name in names)
    cursor = store.connection.cursor()
    cursor.execute("set timezone = 'UTC'")
    cursor.execute(f"select concat_ws(chr(31), {texts}) as line from {table} order by line")
    while batch := cursor.fetchmany(_BATCH_ROWS):
        yield "".join(f"{line}\n" for (line,) in batch).encode()
