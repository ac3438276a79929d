"""Foreign event logs as records: one record an event, its case's attributes beside its own under `case:` names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from engine.intake.files import Line, Truncated
from engine.intake.refusals import Refusal


class Record(NamedTuple):
    """One event of a foreign log, or a case that has none; or input that is no record, and why."""

    origin: Line
    values: dict[str, str]
    is_event: bool = True
    refusal: Refusal | None = None


class Broken(Exception):
    """A file that cannot be read on: why, and where it stopped. What came before was given out."""

    def __init__(self, code: str, origin: Line, expected: str = "") -> None:
        super().__init__(code)
        self.refusal = Refusal(code, expected=expected)
        self.origin = origin


def without_compression(path: Path) -> str:
    """The suffix that says what a file holds, in small letters: `.xes` of `log.xes.gz`."""
    name = path.with_suffix("") if path.suffix.lower() in (".gz", ".zst") else path
    return name.suffix.lower()


def whole(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines, up to where a damaged file breaks off; then `Broken` with what there is of the broken line."""
    line = Line(0, b"", 0, True)
    try:
        for line in lines:
            if line.is_whole:
                yield line
    except Truncated:
        place = Line(line.number + 1, b"", 0, False) if line.is_whole else line
        raise Broken("truncated", place) from None
