"""A home's clock: real, or virtual and only moving forward. Each refuses what belongs to the other."""

from __future__ import annotations

from console.bootstrap import Home
from console.errors import ClockOnlyMovesForward, RunsOnRealClock
from console.messages import say
from console.output import margin
from engine.clock import VirtualClock, format_instant


def move_clock_to(home: Home, at: int, command: str, *, quietly: bool = False) -> VirtualClock:
    """The home's virtual clock, moved to `at`; a home that has issued nothing may leave the real clock here."""
    if not home.settings.is_virtual:
        if has_issued(home):
            raise RunsOnRealClock(command=command)
        home.turn_virtual(at)
        if not quietly:
            margin().print(say("From now on this home runs on a virtual clock: T is its time."), style="dim")
    clock = virtual_clock(home)
    if at < clock.now():
        raise ClockOnlyMovesForward(now=format_instant(clock.now(), home.settings.zone))
    clock.move_to(at)
    home.change(now=at)
    return clock


def virtual_clock(home: Home) -> VirtualClock:
    """The clock of a home that runs on a virtual one."""
    assert isinstance(home.clock, VirtualClock)
    return home.clock


def has_issued(home: Home) -> bool:
    """Whether this home has ever issued a card."""
    if home.settings.watched_at is None:
        return False
    return bool(home.projector.query("select 1 from cards limit 1", ())[1])
