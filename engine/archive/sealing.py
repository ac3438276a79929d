"""Putting sealed days into the archive: each segment is read again, and hashed again, before the manifest names it."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import msgspec

from engine.archive.archive import Archive
from engine.archive.errors import ArchiveBusy, NotArchived
from engine.archive.manifest import Manifest, Segment, kept, write_manifest
from engine.archive.segments import digest_of, leaves_of, write_segment
from engine.log import EventLog

SEGMENT_EVENTS_MAX = 1_000_000
_LEAVES_AT_ONCE = 100_000


def seal(archive: Archive, log: EventLog, upto: int | None = None, most: int = SEGMENT_EVENTS_MAX) -> list[Segment]:
    """Archive what the days sealed so far rest on, or the log up to `upto`; returns the segments that are new.

    A segment ends with a sealed day and holds as many days as fit into `most` events; only a greater day is divided.
    """
    archive.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _writing_alone(archive.folder):
        manifest = _extensible(archive, log)
        known = len(manifest.segments)
        ends = log.sealed_positions(manifest.size) if upto is None else [upto]
        for last in _cuts(manifest.size, ends, most):
            manifest = _with_segment(archive, log, manifest, last)
        return list(manifest.segments[known:])


def _extensible(archive: Archive, log: EventLog) -> Manifest:
    """The manifest, if its last segment is whole and of this log, and the log's tree goes on behind it."""
    manifest = msgspec.structs.replace(archive.manifest(), hash=log.hash_name())
    if manifest.segments:
        damage = archive.damage_of(manifest.segments[-1], log.leaves)
        if damage is not None:
            raise damage
    if not goes_on(manifest, log):
        raise NotArchived(first=manifest.size + 1, last=log.head().size)
    return manifest


def _cuts(size: int, ends: Iterable[int], most: int) -> Iterator[int]:
    """Where segments end: at the last of `ends` that is near enough, and after every `most` events where none is."""
    last = size
    for end in sorted(end for end in ends if end > size):
        if end - size > most and last > size:
            yield last
            size = last
        while end - size > most:
            size += most
            yield size
        last = end
    if last > size:
        yield last


def _with_segment(archive: Archive, log: EventLog, manifest: Manifest, last: int) -> Manifest:
    """The manifest with one more segment, both on disk."""
    first, leaves, frontier = manifest.size + 1, log.leaves(manifest.size, last), manifest.frontier()
    path = archive.folder / f"{first:012d}-{last:012d}.parquet"
    with kept(path) as draft:
        _write(log, draft, manifest.size, last)
        if list(chain.from_iterable(leaves_of(draft, frontier.hash_function))) != leaves:
            raise NotArchived(first=first, last=last)
    frontier.extend(leaves)
    segment = Segment(
        file=path.name,
        first=first,
        last=last,
        bytes=path.stat().st_size,
        sha256=digest_of(path),
        last_leaf=leaves[-1].hex(),
        frontier=frontier.pack().hex(),
        root=frontier.root().hex(),
    )
    grown = msgspec.structs.replace(manifest, segments=(*manifest.segments, segment))
    write_manifest(archive.folder, grown)
    _forget_unfinished(path)
    return grown


def _write(log: EventLog, path: Path, after: int, upto: int) -> None:
    text = path.with_suffix(".text")
    try:
        with text.open("wb") as file:
            file.writelines(log.whole_text(after, upto))
        write_segment(text, path)
    finally:
        text.unlink(missing_ok=True)


def goes_on(manifest: Manifest, log: EventLog) -> bool:
    """Whether the tree of the archive, grown by the leaves behind it, is the tree of the log."""
    grown, head = manifest.frontier(), log.head()
    while grown.size < head.size:
        leaves = log.leaves(grown.size, min(grown.size + _LEAVES_AT_ONCE, head.size))
        if not leaves:
            return False
        grown.extend(leaves)
    return grown.root().hex() == head.root


def _forget_unfinished(path: Path) -> None:
    """Remove what a killed run left of a segment from the same position on: the manifest names another one now."""
    first, _, _ = path.name.partition("-")
    for other in path.parent.glob(f"{first}-*"):
        if other != path:
            other.unlink()


@contextmanager
def _writing_alone(folder: Path) -> Iterator[None]:
    """One process at a time; a killed one holds nothing."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as reason:
        raise ArchiveBusy(path=str(folder)) from reason
    finally:
        os.close(descriptor)
