"""What an event takes on disk: in the log, in its archive, in the projections."""

from __future__ import annotations

import json

from benchmarks.measures import Figures, Measure, Place, of_cases, size_of
from engine.archive.archive import Archive
from engine.clock import SystemClock
from engine.log import EventLog


def bytes_an_event(place: Place, cases: int) -> Figures:
    """Of the files that the other parts work on."""
    with EventLog.open(place.log(cases), SystemClock(), read_only=True) as log:
        events = log.head().size
    archived = sum(segment.events for segment in Archive(place.archive(cases)).manifest().segments)
    return {
        "events": events,
        "log": size_of(place.log(cases)) / events,
        "archive": size_of(place.archive(cases)) / archived,
        # As they were built: who watches a home makes it grow.
        "projections": json.loads(place.figures("city.home", cases).read_text("utf-8"))["bytes"] / events,
        "flat parquet": size_of(place.parquet(cases)) / events,
    }


MEASURES = (Measure("disk.bytes", bytes_an_event, of_cases, ("city.log", "city.archive", "city.parquet", "city.home")),)
