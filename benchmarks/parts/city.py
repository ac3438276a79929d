"""What the other parts work on: a city's log, its archive, flat tables for the peers, and a home that is watched."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from benchmarks.city_facts import as_of
from benchmarks.city_log import write_log
from benchmarks.measures import Figures, Measure, Place, copy_file, of_cases, size_of, timed
from console.bootstrap import ARCHIVE_FOLDER, KEYS_FILE, LOG_FILE, PROJECTIONS_FILE
from console.settings import Settings, write_settings
from engine.archive.archive import Archive
from engine.archive.sealing import seal
from engine.clock import SystemClock
from engine.log import EventLog
from engine.persons import Persons
from projections.projector import Projector


def make_log(place: Place, cases: int) -> Figures:
    """The log of a city, written by the engine's own door for batches."""
    draft = place.log(cases).with_suffix(".part")
    draft.unlink(missing_ok=True)
    with timed() as took:
        events = write_log(draft, cases)
    draft.rename(place.log(cases))
    return took.figures() | {"events": events, "bytes": size_of(place.log(cases))}


def make_parquet(place: Place, cases: int) -> Figures:
    """The flat tables of the peers."""
    from benchmarks.peers.parquet import export

    folder = place.parquet(cases)
    shutil.rmtree(folder.with_name(f"{folder.name}.part"), ignore_errors=True)
    with timed() as took:
        export(place.log(cases), folder)
    return took.figures() | {"bytes": size_of(folder)}


def make_archive(place: Place, cases: int) -> Figures:
    """The archive of the log: every sealed day, in Parquet segments."""
    folder = place.archive(cases)
    draft = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    with EventLog.open(place.log(cases), SystemClock(), read_only=True) as log:
        archive = Archive(draft)
        with timed() as took:
            segments = seal(archive, log)
    draft.rename(folder)
    return took.figures() | {"events": sum(segment.events for segment in segments), "bytes": size_of(folder)}


def make_home(place: Place, cases: int) -> Figures:
    """A home with a copy of the log, watched up to its end: all models are derived, and indexed for updates."""
    home = place.home(cases)
    draft = home.with_name(f"{home.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    copy_file(place.log(cases), draft / LOG_FILE)
    shutil.copytree(place.archive(cases), draft / ARCHIVE_FOLDER, copy_function=os.link)
    Persons.open(draft / KEYS_FILE).close()
    with EventLog.open(draft / LOG_FILE, SystemClock(), archive=Archive(draft / ARCHIVE_FOLDER)) as log:
        events = log.head().size
        projector = Projector.open(draft / PROJECTIONS_FILE, log)
        with timed() as took:
            projector.update(as_of())
        figures = took.figures()
        projector.close()
    now = as_of()
    write_settings(draft, Settings(clock="virtual", now=now, watch_from=now, watched_at=now))
    draft.rename(home)
    return figures | {"events": events, "bytes": size_of(home / PROJECTIONS_FILE)}


def _log(place: Place, cases: int) -> Path:
    return place.log(cases)


def _archive(place: Place, cases: int) -> Path:
    return place.archive(cases)


def _parquet(place: Place, cases: int) -> Path:
    return place.parquet(cases)


def _home(place: Place, cases: int) -> Path:
    return place.home(cases)


MEASURES = (
    Measure("city.log", make_log, of_cases, product=_log),
    Measure("city.archive", make_archive, of_cases, ("city.log",), _archive),
    Measure("city.parquet", make_parquet, of_cases, ("city.log",), _parquet),
    Measure("city.home", make_home, of_cases, ("city.log", "city.archive"), _home),
)
