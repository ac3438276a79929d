"""CSV event logs, row by row: a broken row is put aside alone, and the rest is read."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from engine.intake.files import LINE_BYTES_MAX, Line, lines
from engine.intake.records import Broken, Record, whole
from engine.intake.refusals import Refusal

csv.field_size_limit(LINE_BYTES_MAX)


class _Rows:
    """Physical lines on their way into rows. A row that does not parse gives back all its lines but the first."""

    def __init__(self, source: Iterator[Line], encoding: str) -> None:
        self._source = source
        self._encoding = encoding
        self._again: list[Line] = []
        self._size = 0
        self.taken: list[Line] = []
        self.broken: Broken | None = None

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._next()
        self.taken.append(line)
        self._size += line.size
        if self._size > LINE_BYTES_MAX:
            raise Refusal("too-large")
        return line.text.decode(self._encoding, "replace") + "\n"

    def _next(self) -> Line:
        """The next line of the file. Where the file breaks off, its lines end: the row that was open is read again."""
        try:
            return next(self._source)
        except Broken as broken:
            self.broken = broken
            raise StopIteration from None

    def give_back(self) -> Line:
        """The first line of the row, alone; the others will be read again."""
        first, *others = self.taken
        self._again.extend(reversed(others))
        self.taken, self._size = [], 0
        return first

    def row(self) -> Line:
        """The lines of the row that was just read, as one."""
        taken, self.taken, self._size = self.taken, [], 0
        if len(taken) == 1:
            return taken[0]
        text = b"\n".join(line.text for line in taken)
        return Line(taken[0].number, text, len(text), True)

    def is_text(self, row: Line) -> bool:
        """Whether the row is text in the encoding that the profile names."""
        try:
            row.text.decode(self._encoding)
        except UnicodeDecodeError:
            return False
        return True


def csv_records(pieces: Iterator[bytes], needed: set[str], delimiter: str, encoding: str) -> Iterator[Record]:
    """The rows under the header. A file without the needed columns is `Broken` at its first line."""
    rows = _Rows(whole(lines(pieces)), encoding)
    reader = csv.reader(rows, delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except (csv.Error, Refusal) as error:
            yield _unreadable(rows.give_back(), error)
            continue
        row = rows.row()
        if header is None:
            header = _checked_header(cells, row, needed)
        elif cells:
            yield _record(header, cells, row, rows.is_text(row))
    if rows.broken:
        raise rows.broken


def _unreadable(line: Line, error: Exception) -> Record:
    is_large = isinstance(error, Refusal) and line.size > LINE_BYTES_MAX
    return Record(line, {}, True, Refusal("too-large" if is_large else "bad-row"))


def _checked_header(cells: list[str], row: Line, needed: set[str]) -> list[str]:
    header = [cells[0].removeprefix("\ufeff"), *cells[1:]] if cells else []
    missing = sorted(needed - set(header))
    if missing:
        raise Broken("not-csv", row, ", ".join(missing))
    return header


def _record(header: list[str], cells: list[str], row: Line, is_text: bool) -> Record:
    if not is_text:
        return Record(row, {}, True, Refusal("bad-utf8"))
    if len(cells) != len(header):
        return Record(row, {}, True, Refusal("bad-row"))
    return Record(row, dict(zip(header, cells, strict=True)))
