"""Questions to the projections in SQL: one statement, reading only, nothing outside the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from projections.errors import QueryRefused
from projections.past import Past
from projections.projector import Projector
from projections.scope import Scope

Asked = Projector | Scope | Past
"""Whoever answers questions: everything, or some streams, now or as they stood."""

READING = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI)


def statement_of(sql: str) -> duckdb.Statement:
    """The statement that a text holds, if it is one and reads."""
    with duckdb.connect() as parser:
        statements = parser.extract_statements(sql)
    if len(statements) != 1:
        raise QueryRefused(reason=f"{len(statements)} statements")
    if statements[0].type not in READING:
        raise QueryRefused(reason=statements[0].type.name)
    return statements[0]


def ask(
    projector: Projector, sql: str, zone: str, limit: int | None = None, parameters: Sequence[object] = ()
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows of one reading statement, its days those of the zone.

    It runs in a transaction that cannot write, in a database that from then on reaches no file: a statement that
    modifies inside a WITH passes every check of its text, but not these.
    """
    cursor = projector.store.connection.cursor()
    try:
        statement = statement_of(sql)
        cursor.execute("set enable_external_access = false")
        cursor.execute(f"set timezone = '{zone}'")
        cursor.execute("begin transaction read only")
        result = cursor.execute(statement, parameters)
        rows = result.fetchall() if limit is None else result.fetchmany(limit)
        return [column[0] for column in result.description or []], rows
    except duckdb.Error as error:
        raise QueryRefused(reason=str(error)) from error
    finally:
        cursor.close()


def rows_of(asked: Asked, sql: str, *parameters: object) -> list[dict[str, Any]]:
    """Rows as mappings, for reports that the console writes itself."""
    columns, rows = asked.query(sql, parameters)
    return [dict(zip(columns, row, strict=True)) for row in rows]
