"""The history that files hold, as a home would have learned it: each fact once, in the order in which it was known."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from console.bootstrap import LOG_FILE, Home
from console.intake import choose_profile
from console.messages import say
from console.output import progress
from engine.clock import SystemClock, VirtualClock
from engine.facts import Fact
from engine.intake.pipeline import import_file
from engine.intake.quarantine import QUARANTINED
from engine.log import EventLog

FOLDER = "history-"
FIRST_KNOWN = "SELECT min(recorded_at) FROM events WHERE position > ? AND type <> ?"
IN_ORDER = """
SELECT stream, type, occurred_at, recorded_at, source, event_id, dataversion, CAST(body AS BLOB)
FROM events
WHERE position > ? AND type <> ? AND recorded_at <= ?
ORDER BY recorded_at, type GLOB 'esup.case.*', position
"""
PUT_ASIDE = """
SELECT stream, type, ?, ?, source, event_id, dataversion, CAST(body AS BLOB)
FROM events
WHERE position > ? AND type = ?
ORDER BY position
"""


@dataclass(frozen=True)
class History:
    """New facts of some files in a scratch log, which is a copy of the home's log with them behind it."""

    scratch: Path
    known_before: int
    """The scratch log's last position that the home has too."""
    quarantined: Counter[str]

    def first_known_at(self) -> int | None:
        """When the first new fact became known; None if there is none."""
        with closing(sqlite3.connect(self.scratch)) as log:
            (first,) = log.execute(FIRST_KNOWN, [self.known_before, QUARANTINED]).fetchone()
        return None if first is None else int(first)

    def facts(self, begin: int, until: int) -> Iterator[Fact]:
        """What was put aside, known from `begin` on; then what became known up to `until`, in that order.

        At one instant, what concerns all cases comes before the cases' own.
        """
        with closing(sqlite3.connect(self.scratch)) as log:
            for row in log.execute(PUT_ASIDE, [begin, begin, self.known_before, QUARANTINED]):
                yield Fact(*row)
            for row in log.execute(IN_ORDER, [self.known_before, QUARANTINED, until]):
                yield Fact(*row)


@contextmanager
def history_of(home: Home, files: Sequence[Path], profile: str | None, until: int) -> Iterator[History]:
    """Take files in through the door that every file takes, into a scratch log beside the home's own.

    So what the home knows already is a duplicate here too, and what contradicts it is put aside. Persons' keys go into
    the home's key store. The scratch log is gone afterwards; one that a killed process left behind goes now.
    """
    chosen = choose_profile(home, profile)
    known_before = home.log.head().size
    quarantined: Counter[str] = Counter()
    # A history may reach beyond this machine's present, up to where it is to be lived.
    clock = VirtualClock(max(until, SystemClock().now()))
    for left_behind in home.path.glob(f"{FOLDER}*"):
        shutil.rmtree(left_behind)
    with TemporaryDirectory(prefix=FOLDER, dir=home.path) as folder:
        scratch = Path(folder) / LOG_FILE
        copy_log(home.path / LOG_FILE, scratch)
        with EventLog.open(scratch, SystemClock()) as log:
            for file in files:
                with progress(say("Reading {name}", name=file.name)) as advance:
                    report = import_file(
                        file, log, home.persons, clock, profile=chosen, historical=True, on_progress=advance
                    )
                quarantined += report.quarantined
        yield History(scratch, known_before, quarantined)


def copy_log(log: Path, copy: Path) -> None:
    """A copy of a log that is open: whole, as of one moment."""
    with closing(sqlite3.connect(log)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
