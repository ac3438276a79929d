"""The bell of APScheduler: it really rings, and an error behind it surfaces."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from engine.clock import SystemClock
from engine.facts import Fact
from monitors.schedule import follow

QUICK_SECONDS = 0.05


class Watched(Exception):
    """Stands for whatever can go wrong while watching."""


class CountedMonitor:
    """A monitor that does nothing but count, and may raise at some tick."""

    def __init__(self, at_tick: Callable[[int], None]) -> None:
        self.ticks: list[int] = []
        self._at_tick = at_tick

    def watch(self, at: int, *, until: int) -> list[Fact]:
        """One tick, which is asked to end before the next one."""
        assert until > at
        self.ticks.append(at)
        self._at_tick(len(self.ticks))
        return []


def rung(at_tick: Callable[[int], None], every_seconds: float = QUICK_SECONDS) -> tuple[CountedMonitor, list[int]]:
    """Follow until `at_tick` ends it; the monitor, and the ticks that were told on."""
    monitor, told = CountedMonitor(at_tick), []
    follow(monitor, SystemClock(), lambda at, said: told.append(at), every_seconds=every_seconds)  # type: ignore[arg-type]
    return monitor, told


def stop_at(last: int) -> Callable[[int], None]:
    def at_tick(number: int) -> None:
        if number == last:
            raise KeyboardInterrupt

    return at_tick


def test_the_bell_rings_again_and_again() -> None:
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        rung(stop_at(6))
    assert 5 * QUICK_SECONDS * 0.8 < time.monotonic() - began < 5


def test_the_first_tick_comes_at_once() -> None:
    def fail(number: int) -> None:
        raise Watched

    began = time.monotonic()
    with pytest.raises(Watched):
        rung(fail, every_seconds=3600)
    assert time.monotonic() - began < 5


def test_each_tick_is_told_with_its_instant_and_time_goes_on() -> None:
    monitor = CountedMonitor(stop_at(5))
    told: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        follow(monitor, SystemClock(), lambda at, said: told.append(at), every_seconds=QUICK_SECONDS)  # type: ignore[arg-type]
    assert told == monitor.ticks[:-1]
    assert monitor.ticks == sorted(set(monitor.ticks))


def test_an_error_in_a_later_tick_ends_it_and_surfaces() -> None:
    def fail(number: int) -> None:
        if number == 3:
            raise Watched(number)

    with pytest.raises(Watched, match="3"):
        rung(fail)


def test_a_slow_tick_makes_no_queue_of_missed_ones() -> None:
    """Whatever was missed while one watched is one tick, and it is run however late."""

    def at_tick(number: int) -> None:
        if number == 2:
            time.sleep(10 * QUICK_SECONDS)
        if number == 4:
            raise KeyboardInterrupt

    monitor = CountedMonitor(at_tick)
    with pytest.raises(KeyboardInterrupt):
        follow(monitor, SystemClock(), lambda at, said: None, every_seconds=QUICK_SECONDS)  # type: ignore[arg-type]
    assert len(monitor.ticks) == 4
    assert monitor.ticks[2] - monitor.ticks[1] >= 10 * QUICK_SECONDS * 1_000_000
