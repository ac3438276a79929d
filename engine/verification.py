"""Whether a log is what was written: its rows hashed again, against their leaves and the tree of its head."""

from collections.abc import Iterable

from engine.facts import Row, Verification
from engine.integrity import Frontier, Hash, row_encoding


class RowUnreadable(Exception):
    """Raised by whoever supplies the rows, when the store cannot read the next one."""


class _Altered(Exception):
    """The first difference that was found."""

    def __init__(self, position: int, upto: int, reason: str) -> None:
        super().__init__(reason)
        self.position, self.upto, self.reason = position, upto, reason


def leaf_of(row: Row, hash_function: Hash) -> bytes:
    """The leaf hash that this row must have."""
    texts = (row.stream.encode(), row.type.encode(), row.source.encode(), row.event_id.encode(), row.body)
    return hash_function(
        row_encoding(
            row.position, row.version, row.occurred_at, row.recorded_at, row.appended_at, row.dataversion, texts
        )
    ).digest()


def verify_rows(rows: Iterable[Row], kept: Frontier, batch_rows: int = 4096) -> Verification:
    """Compare all rows of a log, in order of position, with the frontier that its head keeps."""
    grown = Frontier(kept.hash_function)
    root = kept.root().hex()
    try:
        _grow(grown, rows, kept.size, batch_rows)
        _compare(grown, kept)
    except _Altered as altered:
        return Verification(kept.size, root, altered.position, altered.upto, altered.reason)
    return Verification(kept.size, root)


def _grow(grown: Frontier, rows: Iterable[Row], size: int, batch_rows: int) -> None:
    leaves: list[bytes] = []
    due = appended_at = 0
    try:
        for due, row in enumerate(rows, 1):
            _check(row, due, size, appended_at, grown.hash_function)
            appended_at = row.appended_at
            leaves.append(row.leaf_hash)
            if len(leaves) == batch_rows:
                grown.extend(leaves)
                leaves.clear()
    except RowUnreadable as reason:
        raise _Altered(due + 1, due + 1, f"unreadable: {reason}") from None
    grown.extend(leaves)
    if grown.size < size:
        raise _Altered(grown.size + 1, size, "missing at the end")


def _check(row: Row, due: int, size: int, appended_at: int, hash_function: Hash) -> None:
    if row.position != due:
        raise _Altered(due, due, "missing")
    if due > size:
        raise _Altered(due, due, "behind the end of the log")
    if leaf_of(row, hash_function) != row.leaf_hash:
        raise _Altered(due, due, "differs from its leaf hash")
    if row.appended_at < appended_at:
        raise _Altered(due, due, "appended before the row ahead of it")


def _compare(grown: Frontier, kept: Frontier) -> None:
    """Name the first complete subtree that is not the one that was written: its rows were given new leaves."""
    for ours, theirs in zip(grown.subtrees(), kept.subtrees(), strict=True):
        if ours != theirs:
            raise _Altered(ours.first, ours.last, "differs from the tree")
