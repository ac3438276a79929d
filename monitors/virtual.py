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
from monitors.decide import Row
from monitors.matters import Matters, matter_of
from monitors.monitor import Monitor, Timing
from projections.groups import Standing

Tell = Callable[[int, list[Fact]], None]


class Stretch(NamedTuple):
    """Time from `begins` to before `ends`, with what all feel at its beginning and each matter's own facts."""

    begins: int
    ends: int
    for_all: list[Fact]
    facts: list[tuple[str, Fact]]


class RoundTiming(Timing):
    """When each act of one round is said: between the fact a matter has just got and the next one it will get.

    What is found across cases waits until every matter has lived through the stretch; then it is said at the instant at
    which it came to be so.
    """

    def __init__(
        self, monitor: Monitor, stretch: Stretch, since: dict[str, int], until: dict[str, int], *, is_last: bool = False
    ) -> None:
        super().__init__(stretch.begins, is_virtual=True)
        self._projector = monitor.projector
        self._ends = stretch.ends
        self._since = since
        self._until = until
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
        at = max(row.get("due_at", 0), self._since.get(matter, self.now))
        return at if at < self._until.get(matter, self._ends) else None


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
    for stretch in _stretches(facts, until, monitor):
        heard = _live(monitor, stretch)
        if stretch.ends == first_moment(local_day(stretch.ends, monitor.zone), monitor.zone):
            heard.append(monitor.seal(local_day(stretch.ends - 1, monitor.zone)))
        said += heard
        if tell is not None:
            tell(stretch.ends, heard)
    return said


def _clock_of(monitor: Monitor) -> int | None:
    return monitor.projector.as_of + 1 if monitor.projector.is_derived else None


def _live(monitor: Monitor, stretch: Stretch) -> list[Fact]:
    """Everything that happens in one stretch of time.

    Each matter goes on to its next fact as soon as nothing more is to be said of it before that; others meanwhile.
    """
    said: list[Fact] = []
    monitor.projector.groups.remember()
    monitor.log.append_batch(stretch.for_all)
    coming = _coming(stretch.facts)
    since: dict[str, int] = {}
    while True:
        monitor.projector.update(stretch.ends - 1)
        timing = RoundTiming(monitor, stretch, since, {matter: instants[0][0] for matter, instants in coming.items()})
        heard, busy = _heard(monitor, timing)
        told = [(matter, *coming[matter].popleft()) for matter in list(coming) if matter not in busy]
        if not heard and not told:
            break
        since |= {matter: at for matter, at, _ in told}
        coming = {matter: instants for matter, instants in coming.items() if instants}
        monitor.log.append_batch(heard)
        monitor.log.append_batch(sorted((fact for *_, facts in told for fact in facts), key=_recorded))
        said += heard
    if timing.has_waited:
        across = RoundTiming(monitor, stretch, since, {}, is_last=True)
        said += monitor.say_what_is_due(across, stretch.ends - 1)
    return said


def _heard(monitor: Monitor, timing: Timing) -> tuple[list[Fact], set[str | None]]:
    """What is said now, and the matters of which something is; in each matter, first what ends its cards.

    What concerns no case may hang on any card: it waits until nothing is left to end.
    """
    settled = [(fact, orjson.loads(fact.body)["data"]) for fact in monitor.settlements(timing)]
    issues = [(fact, orjson.loads(fact.body)["data"]) for fact in monitor.issues(timing)]
    ending = {matter_of(data) for _, data in settled}
    said = [fact for fact, data in issues if matter_of(data) not in ending and (not settled or "case_no" in data)]
    return [fact for fact, _ in settled] + said, ending | {matter_of(data) for _, data in issues}


def _coming(told: list[tuple[str, Fact]]) -> dict[str, deque[tuple[int, list[Fact]]]]:
    """The facts of each matter, instant by instant."""
    coming: dict[str, deque[tuple[int, list[Fact]]]] = {}
    for matter, fact in sorted(told, key=lambda one: (one[0], _recorded(one[1]))):
        instants = coming.setdefault(matter, deque())
        if not instants or instants[-1][0] != _recorded(fact):
            instants.append((_recorded(fact), []))
        instants[-1][1].append(fact)
    return coming


def _stretches(facts: Iterable[Fact], until: int, monitor: Monitor) -> Iterator[Stretch]:
    """Stretches that end at local midnights, and before each fact that concerns more than one matter."""
    zone, matters = monitor.zone, Matters(monitor.projector)
    coming = deque(islice(source := iter(facts), 1))
    clock = _clock_of(monitor)
    begins = clock if clock is not None else _recorded(coming[0]) if coming else until
    while begins <= until:
        ends = min(first_moment(local_day(begins, zone) + timedelta(days=1), zone), until + 1)
        stretch = Stretch(begins, ends, [], [])
        matters.forget()
        while coming and _recorded(coming[0]) < stretch.ends:
            at = _recorded(coming[0])
            if at < begins:
                raise ClockWentBack(now=begins, to=at)
            matter = matters.of(coming[0])
            if matter is not None:
                stretch.facts.append((matter, coming.popleft()))
            elif at == begins and not stretch.facts:
                stretch.for_all.append(coming.popleft())
            else:
                stretch = stretch._replace(ends=at)
                break
            coming.extend(islice(source, 1))
        yield stretch
        begins = stretch.ends


def _recorded(fact: Fact) -> int:
    return fact.occurred_at if fact.recorded_at is None else fact.recorded_at
