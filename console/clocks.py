"""A home's clock: real, or virtual and only moving forward. Each refuses what belongs to the other."""

from __future__ import annotations

from console.bootstrap import Home
from console.errors import ClockOnlyMovesForward, RunsOnRealClock
from console.messages import say
from console.output import margin
from engine.clock import VirtualClock, format_instant


def check_clock_may_reach(home: Home, at: int, command: str) -> None:
    """Refuse what a home on the real clock that has issued cards, or a virtual clock beyond `at`, cannot do."""
    if not home.settings.is_virtual and has_issued(home):
        raise RunsOnRealClock(command=command)
    if home.settings.is_virtual and at < home.clock.now():
        raise ClockOnlyMovesForward(now=format_instant(home.clock.now(), home.settings.zone))


def move_clock_to(home: Home, at: int, command: str, *, quietly: bool = False) -> None:
    """Move the home's virtual clock to `at`; a home that has issued nothing may leave the real clock here."""
    check_clock_may_reach(home, at, command)
    if not home.settings.is_virtual:
        home.turn_virtual(at)
        if not quietly:
            margin().print(say("From now on this home runs on a virtual clock: T is its time."), style="dim")
    virtual_clock(home).move_to(at)
    home.change(now=at)


def virtual_clock(home: Home) -> VirtualClock:
    """The clock of a home that runs on a virtual one."""
    assert isinstance(home.clock, VirtualClock)
    return home.clock


def has_issued(home: Home) -> bool:
    """Whether this home has ever issued a card."""
    if home.settings.watched_at is None:
        return False
    return bool(home.projector.query("select 1 from cards limit 1", ())[1])
