"""What a measure is, the folder it works in, and what it leaves there."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.memory import peak_mib

Figures = dict[str, Any]
NO_END = sys.maxsize


@dataclass(frozen=True)
class Settings:
    """How large and how long a run is; kept in its folder, so that every process of it reads the same."""

    cases: tuple[int, ...] = (100_000, 300_000, 1_000_000, 3_000_000)
    events: tuple[int, ...] = (800_000, 8_000_000)
    """How many events a log holds before more are taken in."""
    detection_cases: int = 100_000
    detection_seed: int = 7_919
    detection_preset: str = "year"
    live_seconds: int = 60
    repetitions: int = 100
    """How often a short thing is timed."""

    @classmethod
    def small(cls) -> Settings:
        """Minutes instead of hours: to see that everything runs."""
        return cls((2_000, 6_000), (20_000, 60_000), 300, 7_919, "month", 8, 12)


@dataclass(frozen=True)
class Place:
    """The folder of a run."""

    folder: Path

    @property
    def settings(self) -> Settings:
        """How this run was begun."""
        told: dict[str, Any] = json.loads((self.folder / "settings.json").read_text("utf-8"))
        return Settings(**{name: tuple(value) if isinstance(value, list) else value for name, value in told.items()})

    def log(self, cases: int) -> Path:
        """The log of a city, which nobody changes."""
        return self.folder / f"city-{cases}.sqlite"

    def archive(self, cases: int) -> Path:
        """The archive of that log."""
        return self.folder / f"archive-{cases}"

    def parquet(self, cases: int) -> Path:
        """The same facts as flat tables, as whoever writes SQL by hand would keep them."""
        return self.folder / f"parquet-{cases}"

    def home(self, cases: int) -> Path:
        """A home with a copy of the log, its projections and their indexes: it is watched, and so it grows."""
        return self.folder / f"home-{cases}"

    def figures(self, measure: str, size: int) -> Path:
        """Where a measure leaves its figures."""
        return self.folder / "figures" / f"{measure}-{size}.json"


class Measure(NamedTuple):
    """One thing that is measured at several sizes, each time in a process of its own."""

    name: str
    run: Callable[[Place, int], Figures]
    sizes: Callable[[Settings], Sequence[int]]
    needs: tuple[str, ...] = ()
    """The measures that leave at the same size what this one works on."""
    product: Callable[[Place, int], Path] | None = None
    """What it leaves for others; made on demand, and again if it is gone."""

    @property
    def part(self) -> str:
        """The part it belongs to: its name up to the point."""
        return self.name.partition(".")[0]


def of_cases(settings: Settings) -> Sequence[int]:
    """Every size of city."""
    return settings.cases


def of_cases_upto(most: int) -> Callable[[Settings], Sequence[int]]:
    """The sizes of city up to one; at least the smallest, so that a small run shows it too."""
    return lambda settings: [size for size in settings.cases if size <= most] or [min(settings.cases)]


def of_events(settings: Settings) -> Sequence[int]:
    """Every size of log that takes in more."""
    return settings.events


class Timed:
    """Seconds of the wall and of the processor."""

    seconds = 0.0
    processor_seconds = 0.0

    def figures(self) -> Figures:
        """The seconds, and the peak of this process's memory so far."""
        return {"seconds": self.seconds, "processor_seconds": self.processor_seconds, "peak_mib": peak_mib()}


@contextmanager
def timed() -> Iterator[Timed]:
    """Time what is done inside."""
    told, started, worked = Timed(), time.perf_counter(), time.process_time()
    yield told
    told.seconds, told.processor_seconds = time.perf_counter() - started, time.process_time() - worked


def latency(seconds: Sequence[float]) -> Figures:
    """Percentiles in milliseconds, by rank, from the quickest (0) to the slowest (100)."""
    ordered = sorted(1000 * second for second in seconds)
    percentiles = [ordered[max(0, math.ceil(share * len(ordered) / 100) - 1)] for share in range(101)]
    told = {f"p{share}_ms": percentiles[share] for share in (50, 90, 99)}
    shown = [round(value, 3) for value in percentiles]
    return {"repetitions": len(ordered), **told, "slowest_ms": ordered[-1], "percentiles_ms": shown}


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files of a folder."""
    return (
        sum(each.stat().st_size for each in path.rglob("*") if each.is_file()) if path.is_dir() else path.stat().st_size
    )


def copy_file(source: Path, target: Path) -> None:
    """A copy by the system's own means, which shares the blocks where the file system can."""
    with source.open("rb") as read, target.open("wb") as written:
        while os.copy_file_range(read.fileno(), written.fileno(), 1 << 30):
            pass


def tell(text: str) -> None:
    """Say how far it is."""
    print(text, file=sys.stderr, flush=True)
