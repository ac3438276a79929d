"""Files as a stream of bytes and lines, plain or compressed, in bounded memory however large or hostile they are."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
import zstandard

CHUNK_BYTES = 1 << 20
LINE_BYTES_MAX = 1 << 20
KEPT_BYTES_MAX = 16 << 20
"""How much of a line that is too long is kept for quarantine."""

# A zstd block of four bytes can stand for 128 KiB, and the decoder gives out whatever its input held: feeding it little
# by little bounds what one call can return.
ZSTD_FEED_BYTES = 2 << 10
ZSTD_WINDOW_BYTES_MAX = 128 << 20

Told = Callable[[int], None]
"""Called with how many bytes of the file have been read so far."""


class Truncated(Exception):
    """A compressed file broke off, or is damaged; everything before was given out."""


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line: its number from 1, its bytes (the first 16 MiB if too long), its true size, and whether it is whole."""

    number: int
    text: bytes
    size: int
    is_whole: bool


def chunks(path: Path, told: Told | None = None) -> Iterator[bytes]:
    """The file's content in pieces of at most 1 MiB, decompressed as its name says.

    Raises `Truncated` after the last readable byte of a compressed file that is damaged or does not end.
    """
    with path.open("rb") as file:
        for piece in _decompressed(file, path.suffix.lower()):
            if told:
                told(file.tell())
            yield piece


def _decompressed(file: BinaryIO, suffix: str) -> Iterator[bytes]:
    if suffix == ".gz":
        return _gunzipped(file)
    if suffix == ".zst":
        return _unzstd(file)
    return iter(lambda: file.read(CHUNK_BYTES), b"")


def _gunzipped(file: BinaryIO) -> Iterator[bytes]:
    """`read1` raises only when it has nothing left to give, so no readable byte is lost."""
    stream = gzip.GzipFile(fileobj=file)
    try:
        while piece := stream.read1(CHUNK_BYTES):
            yield piece
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Truncated(str(error)) from None


def _unzstd(file: BinaryIO) -> Iterator[bytes]:
    """Frames one after the other; the stream reader of the library would not say that the last one does not end."""
    decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES_MAX)
    frame = None
    while feed := file.read(ZSTD_FEED_BYTES):
        while feed:
            frame = frame or decompressor.decompressobj()
            try:
                content = frame.decompress(feed)
            except zstandard.ZstdError as error:
                raise Truncated(str(error)) from None
            for start in range(0, len(content), CHUNK_BYTES):
                yield content[start : start + CHUNK_BYTES]
            feed = frame.unused_data if frame.eof else b""
            frame = None if frame.eof else frame
    if frame is not None:
        raise Truncated("the last frame does not end")


def lines(pieces: Iterable[bytes]) -> Iterator[Line]:
    """The content line by line, without line ends. If it breaks off, the broken line comes first, then `Truncated`.

    Pieces are at most 1 MiB, so only a line that spans more than one can be too long.
    """
    number, rest = 0, b""
    long: _LongLine | None = None
    try:
        for piece in pieces:
            if long is not None:
                piece, ended = long.take(piece)
                if not ended:
                    continue
                yield long.line(number + 1)
                number, long = number + 1, None
            *whole, rest = (rest + piece).split(b"\n")
            for text in whole:
                number += 1
                yield Line(number, text, len(text), True)
            if len(rest) > LINE_BYTES_MAX:
                long, rest = _LongLine(rest), b""
    except Truncated:
        if long is not None or rest:
            yield Line(number + 1, long.kept() if long else rest, long.size if long else len(rest), False)
        raise
    if long is not None:
        yield long.line(number + 1)
    elif rest:
        yield Line(number + 1, rest, len(rest), True)


class _LongLine:
    """A line too long to be an event: its beginning is kept, the rest only counted."""

    def __init__(self, start: bytes) -> None:
        self.size = 0
        self._kept = bytearray()
        self._add(start)

    def _add(self, piece: bytes) -> None:
        self.size += len(piece)
        self._kept += piece[: KEPT_BYTES_MAX - len(self._kept)]

    def take(self, piece: bytes) -> tuple[bytes, bool]:
        """Take what belongs to the line; give back what follows it, and whether the line has ended."""
        own, end, rest = piece.partition(b"\n")
        self._add(own)
        return rest, bool(end)

    def kept(self) -> bytes:
        """The beginning of the line."""
        return bytes(self._kept)

    def line(self, number: int) -> Line:
        """The line, ended."""
        return Line(number, self.kept(), self.size, True)
