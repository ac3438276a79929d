"""PostgreSQL with the same SQL: its tables are loaded and analysed beforehand, on a server of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb

from benchmarks.peers.answer import Answer
from benchmarks.peers.duties import TABLES, ask

if TYPE_CHECKING:
    import psycopg

PIECE = 1 << 20
_TYPES = {
    "VARCHAR": "text", "BIGINT": "bigint", "INTEGER": "integer", "BOOLEAN": "boolean", "DATE": "date",
    "TIMESTAMP": "timestamp",
}  # fmt: skip


def load(connection: psycopg.Connection, folder: Path) -> None:
    """Copy the flat tables in, with the index that the joins of cases want, and let the planner look at them."""
    for table in TABLES:
        for number, file in enumerate(
            sorted(folder.glob(f"{table}-*.parquet" if table == "events" else f"{table}.parquet"))
        ):
            _copy(connection, table, file, is_new=number == 0)
    connection.execute("create index events_by_stream on events (stream)")
    connection.execute("create index days_by_day on days (day)")
    connection.commit()
    connection.execute("analyze")
    connection.commit()


def answer(connection: psycopg.Connection, as_of: int) -> Answer:
    """The answer from tables that lie in the database."""

    def execute(sql: str) -> Sequence[tuple[Any, ...]]:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []

    def look_at(table: str) -> None:
        connection.execute(f"analyze {table}")

    return ask(execute, as_of, look_at)


def _copy(connection: psycopg.Connection, table: str, file: Path, *, is_new: bool) -> None:
    with duckdb.connect(":memory:") as reader, TemporaryDirectory(prefix="postgres-") as folder:
        source = f"read_parquet('{file}')"
        if is_new:
            columns = [
                f"{name} {_TYPES[kind]}" for name, kind, *_ in reader.execute(f"describe from {source}").fetchall()
            ]
            connection.execute(f"create table {table} ({', '.join(columns)})")
        text = Path(folder) / "rows.csv"
        reader.execute(f"copy (from {source}) to '{text}' (format csv, header false, nullstr '\\N')")
        with connection.cursor() as cursor, text.open("rb") as rows:
            with cursor.copy(f"copy {table} from stdin (format csv, null '\\N')") as copy:
                while piece := rows.read(PIECE):
                    copy.write(piece)
