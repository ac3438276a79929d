"""What the log takes and gives: facts, rows, and the answers to appending and verifying."""

from typing import Any, NamedTuple

import orjson


class Fact(NamedTuple):
    """One event as a door hands it over: validated, persons enveloped, not yet known to be new."""

    stream: str
    type: str
    occurred_at: int
    recorded_at: int | None
    """When it came to be known; None at a live door: the moment of appending."""
    source: str
    event_id: str
    dataversion: int
    body: bytes
    """Canonical JSON, as `encode_body` writes it."""


class Row(NamedTuple):
    """One event as the log keeps it. `version` is an aggregate's own; a fact has none."""

    position: int
    stream: str
    version: int | None
    type: str
    occurred_at: int
    recorded_at: int
    appended_at: int
    source: str
    event_id: str
    dataversion: int
    body: bytes
    leaf_hash: bytes


class Appended(NamedTuple):
    """What became of a batch, and on disk when it is told: `outcomes` says of each fact whether it was stored or known."""

    stored: int
    duplicates: int
    last_position: int
    outcomes: list[bool]


class Head(NamedTuple):
    """Where the log ends: its size, which is its last position, when it was last written, and the root over its rows."""

    size: int
    appended_at: int
    root: str


class Verification(NamedTuple):
    """Whether the log is what was written; if not, the first position that is not, or the first and last that may be."""

    size: int
    root: str
    position: int | None = None
    upto: int | None = None
    reason: str = ""

    @property
    def is_intact(self) -> bool:
        """True if nothing was found."""
        return self.position is None


def encode_body(body: dict[str, Any]) -> bytes:
    """A body as canonical JSON: members in order, so that equal bodies are equal bytes."""
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def same_content(known: Fact | Row, come: Fact | Row) -> bool:
    """True if two events of one identity say the same; `recorded_at` is no part of what is said."""
    if (known.type, known.stream, known.occurred_at) != (come.type, come.stream, come.occurred_at):
        return False
    return known.body == come.body or _without_envelopes(known.body) == _without_envelopes(come.body)


def _without_envelopes(body: bytes) -> object:
    return _digests_only(orjson.loads(body)) if b'"sealed"' in body else body


def _digests_only(value: object) -> object:
    """The value with each envelope reduced to its digest: sealing is never the same twice, nor is a random reference."""
    if isinstance(value, list):
        return [_digests_only(member) for member in value]
    if not isinstance(value, dict):
        return value
    is_envelope = "sealed" in value and "digest" in value
    return {
        name: _digests_only(member)
        for name, member in value.items()
        if not (is_envelope and name in ("sealed", "ref"))
    }
