"""The archive as a rebuild reads it: whole segments, each only if it is what was written and is of this log."""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from engine.archive.errors import (
    ArchiveDamaged,
    ManifestUnreadable,
    SegmentChanged,
    SegmentDamaged,
    SegmentMissing,
    SegmentOfAnotherLog,
)
from engine.archive.manifest import Manifest, Segment, manifest_version, read_manifest
from engine.archive.segments import digest_of

Leaves = Callable[[int, int], list[bytes]]
"""The leaves that the log keeps behind one position up to another."""


def _warn(damage: ArchiveDamaged) -> None:
    warnings.warn(str(damage), RuntimeWarning, stacklevel=2)


class Archive:
    """The archive in one folder. `tell` hears of damage that a rebuild went round by reading the log."""

    def __init__(self, folder: Path, tell: Callable[[ArchiveDamaged], None] = _warn) -> None:
        self.folder = folder
        self._tell = tell
        self._read: tuple[object, Manifest] = (None, Manifest())

    def manifest(self) -> Manifest:
        """What it says of itself; empty if nothing was archived yet. Read again only if it was written again."""
        version = manifest_version(self.folder)
        if version is None or version != self._read[0]:
            self._read = version, read_manifest(self.folder)
        return self._read[1]

    def path_of(self, segment: Segment) -> Path:
        """Where a segment lies."""
        return self.folder / segment.file

    def segments(self, after: int, upto: int, leaves: Leaves) -> Iterator[tuple[Segment, Path]]:
        """The segments that lie wholly behind position `after` and up to `upto`; damaged ones are told of, left out."""
        try:
            segments = self.manifest().segments
        except ManifestUnreadable as unreadable:
            self._tell(unreadable)
            return
        for segment in segments:
            if after < segment.first and segment.last <= upto:
                damage = self.damage_of(segment, leaves)
                if damage is None:
                    yield segment, self.path_of(segment)
                else:
                    self._tell(damage)

    def damage_of(self, segment: Segment, leaves: Leaves) -> SegmentDamaged | None:
        """What is wrong with a segment: its last event against the log, then its bytes against the manifest."""
        path = self.path_of(segment)
        place = (str(path), segment.first, segment.last)
        if leaves(segment.last - 1, segment.last) != [bytes.fromhex(segment.last_leaf)]:
            return SegmentOfAnotherLog(*place)
        try:
            is_whole = path.stat().st_size == segment.bytes and digest_of(path) == segment.sha256
        except OSError:
            return SegmentMissing(*place)
        return None if is_whole else SegmentChanged(*place)
