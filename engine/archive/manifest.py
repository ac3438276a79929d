"""What the archive says of itself: its segments, each with what it takes to know it again and to go on behind it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import orjson

from engine.archive.errors import ManifestUnreadable
from engine.errors import TreeDamaged
from engine.integrity import Frontier, hash_named

FILE_NAME = "manifest.json"
FORMAT_VERSION = 1
Hex = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{2})+$")]


class Segment(msgspec.Struct, frozen=True):
    """One file of the archive: the events from position `first` to `last`, and the tree over all up to `last`."""

    file: str
    first: int
    last: int
    bytes: int
    sha256: Hex
    """Of the file."""
    last_leaf: Hex
    """The leaf of the last event: whether the log holds these events at these positions."""
    frontier: Hex
    """The tree's complete subtrees, as `Frontier.pack` writes them: what the next leaf is appended to."""
    root: Hex

    @property
    def events(self) -> int:
        """How many events it holds."""
        return self.last - self.first + 1


class Manifest(msgspec.Struct, frozen=True):
    """The segments in the order of their positions, without a gap from 1 on."""

    format: int = FORMAT_VERSION
    hash: str = ""
    """The hash function of the log."""
    segments: tuple[Segment, ...] = ()

    @property
    def size(self) -> int:
        """The last position in the archive."""
        return self.segments[-1].last if self.segments else 0

    def frontier(self, count: int | None = None) -> Frontier:
        """The tree over all events in the archive, or in its first `count` segments."""
        segments = self.segments[:count]
        if not segments:
            return Frontier(hash_named(self.hash))
        return Frontier(hash_named(self.hash), segments[-1].last, bytes.fromhex(segments[-1].frontier))


def manifest_version(folder: Path) -> object:
    """What differs from one manifest to the next, without reading it; None where there is none."""
    try:
        told = (folder / FILE_NAME).stat()
    except OSError:
        return None
    return told.st_ino, told.st_mtime_ns, told.st_size


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an archive; an empty one where there is none yet."""
    path = folder / FILE_NAME
    try:
        manifest = msgspec.convert(orjson.loads(path.read_bytes()), Manifest)
    except FileNotFoundError:
        return Manifest()
    except (OSError, orjson.JSONDecodeError, msgspec.ValidationError) as unreadable:
        raise ManifestUnreadable(path=str(path), reason=str(unreadable)) from unreadable
    reason = _contradiction(manifest)
    if reason is not None:
        raise ManifestUnreadable(path=str(path), reason=reason)
    return manifest


def _contradiction(manifest: Manifest) -> str | None:
    """What of a manifest cannot be: another format, a gap, a file elsewhere, a tree that has another root."""
    if manifest.format != FORMAT_VERSION:
        return f"format {manifest.format}"
    due = 1
    for number, segment in enumerate(manifest.segments, 1):
        if segment.first != due or segment.last < due:
            return f"{segment.first}-{segment.last}, {due}-"
        if Path(segment.file).name != segment.file:
            return segment.file
        try:
            if manifest.frontier(number).root().hex() != segment.root:
                return f"root {segment.root}"
        except TreeDamaged as damaged:
            return damaged.reason
        due = segment.last + 1
    return None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Keep a manifest: a reader sees the old one or the new one, never half of it."""
    with kept(folder / FILE_NAME) as draft:
        draft.write_bytes(
            orjson.dumps(msgspec.to_builtins(manifest), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"
        )


@contextmanager
def kept(path: Path) -> Iterator[Path]:
    """A draft to write to, which becomes the file at `path`, whole and on disk, when nothing failed."""
    draft = path.with_name(path.name + ".new")
    try:
        yield draft
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync(draft)
    draft.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
