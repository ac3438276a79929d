"""A writer that is killed at any moment loses nothing that it acknowledged, and nothing is stored twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.clock import SystemClock
from engine.log import EventLog, Fact
from tests.engine.log_contract import fact

KILLS = 30
BATCH = 200
BATCHES = 60
WRITER = """
import sys
from pathlib import Path
from engine.clock import SystemClock
from engine.log import EventLog
from tests.engine.test_log_killed import batch, BATCHES

with EventLog.open(Path(sys.argv[1]), SystemClock()) as log:
    for number in range(BATCHES):
        log.append_batch(batch(number))
        print(number, flush=True)
"""


def batch(number: int) -> list[Fact]:
    return [fact(n) for n in range(number * BATCH, (number + 1) * BATCH)]


def start(path: Path, root: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def kill_after(writer: subprocess.Popen[str], batches: int, seconds: float) -> list[int]:
    """The batches that the writer acknowledged before it was killed, shortly after that many of them.

    Counted in batches, because a quick disk has written everything in the time a slow one takes for ten.
    """
    assert writer.stdout is not None
    seen = [writer.stdout.readline() for _ in range(batches)]
    time.sleep(seconds)
    writer.send_signal(signal.SIGKILL)
    rest = writer.stdout.read()
    writer.stdout.close()
    writer.wait()
    return [int(line) for line in ("".join(seen) + rest).split("\n")[:-1]]


def assert_whole(path: Path, acknowledged: int) -> int:
    """All acknowledged facts are there, once, in their order, and the log verifies; returns its size."""
    with EventLog.open(path, SystemClock()) as log:
        rows = log.read(0, 1_000_000)
        assert len(rows) >= acknowledged
        assert len(rows) % BATCH == 0
        assert [row.position for row in rows] == list(range(1, len(rows) + 1))
        assert [row.event_id for row in rows] == [fact(n).event_id for n in range(len(rows))]
        assert log.verify().is_intact
        return len(rows)


@pytest.mark.slow
def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path, root: Path) -> None:
    chance = random.Random(20261122)
    cut_short = 0
    for kill in range(KILLS):
        path = tmp_path / f"{kill}.sqlite"
        acknowledged = kill_after(start(path, root), chance.randint(1, BATCHES * 2 // 3), chance.random() * 0.004)
        size = assert_whole(path, len(acknowledged) * BATCH)
        cut_short += size < BATCH * BATCHES

        with EventLog.open(path, SystemClock()) as log:
            outcomes = [log.append_batch(batch(number)) for number in range(BATCHES)]
        assert sum(one.duplicates for one in outcomes) == size
        assert assert_whole(path, BATCH * BATCHES) == BATCH * BATCHES
        path.unlink()
    assert cut_short > KILLS // 3, "most kills must fall into the writing"
