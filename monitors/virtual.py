"""Virtual time: drives the monitor through history as if it had been watching all along.

A day is lived in rounds. The cases of a day do not touch each other, so one round takes the next known instant of every
case at once; what a finding says between two facts of its case is said at the instant it triggers, or at the fact that
brought it. The issued events carry the instants that an engine stopping at each of them would have given.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import NamedTuple

from engine.clock import first_moment, local_day
from engine.errors import ClockWentBack
from engine.facts import Fact
from monitors.decide import Row
from monitors.monitor import Monitor, Timing
from projections.groups import Standing

Tell = Callable[[int, list[Fact]], None]


class Stretch(NamedTuple):
    """Time from `begins` to before `ends`, with what all cases feel at its beginning and each case's own facts."""

    begins: int
    ends: int
    for_all: list[Fact]
    facts: list[Fact]


class RoundTiming(Timing):
    """When each act of one round is said: between the fact a case has just got and the next one it will get.

    What is found across cases waits until every case has lived through the stretch; then it is said at the instant at
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
        """The later of the trigger and the last fact behind it, if that lies before the case's next fact."""
        standing = self._projector.standings().get(_finding_of(row))
        if standing is not None or row.get("is_across"):
            at = max(row["due_at"], _brought_at(row, standing), self.now)
            self.has_waited |= at < self._ends
            return at if self._is_last and at < self._ends else None
        case_no = row["case_no"]
        at = max(row.get("due_at", 0), self._since.get(case_no, self.now))
        return at if at < self._until.get(case_no, self._ends) else None


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
    for stretch in _stretches(facts, until, monitor.zone, _clock_of(monitor)):
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
    """Everything that happens in one stretch of time."""
    said: list[Fact] = []
    monitor.projector.groups.remember()
    monitor.log.append_batch(stretch.for_all)
    for since, until, batch in _rounds(stretch.facts):
        monitor.log.append_batch(batch)
        monitor.projector.update(stretch.ends - 1)
        timing = RoundTiming(monitor, stretch, since, until)
        said += monitor.say_what_is_due(timing, stretch.ends - 1)
    if timing.has_waited:
        across = RoundTiming(monitor, stretch, since, until, is_last=True)
        said += monitor.say_what_is_due(across, stretch.ends - 1)
    return said


def _rounds(window: list[Fact]) -> Iterator[tuple[dict[str, int], dict[str, int], list[Fact]]]:
    """First the silence before each stream's first fact, then fact after fact of every stream, side by side."""
    streams: dict[str, list[tuple[int, list[Fact]]]] = {}
    for fact in sorted(window, key=lambda fact: fact.stream):
        known = streams.setdefault(fact.stream, [])
        if not known or known[-1][0] != fact.recorded_at:
            known.append((_recorded(fact), []))
        known[-1][1].append(fact)
    yield {}, {stream: known[0][0] for stream, known in streams.items()}, []
    since: dict[str, int] = {}
    for number in range(max(map(len, streams.values()), default=0)):
        current = {stream: known[number] for stream, known in streams.items() if len(known) > number}
        since |= {stream: at for stream, (at, _) in current.items()}
        until = {stream: known[number + 1][0] for stream, known in streams.items() if len(known) > number + 1}
        batch = [fact for _, facts in current.values() for fact in facts]
        yield dict(since), until, sorted(batch, key=_recorded)


def _stretches(facts: Iterable[Fact], until: int, zone: str, clock: int | None) -> Iterator[Stretch]:
    """Stretches that end at local midnights, and before each fact that concerns more than one case."""
    coming = deque(islice(source := iter(facts), 1))
    begins = clock if clock is not None else _recorded(coming[0]) if coming else until
    while begins <= until:
        ends = min(first_moment(local_day(begins, zone) + timedelta(days=1), zone), until + 1)
        stretch = Stretch(begins, ends, [], [])
        while coming and _recorded(coming[0]) < stretch.ends:
            at = _recorded(coming[0])
            if at < begins:
                raise ClockWentBack(now=begins, to=at)
            if coming[0].type.startswith("esup.case."):
                stretch.facts.append(coming.popleft())
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
