"""Facts that arrive while a city is watched: at the rate, on the city's clock, some of them planted."""

from __future__ import annotations

from pathlib import Path

from benchmarks.city_facts import as_of
from benchmarks.parts.live import PLANTED_ONE_IN, write
from benchmarks.parts.past import month_ends
from benchmarks.watching import RunningClock
from engine.log import EventLog


def test_the_writer_keeps_its_rate_and_says_what_it_planted(tmp_path: Path) -> None:
    clock = RunningClock.from_instant(as_of())
    told = write(tmp_path / "log.sqlite", clock.zero, 500, 1, 1_000, "live-")
    with EventLog.open(tmp_path / "log.sqlite", clock, read_only=True) as log:
        rows = log.read(0, 1_000)
    assert told["events"] == len(rows) == 500
    assert {row.event_id for row in rows if row.type == "esup.case.fee_charged"} == set(told["planted"])
    assert len(told["planted"]) == 500 // PLANTED_ONE_IN
    assert all(as_of() <= row.occurred_at <= clock.now() for row in rows)


def test_the_month_ends_are_twelve_last_days() -> None:
    days = [day.isoformat() for day in month_ends()]
    assert len(days) == 12 and days == sorted(days)
    assert days[0] == "2025-10-31" and "2026-02-28" in days and days[-1] == "2026-09-30"
