"""`esup demo`: a small city's month in a fresh home: found against planted, and what to try next."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from console.bootstrap import HOME_FILES, Home, open_home
from console.commands.simulate import live_through
from console.demo_city import EVENTS_FILE, TRUTH_FILE, DemoCity
from console.demo_report import show
from console.errors import HomeInUse
from console.history import history_of
from console.messages import say
from console.options import HomeOption, example, home_path
from engine.clock import parse_instant

FAILED = 1


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "demo",
        help=say("A small city's month in a fresh home: cards, daily log, and what to try next."),
        epilog=example("esup demo", "esup --home somewhere demo", "esup demo --write month"),
    )(demo_command)


def demo_command(
    home: HomeOption = None,
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="DIR", help=say("Keep the month's events, and what must be found, here.")),
    ] = None,
) -> None:
    """Live through the demo city's month; 1 if what was found is not what was planted."""
    path = home_path(home)
    make_room(path)
    city = DemoCity()
    with open_home(path) as opened:
        live(opened, city, write)
        is_complete = show(opened, city)
    if not is_complete:
        raise typer.Exit(FAILED)


def live(home: Home, city: DemoCity, write: Path | None = None) -> None:
    """Bring the city's month into a home, each fact at the moment at which it became known.

    The events name invented people in clear, as an office's system would; so their file does not stay in the home.
    """
    until = parse_instant(city.end.isoformat())
    with TemporaryDirectory(prefix="esup-demo-") as folder:
        events = city.write(Path(folder))
        shutil.copy(events.with_name(TRUTH_FILE), home.path / TRUTH_FILE)
        if write is not None:
            write.mkdir(parents=True, exist_ok=True)
            for name in (EVENTS_FILE, TRUTH_FILE):
                shutil.copy(events.with_name(name), write / name)
        with history_of(home, [events], None, until) as history:
            live_through(home, history, until, quietly=True)


def make_room(path: Path) -> None:
    """A home that an earlier demo made gives way; any other data stays, and the demo does not start."""
    if not path.exists():
        return
    if (path / TRUTH_FILE).is_file():
        for name in (*HOME_FILES, *(f"{name}{part}" for name in HOME_FILES for part in ("-wal", "-shm", ".wal"))):
            (path / name).unlink(missing_ok=True)
        (path / TRUTH_FILE).unlink()
    elif not path.is_dir() or any(path.iterdir()):
        raise HomeInUse(path=str(path))
