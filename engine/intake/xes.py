"""XES event logs (IEEE 1849), event by event, safe against entity expansion and external entities.

The attributes of a trace stand before its events, as the standard's schema has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

import orjson

from engine.intake.files import LINE_BYTES_MAX, Line, Truncated
from engine.intake.records import Broken, Record
from engine.intake.refusals import Refusal

FEED_BYTES = 64 << 10
DEPTH_MAX = 200
TOKEN_BYTES_MAX = 16 << 20
"""A tag longer than this is an attack: the parser holds a tag in memory until it ends."""


class _Reader:
    """Collects attributes of the trace and of the event that are open; gives out a record at each event's end."""

    def __init__(self) -> None:
        self.found: list[Record] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._refuse_entity
        self.parser.UnparsedEntityDeclHandler = self._refuse_entity
        self.parser.ExternalEntityRefHandler = self._refuse_entity
        self._open: list[str] = []
        self._case: dict[str, str] = {}
        self._event: dict[str, str] = {}
        self._line = 0
        self._size = 0
        self._case_size = 0
        self._has_events = False
        self.seen = 0

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.seen = self.parser.CurrentByteIndex
        name = tag.rpartition(":")[2]
        if not self._open and name != "log":
            raise Refusal("not-xes")
        if len(self._open) >= DEPTH_MAX:
            raise Refusal("too-deep")
        if name == "trace" and self._open == ["log"]:
            self._case, self._case_size, self._has_events = {}, 0, False
            self._line = self.parser.CurrentLineNumber
        elif name == "event" and self._open == ["log", "trace"]:
            self._event, self._size = {}, 0
            self._line = self.parser.CurrentLineNumber
        elif "key" in attributes and "value" in attributes:
            self._attribute(attributes["key"], attributes["value"])
        self._open.append(name)

    def _attribute(self, key: str, value: str) -> None:
        """Attributes of attributes are not looked at."""
        size = len(key) + len(value)
        if self._open == ["log", "trace", "event"]:
            self._size += size
            if self._size <= LINE_BYTES_MAX:
                self._event[key] = value
        elif self._open == ["log", "trace"]:
            self._case_size += size
            if self._case_size <= LINE_BYTES_MAX:
                self._case[f"case:{key}"] = value

    def _end(self, tag: str) -> None:
        self.seen = self.parser.CurrentByteIndex
        self._open.pop()
        name = tag.rpartition(":")[2]
        if name == "event" and self._open == ["log", "trace"]:
            self._has_events = True
            self._give(self._event, True)
        elif name == "trace" and self._open == ["log"] and not self._has_events:
            self._give({}, False)

    def _give(self, event: dict[str, str], is_event: bool) -> None:
        values = {**self._case, **event}
        is_large = max(self._size if is_event else 0, self._case_size) > LINE_BYTES_MAX
        raw = orjson.dumps(values)
        origin = Line(self._line, raw, len(raw), True)
        self.found.append(Record(origin, values, is_event, Refusal("too-large") if is_large else None))

    def _refuse_entity(self, *declared: object) -> int:
        raise Refusal("xml-bomb")


def xes_records(pieces: Iterator[bytes]) -> Iterator[Record]:
    """The events of the log; `Broken` where the file cannot be read on."""
    reader = _Reader()
    fed = 0
    try:
        for piece in pieces:
            for start in range(0, len(piece), FEED_BYTES):
                part = piece[start : start + FEED_BYTES]
                yield from _fed(reader, part, False)
                fed += len(part)
                if fed - reader.seen > TOKEN_BYTES_MAX:
                    raise Broken("too-large", _place(reader, part))
    except Truncated:
        raise Broken("truncated", _place(reader, b"")) from None
    yield from _fed(reader, b"", True)


def _fed(reader: _Reader, part: bytes, is_last: bool) -> Iterator[Record]:
    """The records that this part completes; those found before an error are given out first."""
    code = ""
    try:
        reader.parser.Parse(part, is_last)
    except Refusal as refusal:
        code = refusal.refused_as
    except (expat.ExpatError, ValueError, LookupError):  # an encoding that Python does not know is a LookupError
        code = "not-xml"
    found, reader.found = reader.found, []
    yield from found
    if code:
        raise Broken(code, _place(reader, part))


def _place(reader: _Reader, part: bytes) -> Line:
    return Line(reader.parser.CurrentLineNumber, part, len(part), False)
