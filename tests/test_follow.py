"""`esup watch --follow` on the machine's clock, while other processes import: it rings on, and says each thing once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from console.settings import read_settings
from engine.clock import SystemClock, format_instant
from tests.killing import ESUP, ROOT, assert_log_is_whole, run, write_ndjson

pytestmark = pytest.mark.slow

SAMPLE = ROOT / "fixtures" / "samples" / "first-case.ndjson"
DAY = 86_400_000_000
APPLIED = {
    "item": "SAMPLE-FOOD", "department": "sample.market", "applicant": {"kind": "citizen", "name": "张三"},
    "channel": "window",
}  # fmt: skip
PATIENCE_SECONDS = 120
QUIET_TICKS = 3


def told(case_no: str, kind: str, days_ago: int, **data: Any) -> dict[str, Any]:
    """A fact of a case, days before it comes in."""
    at = format_instant(SystemClock().now() - days_ago * DAY, "Asia/Shanghai")
    envelope = {"specversion": "1.0", "source": "/test", "id": f"{case_no}-{kind}", "subject": case_no, "time": at}
    return envelope | {"type": f"esup.case.{kind}", "data": data}


def batch() -> list[dict[str, Any]]:
    """Five cases, applied for and handled three days before anything of them is heard: a batch backfill (P15)."""
    step = {"step": "accept", "post": "reviewer", "officer": "u1"}
    return [
        fact
        for number in range(1, 6)
        for fact in (told(f"B-{number}", "applied", 4, **APPLIED), told(f"B-{number}", "step_started", 3, **step))
    ]


@contextmanager
def following(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A watch that follows in a process of its own until it is interrupted as by Ctrl-C."""
    command, environment = [*ESUP, "--home", str(home), "watch", "--follow"], {**os.environ, "ESUP_LANG": "en"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)


def until(process: subprocess.Popen[str], is_so: Callable[[], bool]) -> None:
    """Wait while the watch lives."""
    latest = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < latest, "the watch says nothing"
        time.sleep(0.05)


def ring_on(process: subprocess.Popen[str], home: Path) -> None:
    """Wait for some more ticks."""
    ticks = {read_settings(home).watched_at}

    def have_come() -> bool:
        ticks.add(read_settings(home).watched_at)
        return len(ticks) > QUIET_TICKS

    until(process, have_come)


def issued(home: Path) -> list[tuple[str, str]]:
    """Rule and card of each card that was issued, in the order of the log."""
    connection = sqlite3.connect(home / "log.sqlite")
    rows = connection.execute("select stream, body from events where type = 'esup.card.issued' order by position")
    cards = [(str(orjson.loads(body)["data"]["rule"]), subject) for subject, body in rows]
    connection.close()
    return cards


def test_a_bell_that_rings_on_says_each_thing_once(tmp_path: Path) -> None:
    home, catalogue = tmp_path / "home", tmp_path / "catalogue.ndjson"
    catalogue.write_text("\n".join(SAMPLE.read_text("utf-8").splitlines()[:3]) + "\n", "utf-8")
    run(home, "import", catalogue)
    with following(home) as process:
        until(process, lambda: read_settings(home).watched_at is not None)
        run(home, "import", write_ndjson(tmp_path / "batch.ndjson", batch()))
        until(process, lambda: "procedure.batch-backfill" in dict(issued(home)))
        ring_on(process, home)
        said = issued(home)
        later = told("Z-1", "applied", 0, **APPLIED)
        run(home, "import", write_ndjson(tmp_path / "later.ndjson", [later]))
        ring_on(process, home)
    assert len(said) == len(set(said))
    assert issued(home) == said
    assert_log_is_whole(home)
