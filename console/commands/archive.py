"""`esup archive`: sealed days as Parquet segments beside the log, written and checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from console.bootstrap import Home, open_home
from console.messages import say
from console.options import FormatOption, HomeOption, example, home_path
from console.output import Format, margin, print_error, print_rows, progress
from engine.archive.checking import check
from engine.archive.errors import ArchiveDamaged
from engine.archive.manifest import Segment
from engine.archive.sealing import seal
from engine.errors import OUTCOMES

COLUMNS = ["segment", "first", "last", "events", "bytes", "bytes_per_event", "state"]
WRITTEN, KEPT, INTACT = "written", "kept", "intact"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "archive",
        help=say("Put sealed days into the log's archive: Parquet segments that rebuilds read first."),
        epilog=example("esup archive", "esup archive --check"),
    )(archive_command)


def archive_command(
    checks: Annotated[
        bool, typer.Option("--check", help=say("Write nothing; hash every archived event again, against the log."))
    ] = False,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Write what is sealed and not yet archived, or check what is; 3 if something is damaged."""
    with open_home(home_path(home), create=False) as opened:
        if checks:
            check_archive(opened, form)
        else:
            write_archive(opened, form)


def write_archive(home: Home, form: Format) -> None:
    """Archive the sealed days that are not archived yet."""
    with progress(say("Archiving")):
        written = seal(home.archive, home.log)
    if not written:
        margin().print(say("Nothing to archive: no further day is sealed."), style="dim")
    segments = home.archive.manifest().segments
    print_rows(COLUMNS, [_row(one, WRITTEN if one in written else KEPT) for one in segments], form, home.settings.zone)


def check_archive(home: Home, form: Format) -> None:
    """Check every segment; print how each is, and what is wrong on stderr."""
    with progress(say("Checking the archive")):
        found = list(check(home.archive, home.log))
    print_rows(COLUMNS, list(_checked(found)), form, home.settings.zone)
    damages = [damage for _, damage in found if damage is not None]
    for damage in damages:
        print_error(damage)
    if damages:
        raise typer.Exit(OUTCOMES[ArchiveDamaged].exit_code)


def _checked(found: list[tuple[Segment, Any]]) -> Iterator[list[Any]]:
    for segment, damage in found:
        yield _row(segment, INTACT if damage is None else damage.code)


def _row(segment: Segment, state: str) -> list[Any]:
    per_event = round(segment.bytes / segment.events, 1)
    return [segment.file, segment.first, segment.last, segment.events, segment.bytes, per_event, state]
