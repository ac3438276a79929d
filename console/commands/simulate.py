"""`esup simulate`: drive the engine through history in virtual time."""

from __future__ import annotations

import typer

from console.messages import say
from console.options import example


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "simulate",
        help=say("Drive history: facts enter when they became known, cards are issued when they would have been."),
        epilog=example("esup simulate month.ndjson --until 2026-09-30"),
    )(simulate_command)


def simulate_command() -> None:
    """Todo."""
