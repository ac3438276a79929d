"""How fast the models follow a city's log: rebuilt cold and derived, beside a plain-Python fold, and updated.

    python -m benchmarks.projections                     100,000 and 1,000,000 cases
    python -m benchmarks.projections --cases 20000       smaller
    python -m benchmarks.projections --only rebuild      without the updates; also: update
    python -m benchmarks.projections --keep FOLDER       keep the logs there and find them again

Each measurement runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.city_log import SECOND, as_of, new_facts, write_log
from benchmarks.fold import ANSWER, PROMISED, STATUTORY, STEP, Answer, fold
from benchmarks.memory import peak_mib
from engine.clock import SystemClock
from engine.log import EventLog
from projections.projector import FOREVER, Projector

SIZES = (100_000, 1_000_000)
REPETITIONS = {1: 40, 100: 40, 10_000: 8}
WARM_UPS = 3
CORE_RULES = (
    "T01 T02 T03 T04 T05 T06 T08 T11 T12 T14 T15 T18 T20 T23 P01 P02 P03 P05 P06 P07 P08 P09 P14 P15 C01 C02 C03 "
    "F01 F02 J02 K01 K02 K03 K04 K05 K06 K07a K07b O01 O04 D01 D03 D04 S01 S02 S03 S04 S05 M01 M02 R01"
).split()
"""The rules that the city breaks; K07a and K07b are the two halves of one."""
Figures = dict[str, Any]

_LIMITS = """
select rule_id, count(*), coalesce(sum(due_on - date '1970-01-01'), 0)::bigint
from obligations
where list_contains($rules, rule_id)
group by rule_id
"""
_BREACHES = """
select rule_id, count(*)
from findings
where level in ('yellow', 'red') and verdict <> 'pending' and list_contains($rules, rule_id)
group by rule_id
"""
_FOUND = """
select rule_definitions.code, count(*)
from findings
inner join (select distinct rule_id, code from rule_definitions) as rule_definitions
    on findings.rule_id = rule_definitions.rule_id
where findings.verdict <> 'pending' and rule_definitions.code is not null
group by rule_definitions.code
"""


def cold(log_path: Path, cases: int) -> Figures:
    """Read the log, load it, derive: what a rebuild from nothing costs."""
    with EventLog.open(log_path, SystemClock(), read_only=True) as log:
        events = log.head().size
        started, worked = time.perf_counter(), time.process_time()
        projector = Projector.in_memory(log)
        projector.load(FOREVER)
        loaded = time.perf_counter()
        projector.rebuild(as_of())
        ended, busy = time.perf_counter(), time.process_time() - worked
        peak = peak_mib()
        found, rules = answer(projector), dict(projector.store.rows(_FOUND))
        projector.close()
    return {
        "events": events,
        "load_seconds": loaded - started,
        "derive_seconds": ended - loaded,
        "seconds": ended - started,
        "processor_seconds": busy,
        "peak_mib": peak,
        "answer": found._asdict(),
        "rules": {code: rules.get(code, 0) for code in CORE_RULES},
    }


def derive(log_path: Path, cases: int) -> Figures:
    """The models over facts already loaded; the second of two rebuilds, the first one warms the process."""
    with EventLog.open(log_path, SystemClock(), read_only=True) as log:
        projector = Projector.in_memory(log)
        projector.load(FOREVER)
        seconds, processor = [], []
        for _ in range(3):
            started, worked = time.perf_counter(), time.process_time()
            projector.rebuild(as_of())
            seconds.append(time.perf_counter() - started)
            processor.append(time.process_time() - worked)
        projector.close()
        return {
            "events": log.head().size,
            "seconds": min(seconds),
            "processor_seconds": min(processor),
            "peak_mib": peak_mib(),
        }


def python_fold(log_path: Path, cases: int) -> Figures:
    """The peer, over the same file."""
    started, worked = time.perf_counter(), time.process_time()
    found = fold(log_path, as_of())
    seconds, busy = time.perf_counter() - started, time.process_time() - worked
    return {"seconds": seconds, "processor_seconds": busy, "peak_mib": peak_mib(), "answer": found._asdict()}


def update(log_path: Path, cases: int) -> Figures:
    """Updates of a store on disk that was built from the log with its indexes; only `update` is on the clock."""
    chance, batch = random.Random(f"update {cases}"), 0
    figures: Figures = {"batches": {}}
    with tempfile.TemporaryDirectory(dir=log_path.parent) as folder, EventLog.open(log_path, SystemClock()) as log:
        projector = Projector.open(Path(folder) / "projections.duckdb", log)
        started = time.perf_counter()
        projector.update(as_of())
        figures["first_seconds"] = time.perf_counter() - started
        for touched, repetitions in REPETITIONS.items():
            if touched > cases:
                continue
            seconds: list[float] = []
            for repetition in range(WARM_UPS + repetitions):
                log.append_batch(new_facts(chance, cases, touched, batch))
                batch += 1
                now = as_of() + batch * SECOND
                started = time.perf_counter()
                projector.update(now)
                if repetition >= WARM_UPS:
                    seconds.append(time.perf_counter() - started)
            figures["batches"][str(touched)] = _latency(seconds)
        projector.close()
    return figures | {"peak_mib": peak_mib()}


PARTS: dict[str, Callable[[Path, int], Figures]] = {
    "cold": cold,
    "derive": derive,
    "fold": python_fold,
    "update": update,
}


def answer(projector: Projector) -> Answer:
    """What the models say of the city, in the fold's words."""
    rules = {"rules": [ANSWER, PROMISED, STATUTORY, STEP]}
    limits = projector.store.rows(_LIMITS, rules)
    return Answer(
        {rule: count for rule, count, _ in limits},
        {rule: days for rule, _, days in limits},
        dict(projector.store.rows(_BREACHES, rules)),
    )


def measure(sizes: list[int], only: str | None = None, keep: Path | None = None) -> list[Figures]:
    """All parts at each size; refuses figures of a fold that does not say what the models say."""
    return [_measure_size(cases, only, keep) for cases in sizes]


def _measure_size(cases: int, only: str | None, keep: Path | None) -> Figures:
    with tempfile.TemporaryDirectory(prefix="projections-") as folder:
        place = keep or Path(folder)
        log_path = place / f"city-{cases}.sqlite"
        if not log_path.exists():
            place.mkdir(parents=True, exist_ok=True)
            _tell(f"a log of {cases:,} cases …")
            write_log(log_path, cases)
        parts = {None: list(PARTS), "rebuild": ["cold", "derive", "fold"], "update": ["update"]}[only]
        figures: Figures = {"cases": cases}
        for part in parts:
            _tell(f"{part} of {cases:,} cases …")
            figures[part] = _in_a_process(part, log_path, cases)
        if "fold" in figures and figures["fold"]["answer"] != figures["cold"]["answer"]:
            raise SystemExit(f"the fold and the models differ:\n{figures['fold']}\n{figures['cold']}")
        return figures


def _in_a_process(part: str, log_path: Path, cases: int) -> Figures:
    """The updates append to the log: they get a copy, so that it can be kept."""
    with tempfile.TemporaryDirectory(dir=log_path.parent) as folder:
        path = log_path
        if part == "update":
            path = Path(folder) / log_path.name
            _copy(log_path, path)
        command = [sys.executable, "-m", "benchmarks.projections", "--child", part, str(path), "--cases", str(cases)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures: Figures = json.loads(done.stdout)
    return figures


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as read, target.open("wb") as written:
        while os.copy_file_range(read.fileno(), written.fileno(), 1 << 30):
            pass


def _latency(seconds: list[float]) -> Figures:
    """In milliseconds; with fewer than a hundred repetitions the p99 is the slowest."""
    ordered = sorted(1000 * second for second in seconds)
    return {
        "repetitions": len(ordered),
        "p50_ms": ordered[len(ordered) // 2],
        "p99_ms": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)],
        "slowest_ms": ordered[-1],
    }


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def show(sizes: list[Figures]) -> str:
    """The figures as lines for people."""
    lines = []
    for size in sizes:
        for part in ("cold", "derive", "fold"):
            if part in size:
                rate = (size.get("cold") or size[part])["events"] / size[part]["seconds"]
                lines.append(
                    f"{size['cases']:>9,} cases  {part:<7}{size[part]['seconds']:9.2f} s  {rate:>11,.0f} events/s"
                    f"  processor {size[part]['processor_seconds']:.2f} s  peak {size[part]['peak_mib']:,} MiB"
                )
        for touched, latency in size.get("update", {}).get("batches", {}).items():
            lines.append(
                f"{size['cases']:>9,} cases  update of {int(touched):>6,}: p50 {latency['p50_ms']:,.0f} ms"
                f"  p99 {latency['p99_ms']:,.0f} ms  ({latency['repetitions']} times)"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--only", choices=["rebuild", "update"])
    parser.add_argument("--keep", type=Path, help="a folder for the logs, found again the next time")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--child", nargs=2, metavar=("PART", "LOG"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        part, log_path = arguments.child
        print(json.dumps(PARTS[part](Path(log_path), arguments.cases[0])))
        return
    figures = measure(arguments.cases, arguments.only, arguments.keep)
    print(show(figures))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
