"""What the engine's own catalogue command asks of limits: steps within the promise, the promise within the law.

Facts that come through the exchange are stored whatever they promise; rules K03 and K04 find them there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from engine.decide.errors import LimitMissing, PromiseBeyondLaw, StepsExceedPromise
from engine.events.catalogue import FlowStep, ItemPublished
from engine.events.vocabulary import Limit

PARTS = {"hour": 5, "work_day": 168, "calendar_day": 120, "calendar_month": 3_600, "calendar_year": 43_800}
"""What a unit is taken for where limits of different units are compared, in 120ths of a day: nothing is rounded."""

PATHS_MAX = 30_000
"""So many paths are walked; where a flow has more that could take too long, all its steps together count as one."""


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


def length(limit: Limit | None) -> int:
    """How long a limit is, in parts; what has no limit takes none."""
    return limit.n * PARTS[limit.unit] if limit else 0


def told(limit: Limit) -> str:
    """A limit as people read it."""
    return f"{limit.n} {limit.unit}"


def path_beyond(flow: list[FlowStep], most: int) -> tuple[str, ...]:
    """A path through the flow, no step twice, whose limits add up to more than `most` parts; empty if there is none."""
    paths = _Flow(flow).paths(most)
    for path, parts in islice(paths, PATHS_MAX):
        if parts > most:
            return path
    return () if next(paths, None) is None else tuple(step.step for step in flow)


class _Flow:
    """A flow as a graph: how long each step takes, and which steps it leads to."""

    def __init__(self, flow: list[FlowStep]) -> None:
        self._parts = {step.step: length(step.limit) for step in flow}
        self._next = {step.step: [name for name in step.next if name in self._parts] for step in flow}

    def paths(self, most: int) -> Iterator[tuple[tuple[str, ...], int]]:
        """Every path that is or could still grow beyond `most`, with its length."""
        growing: list[tuple[str, ...]] = [(step,) for step in reversed(self._parts)]
        been: set[tuple[frozenset[str], str]] = set()
        while growing:
            path = growing.pop()
            # Paths through the same steps to the same end take as long, and go on alike.
            where = (frozenset(path), path[-1])
            if where in been or self._reach(path) <= most:
                continue
            been.add(where)
            yield path, self._sum(path)
            growing += [(*path, step) for step in reversed(self._next[path[-1]]) if step not in where[0]]

    def _reach(self, path: tuple[str, ...]) -> int:
        """The most to which a path can grow: its own limits and those of all that it still leads to."""
        seen = set(path)
        growing = [path[-1]]
        while growing:
            ahead = [step for step in self._next[growing.pop()] if step not in seen]
            seen.update(ahead)
            growing += ahead
        return self._sum(seen)

    def _sum(self, steps: set[str] | tuple[str, ...]) -> int:
        return sum(self._parts[step] for step in steps)
