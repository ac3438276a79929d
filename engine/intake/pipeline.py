"""From a file into the log: read, check, envelope, append, and say of every event what became of it.

To submit again what was put aside, mend the file and import it: what was taken before is a duplicate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec

from engine.clock import Clock
from engine.errors import IdentityConflict
from engine.facts import Appended, Fact
from engine.intake.csv_log import csv_records
from engine.intake.envelope import FactReader, Persons
from engine.intake.files import Line, Told, chunks, lines
from engine.intake.mapping import Mapper
from engine.intake.profile import Profile, ProfileNeeded, load_profile
from engine.intake.quarantine import QUARANTINED, code_of, quarantined
from engine.intake.records import Broken, Record, whole, without_compression
from engine.intake.refusals import Refusal
from engine.intake.xes import xes_records

BATCH_EVENTS = 4_000
"""Measured: larger batches save few syncs and lose more to the processor's cache."""
BATCH_BYTES_MAX = 16 << 20
"""A batch of large events is closed early, so that memory does not grow with them."""

EVENT_FORMS = (".ndjson", ".jsonl", ".json")
"""Files of our own events: a profile named beside them is for the other files of the same import."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Progress = Callable[[int, int], None]
"""Called with the bytes of the file read so far, and its size."""


class Appendable(Protocol):
    """The log, as intake needs it."""

    def append_batch(self, facts: Sequence[Fact]) -> Appended:
        """Store all or nothing."""


class Taken(msgspec.Struct):
    """A fact (or a quarantine entry), the input that told it, and how many events of the input it completes: 1 or 0."""

    fact: Fact
    origin: Line
    events: int


@dataclass(slots=True)
class Report:
    """What became of a file: every fact is stored, a duplicate, or put aside under a code."""

    stored: int = 0
    duplicates: int = 0
    quarantined: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    """Events of the input (lines, rows) whose outcome is on disk."""


def import_file(
    path: Path,
    log: Appendable,
    persons: Persons,
    clock: Clock,
    *,
    profile: Profile | str | None = None,
    historical: bool = False,
    batch: int = BATCH_EVENTS,
    on_commit: Callable[[int], None] | None = None,
    on_progress: Progress | None = None,
) -> Report:
    """Append every fact of a file. After each commit `on_commit` is told how many events are acknowledged by then."""
    intake = Intake(path, persons, clock, profile=profile, historical=historical, on_progress=on_progress)
    report = Report()
    facts: list[Taken] = []
    size = 0
    for taken in intake.taken():
        facts.append(taken)
        size += taken.origin.size
        if len(facts) >= batch or size >= BATCH_BYTES_MAX:
            _commit(facts, intake, log, report, on_commit)
            facts, size = [], 0
    if facts:
        _commit(facts, intake, log, report, on_commit)
    return report


def _commit(
    batch: list[Taken], intake: Intake, log: Appendable, report: Report, on_commit: Callable[[int], None] | None
) -> None:
    outcomes = _append(batch, intake, log)
    for taken, is_stored in zip(batch, outcomes, strict=True):
        if taken.fact.type == QUARANTINED:
            report.quarantined[code_of(taken.fact)] += 1
        elif is_stored:
            report.stored += 1
        else:
            report.duplicates += 1
        report.acknowledged += taken.events
    intake.reader.look_at_the_clock()
    if on_commit:
        on_commit(report.acknowledged)


def _append(batch: list[Taken], intake: Intake, log: Appendable) -> list[bool]:
    """Append the batch; what conflicts with a known identity goes to quarantine instead, within the same batch.

    A quarantine entry that conflicts was put aside before, at another moment: it stays as it is.
    """
    kept = batch
    while True:
        intake.persons.flush()  # what a conflict puts aside may be sealed under a new key
        try:
            outcomes = log.append_batch([taken.fact for taken in kept]).outcomes
        except IdentityConflict as conflict:
            known = _resolve([kept[index] for index in conflict.indexes], intake)
            kept = [taken for taken in kept if id(taken) not in known]
        else:
            break
    if kept is batch:
        return outcomes
    stored = {id(taken) for taken, is_stored in zip(kept, outcomes, strict=True) if is_stored}
    return [id(taken) in stored for taken in batch]


def _resolve(conflicting: list[Taken], intake: Intake) -> set[int]:
    """Turn conflicting facts into quarantine entries; give back which were such entries already."""
    known = {id(taken) for taken in conflicting if taken.fact.type == QUARANTINED}
    for taken in conflicting:
        if id(taken) not in known:
            taken.fact = intake.refused(Refusal("content-conflict"), taken.origin)
    return known


class Intake:
    """One file on its way in: its events as facts, and as quarantine entries where they cannot be understood."""

    def __init__(
        self,
        path: Path,
        persons: Persons,
        clock: Clock,
        *,
        profile: Profile | str | None = None,
        historical: bool = False,
        on_progress: Progress | None = None,
    ) -> None:
        self.persons = persons
        self.reader = FactReader(persons, clock, historical=historical)
        self._path = path
        self._clock = clock
        self._on_progress = on_progress
        self._form = without_compression(path)
        self._profile = load_profile(profile) if isinstance(profile, str) else profile
        if self._form in EVENT_FORMS:
            self._profile = None
        elif self._profile is None and self._form in (".xes", ".csv"):
            raise ProfileNeeded(file=path.name)

    def taken(self) -> Iterator[Taken]:
        """Everything in the file, in its order. A file that cannot be read on ends with an entry that says where."""
        pieces = chunks(self._path, self._told())
        taken = self._events(pieces) if self._profile is None else self._foreign(self._profile, pieces)
        try:
            yield from taken
        except Broken as broken:
            yield Taken(self.refused(broken.refusal, broken.origin), broken.origin, 1)

    def refused(self, refusal: Refusal, origin: Line) -> Fact:
        """The quarantine entry for this input."""
        return quarantined(
            refusal, origin.text, origin.size, self._path.name, origin.number, self._clock.now(), self.persons
        )

    def _told(self) -> Told | None:
        on_progress, size = self._on_progress, self._path.stat().st_size
        return (lambda read: on_progress(read, size)) if on_progress else None

    def _events(self, pieces: Iterator[bytes]) -> Iterator[Taken]:
        read = self.reader.read
        for line in whole(lines(pieces)):
            text = line.text.removeprefix(BYTE_ORDER_MARK) if line.number == 1 else line.text
            if not text or text.isspace():
                continue
            try:
                fact = read(text)
            except Refusal as refusal:
                fact = self.refused(refusal, line)
            yield Taken(fact, line, 1)

    def _foreign(self, profile: Profile, pieces: Iterator[bytes]) -> Iterator[Taken]:
        mapper = Mapper(profile, self.reader)
        for record in self._records(profile, pieces):
            if record.refusal:
                yield Taken(self.refused(record.refusal, record.origin), record.origin, 1)
            else:
                yield from self._mapped(mapper, record)

    def _mapped(self, mapper: Mapper, record: Record) -> Iterator[Taken]:
        attempts = list(mapper.attempts(record))
        for place, attempt in enumerate(attempts, 1):
            try:
                fact = attempt()
            except Refusal as refusal:
                fact = self.refused(refusal, record.origin)
            yield Taken(fact, record.origin, int(record.is_event and place == len(attempts)))

    def _records(self, profile: Profile, pieces: Iterator[bytes]) -> Iterator[Record]:
        if self._form == ".xes":
            return xes_records(pieces)
        return csv_records(pieces, profile.needed_columns(), profile.csv.delimiter, profile.csv.encoding)
