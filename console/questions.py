"""Questions that people and programs put to the projections in SQL: one statement, reading only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from console.errors import NotOneQuestion, QueryFailed
from projections.projector import Projector

READING = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI)
MODIFYING_WORDS = ("insert", "update", "delete", "merge")


def check(sql: str) -> str:
    """The statement itself, if it is one and reads only."""
    try:
        with duckdb.connect() as parser:
            statements = parser.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryFailed(reason=str(error)) from error
    if len(statements) != 1:
        raise NotOneQuestion(reason=f"{len(statements)} statements")
    if statements[0].type not in READING:
        raise NotOneQuestion(reason=statements[0].type.name)
    return statements[0].query.strip().rstrip(";")


def ask(
    projector: Projector, sql: str, limit: int | None = None, parameters: Sequence[object] = ()
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows of one reading statement, at most `limit` rows."""
    statement = check(sql)
    try:
        columns, rows = projector.query(statement, parameters)
    except duckdb.Error as error:
        raise QueryFailed(reason=str(error)) from error
    return list(columns), list(rows if limit is None else rows[:limit])


def rows_of(projector: Projector, sql: str, *parameters: object) -> list[dict[str, Any]]:
    """Rows as mappings, for reports that the console writes itself."""
    columns, rows = ask(projector, sql, None, parameters)
    return [dict(zip(columns, row, strict=True)) for row in rows]
