"""`esup query`: one reading SQL statement on the projections."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console.bootstrap import Home, open_home
from console.lookback import looking_at, replayed_each
from console.messages import say
from console.options import FormatOption, FromOption, HomeOption, example, home_path
from console.output import Format, print_rows
from console.questions import ask

Row = tuple[Any, ...]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "query",
        help=say("Read-only SQL on the projections, as of the last watch or as replayed at T."),
        epilog=example(
            'esup query "select rule_id, level, count(*) as n from findings group by all order by all"',
            'esup query "show tables"',
            "esup query \"select * from obligations where state = 'breached'\" --as-of 2026-09-30 --format csv",
            'esup query "select state, count(*) as n from cards group by state" --as-of 2026-08-31 --as-of 2026-09-30',
        ),
    )(query_command)


def query_command(
    sql: Annotated[str, typer.Argument(metavar="SQL", help=say("One statement: SELECT, WITH, DESCRIBE or SHOW."))],
    as_of: Annotated[
        list[str] | None,
        typer.Option(
            "--as-of",
            metavar="T",
            help=say("An instant with an offset, or a date: its last moment. Several: the answer at each of them."),
        ),
    ] = None,
    file: FromOption = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=0, help=say("At most so many rows."))] = None,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Answer one question from the projections."""
    with open_home(home_path(home)) as opened:
        zone = opened.settings.zone
        if as_of is not None and len(as_of) > 1 and file is None:
            columns, rows = _ask_at_each(opened, sql, as_of, limit)
        else:
            with looking_at(opened, as_of[0] if as_of else None, None, file) as projector:
                columns, rows = ask(projector, sql, zone, limit)
        print_rows(columns, rows, form, zone)


def _ask_at_each(home: Home, sql: str, moments: list[str], limit: int | None) -> tuple[list[str], list[Row]]:
    """The answers at several past moments, each row with its moment as it was asked for, the earliest first."""
    columns: list[str] = []
    told: list[Row] = []
    for moment, projector in replayed_each(home, moments):
        columns, rows = ask(projector, sql, home.settings.zone, limit)
        told += [(moment, *row) for row in rows]
    return ["as_of", *columns], told
