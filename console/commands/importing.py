"""`esup import`: append facts from files, and say what became of each of them."""

from __future__ import annotations

from typing import Annotated

import typer

from console.bootstrap import open_home
from console.intake import Totals, import_files
from console.messages import say
from console.options import FilesArgument, FormatOption, HomeOption, ProfileOption, example, home_path
from console.output import Format, page, print_json_line, print_rows

QUARANTINED = 3


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "import",
        help=say("Append facts; every one ends as stored, duplicate or quarantined."),
        epilog=example("esup import cases.ndjson", "esup import log.xes.gz --profile wabo --historical"),
    )(import_command)


def import_command(
    files: FilesArgument,
    profile: ProfileOption = None,
    historical: Annotated[
        bool, typer.Option("--historical", help=say("History: facts keep the moment at which they were known."))
    ] = False,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Import files into the home's log; 3 if something was quarantined."""
    with open_home(home_path(home)) as opened:
        totals = import_files(opened, files, profile, historical, acknowledge if form is Format.json else None)
    print_totals(totals, form)
    if totals.quarantined:
        raise typer.Exit(QUARANTINED)


def acknowledge(count: int) -> None:
    """Tell a program how many events of its input have their outcome on disk."""
    print_json_line({"acknowledged": count})


def print_totals(totals: Totals, form: Format) -> None:
    """How many were stored, known, put aside; for people with the reasons and where to read more."""
    quarantined = totals.quarantined.total()
    counts = {"stored": totals.stored, "duplicates": totals.duplicates, "quarantined": quarantined}
    if form is Format.json:
        print_json_line({**counts, "codes": dict(sorted(totals.quarantined.items()))})
    elif form is Format.csv:
        print_rows(list(counts), [list(counts.values())], form, "UTC")
    else:
        page().print(say("Stored {stored}, duplicates {duplicates}, quarantined {quarantined}.", **counts))
        for code, count in sorted(totals.quarantined.items()):
            page().print(f"  [yellow]{code}[/] {count}")
        if quarantined:
            page().print(say("Read why:") + ' esup query "select place, code, sentence from quarantine"', style="dim")
