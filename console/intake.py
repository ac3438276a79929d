"""Files into a home's log, whatever door they take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from console.bootstrap import Home
from console.messages import say
from console.output import progress
from engine.clock import Clock
from engine.facts import Appended, Fact
from engine.intake.pipeline import import_file
from engine.intake.profile import Profile, load_profile
from engine.log import EventLog

Acknowledge = Callable[[int], None]


@dataclass
class Totals:
    """What became of every event of all files."""

    stored: int = 0
    duplicates: int = 0
    quarantined: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0


class VirtualDoor:
    """The log of a home on a virtual clock: what comes in without a moment of its own becomes known at the clock's."""

    def __init__(self, log: EventLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock

    def append_batch(self, facts: Sequence[Fact]) -> Appended:
        """Store all or nothing."""
        now = self._clock.now()
        return self._log.append_batch(
            [fact if fact.recorded_at is not None else fact._replace(recorded_at=now) for fact in facts]
        )


def import_files(
    home: Home, files: Sequence[Path], profile: str | None, historical: bool, acknowledge: Acknowledge | None
) -> Totals:
    """Append the facts of files, one after the other; `acknowledge` is told the sum after each commit."""
    chosen = choose_profile(home, profile)
    door = VirtualDoor(home.log, home.clock) if home.settings.is_virtual else home.log
    totals = Totals()
    for file in files:
        before = totals.acknowledged

        def tell(count: int, before: int = before) -> None:
            if acknowledge is not None:
                acknowledge(before + count)

        with progress(say("Importing {name}", name=file.name)) as advance:
            report = import_file(
                file,
                door,
                home.persons,
                home.clock,
                profile=chosen,
                historical=historical,
                on_progress=advance,
                on_commit=tell,
            )
        totals.stored += report.stored
        totals.duplicates += report.duplicates
        totals.quarantined += report.quarantined
        totals.acknowledged += report.acknowledged
    return totals


def choose_profile(home: Home, name: str | None) -> Profile | None:
    """The profile of a foreign format; the first one gives the home its zone, unless it watches already."""
    if name is None:
        return None
    profile = load_profile(name)
    if not home.settings.profile:
        zone = home.settings.zone if home.settings.watched_at is not None else profile.zone
        home.change(profile=name, zone=zone)
    return profile
