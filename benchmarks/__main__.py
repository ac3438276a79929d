"""Every figure of docs/performance.md, in one run on one machine.

    python -m benchmarks                         all, at the sizes of the goals (about an hour, 20 GiB of disk)
    python -m benchmarks --small                 all, in a few minutes: to see that it runs
    python -m benchmarks --write                 and write docs/performance.md and docs/performance.json

The parts alone: benchmarks.append, benchmarks.intake, benchmarks.projections.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks import append, intake, projections, report

DOCS = Path(__file__).parent.parent / "docs"
FULL: dict[str, Any] = {
    "append_events": 800_000,
    "append_batches": 60,
    "import_events": [1_000_000, 4_000_000],
    "cases": list(projections.SIZES),
}
SMALL: dict[str, Any] = {
    "append_events": 50_000,
    "append_batches": 10,
    "import_events": [50_000, 100_000],
    "cases": [5_000, 20_000],
}


def measured(arguments: argparse.Namespace) -> dict[str, Any]:
    """The figures of all parts, one after the other."""
    _tell("appending …")
    appended = [
        one
        for order in append.ORDERS
        for one in append.measure(order, arguments.append_events, arguments.append_batches)
    ]
    _tell("importing …")
    return {
        "machine": report.machine(),
        "command": command(arguments),
        "append": {
            "events_before": arguments.append_events,
            "measured": [one._asdict() for one in appended],
            "ratios": append.ratios(appended),
        },
        "intake": intake.figures(arguments.import_events),
        "projections": projections.measure(arguments.cases, None, arguments.keep),
    }


def command(arguments: argparse.Namespace) -> str:
    """What to type for the same measurement; where logs and figures are kept changes nothing."""
    said = ["python -m benchmarks"]
    for name in ("append_events", "append_batches", "import_events", "cases"):
        value = getattr(arguments, name)
        if value != FULL[name]:
            said += [f"--{name.replace('_', '-')}", *map(str, value if isinstance(value, list) else [value])]
    return " ".join(said)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="sizes for a first look")
    parser.add_argument("--append-events", type=int, help="events in the log before appends are timed")
    parser.add_argument("--append-batches", type=int, help="batches of 1,000 to time")
    parser.add_argument("--import-events", type=int, nargs=2, help="two sizes of file to import")
    parser.add_argument("--cases", type=int, nargs="+", help="cities to rebuild and update")
    parser.add_argument("--keep", type=Path, help="a folder for the cities' logs, found again the next time")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md and docs/performance.json")
    arguments = parser.parse_args()
    for name, size in (SMALL if arguments.small else FULL).items():
        setattr(arguments, name, getattr(arguments, name) or size)
    figures = measured(arguments)
    page = report.page(figures)
    print(page)
    text = json.dumps(figures, indent=2, ensure_ascii=False) + "\n"
    if arguments.json:
        arguments.json.write_text(text, "utf-8")
    if arguments.write:
        (DOCS / "performance.md").write_text(page, "utf-8")
        (DOCS / "performance.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
