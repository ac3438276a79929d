"""Files in bounded memory: every readable byte is taken, and damage has a place."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard

from engine.intake.files import CHUNK_BYTES, KEPT_BYTES_MAX, Line, Truncated, chunks, lines

PACKED: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}


def events_of(event: Any, count: int) -> list[bytes]:
    return [orjson.dumps(event(id=f"{number:05}", opinion=f"{number * 7919 % 10007}")) for number in range(count)]


@pytest.mark.parametrize("suffix", PACKED)
def test_plain_and_packed_files_tell_the_same(home: Any, event: Any, suffix: str) -> None:
    report = home.bring("a.ndjson" + suffix, PACKED[suffix](b"\n".join(events_of(event, 3_000))))
    assert (report.stored, report.acknowledged) == (3_000, 3_000)


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_members_one_after_the_other_are_one_file(home: Any, event: Any, suffix: str) -> None:
    first, second = events_of(event, 20)[:10], events_of(event, 20)[10:]
    pack = PACKED[suffix]
    assert home.bring("a.ndjson" + suffix, pack(b"\n".join(first) + b"\n") + pack(b"\n".join(second))).stored == 20


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.999])
def test_a_file_cut_off_gives_all_that_can_be_read_and_names_the_place(
    home: Any, event: Any, suffix: str, share: float
) -> None:
    written = events_of(event, 5_000)
    packed = PACKED[suffix](b"\n".join(written))
    cut = packed[: int(len(packed) * share)]
    report = home.bring("a.ndjson" + suffix, cut)
    readable = readable_lines(cut, suffix)
    assert [row.event_id for row in home.facts()] == [f"{number:05}" for number in range(readable)]
    assert (report.stored, dict(report.quarantined)) == (readable, {"truncated": 1})
    (entry,) = home.quarantine()
    assert entry["line"] == readable + 1
    assert (written[readable] if readable < len(written) else b"").startswith(home.persons.open_input(entry["sealed"]))


def readable_lines(cut: bytes, suffix: str) -> int:
    """How many whole lines another decoder finds."""
    if suffix == ".gz":
        import zlib

        return zlib.decompressobj(31).decompress(cut).count(b"\n")
    return zstandard.ZstdDecompressor().decompressobj().decompress(cut).count(b"\n")


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_what_only_pretends_to_be_packed_is_named(home: Any, suffix: str) -> None:
    assert dict(home.bring("a.ndjson" + suffix, b"not packed at all").quarantined) == {"truncated": 1}
    assert home.quarantine()[0]["line"] == 1


def test_a_flipped_byte_in_a_packed_file_is_named(home: Any, event: Any) -> None:
    packed = bytearray(gzip.compress(b"\n".join(events_of(event, 2_000))))
    packed[-6] ^= 1  # the checksum
    assert dict(home.bring("a.ndjson.gz", bytes(packed)).quarantined) == {"truncated": 1}


def pieces_of(text: bytes, size: int) -> list[bytes]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
def test_lines_do_not_depend_on_how_the_file_was_read(size: int) -> None:
    text = b"one\n\nthree\r\nfour"
    assert [line.text for line in lines(pieces_of(text, size))] == [b"one", b"", b"three\r", b"four"]
    assert [line.number for line in lines(pieces_of(text + b"\n", size))] == [1, 2, 3, 4]


@pytest.mark.parametrize("ended", [b"", b"\nlast"])
def test_a_line_too_long_is_kept_in_part_and_counted_whole(ended: bytes) -> None:
    size = KEPT_BYTES_MAX + 3 * CHUNK_BYTES + 5
    found = list(lines(pieces_of(b"first\n" + b"x" * size + ended, CHUNK_BYTES)))
    assert [(line.number, line.size, len(line.text)) for line in found[:2]] == [(1, 5, 5), (2, size, KEPT_BYTES_MAX)]
    assert [(line.number, line.text) for line in found[2:]] == [(3, ended[1:])] * bool(ended)


def test_a_long_line_that_breaks_off_is_not_whole() -> None:
    def broken() -> Any:
        yield from [b"x" * CHUNK_BYTES] * 3
        raise Truncated

    found: list[Line] = []
    with pytest.raises(Truncated):
        found.extend(lines(broken()))
    with pytest.raises(Truncated):
        for line in lines(broken()):
            assert (line.number, line.size, line.is_whole) == (1, 3 * CHUNK_BYTES, False)


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_bomb_is_read_piece_by_piece(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"bomb{suffix}"
    path.write_bytes(PACKED[suffix](b"x" * (200 << 20)))
    tracemalloc.start()
    sizes = [line.size for line in lines(chunks(path))]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sizes == [200 << 20]
    assert peak < 200 << 20
