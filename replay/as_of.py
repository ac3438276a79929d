"""The projections as they stood at one instant, on what was known at another."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import duckdb
import orjson

from engine.archive.manifest import Segment
from engine.archive.segments import seals_in
from engine.log import EventLog
from projections.projector import Projector
from replay.errors import NotAReplay, ReplayExists

_SEAL = re.compile(rb"\x1fesup\.day\.sealed\x1f(\d+)\x1f[^\n]*\x1f([^\x1f\n]*)\n")


class SealedLog:
    """A log being read, and the seals that were seen in it.

    A sealed day is not changed by history that was imported after its seal, whenever that says it was recorded.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._seals: list[tuple[int, int]] = []
        """When each sealed day ended, and the position up to which it was known."""

    def position_at(self, known_at: int) -> int | None:
        """The position of the first seal of a day that ended after `known_at`."""
        return min((position for ended_at, position in self._seals if ended_at > known_at), default=None)

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
        self._seals += [(int(ended_at), int(orjson.loads(body)["data"]["position"])) for ended_at, body in seals]


def replay(log: EventLog, as_of: int, known_at: int | None = None, out: Path | None = None) -> Projector:
    """Rebuild what an engine would have shown at `as_of` that knew what was recorded by `known_at` (default: `as_of`).

    Both are microseconds. `out` keeps the result as a DuckDB file; the caller closes the projector.
    """
    if out is not None and out.exists():
        raise ReplayExists(path=str(out))
    known_at = as_of if known_at is None else known_at
    sealed = SealedLog(log)
    size = log.head().size
    projector = Projector.unkept(sealed, size) if out is None else Projector.open(out, sealed)
    # What was recorded later never comes in: a deleted row may still be read from the bytes of a file.
    projector.load(size, known_at)
    projector.forget_after(known_at, sealed.position_at(known_at))
    projector.rebuild(as_of, known_at)
    return projector


def kept(path: Path) -> Projector:
    """A replay that `out` kept, for reading; the caller closes the projector."""
    try:
        projector = Projector.open(path, None, read_only=True)
    except duckdb.Error as error:
        raise NotAReplay(path=str(path)) from error
    if projector.store.is_outdated():
        projector.close()
        raise NotAReplay(path=str(path))
    return projector


def replay_each(log: EventLog, moments: Sequence[int]) -> Iterator[Projector]:
    """What an engine showed at each of these moments, one after the other and each later than the one before.

    The first is rebuilt; each of the others follows from the one before it by an update with what had become known
    since. The projector is the same each time, and is closed at the end.
    """
    sealed, size = SealedLog(log), log.head().size
    projector = Projector.unkept(sealed, size)
    try:
        projector.load(size, max(moments, default=0))
        for number, moment in enumerate(moments):
            position = sealed.position_at(moment)
            if number:
                projector.let_in(moment, position)
            else:
                projector.hold_back(moment, position)
                projector.rebuild(moment)
            yield projector
    finally:
        projector.close()
