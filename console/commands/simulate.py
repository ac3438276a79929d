"""`esup simulate`: drive the engine through history in virtual time."""

from __future__ import annotations

from typing import Annotated

import typer

from console.messages import say
from console.options import FilesArgument, FormatOption, HomeOption, example
from console.output import Format


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "simulate",
        help=say("Drive history: facts enter when they became known, cards are issued when they would have been."),
        epilog=example("esup simulate month.ndjson --until 2026-09-30"),
    )(simulate_command)


def simulate_command(
    files: FilesArgument,
    until: Annotated[str, typer.Option("--until", metavar="T", help=say("The moment at which to stop."))],
    profile: Annotated[str | None, typer.Option(metavar="P", help=say("The format of a foreign file."))] = None,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Let a home live through the history that files hold."""
