"""How the log's rows come in: whole segments of its archive, the rest as text, each read while the last is loaded."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from engine.archive.manifest import Segment
from engine.facts import Fact
from projections.store import Rows


class Readable(Protocol):
    """What the projector needs of a log."""

    def segments(self, after: int, upto: int) -> Iterator[tuple[Segment, Path]]:
        """What of the rows behind a position lies in the archive: whole segments, in order."""
        ...

    def text_chunks(self, after: int, upto: int) -> Iterator[bytes]:
        """The rows behind a position as text, in pieces."""
        ...


def stretches(log: Readable, after: int, upto: int) -> Iterator[tuple[int, Rows]]:
    """The rows behind a position and the last position of each piece: segments of the archive, and text between."""
    for segment, path in log.segments(after, upto):
        if after < segment.first - 1:
            yield from _texts(log, after, segment.first - 1)
        yield segment.last, path
        after = segment.last
    yield from _texts(log, after, upto)


def _texts(log: Readable, after: int, upto: int) -> Iterator[tuple[int, bytes]]:
    for text in log.text_chunks(after, upto):
        yield _last_position(text), text


def ahead(stretches: Iterator[tuple[int, Rows]]) -> Iterator[tuple[int, Rows]]:
    """The same, each read while the one before is being loaded: the log and the store use a core each."""
    with ThreadPoolExecutor(max_workers=1) as reader:
        coming = reader.submit(next, stretches, None)
        while (stretch := coming.result()) is not None:
            coming = reader.submit(next, stretches, None)
            yield stretch


def _last_position(text: bytes) -> int:
    line_start = text.rfind(b"\n", 0, len(text) - 1) + 1
    return int(text[line_start : text.index(b"\x1f", line_start)])


def as_text(facts: Sequence[Fact], position: int) -> bytes:
    """Facts as a log would give them that held them behind `position`, in this order."""
    lines = [
        b"\x1f".join(
            [
                str(position + index).encode(),
                fact.stream.encode(),
                fact.type.encode(),
                str(fact.occurred_at).encode(),
                str(fact.occurred_at if fact.recorded_at is None else fact.recorded_at).encode(),
                fact.source.encode(),
                fact.event_id.encode(),
                str(fact.dataversion).encode(),
                fact.body,
            ]
        )
        for index, fact in enumerate(facts, start=1)
    ]
    return b"".join(line + b"\n" for line in lines)
