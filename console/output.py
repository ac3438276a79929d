"""Tables for people, JSON and CSV for programs, progress on stderr."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from threading import Timer
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from rich.box import ROUNDED
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from console.messages import choose, say, word
from engine.errors import SupervisionError

PIPED_WIDTH = 240
REPORT_WIDTH_MAX = 110
QUIET_SECONDS = 2.0
LEVEL_STYLES = {"red": "bold red", "yellow": "bold yellow", "prompt": "cyan", "risk": "magenta"}
LEVEL_WORDS = {
    "red": word("Red card"), "yellow": word("Yellow card"), "prompt": word("Prompt"), "risk": word("Risk"),
}  # fmt: skip


class Format(StrEnum):
    """How a command prints its result."""

    table = "table"
    json = "json"
    csv = "csv"


def page() -> Console:
    """Where results go. A pipe has no width, so rows stay on one line there."""
    return Console(soft_wrap=False, width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False)


def report_page() -> Console:
    """Where a report to be read goes: no wider than a page, even where the terminal is."""
    out = page()
    out.width = min(out.width, REPORT_WIDTH_MAX)
    return out


def margin() -> Console:
    """Where diagnostics and progress go: stderr."""
    return Console(stderr=True, highlight=False)


def told_of(error: Exception) -> str:
    """What went wrong as one sentence in the reader's language, with its place and the way out."""
    if not isinstance(error, SupervisionError) or error.zh == SupervisionError.zh:
        return str(error)
    told = choose(error.sentence.zh, error.sentence.en)
    way_out = choose(error.way_out.zh, error.way_out.en)
    return f"{told} → {way_out}" if way_out else told


def print_error(error: Exception) -> None:
    """What went wrong, on stderr."""
    margin().print(f"[bold red]{say('Error')}[/] {escape(told_of(error))}", soft_wrap=True)


def print_warning(error: Exception) -> None:
    """What is wrong though the command goes on, on stderr."""
    margin().print(f"[bold yellow]{say('Warning')}[/] {escape(told_of(error))}", soft_wrap=True)


def plain(value: Any, zone: str) -> Any:
    """A value as programs read it: instants with the home's offset, money and big numbers as text."""
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | timedelta):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(name): plain(item, zone) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, zone) for item in value]
    if value is None or isinstance(value, bool | float | str):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else str(value)
    return str(value)


def shown(value: Any, zone: str) -> str:
    """A value as people read it in a cell."""
    if value is None:
        return "–"
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(ZoneInfo(zone)).isoformat(" ", "seconds")[:19]
    if isinstance(value, bool):
        return "✓" if value else "✗"
    told = plain(value, zone)
    return orjson.dumps(told).decode() if isinstance(told, dict | list) else str(told)


def print_json(document: Any) -> None:
    """One JSON document; a list has one element a line, so that it can be read by eye and by line."""
    write = sys.stdout.write
    if isinstance(document, list):
        write("[" + ",".join(f"\n{orjson.dumps(item).decode()}" for item in document) + "\n]\n")
    else:
        write(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")


def print_json_line(document: dict[str, Any]) -> None:
    """One line of JSON, at once: a program that reads along sees it before the next step begins."""
    sys.stdout.write(orjson.dumps(document).decode() + "\n")
    sys.stdout.flush()


def print_rows(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], form: Format, zone: str, title: str | None = None
) -> None:
    """Rows in the form asked for."""
    if form is Format.json:
        print_json([dict(zip(columns, (plain(value, zone) for value in row), strict=True)) for row in rows])
    elif form is Format.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(["" if value is None else plain(value, zone) for value in row] for row in rows)
    else:
        page().print(table_of(columns, rows, zone, title))


def table_of(columns: Sequence[str], rows: Sequence[Sequence[Any]], zone: str, title: str | None = None) -> Table:
    """A table with its row count below; levels have their colour, numbers stand to the right."""
    table = Table(
        box=ROUNDED, title=title, title_justify="left", caption=say("{n} rows", n=len(rows)), caption_justify="left"
    )
    for index, column in enumerate(columns):
        is_number = any(isinstance(row[index], int | float | Decimal) for row in rows[:50])
        table.add_column(column, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(styled(column, value, zone) for column, value in zip(columns, row, strict=True)))
    return table


def styled(column: str, value: Any, zone: str) -> str:
    """A cell; a level is coloured, everything else is taken literally."""
    text = escape(shown(value, zone))
    style = LEVEL_STYLES.get(text) if column == "level" else None
    return f"[{style}]{text}[/]" if style else text


class Advance:
    """Tells how far a long work has come."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def __call__(self, done: int, total: int | None = None) -> None:
        """So much is done, of so much (None: nobody knows)."""
        self._progress.update(self._task, completed=done, total=total)


@contextmanager
def progress(description: str) -> Iterator[Advance]:
    """A progress bar on stderr that appears only if the work lasts longer than two seconds."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
        console=margin(), transient=True,
    )  # fmt: skip
    task = bar.add_task(description, total=None)
    appear = Timer(QUIET_SECONDS, bar.start)
    appear.daemon = True
    appear.start()
    try:
        yield Advance(bar, task)
    finally:
        appear.cancel()
        appear.join()
        if bar.live.is_started:
            bar.stop()
