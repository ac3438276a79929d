"""Every figure of docs/performance.md, in one run on one machine.

python -m benchmarks --write                 everything, and write the page, its figures and pictures (many hours)
python -m benchmarks --small                 everything in a few minutes, to see that it runs
python -m benchmarks --only rebuild live     some parts; also ingest durable past daily batches disk archive detection
python -m benchmarks --work FOLDER           where logs and figures lie: begun again there, a run goes on
python -m benchmarks --report                nothing is measured; the page from the figures that are there
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks import report
from benchmarks.measures import Settings, tell
from benchmarks.run import PARTS, ROOT, Run

DOCS = ROOT / "docs"


def settings_of(chosen: argparse.Namespace) -> Settings:
    """The sizes of the run."""
    settings = Settings.small() if chosen.small else Settings()
    asked = {
        "cases": tuple(chosen.sizes) if chosen.sizes else None,
        "events": tuple(chosen.events) if chosen.events else None,
        "detection_cases": chosen.detection_cases,
        "detection_seed": chosen.detection_seed,
        "detection_preset": chosen.detection_preset,
        "live_seconds": chosen.live_seconds,
        "repetitions": chosen.repetitions,
    }
    return replace(settings, **{name: value for name, value in asked.items() if value is not None})


def arguments() -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="sizes for a first look")
    parser.add_argument("--sizes", type=int, nargs="+", metavar="CASES", help="cities, in cases")
    parser.add_argument("--events", type=int, nargs="+", metavar="EVENTS", help="logs that more is taken into")
    parser.add_argument("--detection-cases", type=int, metavar="CASES", help="the city whose truth is known")
    parser.add_argument("--detection-seed", type=int, metavar="SEED")
    parser.add_argument("--detection-preset", metavar="NAME", help="a year of a region, or a month of a small city")
    parser.add_argument("--live-seconds", type=int, metavar="N", help="how long facts arrive at each rate")
    parser.add_argument("--repetitions", type=int, metavar="N", help="how often short things are timed")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=[], metavar="PART", help=" ".join(PARTS))
    parser.add_argument("--work", type=Path, default=Path("benchmark-work"), help="the folder of the run")
    parser.add_argument("--tidy", action="store_true", help="delete a size's logs once it is measured")
    parser.add_argument("--report", action="store_true", help="measure nothing")
    parser.add_argument("--out", type=Path, help="write the page, its figures and pictures into this folder")
    parser.add_argument("--write", action="store_true", help="write them into docs/")
    return parser.parse_args()


def main() -> int:
    """Measure, write the page, and say by the exit code whether everything was measured and all was found."""
    chosen = arguments()
    run = Run(chosen.work, settings_of(chosen))
    if not chosen.report:
        run.everything(chosen.only, tidy=chosen.tidy)
    kept = run.kept()
    out = DOCS if chosen.write else chosen.out
    if out:
        report.write(out, kept, run.settings)
    else:
        print(report.page(kept, run.settings))
    wrong = [*run.failed, *report.wrong(kept)]
    for each in wrong:
        tell(f"wrong: {each}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
