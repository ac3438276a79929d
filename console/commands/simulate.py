"""`esup simulate`: drive the engine through history in virtual time."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from console.bootstrap import Home, open_home
from console.clocks import check_clock_may_reach, move_clock_to
from console.commands.watch import monitor_of
from console.history import History, history_of
from console.issued import print_issued
from console.lookback import moment_of
from console.messages import say
from console.options import FilesArgument, FormatOption, HomeOption, ProfileOption, example, home_path
from console.output import Format, margin, progress
from engine.clock import local_day
from engine.facts import Fact
from monitors.virtual import simulate

QUARANTINED_EXIT = 3


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "simulate",
        help=say("Drive history: facts enter when they became known, cards are issued when they would have been."),
        epilog=example("esup simulate fixtures/samples/first-case.ndjson --until 2026-10-31"),
    )(simulate_command)


def simulate_command(
    files: FilesArgument,
    until: Annotated[str, typer.Option("--until", metavar="T", help=say("The moment at which to stop."))],
    profile: ProfileOption = None,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Let a home live through the history that files hold; 3 if something was quarantined."""
    with open_home(home_path(home)) as opened:
        at = moment_of(opened, until)
        assert at is not None
        check_clock_may_reach(opened, at, "simulate")
        with history_of(opened, files, profile, at) as history:
            print_issued(live_through(opened, history, at), form, opened.settings.zone)
    tell_quarantined(history.quarantined)


def live_through(home: Home, history: History, until: int, *, quietly: bool = False) -> list[Fact]:
    """Let the monitor watch from the first fact to `until`, and leave the home's clock there."""
    begin = history.first_known_at()
    begin = until if begin is None else min(begin, until)
    if not home.settings.is_virtual:
        move_clock_to(home, begin, "simulate", quietly=quietly)
    zone = home.settings.zone
    days = (local_day(until, zone) - local_day(begin, zone)).days + 1
    with progress(say("Living through {days} days", days=days)) as advance:

        def tell(at: int, _: list[Fact]) -> None:
            advance((local_day(at, zone) - local_day(begin, zone)).days, days)

        issued = simulate(monitor_of(home), history.facts(begin, until), until, tell)
    move_clock_to(home, until, "simulate")
    home.change(watched_at=until)
    return issued


def tell_quarantined(codes: Counter[str]) -> None:
    """Say what was put aside, and end as a command does that put something aside."""
    if codes:
        told = ", ".join(f"{code} {count}" for code, count in sorted(codes.items()))
        margin().print(say("Quarantined: {told}", told=told), style="yellow")
        raise typer.Exit(QUARANTINED_EXIT)
