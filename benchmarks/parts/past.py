"""The past: twelve month-ends as known then, one day's full state, and one case explained, now and as of any day."""

from __future__ import annotations

import random
import time
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from io import StringIO
from pathlib import Path

from benchmarks.city_facts import DAY, LAST_DAY, midnight
from benchmarks.measures import Figures, Measure, Place, latency, of_cases, timed
from benchmarks.memory import peak_mib
from console.commands.explain import explain_command
from console.output import Format
from engine.archive.archive import Archive
from engine.clock import SystemClock
from engine.log import EventLog
from projections.canonical import PUBLIC_TABLES
from projections.projector import Projector
from replay.as_of import replay, replay_each

MONTHS = 12
PAST_DAY = date(2026, 6, 30)
EXPLAIN_SECONDS_MAX = 60
"""A replay for every explanation would take hours at the large sizes: after this long those that were made count."""


def month_ends() -> list[date]:
    """The last days of the twelve months up to the end of the log."""
    months = [divmod(LAST_DAY.year * 12 + LAST_DAY.month - 1 - back, 12) for back in range(MONTHS)]
    firsts = [date(year + (month == 11), (month + 1) % 12 + 1, 1) for year, month in reversed(months)]
    return [date.fromordinal(first.toordinal() - 1) for first in firsts]


def end_of(day: date) -> int:
    """The last microsecond of a local day."""
    return midnight(day) + DAY - 1


def months(place: Place, cases: int) -> Figures:
    """Each month-end with what was known then, the next from the last, and asked how its obligations stood."""
    states: dict[str, dict[str, int]] = {}
    seconds: list[float] = []
    days = month_ends()
    with _log(place, cases) as log, timed() as took:
        began = time.perf_counter()
        for day, past in zip(days, replay_each(log, [end_of(day) for day in days]), strict=True):
            states[day.isoformat()] = _counted(past, "select state, count(*) from obligations group by state")
            seconds.append(time.perf_counter() - began)
            began = time.perf_counter()
    return took.figures() | {"each_seconds": seconds, "states": states}


def day(place: Place, cases: int) -> Figures:
    """The full state of one past day: every public table is there, and counted."""
    with _log(place, cases) as log, timed() as took:
        past = replay(log, end_of(PAST_DAY))
        rows = {table: past.query(f"select count(*) from {table}")[1][0][0] for table in PUBLIC_TABLES}
        past.close()
    return took.figures() | {"day": PAST_DAY.isoformat(), "rows": rows}


def explained_now(place: Place, cases: int) -> Figures:
    """`esup explain CASE`, without the start of Python."""
    return _explained(place, cases, None)


def explained_then(place: Place, cases: int) -> Figures:
    """`esup explain CASE --as-of DAY`, without the start of Python."""
    return _explained(place, cases, PAST_DAY.isoformat())


def explained_kept(place: Place, cases: int) -> Figures:
    """`esup explain CASE --from FILE`: a replay of that day, kept once, without the start of Python."""
    file = place.folder / f"kept-{cases}.duckdb"
    file.unlink(missing_ok=True)
    with _log(place, cases) as log:
        replay(log, end_of(PAST_DAY), out=file).close()
    figures = _explained(place, cases, None, file)
    file.unlink()
    return figures


def _explained(place: Place, cases: int, as_of: str | None, file: Path | None = None) -> Figures:
    chance, seconds, busy = random.Random(f"explain {cases}"), [], 0.0
    began = time.perf_counter()
    # Some hundred working days of the city lie before the past day: the first half of the cases had begun by then.
    for number in chance.sample(range(cases // 2), min(place.settings.repetitions, cases // 2)):
        with timed() as took, redirect_stdout(StringIO()) as told, redirect_stderr(StringIO()):
            explain_command(f"SJ-2026-{number:08d}", as_of=as_of, file=file, home=place.home(cases), form=Format.json)
        assert "obligations" in told.getvalue()
        seconds.append(took.seconds)
        busy += took.processor_seconds
        if time.perf_counter() - began > EXPLAIN_SECONDS_MAX:
            break
    return latency(seconds) | {"processor_ms": 1000 * busy / len(seconds), "peak_mib": peak_mib()}


def _counted(past: Projector, sql: str) -> dict[str, int]:
    return {str(name): int(count) for name, count in past.query(sql)[1]}


def _log(place: Place, cases: int) -> EventLog:
    return EventLog.open(place.log(cases), SystemClock(), read_only=True, archive=Archive(place.archive(cases)))


MEASURES = (
    Measure("past.months", months, of_cases, ("city.log", "city.archive")),
    Measure("past.day", day, of_cases, ("city.log", "city.archive")),
    Measure("past.explain-now", explained_now, of_cases, ("city.home",)),
    Measure("past.explain-kept", explained_kept, of_cases, ("city.home", "city.archive")),
    Measure("past.explain-then", explained_then, of_cases, ("city.home",)),
)
