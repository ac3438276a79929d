"""How long one fact takes until it is on disk, beside what the disk itself takes to sync."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from benchmarks.contestants import facts
from benchmarks.measures import Figures, Measure, Place, Settings, latency
from engine.clock import SystemClock
from engine.log import EventLog

EVENTS_BEFORE = 100_000
REPETITIONS = 1_000
PAGE = bytes(4096)


def single_appends(place: Place, events: int) -> Figures:
    """One fact, one page appended and one overwritten by turns: whatever else the disk does hits all alike."""
    seconds: dict[str, list[float]] = {"append": [], "overwritten": [], "appended": []}
    with tempfile.TemporaryDirectory(dir=place.folder) as folder:
        page = os.open(Path(folder) / "page", os.O_RDWR | os.O_CREAT)
        growing = os.open(Path(folder) / "growing", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.pwrite(page, PAGE, 0)
        os.fsync(page)
        with EventLog.open(Path(folder) / "log.sqlite", SystemClock()) as log:
            for batch in facts("in order", 0, events):
                log.append_batch(batch)
            for each in facts("in order", events, REPETITIONS, batch=1):
                began = time.perf_counter()
                log.append_batch(each)
                appended = time.perf_counter()
                os.pwrite(page, PAGE, 0)
                os.fdatasync(page)
                overwritten = time.perf_counter()
                os.write(growing, PAGE)
                os.fdatasync(growing)
                ended = time.perf_counter()
                seconds["append"].append(appended - began)
                seconds["overwritten"].append(overwritten - appended)
                seconds["appended"].append(ended - overwritten)
        os.close(page)
        os.close(growing)
    return {name: latency(each) for name, each in seconds.items()}


def _one_size(settings: Settings) -> tuple[int, ...]:
    return (min(EVENTS_BEFORE, *settings.events),)


MEASURES = (Measure("durable.append", single_appends, _one_size),)
