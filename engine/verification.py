"""Whether a log is what was written: its rows hashed again, against their leaves and the tree of its head."""

from collections.abc import Iterable, Iterator
from itertools import islice

from engine.facts import Row, Verification
from engine.integrity import Frontier, leaf_hashes

_BATCH_ROWS = 4096


class RowUnreadable(Exception):
    """Raised by whoever supplies the rows, when the store cannot read the next one."""


class _Altered(Exception):
    """The first difference that was found."""

    def __init__(self, position: int, upto: int, reason: str) -> None:
        super().__init__(reason)
        self.position, self.upto, self.reason = position, upto, reason


def verify_rows(rows: Iterable[Row], kept: Frontier) -> Verification:
    """Compare all rows of a log, in order of position, with the frontier that its head keeps."""
    grown = Frontier(kept.hash_function)
    root = kept.root().hex()
    try:
        _grow(grown, rows, kept.size)
        _compare(grown, kept)
    except _Altered as altered:
        return Verification(kept.size, root, altered.position, altered.upto, altered.reason)
    return Verification(kept.size, root)


def _grow(grown: Frontier, rows: Iterable[Row], size: int) -> None:
    appended_at = 0
    for batch in _batches(rows):
        texts = [(r.stream.encode(), r.type.encode(), r.source.encode(), r.event_id.encode(), r.body) for r in batch]
        leaves = leaf_hashes(grown.hash_function, [row[:-1] for row in batch], texts)
        for due, (row, leaf) in enumerate(zip(batch, leaves, strict=True), grown.size + 1):
            _check(row, leaf, due, size, appended_at)
            appended_at = row.appended_at
        grown.extend(leaves)
    if grown.size < size:
        raise _Altered(grown.size + 1, size, "missing at the end")


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in batches; what was read before a row that cannot be read is given first, so that it is named."""
    reading = iter(rows)
    read = 0
    while True:
        batch: list[Row] = []
        try:
            batch.extend(islice(reading, _BATCH_ROWS))
        except RowUnreadable as reason:
            yield batch
            raise _Altered(read + len(batch) + 1, read + len(batch) + 1, f"unreadable: {reason}") from None
        if not batch:
            return
        yield batch
        read += len(batch)


def _check(row: Row, leaf: bytes, due: int, size: int, appended_at: int) -> None:
    if row.position != due:
        raise _Altered(due, due, "missing")
    if due > size:
        raise _Altered(due, due, "behind the end of the log")
    if leaf != row.leaf_hash:
        raise _Altered(due, due, "differs from its leaf hash")
    if row.appended_at < appended_at:
        raise _Altered(due, due, "appended before the row ahead of it")


def _compare(grown: Frontier, kept: Frontier) -> None:
    """Name the first complete subtree that is not the one that was written: its rows were given new leaves."""
    for ours, theirs in zip(grown.subtrees(), kept.subtrees(), strict=True):
        if ours != theirs:
            raise _Altered(ours.first, ours.last, "differs from the tree")
