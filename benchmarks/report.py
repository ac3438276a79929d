"""The figures of one run as a page: the goals first, each met or not, then what was measured.

python -m benchmarks.report docs/performance.json > docs/performance.md      the page again, from kept figures
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from engine.clock import SystemClock, format_instant

IMPORT_GOAL, MEMORY_GOAL = 60_000, 1.2
DERIVE_GOAL, UPDATE_GOAL_MS, GROWTH_GOAL = 500_000, 500, 1.5
SHARE_GOAL = 0.0005
UPDATE_OF = "100"
Figures = dict[str, Any]

_OPENING = """# Performance

Measured by `{command}` on {day}; every figure is of that one run.
Machine: {machine}.

A city's log holds about eleven events a case: applied for with materials, accepted, two or three steps, decided,
delivered, published, closed; some late, suspended, extended, corrected; penalties, seizures, complaints, tasks, changes
of the catalogue; and each core rule broken in some (`benchmarks/city_log.py`). All rules are on.
*Cold* reads the log, loads it and derives; *derive* is the models over facts already loaded. The *fold* is plain Python
over the same log file, one thread, and knows only the four limits of a licence; its limits, due days and breaches
equalled the models' in this run. Each measurement had a process of its own; peak memory is that process's.
"""

_UPDATING = """One new fact for each of so many cases, drawn from all; only `update` is timed, on a store on disk. With
fewer than 100 repetitions the p99 is the slowest."""


class Goal(NamedTuple):
    """One line of the table of goals."""

    what: str
    goal: str
    measured: str
    is_met: bool


def machine() -> dict[str, str]:
    """What the figures depend on, and the day."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": f"{_processor()}, {os.cpu_count()} threads",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "libraries": f"DuckDB {duckdb.__version__}, SQLite {sqlite3.sqlite_version}",
        "load": f"load average before {os.getloadavg()[0]:.1f}",
        "day": format_instant(SystemClock().now(), "Asia/Shanghai")[:10],
    }


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def page(figures: Figures) -> str:
    """The whole page in Markdown."""
    about = figures["machine"]
    opening = _OPENING.format(
        command=figures["command"],
        day=about["day"],
        machine="; ".join(text for name, text in about.items() if name != "day"),
    )
    parts = [opening, "## Goals\n", _goals_table(list(goals(figures))), "## Appending\n", _append(figures["append"])]
    parts += ["## Importing\n", _intake(figures["intake"]), "## Rebuilding\n", _rebuild(figures["projections"])]
    parts += ["## Updating\n", _update(figures["projections"])]
    parts += ["## What the rules found\n", _rules(figures["projections"])]
    return "\n".join(parts)


def goals(figures: Figures) -> Iterator[Goal]:
    """Every goal against its figure."""
    for ratio in figures["append"]["ratios"]:
        if ratio["goal"] is not None:
            what = f"append a batch of 1,000, ids {ratio['order']}, over {ratio['of']}"
            yield Goal(what, f"≥ {ratio['goal']} ×", f"{ratio['ratio']} ×", ratio["reached"])
    small, large = figures["intake"][0], figures["intake"][-1]
    slower = min(small["events_a_second"], large["events_a_second"])
    yield Goal("import, end to end", f"≥ {IMPORT_GOAL:,} events/s", f"{slower:,} events/s", slower >= IMPORT_GOAL)
    growth = large["peak_mib"] / small["peak_mib"]
    what = f"peak memory of importing {large['events']:,} events over {small['events']:,}"
    yield Goal(what, f"≤ {MEMORY_GOAL} ×", f"{growth:.2f} ×", growth <= MEMORY_GOAL)
    for size in figures["projections"]:
        yield from _projection_goals(size)
    yield from _growth(figures["projections"])


def _projection_goals(size: Figures) -> Iterator[Goal]:
    at = f"{size['cases']:,} cases"
    over = size["fold"]["seconds"] / size["cold"]["seconds"]
    yield Goal(f"cold over the plain-Python fold, {at}", "≥ 1 ×", f"{over:.2f} ×", over >= 1)
    found = size["cold"]["rules"]
    firing = sum(number >= SHARE_GOAL * size["cases"] for number in found.values())
    what = f"rules that find at least one in {1 / SHARE_GOAL:,.0f}, {at}"
    yield Goal(what, f"{len(found)}", f"{firing}", firing == len(found))
    speed = size["derive"]["events"] / size["derive"]["seconds"]
    yield Goal(f"derive, {at}", f"≥ {DERIVE_GOAL:,} events/s", f"{speed:,.0f} events/s", speed >= DERIVE_GOAL)
    latency = size["update"]["batches"].get(UPDATE_OF)
    if latency:
        p99 = latency["p99_ms"]
        yield Goal(f"update of 100 cases, p99, {at}", f"≤ {UPDATE_GOAL_MS} ms", f"{p99:,.0f} ms", p99 <= UPDATE_GOAL_MS)


def _growth(sizes: list[Figures]) -> Iterator[Goal]:
    if len(sizes) > 1:
        small, large = (sizes[place]["update"]["batches"][UPDATE_OF]["p99_ms"] for place in (0, -1))
        what = f"update of 100 cases, p99 at {sizes[-1]['cases']:,} over {sizes[0]['cases']:,} cases"
        yield Goal(what, f"≤ {GROWTH_GOAL} ×", f"{large / small:.2f} ×", large / small <= GROWTH_GOAL)


def _goals_table(each: list[Goal]) -> str:
    rows = [[goal.what, goal.goal, goal.measured, "met" if goal.is_met else "**not met**"] for goal in each]
    return _table(["what", "goal", "measured", ""], rows)


def _append(figures: Figures) -> str:
    rows = [
        [one["contestant"], one["order"], f"{one['events_a_second']:,}", f"{one['batch_ms_median']}"]
        for one in figures["measured"]
    ]
    before = f"Durable batches of 1,000, {figures['events_before']:,} events in the log before.\n\n"
    return before + _table(["who", "ids", "events/s", "ms a batch, median"], rows)


def _intake(sizes: list[Figures]) -> str:
    names = ("events_a_second", "events_a_processor_second", "read_events_a_second", "peak_mib")
    rows = [[f"{size['events']:,}", *(f"{size[name]:,}" for name in names)] for size in sizes]
    return _table(["events", "events/s", "events a processor second", "reading alone, events/s", "peak MiB"], rows)


def _rebuild(sizes: list[Figures]) -> str:
    rows = []
    for size in sizes:
        events = size["cold"]["events"]
        for part in ("cold", "derive", "fold"):
            one = size[part]
            speed, peak = f"{events / one['seconds']:,.0f}", f"{one['peak_mib']:,}"
            rows.append(
                [
                    f"{size['cases']:,}",
                    part,
                    f"{one['seconds']:.2f}",
                    f"{one['processor_seconds']:.2f}",
                    speed,
                    peak,
                ]
            )
    return _table(["cases", "", "seconds", "processor seconds", "events/s", "peak MiB"], rows)


def _update(sizes: list[Figures]) -> str:
    rows = [
        [
            f"{size['cases']:,}",
            f"{int(touched):,}",
            f"{one['p50_ms']:,.0f}",
            f"{one['p99_ms']:,.0f}",
            str(one["repetitions"]),
        ]
        for size in sizes
        for touched, one in size["update"]["batches"].items()
    ]
    built = "; ".join(f"{size['cases']:,} cases {size['update']['first_seconds']:.1f} s" for size in sizes)
    before = f"{_UPDATING}\nThe first update, which builds all with its indexes: {built}.\n\n"
    return before + _table(["cases", "touched", "p50 ms", "p99 ms", "repetitions"], rows)


def _rules(sizes: list[Figures]) -> str:
    head = ["rule", *(f"of {size['cases']:,} cases" for size in sizes)]
    rows = [
        [code, *(f"{size['cold']['rules'][code]:,} ({_share(size, code)})" for size in sizes)]
        for code in sizes[0]["cold"]["rules"]
    ]
    return "Findings that have triggered, in all and as a share of the cases.\n\n" + _table(head, rows)


def _share(size: Figures, code: str) -> str:
    return f"{100 * size['cold']['rules'][code] / size['cases']:.2f} %"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", type=Path, help="what a run kept with --json or --write")
    sys.stdout.write(page(json.loads(parser.parse_args().figures.read_text("utf-8"))))


if __name__ == "__main__":
    main()
