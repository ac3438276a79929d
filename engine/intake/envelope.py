"""One CloudEvent in, one fact out, or a refusal that names the field.

A time known to the day only is stored as 00:00 of the local date it shows, at the offset it shows.
"""

from __future__ import annotations

import difflib
import re
from typing import Annotated, Any, Literal, Protocol

import msgspec
import orjson

from engine.clock import Clock, parse_instant
from engine.errors import BadInstant, NaiveTime
from engine.events import EVENTS, OWN, Event
from engine.facts import Fact
from engine.intake.refusals import Refusal

EVENT_BYTES_MAX = 1 << 20
FUTURE_TOLERANCE = 5 * 60 * 1_000_000
"""Microseconds that a source's clock may be ahead of ours."""

EARLIEST = -62_135_510_400 * 1_000_000
"""0001-01-02T00:00Z: what lies before it cannot be shown in every zone."""

RESERVED_ATTRIBUTES = {"origin"}
RESERVED_SOURCE = "/esup/"

_decode = msgspec.json.Decoder().decode
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DAY_OF_TIME = re.compile(r"\A(\d{4}-\d\d-\d\d)[Tt ][0-9:.]+([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)
_PLACE = re.compile(r".* - at `\$([^`]*)`\Z", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_EXPECTED = re.compile(r"Expected `([^`]*)`")


class Persons(Protocol):
    """Who takes the names of applicants and complainants out of what is stored."""

    def envelope(self, type: str, data: dict[str, Any]) -> dict[str, Any]:
        """The data with each person replaced by a reference and an envelope."""

    def seal_input(self, raw: bytes) -> dict[str, Any]:
        """Quarantined input as digest and envelope."""

    def flush(self) -> None:
        """Make the keys used so far durable."""


Text = Annotated[str, msgspec.Meta(min_length=1)]


class CloudEvent(msgspec.Struct):
    """The attributes of the envelope that the engine reads; others are kept as they came."""

    specversion: Literal["1.0"]
    id: Text
    source: Text
    type: Text
    subject: Text
    time: str
    dataversion: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)] = 1
    sequence: str | None = None
    precision: Literal["day"] | None = None
    recordedtime: str | None = None


ATTRIBUTES = frozenset(CloudEvent.__struct_fields__)


class FactReader:
    """Reads events at one door: a live one, or one for history, where `recordedtime` may speak."""

    def __init__(self, persons: Persons, clock: Clock, *, historical: bool = False) -> None:
        self._persons = persons
        self._clock = clock
        self._historical = historical
        self._latest = 0
        self.look_at_the_clock()

    def look_at_the_clock(self) -> None:
        """Take the present instant as the one that times are measured against; once a batch is enough."""
        self._latest = self._clock.now() + FUTURE_TOLERANCE

    def read(self, line: bytes) -> Fact:
        """The fact that one CloudEvent in JSON tells."""
        if len(line) > EVENT_BYTES_MAX:
            raise Refusal("too-large")
        return self.fact(decoded(line))

    def fact(self, attributes: dict[str, Any]) -> Fact:
        """The fact that a CloudEvent's attributes tell."""
        data = attributes.pop("data", None)
        event = checked_envelope(attributes)
        occurred_at = (start_of_day if event.precision else instant_of)("time", event.time)
        body: dict[str, Any] = {} if attributes.keys() <= ATTRIBUTES else extensions(attributes)
        if event.sequence is not None:
            body["sequence"] = event.sequence
        if event.precision is not None:
            body["precision"] = event.precision
        recorded_at = self._recorded_at(event.recordedtime, occurred_at)
        return self.make(event, occurred_at, recorded_at, {} if data is None else data, body)

    def make(
        self, event: CloudEvent, occurred_at: int, recorded_at: int | None, data: Any, body: dict[str, Any]
    ) -> Fact:
        """The fact, its data checked against the vocabulary and its persons enveloped."""
        kind = event.type
        check_names(event)
        if not EARLIEST <= occurred_at <= self._latest:
            raise Refusal("future-time" if occurred_at > 0 else "wrong-type", "time")
        check_data(kind, data)
        body["data"] = self._persons.envelope(kind, data)
        return Fact(
            event.subject, kind, occurred_at, recorded_at, event.source, event.id, event.dataversion, encoded(body)
        )

    def _recorded_at(self, recordedtime: str | None, occurred_at: int) -> int | None:
        if not self._historical:
            if recordedtime is not None:
                raise Refusal("live-recordedtime", "recordedtime")
            return None
        if recordedtime is None:
            return occurred_at
        recorded_at = instant_of("recordedtime", recordedtime)
        if recorded_at > self._latest:
            raise Refusal("future-time", "recordedtime")
        return recorded_at


def decoded(line: bytes) -> dict[str, Any]:
    """The JSON object on a line."""
    try:
        event = _decode(line)
    except UnicodeDecodeError:
        raise Refusal("bad-utf8") from None
    except RecursionError:
        raise Refusal("too-deep") from None
    except msgspec.ValidationError:
        raise Refusal("out-of-range") from None
    except msgspec.DecodeError:
        raise Refusal("not-json" if is_utf8(line) else "bad-utf8") from None
    if type(event) is not dict:
        raise Refusal("bad-envelope", expected="object")
    return event


def is_utf8(line: bytes) -> bool:
    """Whether the bytes are UTF-8 text."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def checked_envelope(attributes: dict[str, Any]) -> CloudEvent:
    """The envelope, its attributes of the right types and free of control characters."""
    try:
        event = msgspec.convert(attributes, CloudEvent)
    except msgspec.ValidationError as error:
        refusal = refusal_of(error, "")
        raise refusal if refusal.refused_as == "missing-field" else bad_envelope(refusal) from None
    return event


def bad_envelope(refusal: Refusal) -> Refusal:
    """A wrong attribute of the envelope; a wrong time or version is told as the wrong type it is."""
    code = "bad-envelope" if refusal.field == "specversion" else "wrong-type"
    return Refusal(code, refusal.field, refusal.expected)


def check_names(event: CloudEvent) -> None:
    """Refuse an attribute that pretends to be ours, or that would break lines, columns or hashes made of it."""
    if event.source.startswith(RESERVED_SOURCE):
        raise Refusal("reserved", "source")
    names = f"{event.id}{event.source}{event.type}{event.subject}{event.sequence}"
    if not (names.isascii() and names.isprintable()):
        refuse_control_characters(event)


def refuse_control_characters(event: CloudEvent) -> None:
    """Refuse an attribute that would break lines, columns or hashes made of it."""
    for field in ("id", "source", "type", "subject", "sequence"):
        if _CONTROL.search(getattr(event, field) or ""):
            raise Refusal("control-character", field)


def extensions(attributes: dict[str, Any]) -> dict[str, Any]:
    """The attributes that the engine does not read: CloudEvents allows simple values only."""
    others = {name: value for name, value in attributes.items() if name not in ATTRIBUTES}
    for name, value in others.items():
        if name in RESERVED_ATTRIBUTES:
            raise Refusal("reserved", name)
        if not isinstance(value, str | int | float | bool | None):
            raise Refusal("bad-envelope", expected="text, number or true/false in an extension attribute")
    return others


def check_data(kind: str, data: Any) -> None:
    """Refuse data that is not what the vocabulary says of this type."""
    event = EVENTS.get(kind)
    if event is None:
        raise Refusal("unknown-type", "type", closest(kind))
    if kind in OWN:
        raise Refusal("own-type", "type")
    try:
        msgspec.convert(data, event)
    except msgspec.ValidationError as error:
        raise refusal_of(error, "data", event) from None


def closest(kind: str) -> str:
    """The type of the vocabulary that the given one is most like, to help with slips of the pen."""
    return next(iter(difflib.get_close_matches(kind[:80], EVENTS.keys() - OWN, 1)), "")


def refusal_of(error: msgspec.ValidationError, root: str, event: type[Event] | None = None) -> Refusal:
    """What the checker found, in our codes; of its message only names of fields and types are taken, never a value."""
    message = str(error)
    found = _PLACE.match(message)
    field = root + (found[1] if found else "")
    missing = _MISSING.match(message)
    if missing:
        return Refusal("missing-field", f"{field}.{missing[1]}".lstrip("."))
    field = field.lstrip(".")
    if message.startswith("Expected `str` of length >= 1"):
        return Refusal("missing-field", field)
    if "timezone component" in message:
        return Refusal("naive-time", field)
    expected = _EXPECTED.match(message)
    return Refusal("wrong-type", field, expected[1] if expected else "")


def encoded(body: dict[str, Any]) -> bytes:
    """The body as canonical JSON: sorted keys, so that equal content is equal bytes."""
    try:
        text = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise Refusal("out-of-range" if "64-bit" in str(error) else "too-deep", "data") from None
    if b"\\u0000" in text and holds_nul(body):
        raise Refusal("control-character", "data")
    return text


def holds_nul(value: Any) -> bool:
    """Whether a text somewhere in the value holds U+0000, which not every store can keep."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in name or holds_nul(member) for name, member in value.items())
    return isinstance(value, list) and any(map(holds_nul, value))


def instant_of(field: str, text: str) -> int:
    """The instant that a text with an offset names."""
    try:
        return parse_instant(text)
    except NaiveTime:
        raise Refusal("naive-time", field) from None
    except BadInstant:
        raise Refusal("wrong-type", field, "2026-03-02T09:15:00+08:00") from None


def start_of_day(field: str, text: str) -> int:
    """00:00 of the date that the text shows, at the offset that it shows."""
    found = _DAY_OF_TIME.match(text)
    if not found:
        raise Refusal("wrong-type", field, "2026-03-02T00:00:00+08:00")
    return instant_of(field, f"{found[1]}T00:00:00{found[2]}")
