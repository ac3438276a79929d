"""The projections as they stood at one instant, on what was known at another."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from engine.archive.manifest import Segment
from engine.archive.segments import seals_in
from engine.log import EventLog
from projections.projector import Projector
from replay.errors import ReplayExists

_SEAL = re.compile(rb"\x1fesup\.day\.sealed\x1f(\d+)\x1f[^\n]*\x1f([^\x1f\n]*)\n")


class SealedLog:
    """A log being read, and the position of the first seal of a day that ended after `known_at`.

    A sealed day is not changed by history that was imported after its seal, whenever that says it was recorded.
    """

    def __init__(self, log: EventLog, known_at: int) -> None:
        self._log = log
        self._known_at = known_at
        self.position: int | None = None

    def text_chunks(self, after: int, upto: int) -> Iterator[bytes]:
        """The rows behind a position as text, in pieces."""
        for text in self._log.text_chunks(after, upto):
            self._look_at(_SEAL.findall(text))
            yield text

    def segments(self, after: int, upto: int) -> Iterator[tuple[Segment, Path]]:
        """The segments of the archive behind a position."""
        for segment, path in self._log.segments(after, upto):
            self._look_at(seals_in(path))
            yield segment, path

    def _look_at(self, seals: Iterable[tuple[int | bytes, bytes]]) -> None:
        for ended_at, body in seals:
            if int(ended_at) > self._known_at:
                sealed = int(orjson.loads(body)["data"]["position"])
                self.position = sealed if self.position is None else min(self.position, sealed)


def replay(log: EventLog, as_of: int, known_at: int | None = None, out: Path | None = None) -> Projector:
    """Rebuild what an engine would have shown at `as_of` that knew what was recorded by `known_at` (default: `as_of`).

    Both are microseconds. `out` keeps the result as a DuckDB file; the caller closes the projector.
    """
    if out is not None and out.exists():
        raise ReplayExists(path=str(out))
    known_at = as_of if known_at is None else known_at
    sealed = SealedLog(log, known_at)
    projector = Projector.open(out, sealed)
    # What was recorded later never comes in: a deleted row may still be read from the bytes of a file.
    projector.load(log.head().size, known_at)
    projector.forget_after(known_at, sealed.position)
    projector.rebuild(as_of, known_at)
    return projector
