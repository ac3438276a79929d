"""Whether the archive is what was written: its files, its events hashed again, and the log that goes on behind them."""

from collections.abc import Iterator

from engine.archive.archive import Archive
from engine.archive.errors import SegmentChanged, SegmentDamaged, SegmentOfAnotherLog
from engine.archive.manifest import Manifest, Segment
from engine.archive.sealing import goes_on
from engine.archive.segments import leaves_of
from engine.log import EventLog


def check(archive: Archive, log: EventLog) -> Iterator[tuple[Segment, SegmentDamaged | None]]:
    """Each segment in order, with what is wrong with it; an unreadable manifest is raised.

    A segment is as it was written if its bytes are, its events give the root that the manifest states, and the log
    holds its last event. The last one is of this log if its tree, grown by the rest of the log, has the log's root.
    """
    manifest = archive.manifest()
    for number, segment in enumerate(manifest.segments):
        damage = archive.damage_of(segment, log.leaves) or _damage_within(archive, manifest, number)
        if damage is None and segment is manifest.segments[-1] and not goes_on(manifest, log):
            damage = SegmentOfAnotherLog(str(archive.path_of(segment)), segment.first, segment.last)
        yield segment, damage


def _damage_within(archive: Archive, manifest: Manifest, number: int) -> SegmentDamaged | None:
    """What the rows of a segment say against the tree before it and after it."""
    segment = manifest.segments[number]
    grown = manifest.frontier(number)
    path = archive.path_of(segment)
    for leaves in leaves_of(path, grown.hash_function):
        grown.extend(leaves)
    stated = (segment.last, segment.frontier, segment.root)
    if (grown.size, grown.pack().hex(), grown.root().hex()) == stated:
        return None
    return SegmentChanged(str(path), segment.first, segment.last)
