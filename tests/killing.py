"""Runs `esup` as a process of its own, kills it at any moment, and looks at what the home holds then."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

import orjson

from engine.clock import SystemClock
from engine.log import EventLog
from projections.projector import Projector
from tests.generators.randomness import Chance

ROOT = Path(__file__).resolve().parent.parent
LIVES = (0, 3)
ESUP = [sys.executable, "-c", "from console.cli import main; main()"]
_ROWS = "select position, source, event_id, dataversion from events order by position"
Identity = tuple[str, str, int]


class Run(NamedTuple):
    """How one run of `esup` ended: the lines it had printed, and whether the kill had come in time."""

    lines: list[str]
    was_killed: bool
    seconds: float


class Kill(NamedTuple):
    """When to kill: so many seconds after so many lines were printed."""

    seconds: float
    lines: int = 0


def run(home: Path, *arguments: str | Path, kill: Kill | None = None) -> Run:
    """Run `esup`, and kill it when its time has come. One that ends by itself must end well."""
    began = time.monotonic()
    with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
        command, environment = [*ESUP, "--home", str(home), *map(str, arguments)], {**os.environ, "ESUP_LANG": "en"}
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=err) as process:
            if kill is not None:
                _kill(process, out, kill)
        code = process.returncode
        assert code in (*LIVES, -signal.SIGKILL), f"esup {arguments} ended with {code}: {_text(err)}"
        # A line that was cut short says nothing.
        return Run(_text(out).split("\n")[:-1], code == -signal.SIGKILL, time.monotonic() - began)


def _kill(process: subprocess.Popen[bytes], out: IO[str], kill: Kill) -> None:
    while process.poll() is None and _text(out).count("\n") < kill.lines:
        time.sleep(0.001)
    with suppress(subprocess.TimeoutExpired):
        process.wait(kill.seconds)
    process.kill()


def _text(file: IO[str]) -> str:
    # By its number: the process that writes to it shares the place at which it stands.
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode()


def acknowledged(lines: Iterable[str]) -> int:
    """How many events of its input an import had said to be on disk."""
    told = [orjson.loads(line) for line in lines]
    return max((int(line["acknowledged"]) for line in told if "acknowledged" in line), default=0)


def assert_log_is_whole(home: Path) -> list[Identity]:
    """Positions have no gap, no identity is there twice, the log verifies; returns the identities in their order."""
    path = home / "log.sqlite"
    if not path.exists():
        return []
    with EventLog.open(path, SystemClock()) as log:
        verification = log.verify()
        assert verification.is_intact, verification
    connection = sqlite3.connect(path)
    rows = connection.execute(_ROWS).fetchall()
    connection.close()
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    identities = [(source, event_id, version) for _, source, event_id, version in rows]
    assert len(set(identities)) == len(identities)
    return identities


class Standing(NamedTuple):
    """Where projections stand: the last position they hold, their clock, and their canonical hash, positions aside."""

    position: int
    as_of: int
    hash: str | None


def standing(home: Path) -> Standing:
    """Where the projections of a home stand; the rows they hold and their position must agree."""
    projector = Projector.open(home / "projections.duckdb", None)
    try:
        loaded = projector.query("select count(*), coalesce(max(position), 0) from events")[1][0]
        assert loaded == (projector.position, projector.position)
        shown = projector.canonical_hash(positions=False) if projector.is_derived else None
        return Standing(projector.position, projector.as_of, shown)
    finally:
        projector.close()


def identity_of(event: dict[str, Any]) -> Identity:
    """What names an event for ever."""
    return (event["source"], event["id"], event.get("dataversion", 1))


def write_ndjson(path: Path, events: Iterable[dict[str, Any]]) -> Path:
    """The events as a file of the exchange."""
    path.write_bytes(b"".join(orjson.dumps(event) + b"\n" for event in events))
    return path


def sooner_or_later(chance: Chance, seconds: float) -> Callable[[], Kill]:
    """Random moments of a run that takes so many seconds, from when Python has begun."""
    return lambda: Kill(chance.uniform(0.25 * seconds, 0.95 * seconds))


def kill_and_finish(
    home: Path, command: Sequence[str | Path], kills: Callable[[], Kill], look: Callable[[Run], None], most: int
) -> int:
    """Kill runs of one command on one home, let the last one finish; how many were killed."""
    for killed in range(most):
        done = run(home, *command, kill=kills())
        look(done)
        if not done.was_killed:
            return killed
    look(run(home, *command))
    return most


def copy_of(template: Path, home: Path) -> Path:
    """A home like another one, in the place of an earlier copy."""
    shutil.rmtree(home, ignore_errors=True)
    if template.exists():
        shutil.copytree(template, home)
    return home


def assert_holds(home: Path, told: list[Identity], count: int) -> None:
    """The log is whole and holds the first `count` of what was told."""
    assert set(told[:count]) <= set(assert_log_is_whole(home))
