"""Homes that are watched through the command line, moment after moment, and looked at in between."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from console import cli
from console.bootstrap import open_home
from engine.clock import format_instant
from projections.projector import Projector

ZONE = "Asia/Shanghai"
AHEAD = "2026-11-01"
_DAY = 86_400_000_000
_LONGEST_SILENCE = 35 * _DAY
Event = dict[str, Any]
Look = Callable[[int, Projector], None]


def watch_through(folder: Path, events: Iterable[Event], moments: Iterable[int], look: Look) -> list[Path]:
    """Import the events and watch at each moment (microseconds), in homes that sit through no months of silence.

    A home seals each day it lives through, so moments that lie far apart are watched in homes of their own.
    """
    told, homes = list(events), []
    for number, stretch in enumerate(stretches_of(moments)):
        home = folder / f"home-{number}"
        _watch_one(home, folder, told, stretch, look)
        homes.append(home)
    return homes


def stretches_of(moments: Iterable[int]) -> Iterator[list[int]]:
    """The moments in their order, cut where months of silence lie between two of them."""
    stretch: list[int] = []
    for at in sorted(set(moments)):
        if stretch and at - stretch[-1] > _LONGEST_SILENCE:
            yield stretch
            stretch = []
        stretch.append(at)
    if stretch:
        yield stretch


def _watch_one(home: Path, folder: Path, events: list[Event], moments: list[int], look: Look) -> None:
    # No door takes facts that lie ahead of its clock: what happens later is told when the home's clock has reached it.
    ahead = [event for event in events if event["time"] >= AHEAD]
    with pytest.MonkeyPatch.context() as patch:
        run = _runner(patch)
        known = _as_file(folder / "facts.ndjson", [event for event in events if event["time"] < AHEAD])
        run("import", known, "--historical", "--home", home)
        for at in moments:
            moment = format_instant(at, ZONE)
            run("watch", "--as-of", moment, "--home", home)
            reached = [event for event in ahead if event["time"] <= moment]
            if reached:
                ahead = [event for event in ahead if event not in reached]
                run("import", _as_file(folder / "ahead.ndjson", reached), "--historical", "--home", home)
                run("watch", "--as-of", moment, "--home", home)
            with open_home(home, create=False) as opened:
                look(at, opened.projector)


def _runner(patch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`esup` in this process; a command that fails, or quarantines anything, ends the test."""

    def run(*arguments: object) -> None:
        patch.setattr(sys, "argv", ["esup", *map(str, arguments)])
        try:
            cli.main()
        except SystemExit as end:
            assert end.code in (0, None), arguments

    return run


def _as_file(path: Path, events: list[Event]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(event) + b"\n" for event in events))
    return path
