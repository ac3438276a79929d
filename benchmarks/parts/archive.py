"""The archive: how fast segments are written and loaded, beside the log's own text; what its columns take."""

from __future__ import annotations

from typing import Any

import duckdb

from benchmarks.measures import Figures, Measure, Place, of_cases, timed
from engine.archive.archive import Archive
from engine.archive.checking import check
from engine.clock import SystemClock
from engine.log import EventLog
from projections.projector import Projector

TURNS = 3
_COLUMNS = """
select path_in_schema, sum(total_compressed_size)::bigint
from parquet_metadata($files)
group by path_in_schema
order by 2 desc
"""
_ENVELOPES = """
select count(*), sum(length(body))::bigint
from read_parquet($files)
where contains(body, '"sealed"')
"""


def loading(place: Place, cases: int) -> Figures:
    """What the archive holds, loaded from its segments and from the log's text by turns; the fastest of each."""
    archive = Archive(place.archive(cases))
    size = archive.manifest().size
    best: dict[str, Figures] = {}
    for _ in range(TURNS):
        for name, source in (("text", None), ("segments", archive)):
            figures = _load(place, cases, source, size)
            if name not in best or figures["processor_seconds"] < best[name]["processor_seconds"]:
                best[name] = figures
    return {"events": size, **best}


def checking(place: Place, cases: int) -> Figures:
    """Every segment hashed again, down to the leaves of its events."""
    archive = Archive(place.archive(cases))
    with EventLog.open(place.log(cases), SystemClock(), read_only=True) as log, timed() as took:
        damages = [damage for _, damage in check(archive, log) if damage is not None]
    if damages:
        raise SystemExit("\n".join(map(str, damages)))
    return {"events": archive.manifest().size, **took.figures()}


def columns(place: Place, cases: int) -> Figures:
    """Bytes an event, column by column, and the events that carry a person's envelope: ciphertext stays as it is."""
    archive = Archive(place.archive(cases))
    manifest = archive.manifest()
    files: dict[str, Any] = {"files": [str(archive.path_of(segment)) for segment in manifest.segments]}
    by_column = duckdb.execute(_COLUMNS, files).fetchall()
    envelopes, their_bytes = duckdb.execute(_ENVELOPES, files).fetchone() or (0, 0)
    return {
        "events": manifest.size,
        "segments": len(manifest.segments),
        "bytes_an_event": sum(segment.bytes for segment in manifest.segments) / manifest.size,
        "column_bytes_an_event": {name: taken / manifest.size for name, taken in by_column},
        "with_envelope": envelopes,
        "body_bytes_with_envelope": their_bytes,
    }


def _load(place: Place, cases: int, archive: Archive | None, size: int) -> Figures:
    with EventLog.open(place.log(cases), SystemClock(), read_only=True, archive=archive) as log:
        projector = Projector.unkept(log, log.head().size)
        with timed() as took:
            projector.load(size)
        projector.close()
    return took.figures()


_NEEDS = ("city.log", "city.archive")
MEASURES = (
    Measure("archive.load", loading, of_cases, _NEEDS),
    Measure("archive.check", checking, of_cases, _NEEDS),
    Measure("archive.columns", columns, of_cases, _NEEDS),
)
