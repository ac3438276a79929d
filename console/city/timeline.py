"""What a city reports, put into the order in which it becomes known, in bounded memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

import orjson

from console.city.scene import Fact

# A line begins with the moment at which it became known, and then its id: lines sort by both.
DAY_IN_LINE = slice(len('{"recordedtime":"'), len('{"recordedtime":"2025-01-01'))
LINES_HELD = 250_000


def line_of(fact: Fact) -> bytes:
    """A fact as a line of the exchange."""
    event = {
        "recordedtime": fact.known, "id": fact.event_id, "specversion": "1.0", "source": fact.source,
        "type": f"esup.{fact.kind}", "subject": fact.subject, "time": fact.at,
    }  # fmt: skip
    if fact.version > 1:
        event["dataversion"] = fact.version
    if fact.precision:
        event["precision"] = fact.precision
    event["data"] = fact.data
    # What orjson returns holds its whole buffer, some kilobytes; the sum is as long as the line.
    return orjson.dumps(event) + b"\n"


class Timeline:
    """Lines that wait for their day; when too many wait, those of the farthest days wait on disk, in this folder."""

    def __init__(self, scratch: Path | None = None, most: int = LINES_HELD) -> None:
        self.most = most
        self.held = 0
        self.days: dict[bytes, list[bytes]] = defaultdict(list)
        self.resources = ExitStack()
        self.folder = Path(self.resources.enter_context(TemporaryDirectory(prefix=".waiting-", dir=scratch)))

    def __enter__(self) -> Timeline:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.resources.close()

    def add(self, facts: Iterable[Fact]) -> None:
        """More facts, of any day that was not taken yet."""
        for fact in facts:
            line = line_of(fact)
            self.days[line[DAY_IN_LINE]].append(line)
            self.held += 1
        if self.held > self.most:
            self.set_aside()

    def set_aside(self) -> None:
        """Half of what waits goes to disk: the farthest days first."""
        for day in sorted(self.days, reverse=True):
            if self.held <= self.most // 2:
                return
            lines = self.days.pop(day)
            with (self.folder / day.decode()).open("ab") as file:
                file.writelines(lines)
            self.held -= len(lines)

    def take(self, until: date) -> Iterator[list[bytes]]:
        """The lines of each day before one, in their order; no more may be added to those days."""
        end = until.isoformat().encode()
        waiting = {*self.days, *(path.name.encode() for path in self.folder.iterdir())}
        for day in sorted(day for day in waiting if day < end):
            lines = self.days.pop(day, [])
            self.held -= len(lines)
            aside = self.folder / day.decode()
            if aside.exists():
                lines += aside.read_bytes().splitlines(keepends=True)
                aside.unlink()
            yield sorted(lines)
