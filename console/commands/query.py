"""`esup query`: one reading SQL statement on the projections."""

from __future__ import annotations

from typing import Annotated

import typer

from console.bootstrap import open_home
from console.lookback import looking_at
from console.messages import say
from console.options import AsOfOption, FormatOption, HomeOption, example, home_path
from console.output import Format, print_rows
from console.questions import ask


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "query",
        help=say("Read-only SQL on the projections, as of the last watch or as replayed at T."),
        epilog=example(
            'esup query "select rule_id, level, count(*) as n from findings group by all order by all"',
            'esup query "show tables"',
            "esup query \"select * from obligations where state = 'breached'\" --as-of 2026-09-30 --format csv",
        ),
    )(query_command)


def query_command(
    sql: Annotated[str, typer.Argument(metavar="SQL", help=say("One statement: SELECT, WITH, DESCRIBE or SHOW."))],
    as_of: AsOfOption = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=0, help=say("At most so many rows."))] = None,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Answer one question from the projections."""
    with open_home(home_path(home)) as opened, looking_at(opened, as_of) as projector:
        columns, rows = ask(projector, sql, opened.settings.zone, limit)
        print_rows(columns, rows, form, opened.settings.zone)
