"""What the log takes and gives: facts, rows, and the answers to appending and verifying."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from engine.errors import ControlCharacter, IdentityConflict
from engine.integrity import Texts

# DuckDB's bulk reader takes 0x1f and line feeds as separators and must give every text back as it was.
_CONTROL_BYTES = bytes([*range(0x20), 0x7F])
_LINE_ENDINGS = (b"\n", b"\r", b"\x1f", b"\x00")
Identity = tuple[str, str, int]
"""Source, event id, dataversion: unique in a log for ever."""


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
    """What became of a batch, told when it is on disk: `outcomes` says of each fact whether it was new."""

    stored: int
    duplicates: int
    last_position: int
    outcomes: list[bool]


class Head(NamedTuple):
    """Where the log ends: its size, which is its last position, when it was last written, the root over its rows."""

    size: int
    appended_at: int
    root: str


class Verification(NamedTuple):
    """Whether the log is what was written; if not, the first position that is not, or the range it lies in."""

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


def sift(facts: Sequence[Fact], known: dict[Identity, Row]) -> list[bool]:
    """For each fact of the batch whether it is new; an identity may be known to the log, or come twice in the batch."""
    if not known and len({fact[4:7] for fact in facts}) == len(facts):
        return [True] * len(facts)
    met: dict[Identity, Fact | Row] = dict(known)
    outcomes: list[bool] = []
    conflicts: list[int] = []
    for index, fact in enumerate(facts):
        identity = fact[4:7]
        first = met.get(identity)
        outcomes.append(first is None)
        if first is None:
            met[identity] = fact
        elif not same_content(first, fact):
            conflicts.append(index)
    if conflicts:
        raise IdentityConflict(indexes=tuple(conflicts))
    return outcomes


def texts_in_bytes(facts: Sequence[Fact]) -> list[Texts]:
    """The texts of each fact in UTF-8; refuses what a bulk load could not give back."""
    if not facts:
        return []
    streams, kinds, _, _, sources, event_ids, _, bodies = zip(*facts, strict=True)
    names = (streams, kinds, sources, event_ids)
    # The whole batch at once: the same question asked of each text costs five times as much.
    if not (
        all(map(all, (*names, bodies)))
        and _is_name("".join([*streams, *set(kinds), *set(sources), *event_ids]))
        and _is_line(b"".join(bodies))
    ):
        raise _unloadable(facts)
    return list(zip(*(map(str.encode, name) for name in names), bodies, strict=True))


def ids_by_origin(facts: Sequence[Fact]) -> dict[tuple[str, int], Sequence[str]]:
    """The event ids of the facts by source and dataversion; most batches have but one of each."""
    *_, sources, event_ids, dataversions, _ = zip(*facts, strict=True)
    if len(set(sources)) == len(set(dataversions)) == 1:
        return {(sources[0], dataversions[0]): event_ids}
    ids: dict[tuple[str, int], list[str]] = {}
    for source, event_id, dataversion in zip(sources, event_ids, dataversions, strict=True):
        ids.setdefault((source, dataversion), []).append(event_id)
    return dict(ids)


def _without_envelopes(body: bytes) -> object:
    return _digests_only(orjson.loads(body)) if b'"sealed"' in body else body


def _digests_only(value: object) -> object:
    """The value with envelopes reduced to their digests: sealing is never twice the same, nor a random reference."""
    if isinstance(value, list):
        return [_digests_only(member) for member in value]
    if not isinstance(value, dict):
        return value
    is_envelope = "sealed" in value and "digest" in value
    return {
        name: _digests_only(member) for name, member in value.items() if not (is_envelope and name in ("sealed", "ref"))
    }


def _unloadable(facts: Sequence[Fact]) -> ControlCharacter:
    """The error that names the first text of the batch that a bulk load could not give back."""
    index, field = next(
        (index, field)
        for index, fact in enumerate(facts)
        for field, is_loadable in (
            ("stream", _is_name(fact.stream)),
            ("type", _is_name(fact.type)),
            ("source", _is_name(fact.source)),
            ("event_id", _is_name(fact.event_id)),
            ("body", _is_line(fact.body)),
        )
        if not is_loadable
    )
    return ControlCharacter(field=field, index=index)


def _is_name(text: str) -> bool:
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        return False
    return bool(encoded) and len(encoded) == len(encoded.translate(None, _CONTROL_BYTES))


def _is_line(body: bytes) -> bool:
    """True of all JSON as orjson writes it: what would end a line or a field stands escaped in it."""
    return bool(body) and not any(ending in body for ending in _LINE_ENDINGS)
