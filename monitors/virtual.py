"""Virtual time: drives the monitor through history as if it had been watching all along.

A day is lived in rounds. Its matters (a case with its cards and tasks, a complaint) do not touch each other, so one
round takes the next known instant of every matter of which nothing is left to say before it; what a finding says
between two facts of its matter is said at the instant it triggers, or at the fact that brought it. The issued events
carry the instants that an engine stopping at each of them would have given.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import NamedTuple

import orjson

from engine.clock import first_moment, local_day
from engine.errors import ClockWentBack
from engine.facts import Fact
from monitors.coming import Coming, recorded
from monitors.decide import Row
from monitors.matters import Matters, matter_of
from monitors.monitor import Monitor, Timing
from projections.groups import Standing

Tell = Callable[[int, list[Fact]], None]


class Stretch(NamedTuple):
    """Time from `begins` to before `ends`, with what all feel at its beginning and what single matters hear."""

    begins: int
    ends: int
    for_all: list[Fact]
    facts: list[Fact]


class RoundTiming(Timing):
    """When each act of one round is said: between the fact a matter has just heard and the next one it will hear.

    What is found across cases waits until every matter has lived through the stretch; then it is said at the instant at
    which it came to be so.
    """

    lets_wait = True

    def __init__(self, monitor: Monitor, stretch: Stretch, coming: Coming, *, is_last: bool = False) -> None:
        super().__init__(stretch.begins, is_virtual=True)
        self._projector = monitor.projector
        self._ends = stretch.ends
        self._coming = coming
        self._is_last = is_last
        self.has_waited = False
        """Whether something found across cases was left for the end of the stretch."""

    def moment_of(self, row: Row) -> int | None:
        """The later of the trigger and the last fact behind it, if that lies before the matter's next fact."""
        standing = self._projector.standings().get(_finding_of(row))
        if standing is not None or row.get("is_across"):
            at = max(row["due_at"], _brought_at(row, standing), self.now)
            self.has_waited |= at < self._ends
            return at if self._is_last and at < self._ends else None
        matter = matter_of(row) or ""
        at = max(row.get("due_at", 0), self._coming.since(matter, self.now))
        return at if at < self._coming.until(matter, self._ends) else None


def _brought_at(row: Row, standing: Standing | None) -> int:
    """When what a row is about came to be so: of a card that lapsed, when its finding first changed after its issue."""
    if standing is None:
        return 0
    return standing.since if "is_across" in row or "mended_at" in row else standing.first_after(row["due_at"])


def _finding_of(row: Row) -> tuple[str, str, str, str, str]:
    rule, level, subject, source, event = (
        str(row.get(name)) for name in ("rule_id", "level", "subject", "source", "event_id")
    )
    return rule, level, subject, source, event


def simulate(monitor: Monitor, facts: Iterable[Fact], until: int, tell: Tell | None = None) -> list[Fact]:
    """Live through `facts` up to `until`; returns all that was said.

    The facts come in the order of their `recorded_at`, and at one instant what concerns all cases before what one case
    tells.
    """
    said: list[Fact] = []
    matters = Matters(monitor.projector)
    for stretch in _stretches(facts, until, monitor, matters):
        heard = _live(monitor, matters, stretch)
        if stretch.ends == first_moment(local_day(stretch.ends, monitor.zone), monitor.zone):
            heard.append(monitor.seal(local_day(stretch.ends - 1, monitor.zone)))
        said += heard
        if tell is not None:
            tell(stretch.ends, heard)
    return said


def _clock_of(monitor: Monitor) -> int | None:
    return monitor.projector.as_of + 1 if monitor.projector.is_derived else None


def _live(monitor: Monitor, matters: Matters, stretch: Stretch) -> list[Fact]:
    """Everything that happens in one stretch of time.

    Each matter goes on to its next fact as soon as nothing more is to be said of it before that; others meanwhile.
    """
    said: list[Fact] = []
    monitor.projector.groups.remember()
    monitor.log.append_batch(stretch.for_all)
    coming = Coming(matters, stretch.facts)
    while True:
        monitor.projector.update(stretch.ends - 1)
        coming.find_names()
        timing = RoundTiming(monitor, stretch, coming)
        heard, busy = _heard(monitor, timing)
        told = coming.go_on(busy)
        if heard or told:
            monitor.log.append_batch(heard)
            monitor.log.append_batch(told)
        elif timing.has_waited:
            heard = monitor.say_what_is_due(RoundTiming(monitor, stretch, coming, is_last=True), stretch.ends - 1)
        if not heard and not told and not coming.give_up_names():
            return said
        said += heard


def _heard(monitor: Monitor, timing: Timing) -> tuple[list[Fact], set[str | None]]:
    """What is said now, and the matters of which something is; in each matter, first what ends its cards.

    What concerns no case may hang on any card: it waits until nothing is left to end.
    """
    settled = [(fact, orjson.loads(fact.body)["data"]) for fact in monitor.settlements(timing)]
    issues = [(fact, orjson.loads(fact.body)["data"]) for fact in monitor.issues(timing)]
    ending = {matter_of(data) for _, data in settled}
    said = [fact for fact, data in issues if matter_of(data) not in ending and (not settled or "case_no" in data)]
    return [fact for fact, _ in settled] + said, ending | {matter_of(data) for _, data in issues}


def _stretches(facts: Iterable[Fact], until: int, monitor: Monitor, matters: Matters) -> Iterator[Stretch]:
    """Stretches that end at local midnights, and before each fact that concerns all matters."""
    zone = monitor.zone
    coming = deque(islice(source := iter(facts), 1))
    clock = _clock_of(monitor)
    begins = clock if clock is not None else recorded(coming[0]) if coming else until
    while begins <= until:
        ends = min(first_moment(local_day(begins, zone) + timedelta(days=1), zone), until + 1)
        stretch = Stretch(begins, ends, [], [])
        while coming and recorded(coming[0]) < stretch.ends:
            at = recorded(coming[0])
            if at < begins:
                raise ClockWentBack(now=begins, to=at)
            if not matters.concerns_all(coming[0]):
                stretch.facts.append(coming.popleft())
            elif at == begins:
                stretch.for_all.append(coming.popleft())
            else:
                stretch = stretch._replace(ends=at)
                while stretch.facts and recorded(stretch.facts[-1]) == at:
                    coming.appendleft(stretch.facts.pop())
                break
            if not coming:
                coming.extend(islice(source, 1))
        yield stretch
        begins = stretch.ends
