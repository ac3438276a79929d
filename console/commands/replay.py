"""`esup replay`: the projections as they stood."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.bootstrap import open_home
from console.lookback import replayed
from console.messages import say
from console.options import FormatOption, HomeOption, KnownAtOption, example, home_path
from console.output import Format, print_json, print_rows
from engine.clock import format_instant

COUNTED = ("cases", "steps", "obligations", "findings", "cards", "tasks", "daily_log")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "replay",
        help=say("Rebuild the projections as they stood at T, as known at K."),
        epilog=example(
            "esup replay --as-of 2026-09-30",
            "esup replay --as-of 2026-09-30 --known-at 2026-12-31 --out september.duckdb",
        ),
    )(replay_command)


def replay_command(
    as_of: Annotated[str, typer.Option("--as-of", metavar="T", help=say("An instant or a date: the moment to show."))],
    known_at: KnownAtOption = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help=say("Keep the tables in a DuckDB file."))] = None,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Rebuild a past state, count its tables and give its canonical hash."""
    with open_home(home_path(home), create=False) as opened, replayed(opened, as_of, known_at, out) as past:
        zone = opened.settings.zone
        counts = {table: past.query(f"select count(*) from {table}", ())[1][0][0] for table in COUNTED}
        facts = {
            "as_of": format_instant(past.as_of, zone),
            "position": past.position,
            "hash": past.canonical_hash(),
            "out": str(out) if out else None,
        }
        if form is Format.json:
            print_json({**facts, "rows": counts})
            return
        rows = [*facts.items(), *counts.items()]
        print_rows(["what", "value"], [(name, value) for name, value in rows if value is not None], form, zone)
