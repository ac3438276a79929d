"""A city's log as flat Parquet tables: what somebody keeps who writes SQL by hand. Made once, on nobody's clock.

The bodies are parsed, times are local, and every column that the duties need is there with its type: more than a peer
could ask for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from benchmarks.peers.fold import EPOCH, LOCAL_OFFSET, PREFIX, WorkingDays, notice

ROWS_A_FILE = 1_000_000
YEARS = date(2020, 1, 1).toordinal() - EPOCH, date(2030, 1, 1).toordinal() - EPOCH
_EVENTS = (
    "SELECT stream, type, occurred_at, source, event_id, dataversion, body FROM events"
    " WHERE type GLOB 'esup.case.*' ORDER BY position"
)
_OTHERS = (
    "SELECT type, body FROM events WHERE type IN ('esup.item.published', 'esup.calendar.noticed') ORDER BY position"
)
_START = datetime(1970, 1, 1)


def export(log: Path, folder: Path) -> None:
    """Write the tables into a fresh folder: events (in several files), items, item_steps, item_pauses, days."""
    import polars

    draft = folder.with_name(f"{folder.name}.part")
    draft.mkdir(parents=True)
    with closing(sqlite3.connect(f"file:{log}?mode=ro", uri=True)) as connection:
        for number, rows in enumerate(_pieces(connection)):
            frame = polars.DataFrame(rows, schema=_schema(polars), orient="row")
            frame.write_parquet(draft / f"events-{number:04d}.parquet")
        for name, columns, rows in _others(connection):
            polars.DataFrame(rows, schema=list(columns), orient="row").write_parquet(draft / f"{name}.parquet")
    draft.rename(folder)


def _schema(polars: Any) -> dict[str, Any]:
    text = polars.String
    return {
        "stream": text, "type": text, "occurred_at": polars.Datetime("us"), "sequence": text, "source": text,
        "event_id": text, "dataversion": polars.Int32, "item": text, "department": text, "step": text, "kind": text,
        "n": polars.Int32, "unit": text, "approver_role": text, "with_reason": polars.Boolean,
        "is_told": polars.Boolean, "planned_end": polars.Date, "with_materials": polars.Boolean,
    }  # fmt: skip


def _pieces(connection: sqlite3.Connection) -> Iterator[list[tuple[Any, ...]]]:
    cursor = connection.execute(_EVENTS)
    while rows := cursor.fetchmany(ROWS_A_FILE):
        yield [_flat(*row) for row in rows]


def _flat(stream: str, kind: str, at: int, source: str, event_id: str, version: int, text: str) -> tuple[Any, ...]:
    body = orjson.loads(text)
    data = body["data"]
    get = data.get
    planned = get("planned_end")
    return (
        stream, kind[PREFIX:], _START + timedelta(microseconds=at + LOCAL_OFFSET), body.get("sequence", ""), source,
        event_id, version, get("item"), get("department"), get("step"), get("kind"), get("n"), get("unit"),
        get("approver_role"), bool(get("reason")), "told_applicant_at" in data,
        date.fromisoformat(planned) if planned else None, bool(get("materials")),
    )  # fmt: skip


def _others(connection: sqlite3.Connection) -> Iterator[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]]:
    items: dict[str, Any] = {}
    noticed: dict[date, tuple[str, bool]] = {}
    for kind, text in connection.execute(_OTHERS):
        data = orjson.loads(text)["data"]
        if kind == "esup.item.published":
            items[data["code"]] = data
        elif data["calendar"] == "cn":
            notice(noticed, data)
    names = ("item", "promised", "statutory", "unit", "is_immediate", "extension_n", "extension_unit", "extension_role")
    yield "items", names, [_item(item) for item in items.values()]
    steps = [(code, step["step"], step["limit"]["n"]) for code, item in items.items() for step in item["flow"]]
    yield "item_steps", ("item", "step", "n"), steps
    pauses = [(code, kind) for code, item in items.items() for kind in item["suspensions_allowed"]]
    yield "item_pauses", ("item", "kind"), pauses
    yield "days", ("day", "number", "is_working", "rolled"), list(_days(WorkingDays(noticed)))


def _item(item: dict[str, Any]) -> tuple[Any, ...]:
    extension = item.get("extension") or {"max": {"n": None, "unit": None}, "approver_role": None}
    return (
        item["code"], item["promised"]["n"], item["statutory"]["n"], item["statutory"]["unit"],
        item["kind"] == "immediate", extension["max"]["n"], extension["max"]["unit"], extension["approver_role"],
    )  # fmt: skip


def _days(calendar: WorkingDays) -> Iterator[tuple[date, int, bool, date]]:
    """Each day: how many working days there were up to it, whether it is one, and the next one if it is not."""
    for day in range(YEARS[0], YEARS[1]):
        number = calendar.number[day - calendar.first]
        rolled = calendar.rolled(day)
        yield _date(day), number, rolled == day, _date(rolled)


def _date(day: int) -> date:
    return date.fromordinal(EPOCH + day)
