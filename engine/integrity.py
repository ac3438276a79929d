"""Tamper evidence: a hash for each row of the log, and the RFC 6962 tree over them.

The tree is kept as its *frontier*: the roots of the complete subtrees that its size is made of, smallest first. That is
at most 64 hashes, enough to append to the tree and to tell its root.
"""

import hashlib
import struct
from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple, Protocol

from engine.errors import TreeDamaged

_LEAF = b"\x00"
_NODE = b"\x01"
# position, version, occurred_at, recorded_at, appended_at, dataversion: 64-bit signed, big-endian. Then the byte
# lengths of the five texts, 32-bit unsigned, then the texts: every field has its length before it, so no two rows are
# encoded alike.
_ROW_HEADER = struct.Struct(">c6q5I")
_NO_VERSION = -1


class Digest(Protocol):
    """A finished hash."""

    def digest(self) -> bytes:
        """Its bytes."""
        ...


class Hash(Protocol):
    """A hash function: SHA-256, or SM3 where the state's cryptography is required."""

    def __call__(self, data: bytes, /) -> Digest:
        """The hash of these bytes."""
        ...


def hash_named(name: str) -> Hash:
    """The hash function of that name, as a log's head records it."""
    if name == "sha256":
        return hashlib.sha256
    if name not in hashlib.algorithms_available:
        raise TreeDamaged(reason=f"no hash function {name}")
    return partial(hashlib.new, name)


Texts = tuple[bytes, bytes, bytes, bytes, bytes]
"""Stream, type, source, event id and body of a row in UTF-8."""
Columns = tuple[int, str, int | None, str, int, int, int, str, str, int, bytes]
"""The columns of a row in the order of the table, up to the body."""


def leaf_hashes(hash_function: Hash, rows: Iterable[Columns], texts: Iterable[Texts]) -> list[bytes]:
    """The leaf of each row, over all that the row says. One expression, because appending costs mostly this."""
    pack = _ROW_HEADER.pack
    return [
        hash_function(
            pack(
                _LEAF,
                position,
                _NO_VERSION if version is None else version,
                occurred_at,
                recorded_at,
                appended_at,
                dataversion,
                len(stream),
                len(kind),
                len(source),
                len(event_id),
                len(body),
            )
            + stream
            + kind
            + source
            + event_id
            + body
        ).digest()
        for (position, _, version, _, occurred_at, recorded_at, appended_at, _, _, dataversion, _), (
            stream,
            kind,
            source,
            event_id,
            body,
        ) in zip(rows, texts, strict=True)
    ]


class Subtree(NamedTuple):
    """The leaves that one hash of a frontier stands for, as positions from `first` to `last`."""

    first: int
    last: int
    root: bytes


class Frontier:
    """An RFC 6962 tree that can grow: its size and the roots of its complete subtrees."""

    def __init__(self, hash_function: Hash, size: int = 0, packed: bytes = b"") -> None:
        self.hash_function = hash_function
        self.size = size
        self._nodes = self._unpack(packed)

    def _unpack(self, packed: bytes) -> dict[int, bytes]:
        levels = [level for level in range(self.size.bit_length()) if self.size >> level & 1]
        width = len(self.hash_function(b"").digest())
        if len(packed) != width * len(levels):
            raise TreeDamaged(reason=f"{self.size} leaves make {len(levels)} subtrees of {width} bytes")
        return {level: packed[place * width : (place + 1) * width] for place, level in enumerate(levels)}

    def pack(self) -> bytes:
        """The roots of the complete subtrees as bytes, smallest subtree first."""
        return b"".join(self._nodes[level] for level in sorted(self._nodes))

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Append leaf hashes: one level after the other, so that a batch costs one hash a leaf and little besides."""
        hash_function, rising, level = self.hash_function, list(leaves), 0
        self.size += len(rising)
        while rising:
            left = self._nodes.pop(level, None)
            if left is not None:
                rising.insert(0, left)
            if len(rising) & 1:
                self._nodes[level] = rising.pop()
            pairs = iter(rising)
            rising = [hash_function(_NODE + a + b).digest() for a, b in zip(pairs, pairs, strict=True)]
            level += 1

    def root(self) -> bytes:
        """The Merkle tree hash of RFC 6962, section 2.1; the hash of nothing for the empty tree."""
        right = b""
        for level in sorted(self._nodes):
            right = self.hash_function(_NODE + self._nodes[level] + right).digest() if right else self._nodes[level]
        return right or self.hash_function(b"").digest()

    def subtrees(self) -> list[Subtree]:
        """The complete subtrees from the first position on: where two frontiers differ, the change lies within."""
        found, first = [], 1
        for level in sorted(self._nodes, reverse=True):
            found.append(Subtree(first, first + (1 << level) - 1, self._nodes[level]))
            first += 1 << level
        return found
