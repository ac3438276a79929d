"""`esup doctor`: how this machine, this installation and this home are."""

from __future__ import annotations

import typer
from rich.markup import escape
from rich.table import Table

from console.checkup import BAD, GOOD, NOTE, Observation, examine
from console.messages import say
from console.options import FormatOption, HomeOption, example, home_path
from console.output import Format, page, print_rows

FAILED = 1
MARKS = {GOOD: "[green]✓[/]", NOTE: "[yellow]![/]", BAD: "[bold red]✗[/]"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "doctor",
        help=say("How this machine, this installation and this home are, and the way out of each problem."),
        epilog=example("esup doctor"),
    )(doctor_command)


def doctor_command(home: HomeOption = None, form: FormatOption = Format.table) -> None:
    """Look at everything, say the way out; 1 if something is bad."""
    observations = list(examine(home_path(home)))
    if form is Format.table:
        page().print(as_table(observations))
    else:
        columns = ["subject", "state", "told", "way_out"]
        print_rows(columns, [[getattr(seen, name) for name in columns] for seen in observations], form, "UTC")
    if any(seen.state == BAD for seen in observations):
        raise typer.Exit(FAILED)


def as_table(observations: list[Observation]) -> Table:
    """One line for each observation, the way out below what is not good."""
    table = Table.grid(padding=(0, 2))
    for seen in observations:
        way_out = f"\n[dim]→ {escape(seen.way_out)}[/]" if seen.way_out else ""
        table.add_row(MARKS[seen.state], seen.subject, escape(seen.told) + way_out)
    return table
