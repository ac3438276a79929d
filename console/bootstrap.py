"""The one place where parts are put together: a home becomes a log, its archive, persons, a clock and projections."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from console.errors import NoHomeHere
from console.output import print_warning
from console.settings import FILE_NAME, Settings, change_settings, read_settings, write_settings
from engine.archive.archive import Archive
from engine.calendar import calendar_facts
from engine.clock import Clock, SystemClock, VirtualClock, parse_moment
from engine.log import EventLog
from engine.persons import Persons
from engine.rulebook import load_rulebook
from projections.projector import Projector

LOG_FILE = "log.sqlite"
KEYS_FILE = "keys.sqlite"
PROJECTIONS_FILE = "projections.duckdb"
ARCHIVE_FOLDER = "archive"
HOME_FILES = (LOG_FILE, KEYS_FILE, PROJECTIONS_FILE, FILE_NAME)


@dataclass
class Home:
    """One installation: where it lies, what it has chosen, and its open parts."""

    path: Path
    settings: Settings
    clock: Clock
    archive: Archive
    log: EventLog
    persons: Persons
    _projector: Projector | None = field(default=None, repr=False)

    @property
    def projector(self) -> Projector:
        """The home's projections, opened for writing when first asked for: one process at a time may."""
        if self._projector is None:
            self._projector = Projector.open(self.path / PROJECTIONS_FILE, self.log)
        return self._projector

    def moment(self, text: str | None) -> int | None:
        """What a person wrote for a moment: an instant, or a date, which is its last microsecond in the home's zone."""
        return None if text is None else parse_moment(text, self.settings.zone)

    def change(self, **changes: object) -> None:
        """Change settings and keep them."""
        self.settings = change_settings(self.path, self.settings, **changes)

    def turn_virtual(self, now: int) -> None:
        """Leave the machine's clock for a virtual one at `now`; history gives cards from its beginning.

        What was derived for a later moment is thrown away: it follows from the log.
        """
        self.change(clock="virtual", now=now, watch_from=None, watched_at=None)
        self.clock = VirtualClock(now)
        if self._projector is not None:
            self._projector.close()
            self._projector = None
        (self.path / PROJECTIONS_FILE).unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of every file."""
        if self._projector is not None:
            self._projector.close()
            self._projector = None
        self.persons.close()
        self.log.close()


def clock_of(settings: Settings) -> Clock:
    """The clock that the settings name: the machine's, or a virtual one where it stood."""
    return VirtualClock(settings.now or 0) if settings.is_virtual else SystemClock()


@contextmanager
def open_home(path: Path, *, create: bool = True) -> Iterator[Home]:
    """An installation, made if there is none and `create` allows it; closed at the end."""
    if not (path / FILE_NAME).is_file():
        if not create:
            raise NoHomeHere(path=str(path))
        make_home(path)
    settings = read_settings(path)
    # The log stamps appends by the machine's clock in any home: when something was known is another matter.
    archive = Archive(path / ARCHIVE_FOLDER, print_warning)
    log, persons = EventLog.open(path / LOG_FILE, SystemClock(), archive=archive), Persons.open(path / KEYS_FILE)
    home = Home(path, settings, clock_of(settings), archive, log, persons)
    try:
        yield home
    finally:
        home.close()


def make_home(path: Path) -> None:
    """A fresh home: its log begins with the built-in calendars and rules, each as of the day it was published.

    The settings come last: a home whose making was interrupted is simply made again, and finds its events known.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock = SystemClock()
    Persons.open(path / KEYS_FILE).close()
    log = EventLog.open(path / LOG_FILE, clock)
    try:
        log.append_batch(sorted([*calendar_facts(), *load_rulebook().facts()], key=lambda fact: fact.recorded_at or 0))
    finally:
        log.close()
    write_settings(path, Settings(watch_from=clock.now()))
