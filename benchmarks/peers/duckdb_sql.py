"""DuckDB with SQL written by hand, straight on Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.peers.answer import Answer
from benchmarks.peers.duties import TABLES, ask


def answer(folder: Path, as_of: int) -> Answer:
    """From files to answer."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("set preserve_insertion_order = false")
        for table in TABLES:
            files = folder / f"{table}*.parquet" if table == "events" else folder / f"{table}.parquet"
            connection.execute(f"create view {table} as select * from read_parquet('{files}')")

        def execute(sql: str) -> Sequence[tuple[Any, ...]]:
            return connection.execute(sql).fetchall()

        return ask(execute, as_of)
