"""What the engine's own catalogue command asks of limits: steps within the promise, the promise within the law.

Facts that come through the exchange are stored whatever they promise; rules K03 and K04 find them there.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from engine.decide.errors import LimitMissing, PromiseBeyondLaw, StepsExceedPromise
from engine.events.catalogue import FlowStep, ItemPublished
from engine.events.vocabulary import Limit

DAYS = {
    "hour": Fraction(1, 24),
    "work_day": Fraction(7, 5),
    "calendar_day": Fraction(1),
    "calendar_month": Fraction(30),
    "calendar_year": Fraction(365),
}
"""What a unit is taken for where limits of different units are compared."""


def check_limits(item: ItemPublished) -> None:
    """Refuse an item whose limits contradict each other."""
    promised, statutory = item.promised, item.statutory
    if promised is None:
        raise LimitMissing(item.code, "承诺", "promised")
    if statutory is None:
        raise LimitMissing(item.code, "法定", "statutory")
    if length(promised) > length(statutory):
        raise PromiseBeyondLaw(item.code, told(promised), told(statutory))
    path = path_beyond(item.flow, length(promised))
    if path:
        raise StepsExceedPromise(item.code, told(promised), " → ".join(path))


def length(limit: Limit | None) -> Fraction:
    """A limit in days; what has no limit takes none."""
    return limit.n * DAYS[limit.unit] if limit else Fraction(0)


def told(limit: Limit) -> str:
    """A limit as people read it."""
    return f"{limit.n} {limit.unit}"


def path_beyond(flow: list[FlowStep], most: Fraction) -> tuple[str, ...]:
    """A path through the flow, no step twice, whose limits add up to more than `most`; empty if there is none."""
    steps = {step.step: step for step in flow}
    return next((path for path in _paths(steps, most) if _sum(steps, path) > most), ())


def _paths(steps: dict[str, FlowStep], most: Fraction) -> Iterator[tuple[str, ...]]:
    """Every path that could still grow beyond `most` with all that is not on it yet."""
    everything = _sum(steps, tuple(steps))
    growing: list[tuple[str, ...]] = [(step,) for step in reversed(steps)] if everything > most else []
    while growing:
        path = growing.pop()
        yield path
        growing += [(*path, step) for step in _following(steps, path) if _reach(steps, (*path, step)) > most]


def _following(steps: dict[str, FlowStep], path: tuple[str, ...]) -> list[str]:
    return [step for step in reversed(steps[path[-1]].next) if step in steps and step not in path]


def _reach(steps: dict[str, FlowStep], path: tuple[str, ...]) -> Fraction:
    """The most to which a path can grow: its own limits and those of all that it still leads to."""
    seen = set(path)
    growing = [path[-1]]
    while growing:
        ahead = [step for step in steps[growing.pop()].next if step in steps and step not in seen]
        seen.update(ahead)
        growing += ahead
    return _sum(steps, tuple(seen))


def _sum(steps: dict[str, FlowStep], path: tuple[str, ...]) -> Fraction:
    return sum((length(steps[step].limit) for step in path), Fraction(0))
