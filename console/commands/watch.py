"""`esup watch`: derive, issue what is due, print what was issued."""

from __future__ import annotations

from typing import Annotated

import typer

from console.bootstrap import Home, open_home
from console.clocks import move_clock_to
from console.errors import RunsOnVirtualClock
from console.issued import print_issued
from console.lookback import moment_of
from console.messages import say
from console.options import AsOfOption, FormatOption, HomeOption, example, home_path
from console.output import Format, margin, progress
from engine.facts import Fact
from monitors.monitor import Monitor
from monitors.schedule import follow as follow_clock


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "watch",
        help=say("Derive, issue what is due up to T, print what was issued."),
        epilog=example("esup watch", "esup watch --follow", "esup watch --as-of 2026-09-30"),
    )(watch_command)


def watch_command(
    as_of: AsOfOption = None,
    follow: Annotated[bool, typer.Option("--follow", help=say("Keep watching until stopped."))] = False,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Issue what is due, once or again and again."""
    if follow and as_of is not None:
        raise typer.BadParameter(say("--follow and --as-of exclude each other."))
    with open_home(home_path(home)) as opened:
        if follow:
            keep_watching(opened, form)
            return
        at = moment_of(opened, as_of)
        if at is not None:
            move_clock_to(opened, at, "watch --as-of")
        print_issued(watch_once(opened), form, opened.settings.zone)


def watch_once(home: Home) -> list[Fact]:
    """One watch at the home's present instant: derive, issue, remember when."""
    at = home.clock.now()
    with progress(say("Watching")):
        issued = list(monitor_of(home).watch(at))
    home.change(watched_at=at)
    return issued


def monitor_of(home: Home) -> Monitor:
    """The monitor over this home's log and projections."""
    chosen = home.settings
    return Monitor(
        home.log,
        home.projector,
        home.clock,
        watch_from=chosen.watch_from,
        watched_at=chosen.watched_at,
        zone=chosen.zone,
        is_virtual=chosen.is_virtual,
    )


def keep_watching(home: Home, form: Format) -> None:
    """Watch at every tick until interrupted."""
    if home.settings.is_virtual:
        raise RunsOnVirtualClock(command="watch --follow")
    margin().print(say("Watching; Ctrl-C ends it."), style="dim")

    def tell(at: int, issued: list[Fact]) -> None:
        home.change(watched_at=at)
        if issued:
            print_issued(issued, form, home.settings.zone)

    follow_clock(monitor_of(home), home.clock, tell)
