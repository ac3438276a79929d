"""A condition's SELECT over a few facts, without the rest of the engine: the tables it may read, filled by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import duckdb

from engine.clock import parse_instant
from engine.rulebook import load_rulebook
from projections.rule_sql import CONDITION_COLUMNS

SOURCE = "/test/log"
TABLES = """
create table case_rows (case_no varchar, department varchar);
create table events as
select * from read_json($file, format = 'newline_delimited', columns = {
    case_no: 'varchar', type: 'varchar', happened_at: 'varchar', sequence: 'varchar', event_id: 'varchar',
    step: 'varchar', officer: 'varchar', what: 'varchar'
});
create table facts as
select
    case_no, type, happened_at::timestamptz as occurred_at, sequence, event_id, step, officer, what,
    '/test/log' as source,
    struct_pack(
        occurred_at := happened_at::timestamptz, sequence := sequence, source := '/test/log', event_id := event_id
    ) as ord
from events
"""


class Told(NamedTuple):
    """One fact of a case, as a test tells it."""

    case_no: str
    type: str
    happened_at: str
    step: str | None = None
    officer: str | None = None
    what: str | None = None


@cache
def condition_sql(rule_id: str) -> str:
    """The SELECT of a shipped condition."""
    sql: str | None = load_rulebook().rule(rule_id).clauses[0]["sql"]
    assert sql is not None
    return sql


def findings(rule_id: str, facts: Iterable[Told], folder: Path) -> list[tuple[str, str, int]]:
    """Case, completing fact and instant (microseconds) of every row that the rule's SELECT answers, in that order."""
    sql = condition_sql(rule_id)
    with duckdb.connect() as database:
        database.execute("set TimeZone = 'UTC'")
        _fill(database, facts, folder / "facts.ndjson")
        answer = database.sql(sql)
        assert tuple(answer.columns) == CONDITION_COLUMNS
        rows = answer.fetchall()
    return sorted((row[1], row[5], _microseconds(row[6])) for row in rows)


def _fill(database: duckdb.DuckDBPyConnection, facts: Iterable[Told], file: Path) -> None:
    with file.open("w", encoding="utf-8") as lines:
        for index, told in enumerate(facts, start=1):
            line = told._asdict() | {"sequence": f"{index:09d}", "event_id": f"e{index}"}
            lines.write(json.dumps(line) + "\n")
    for statement in TABLES.split(";"):
        database.execute(statement, {"file": str(file)} if "$file" in statement else None)


def _microseconds(moment: datetime) -> int:
    return parse_instant(moment.astimezone(UTC).isoformat())


def steps(case_no: str, told: Sequence[tuple[str, str, str]]) -> Iterator[Told]:
    """Finished steps of one case: (instant, step, officer)."""
    for at, step, officer in told:
        yield Told(case_no, "esup.case.step_finished", at, step=step, officer=officer)
