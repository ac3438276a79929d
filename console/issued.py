"""What supervision issued, told to people and to programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from console.messages import say
from console.output import Format, page, print_json, print_rows, table_of
from engine.clock import format_instant, parse_instant
from engine.facts import Fact

SHOWN = 40
COLUMNS = ("type", "level", "case_no", "rule_id", "department", "officer", "triggers_at", "issued_at", "subject")


def as_row(fact: Fact, zone: str) -> dict[str, Any]:
    """One issued event as a flat row; instants in the home's zone."""
    data: dict[str, Any] = orjson.loads(fact.body)["data"]
    row = {name: data.get(name) for name in COLUMNS}
    row["rule_id"] = data.get("rule", data.get("rule_id"))
    if data.get("triggers_at"):
        row["triggers_at"] = format_instant(parse_instant(data["triggers_at"]), zone)
    moment = fact.recorded_at if fact.recorded_at is not None else fact.occurred_at
    return {**row, "type": fact.type, "subject": fact.stream, "issued_at": format_instant(moment, zone)}


def print_issued(issued: Sequence[Fact], form: Format, zone: str) -> None:
    """Each issued event for programs; for people the latest ones and a sum."""
    rows = [as_row(fact, zone) for fact in issued]
    if form is Format.json:
        print_json(rows)
    elif form is Format.csv:
        print_rows(COLUMNS, [[row[name] for name in COLUMNS] for row in rows], form, zone)
    elif not rows:
        page().print(say("Nothing new is due."))
    else:
        page().print(summary(rows, zone))
        shown = [row for row in rows if row["level"] in ("yellow", "red")] or rows
        columns = [name for name in COLUMNS if any(row[name] for row in shown)]
        latest = [[row[name] for name in columns] for row in shown[-SHOWN:]]
        page().print(table_of(columns, latest, zone, say("The latest")))


def summary(rows: Sequence[dict[str, Any]], zone: str) -> Any:
    """How many of each kind and rule."""
    counts: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = (str(row["type"]), str(row["level"] or ""), str(row["rule_id"] or ""))
        counts[key] = counts.get(key, 0) + 1
    table = [[*key, count] for key, count in sorted(counts.items())]
    return table_of(["type", "level", "rule_id", "n"], table, zone, say("Issued"))
