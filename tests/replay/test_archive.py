"""A rebuild from the archive is the rebuild from the log: with a tail and without, as of any day, as then known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.archive.archive import Archive
from engine.archive.errors import ArchiveDamaged
from engine.archive.manifest import Segment
from engine.archive.sealing import seal
from engine.clock import SystemClock
from engine.log import EventLog
from projections.projector import FOREVER, Projector
from replay.as_of import replay
from tests.monitors.city import City, accepted, at, case, decided

SEGMENT_EVENTS = 40
LAST = "2026-09-25 12:00"
Moment = tuple[str, str | None]
MOMENTS: tuple[Moment, ...] = (("2026-09-16 23:59", None), ("2026-09-20 23:59", "2026-09-22 23:59"), (LAST, None))


class HalfReadable:
    """A log whose text may only be read where its archive does not reach."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.read_as_text: list[tuple[int, int]] = []

    def segments(self, after: int, upto: int) -> Iterator[tuple[Segment, Path]]:
        return self._log.segments(after, upto)

    def text_chunks(self, after: int, upto: int) -> Iterator[bytes]:
        self.read_as_text.append((after, min(upto, self._log.head().size)))
        return self._log.text_chunks(after, upto)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of three weeks under watch: late facts, a correction, history that came in after its day was sealed."""
    folder = tmp_path_factory.mktemp("city")
    city = City(folder, seals_days=True)
    city.tell(accepted("C", "2026-09-07 10:00"), accepted("\\N", "2026-09-10 10:00"))
    city.watch("2026-09-19 12:00")
    late = {"known": "2026-09-20 10:00", "step": "s", "post": "p", "officer": "o"}
    city.tell(case("step_finished", "\\N", "2026-09-11 10:00", **late))
    city.watch("2026-09-20 12:00")
    city.watch("2026-09-21 00:00")
    city.tell(decided("C", "2026-09-18 17:00", known="2026-09-22 09:00"))
    city.watch("2026-09-22 09:00")
    city.tell(
        accepted("OLD", "2026-09-08 10:00"), decided("C", "2026-09-22 08:00", known="2026-09-23 09:00", version=2)
    )
    city.watch("2026-09-23 09:00")
    city.tell(decided("OLD", "2026-09-23 10:00"))
    city.log.close()
    city.projector.close()
    return folder / "log.sqlite"


@pytest.fixture(scope="module")
def log(path: Path) -> Iterator[EventLog]:
    """The log alone."""
    with EventLog.open(path, SystemClock(), read_only=True) as log:
        yield log


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
def archived(path: Path, archive: Archive) -> Iterator[EventLog]:
    """The same log with its archive."""
    with EventLog.open(path, SystemClock(), archive=archive, read_only=True) as log:
        yield log


def hash_of(projector: Projector) -> str:
    try:
        return projector.canonical_hash()
    finally:
        projector.close()


def rebuilt(log: EventLog, as_of: str, known_at: str | None) -> str:
    """The whole log, judged at one moment as known at another; nothing is left out when it is loaded."""
    projector = Projector.in_memory(log)
    projector.load(FOREVER)
    projector.rebuild(at(as_of), at(known_at) if known_at else None)
    return hash_of(projector)


def replayed(log: EventLog, as_of: str, known_at: str | None) -> str:
    return hash_of(replay(log, at(as_of), at(known_at) if known_at else None))


@pytest.mark.parametrize("has_tail", [True, False], ids=["with a tail", "without a tail"])
def test_a_rebuild_from_the_archive_equals_one_from_the_log(
    log: EventLog, archived: EventLog, archive: Archive, has_tail: bool
) -> None:
    size = log.head().size
    written = seal(archive, log, None if has_tail else size, most=SEGMENT_EVENTS)
    assert len(written) > 2
    assert (written[-1].last < size) == has_tail
    reading = HalfReadable(archived)
    projector = Projector.in_memory(reading)
    projector.load(FOREVER)
    projector.close()
    assert reading.read_as_text == [(written[-1].last, size)]
    moment = MOMENTS[1] if has_tail else MOMENTS[2]
    assert rebuilt(archived, *moment) == rebuilt(log, *moment)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_replay_from_the_archive_equals_one_from_the_log(
    log: EventLog, archived: EventLog, archive: Archive, moment: Moment
) -> None:
    seal(archive, log, most=SEGMENT_EVENTS)
    assert replayed(archived, *moment) == replayed(log, *moment)


def test_what_stands_in_the_middle_goes_on_by_text_then_by_segments(
    log: EventLog, archived: EventLog, archive: Archive
) -> None:
    written = seal(archive, log, most=SEGMENT_EVENTS)
    middle, reading = written[0].last - 5, HalfReadable(archived)
    projector = Projector.in_memory(reading)
    projector.update(at("2026-09-16 23:59"), middle)
    projector.update(at(LAST))
    assert reading.read_as_text == [(0, middle), (middle, written[0].last), (written[-1].last, log.head().size)]
    assert hash_of(projector) == rebuilt(log, LAST, None)


@pytest.mark.parametrize("number", [0, 1, -1])
@pytest.mark.parametrize("is_missing", [True, False], ids=["missing", "changed"])
def test_a_damaged_segment_is_told_of_and_its_events_are_read_from_the_log(
    path: Path, log: EventLog, archive: Archive, number: int, is_missing: bool
) -> None:
    damaged = seal(archive, log, most=SEGMENT_EVENTS)[number]
    file = archive.path_of(damaged)
    if is_missing:
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-1] + b"x")
    told: list[ArchiveDamaged] = []
    with EventLog.open(path, SystemClock(), archive=Archive(archive.folder, told.append), read_only=True) as archived:
        reading = HalfReadable(archived)
        projector = Projector.in_memory(reading)
        projector.load(FOREVER)
    assert [(one.code, str(file) in str(one)) for one in told] == [
        ("segment-missing" if is_missing else "segment-changed", True)
    ]
    assert reading.read_as_text[0][0] == damaged.first - 1
    held = log.head().size
    assert projector.query("select count(*), count(distinct position), max(position) from events")[1] == [(held,) * 3]
    projector.close()
