"""What `esup doctor` looks at: each check says how things stand, and the way out where they do not stand well."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import duckdb

from console.bootstrap import HOME_FILES, KEYS_FILE, Home, open_home
from console.messages import choose, say
from console.settings import FILE_NAME
from engine.archive.errors import ArchiveDamaged
from engine.calendar import load_notices
from engine.clock import SystemClock, format_instant, local_day
from engine.errors import SupervisionError
from engine.rulebook import load_rulebook

PARTS = ("duckdb", "eventsourcing", "faust-streaming", "apscheduler", "orjson", "msgspec", "cryptography", "sqlglot")
WAL_RACE_FROM, WAL_RACE_UPTO = (3, 7, 0), (3, 51, 2)
FREE_BYTES_MIN = 1 << 30
CALENDAR_DAYS_AHEAD_MIN = 60
GOOD, NOTE, BAD = "good", "note", "bad"


@dataclass(frozen=True)
class Observation:
    """One thing looked at: `good`, a `note` worth knowing, or `bad`; with the way out where there is one."""

    subject: str
    state: str
    told: str
    way_out: str = ""


def examine(path: Path) -> Iterator[Observation]:
    """Everything there is to see of this machine, this installation and, if there is one, this home."""
    yield from versions()
    yield sqlite_hazard(sqlite3.sqlite_version_info)
    yield from law()
    if not (path / FILE_NAME).is_file():
        yield Observation("home", NOTE, say("There is no installation in {path} yet.", path=path))
        return
    yield disk_space(path)
    yield from permissions(path)
    try:
        with open_home(path, create=False) as home:
            yield from examine_home(home)
    except (SupervisionError, sqlite3.Error, OSError, ValueError) as error:
        yield Observation("home", BAD, str(error), say("Restore the home from its backup."))


def versions() -> Iterator[Observation]:
    """The versions of the parts that the results depend on."""
    yield Observation("python", GOOD, platform.python_version())
    for part in PARTS:
        try:
            yield Observation(part, GOOD, version(part))
        except PackageNotFoundError:
            yield Observation(part, BAD, say("is missing"), say("Install the package again."))


def sqlite_hazard(number: tuple[int, ...]) -> Observation:
    """SQLite of some versions can damage a log that two connections write at once; one writer never does."""
    told = ".".join(map(str, number))
    if WAL_RACE_FROM <= number <= WAL_RACE_UPTO:
        note = say("has the WAL-reset race of 3.7.0 to 3.51.2: harmless with one writing process, as here.")
        return Observation("sqlite", NOTE, f"{told} {note}", say("Never write to log.sqlite with another program."))
    return Observation("sqlite", GOOD, told)


def law() -> Iterator[Observation]:
    """Whether the shipped rules and calendars can be read, and how far the calendar reaches."""
    try:
        book = load_rulebook()
        told = say("{rules} rules in {packs} packs", rules=len(book.rules), packs=len(book.packs))
        yield Observation("rules", GOOD, told)
        yield calendar_reach(SystemClock().now())
    except SupervisionError as error:
        yield Observation("rules", BAD, str(error), say("Install the package again."))


def calendar_reach(now: int) -> Observation:
    """How far the notices of the Chinese calendar reach; beyond, due days are provisional."""
    last = max(day.on for notice in load_notices() if notice.calendar == "cn" for day in notice.days)
    told = say("The notices of calendar cn reach to {day}.", day=last)
    if last - local_day(now, "Asia/Shanghai") < timedelta(days=CALENDAR_DAYS_AHEAD_MIN):
        way_out = say(
            "Import next year's notice as esup.calendar.noticed once it is out; due days beyond are provisional."
        )
        return Observation("calendar", NOTE, told, way_out)
    return Observation("calendar", GOOD, told)


def disk_space(path: Path) -> Observation:
    """Free space where the home lies."""
    free = shutil.disk_usage(path).free
    told = say("{gib} GiB free", gib=f"{free / (1 << 30):.1f}")
    if free < FREE_BYTES_MIN:
        return Observation("disk", BAD, told, say("Make room before importing: the log refuses what it cannot keep."))
    return Observation("disk", GOOD, told)


def permissions(path: Path) -> Iterator[Observation]:
    """Whether we may write the home, and nobody else may read its keys."""
    closed = [name for name in HOME_FILES if (path / name).exists() and not os.access(path / name, os.R_OK | os.W_OK)]
    if closed or not os.access(path, os.W_OK):
        told = say("Not writable: {names}", names=", ".join(closed) or path)
        yield Observation("permissions", BAD, told, say("Run as the owner of the home, or give it to this user."))
    keys = path / KEYS_FILE
    if keys.exists() and stat.S_IMODE(keys.stat().st_mode) & 0o077:
        told = say("Others may read {name}.", name=KEYS_FILE)
        yield Observation("permissions", BAD, told, f"chmod 600 {keys}")
    elif not closed:
        yield Observation("permissions", GOOD, say("The home is ours, its keys are ours alone."))


def examine_home(home: Home) -> Iterator[Observation]:
    """The home's log, clock and projections."""
    zone, head = home.settings.zone, home.log.head()
    last = format_instant(head.appended_at, zone) if head.size else "–"
    yield Observation("log", GOOD, say("{size} events, the last appended at {moment}", size=head.size, moment=last))
    yield archive(home)
    yield clock(home, head.appended_at, SystemClock().now())
    yield from checked(projections, home)
    watched = home.settings.watched_at
    if watched is None:
        yield Observation("watch", NOTE, say("Nobody has watched yet."), "esup watch")
    else:
        yield Observation("watch", GOOD, say("Last watched at {moment}.", moment=format_instant(watched, zone)))


def archive(home: Home) -> Observation:
    """The archive of the log, its files against its manifest; that its events hash as they did takes a check."""
    try:
        segments = home.archive.manifest().segments
        for segment in segments:
            damage = home.archive.damage_of(segment, home.log.leaves)
            if damage is not None:
                raise damage
    except ArchiveDamaged as damaged:
        told = choose(damaged.sentence.zh, damaged.sentence.en)
        return Observation("archive", BAD, told, choose(damaged.way_out.zh, damaged.way_out.en))
    if not segments:
        return Observation("archive", NOTE, say("Nothing is archived yet."), "esup archive")
    told = say("{size} events in {segments} segments", size=segments[-1].last, segments=len(segments))
    return Observation("archive", GOOD, told)


def clock(home: Home, appended_at: int, now: int) -> Observation:
    """The home's clock, beside the last event that it stamped."""
    zone = home.settings.zone
    told = f"{home.settings.clock} {format_instant(home.clock.now(), zone)} ({zone})"
    if not home.settings.is_virtual and appended_at > now:
        way_out = say("Set this machine's clock: it is behind the log's last event.")
        return Observation("clock", BAD, told, way_out)
    return Observation("clock", GOOD, told)


def checked(check: Callable[[Home], Observation], home: Home) -> Iterator[Observation]:
    """An observation, or why it could not be made."""
    try:
        yield check(home)
    except duckdb.IOException as error:
        told = say("Another process holds the projections.")
        yield Observation("projections", NOTE, f"{told} {str(error).splitlines()[0]}")


def projections(home: Home) -> Observation:
    """How far the projections have followed the log."""
    position, size = home.projector.position, home.log.head().size
    if position > size:
        told = say("The projections are ahead of the log: at {position} of {size}.", position=position, size=size)
        return Observation("projections", BAD, told, say("Remove projections.duckdb; it is derived again."))
    if position < size:
        told = say("The projections are at {position} of {size}.", position=position, size=size)
        return Observation("projections", NOTE, told, say("The next query or watch follows up by itself."))
    return Observation("projections", GOOD, say("The projections are at the log's head, {size}.", size=size))
