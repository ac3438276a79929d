"""The archive holds the log: every column of every event, segment by segment, and whoever changes it is found."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.archive.archive import Archive
from engine.archive.checking import check
from engine.archive.errors import (
    ArchiveBusy,
    ArchiveDamaged,
    ManifestUnreadable,
    NotArchived,
    SegmentChanged,
    SegmentMissing,
    SegmentOfAnotherLog,
)
from engine.archive.manifest import FILE_NAME, write_manifest
from engine.archive.sealing import _cuts, seal
from engine.archive.segments import digest_of, leaves_of
from engine.clock import VirtualClock
from engine.errors import SupervisionError
from engine.integrity import hash_named
from engine.log import EventLog, Fact
from engine.log_table import insert_rows
from tests.engine.log_contract import NOON, all_rows, body, fact

DAYS = (5, 9, 20)
"""How many facts each day brings before its seal."""
SEALED = (5, 15, 36)
"""The positions that the seals name: all that lay in the log when the day was sealed."""
NO_END = sys.maxsize
PLACES = ("000000000001-000000000005", "000000000006-000000000015", "000000000016-000000000036")


def seal_of(day: int, position: int) -> Fact:
    return fact(9_000 + day, type="esup.day.sealed", stream=f"2026-03-0{day}", body=body(position=position))


def live(log: EventLog, days: tuple[int, ...] = DAYS) -> None:
    """Days with their facts and seals, then three facts of a day that is not over."""
    told = 0
    for day, count in enumerate(days, 1):
        log.append_batch([fact(number) for number in range(told, told + count)])
        told += count
        log.append_batch([seal_of(day, log.head().size)])
    log.append_batch([fact(number) for number in range(told, told + 3)])


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    with EventLog.open(tmp_path / "log.sqlite", VirtualClock(NOON)) as log:
        live(log)
        yield log


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def damages(archive: Archive, log: EventLog) -> list[str]:
    return [damage.code if damage else "" for _, damage in check(archive, log)]


def usable(archive: Archive, log: EventLog) -> tuple[list[tuple[int, int]], list[str]]:
    """The segments that a rebuild would read, and what it would be told of the others."""
    told: list[ArchiveDamaged] = []
    archive = Archive(archive.folder, told.append)
    segments = archive.segments(0, NO_END, log.leaves)
    return [(segment.first, segment.last) for segment, _ in segments], [damage.code for damage in told]


def test_sealed_days_are_archived_and_nothing_behind_them(archive: Archive, log: EventLog) -> None:
    written = seal(archive, log, most=15)
    assert [(one.first, one.last, one.events) for one in written] == [(1, 15, 15), (16, 30, 15), (31, 36, 6)]
    assert list(archive.manifest().segments) == written
    assert damages(archive, log) == ["", "", ""]
    assert usable(archive, log) == ([(1, 15), (16, 30), (31, 36)], [])


def test_what_is_archived_is_never_written_again(archive: Archive, log: EventLog) -> None:
    (first,) = seal(archive, log)
    before = archive.path_of(first).stat()
    assert seal(archive, log) == []
    log.append_batch([fact(100), seal_of(4, log.head().size + 1), fact(101)])
    (second,) = seal(archive, log)
    assert (first.last, second.first, second.last) == (36, 37, 41)
    after = archive.path_of(first).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert damages(archive, log) == ["", ""]


def test_without_a_sealed_day_there_is_nothing_to_archive(tmp_path: Path, archive: Archive) -> None:
    with EventLog.open(tmp_path / "young.sqlite", VirtualClock(NOON)) as young:
        young.append_batch([fact(1)])
        assert seal(archive, young) == []
        assert list(archive.folder.iterdir()) == []


@given(st.lists(st.integers(1, 60)), st.integers(0, 20), st.integers(1, 25))
def test_segments_end_with_days_and_are_no_larger_than_they_may_be(ends: list[int], size: int, most: int) -> None:
    cuts, coming = list(_cuts(size, ends, most)), sorted(end for end in ends if end > size)
    assert cuts == sorted(set(cuts))
    assert (cuts[-1] if cuts else size) == (coming[-1] if coming else size)
    for before, cut in zip([size, *cuts], cuts, strict=False):
        assert cut - before <= most
        within = [end for end in coming if before < end <= before + most]
        assert cut == (within[-1] if within else before + most)


def test_every_column_of_every_event_is_there(archive: Archive, log: EventLog) -> None:
    odd = body(opinion="一\n二\t\x1f三\\", name='"', rocket="🚀")
    log.append_batch([fact(70, stream="\\N", source='"quoted", and more', event_id="NULL", body=odd)])
    log.append_batch([fact(71, occurred_at=-(2**60), recorded_at=2**60, dataversion=2**40)])
    log.append_decisions([fact(72, stream="task-1"), fact(73, stream="task-1")], 0)
    seal(archive, log, log.head().size, most=17)
    kept = duckdb.execute(f"from read_parquet('{archive.folder}/*.parquet') order by position").fetchall()
    assert [(*row[:-1], row[-1].encode()) for row in kept] == [row[:-1] for row in all_rows(log)]


def test_a_log_restored_from_the_segments_is_the_log(tmp_path: Path, archive: Archive, log: EventLog) -> None:
    segments = seal(archive, log, log.head().size, most=10)
    restored = tmp_path / "restored.sqlite"
    EventLog.open(restored, VirtualClock(NOON)).close()
    with sqlite3.connect(restored) as connection:
        for segment in segments:
            path = archive.path_of(segment)
            rows = duckdb.execute("from read_parquet(?)", [str(path)]).fetchall()
            leaves = [leaf for batch in leaves_of(path, hash_named("sha256")) for leaf in batch]
            insert_rows(connection.cursor(), [(*row, leaf) for row, leaf in zip(rows, leaves, strict=True)])
        tree = bytes.fromhex(segments[-1].frontier)
        connection.execute("UPDATE head SET size = ?, appended_at = ?, frontier = ?", [segments[-1].last, NOON, tree])
    connection.close()
    with EventLog.open(restored, VirtualClock(NOON)) as again:
        assert again.head().root == log.head().root == segments[-1].root
        assert again.verify().is_intact
        assert all_rows(again) == all_rows(log)


@pytest.mark.parametrize("place", [0, 4, 200, -200, -4, -1])
def test_a_changed_byte_is_found(archive: Archive, log: EventLog, place: int) -> None:
    segments = seal(archive, log, most=15)
    path = archive.path_of(segments[1])
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    assert damages(archive, log) == ["", SegmentChanged.code, ""]
    assert usable(archive, log) == ([(1, 15), (31, 36)], [SegmentChanged.code])


def test_damage_that_nobody_listens_to_is_a_warning(archive: Archive, log: EventLog) -> None:
    (segment,) = seal(archive, log)
    archive.path_of(segment).unlink()
    with pytest.warns(RuntimeWarning, match="000000000001-000000000036.parquet"):
        assert list(archive.segments(0, 36, log.leaves)) == []
    assert damages(archive, log) == [SegmentMissing.code]


def forged(archive: Archive, number: int, change: str) -> None:
    """A segment with changed events, and a manifest that says that this is what was written."""
    manifest = archive.manifest()
    segment = manifest.segments[number]
    path = archive.path_of(segment)
    duckdb.execute(f"copy (select * replace ({change}) from '{path}') to '{path}.forged' (format parquet)")
    Path(f"{path}.forged").replace(path)
    ours = msgspec.structs.replace(segment, bytes=path.stat().st_size, sha256=digest_of(path))
    segments = (*manifest.segments[:number], ours, *manifest.segments[number + 1 :])
    write_manifest(archive.folder, msgspec.structs.replace(manifest, segments=segments))


@pytest.mark.parametrize(
    "change",
    [
        "replace(body, 'u1021', 'u1022') as body",
        "appended_at + 1 as appended_at",
        "coalesce(version, 0) as version",
        "case position when 16 then 17 when 17 then 16 else position end as position",
    ],
)
def test_who_changes_events_and_manifest_alike_is_found_by_the_tree(
    archive: Archive, log: EventLog, change: str
) -> None:
    seal(archive, log, most=15)
    forged(archive, 1, change)
    assert damages(archive, log) == ["", SegmentChanged.code, ""]


def test_an_archive_of_another_log_is_not_read_and_not_extended(
    tmp_path: Path, archive: Archive, log: EventLog
) -> None:
    seal(archive, log)
    with EventLog.open(tmp_path / "other.sqlite", VirtualClock(NOON + 1)) as other:
        live(other, (*DAYS, 3))
        assert usable(archive, other) == ([], [SegmentOfAnotherLog.code])
        assert damages(archive, other) == [SegmentOfAnotherLog.code]
        with pytest.raises(SegmentOfAnotherLog):
            seal(archive, other)


def test_a_log_that_is_shorter_than_its_archive_is_found(tmp_path: Path, archive: Archive, log: EventLog) -> None:
    seal(archive, log)
    with EventLog.open(tmp_path / "short.sqlite", VirtualClock(NOON)) as short:
        short.append_batch([fact(number) for number in range(5)])
        assert damages(archive, short) == [SegmentOfAnotherLog.code]
        assert usable(archive, short) == ([], [SegmentOfAnotherLog.code])


@pytest.mark.parametrize("change", ["body = replace(body, 'u1021', 'u1022')", "leaf_hash = zeroblob(32)"])
def test_a_log_that_was_changed_is_not_archived(tmp_path: Path, archive: Archive, log: EventLog, change: str) -> None:
    with sqlite3.connect(tmp_path / "log.sqlite") as connection:
        connection.execute("DROP TRIGGER events_are_not_changed")
        connection.execute(f"UPDATE events SET {change} WHERE position = 7")
    connection.close()
    with pytest.raises(NotArchived):
        seal(archive, log)
    assert list(archive.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"format": 1', b'"format": 2'),
        (b'"first": 16', b'"first": 17'),
        (b'"last": 15', b'"last": "15"'),
        (b'"hash": "sha256"', b'"hash": "none"'),
        (b'"frontier": "', b'"frontier": "00'),
        (b'"root": "', b'"root": "zz'),
        (PLACES[0].encode(), b"../" + PLACES[0].encode()),
        (b"{", b""),
    ],
)
def test_a_manifest_that_cannot_be_is_told_of(archive: Archive, log: EventLog, before: bytes, after: bytes) -> None:
    for upto in SEALED:
        seal(archive, log, upto)
    path = archive.folder / FILE_NAME
    content = path.read_bytes()
    assert before in content
    path.write_bytes(content.replace(before, after, 1))
    assert usable(archive, log) == ([], [ManifestUnreadable.code])
    for look in (lambda: damages(archive, log), lambda: seal(archive, log)):
        with pytest.raises(ManifestUnreadable) as told:
            look()
        assert str(path) in str(told.value)


def test_one_process_writes_at_a_time(archive: Archive, log: EventLog) -> None:
    archive.folder.mkdir()
    descriptor = os.open(archive.folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(ArchiveBusy):
        seal(archive, log)
    os.close(descriptor)
    assert len(seal(archive, log)) == 1


# A child for each step at which the disk is touched: it dies there, without a chance to put anything in order.
KILLED = """
import os, pathlib, sys
from engine.archive.archive import Archive
from engine.archive.sealing import seal
from engine.clock import VirtualClock
from engine.log import EventLog

def dying(touch, left):
    def step(*arguments, **named):
        left[0] -= 1
        if not left[0]:
            os._exit(9)
        return touch(*arguments, **named)
    return step

def archive(folder, kill_at):
    left = [kill_at]
    for owner, name in ((os, "fsync"), (pathlib.Path, "replace"), (pathlib.Path, "unlink"), (pathlib.Path, "open")):
        setattr(owner, name, dying(getattr(owner, name), left))
    with EventLog.open(place / "log.sqlite", VirtualClock(0), read_only=True) as log:
        seal(Archive(folder), log, most=25)

place, kill_at, status = pathlib.Path(sys.argv[1]), 0, 9
while status == 9:
    kill_at += 1
    child = os.fork()
    if not child:
        archive(place / f"killed-{kill_at}", kill_at)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
assert status == 0, status
print(kill_at - 1)
"""


def test_killed_at_any_step_the_last_good_manifest_stands(tmp_path: Path, root: Path, log: EventLog) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    expected, stood = [(1, 15), (16, 36)], set()
    for kill in range(1, int(done.stdout) + 1):
        killed = Archive(tmp_path / f"killed-{kill}")
        before = [(one.first, one.last) for one, damage in check(killed, log) if damage is None]
        assert len(before) == len(killed.manifest().segments)
        assert before == expected[: len(before)]
        stood.add(len(before))
        seal(killed, log, most=25)
        assert [(one.first, one.last) for one in killed.manifest().segments] == expected
        assert usable(killed, log) == (expected, [])
        files = {path.name for path in killed.folder.iterdir()}
        assert files == {FILE_NAME, *(segment.file for segment in killed.manifest().segments)}
    assert stood == {0, 1, 2}


def test_every_damage_names_its_place_and_the_way_out() -> None:
    for kind in (SegmentMissing, SegmentChanged, SegmentOfAnotherLog):
        told: SupervisionError = kind("archive/x.parquet", 1, 5)
        assert "archive/x.parquet" in told.sentence.zh and "archive/x.parquet" in told.sentence.en
        assert "1" in told.sentence.en and "5" in told.sentence.en
        assert told.way_out.zh and told.way_out.en
