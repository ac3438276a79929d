"""How fast a file of events comes in, end to end, and that memory does not grow with the file.

    python -m benchmarks.intake              100,000 and 400,000 events
    python -m benchmarks.intake --events 1000000 4000000

Makes its own NDJSON, imports it into a fresh log (durable, hashes on), each size in a process of its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import orjson

from benchmarks.memory import peak_mib

STEPS = ("receive", "review", "inspect", "decide", "deliver")


def event(number: int) -> bytes:
    case, step = divmod(number, len(STEPS))
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"SP-2025-{case:09d}-{step}",
            "source": f"/320900/market-supervision/approval-{case % 7}",
            "type": "esup.case.step_finished",
            "subject": f"SJ-2025-{case:09d}",
            "time": f"2025-{case % 12 + 1:02d}-{case % 28 + 1:02d}T09:{case % 60:02d}:{step:02d}+08:00",
            "sequence": f"{step:04d}",
            "data": {
                "step": STEPS[step],
                "post": "reviewer",
                "officer": f"u{case % 997:04d}",
                "action": "pass",
                "opinion": "材料齐全，符合法定形式",
            },
        }
    )


def write(path: Path, events: int) -> None:
    with path.open("wb") as file:
        for start in range(0, events, 10_000):
            file.write(b"\n".join(event(n) for n in range(start, min(start + 10_000, events))) + b"\n")


def read_only(path: Path, folder: Path) -> float:
    """Everything but the log: the seconds that reading, checking and encoding take."""
    from engine.clock import SystemClock
    from engine.intake.pipeline import Intake
    from engine.persons import Persons

    with Persons.open(folder / "read-keys.sqlite") as persons:
        started = time.perf_counter()
        for _ in Intake(path, persons, SystemClock()).taken():
            pass
        return time.perf_counter() - started


def measure(path: Path, folder: Path) -> dict[str, int]:
    from engine.clock import SystemClock
    from engine.intake.pipeline import import_file
    from engine.log import EventLog
    from engine.persons import Persons

    reading = read_only(path, folder)
    log = EventLog.open(folder / "log.sqlite", SystemClock())
    with Persons.open(folder / "keys.sqlite") as persons:
        started, worked = time.perf_counter(), time.process_time()
        report = import_file(path, log, persons, SystemClock())
        took, busy = time.perf_counter() - started, time.process_time() - worked
    log.close()
    return {
        "events": report.stored,
        "events_a_second": round(report.stored / took),
        "events_a_processor_second": round(report.stored / busy),
        "read_events_a_second": round(report.stored / reading),
        "peak_mib": peak_mib(),
    }


def figures(sizes: Sequence[int]) -> list[dict[str, int]]:
    """Each size imported in a process of its own."""
    return [_in_a_process(events) for events in sizes]


def _in_a_process(events: int) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.ndjson"
        write(path, events)
        command = [sys.executable, "-m", "benchmarks.intake", "--measure", str(path)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    measured: dict[str, int] = orjson.loads(done.stdout)
    return measured


def show(measured: Sequence[dict[str, int]]) -> str:
    """The figures as lines for people."""
    return "\n".join(
        f"{one['events']:>10,} events  {one['events_a_second']:>10,} events/s"
        f"  ({one['events_a_processor_second']:,} a processor second;"
        f" reading alone {one['read_events_a_second']:,} events/s)  peak {one['peak_mib']:,} MiB"
        for one in measured
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, nargs="+", default=[100_000, 400_000])
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(orjson.dumps(measure(arguments.measure, arguments.measure.parent)).decode())
        return
    print(show(figures(arguments.events)))


if __name__ == "__main__":
    main()
