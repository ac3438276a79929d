"""`esup simulate`: drive the engine through history in virtual time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from console.bootstrap import Home, open_home
from console.clocks import check_clock_may_reach, move_clock_to
from console.commands.watch import monitor_of
from console.intake import choose_profile
from console.issued import print_issued
from console.lookback import moment_of
from console.messages import say
from console.options import FilesArgument, FormatOption, HomeOption, ProfileOption, example, home_path
from console.output import Format, margin, progress
from engine.facts import Fact
from engine.intake.pipeline import Intake
from engine.intake.quarantine import QUARANTINED, code_of
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
        facts = history(opened, files, profile)
        issued = live_through(opened, facts, at)
        print_issued(issued, form, opened.settings.zone)
    codes = Counter(code_of(fact) for fact in facts if fact.type == QUARANTINED)
    if codes:
        told = ", ".join(f"{code} {count}" for code, count in sorted(codes.items()))
        margin().print(say("Quarantined: {told}", told=told), style="yellow")
        raise typer.Exit(QUARANTINED_EXIT)


def history(home: Home, files: Sequence[Path], profile: str | None) -> list[Fact]:
    """Every fact of the files, in the order in which they became known."""
    chosen = choose_profile(home, profile)
    facts: list[Fact] = []
    for file in files:
        with progress(say("Reading {name}", name=file.name)) as advance:
            intake = Intake(file, home.persons, home.clock, profile=chosen, historical=True, on_progress=advance)
            facts += [taken.fact for taken in intake.taken()]
    home.persons.flush()
    return sorted(facts, key=known_at)


def live_through(home: Home, facts: Sequence[Fact], until: int) -> list[Fact]:
    """Let the monitor watch from the first fact to `until`, and leave the home's clock there."""
    past = [fact for fact in facts if known_at(fact) <= until]
    if not home.settings.is_virtual:
        move_clock_to(home, min((known_at(fact) for fact in past), default=until), "simulate")
    begin = home.clock.now()
    with progress(say("Living through history")) as advance:
        issued = simulate(
            monitor_of(home), past, until, lambda at, _: advance(max(at - begin, 0), max(until - begin, 1))
        )
    move_clock_to(home, until, "simulate")
    home.change(watched_at=until)
    return issued


def known_at(fact: Fact) -> int:
    """When a fact became known: its own moment, else when it happened."""
    return fact.occurred_at if fact.recorded_at is None else fact.recorded_at
