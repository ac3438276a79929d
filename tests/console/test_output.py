"""Values as people and programs read them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import orjson
import pytest

from console.output import Format, plain, print_error, print_json, print_rows, progress, shown
from engine.errors import NaiveTime

ZONE = "Asia/Shanghai"
NOON = datetime(2026, 9, 1, 4, 0, 0, 5, UTC)


@pytest.mark.parametrize(
    ("value", "for_programs", "for_people"),
    [
        (NOON, "2026-09-01T12:00:00.000005+08:00", "2026-09-01 12:00:00"),
        (date(2026, 9, 1), "2026-09-01", "2026-09-01"),
        (Decimal("200.00"), "200.00", "200.00"),
        (None, None, "–"),
        (True, True, "✓"),
        (2**70, str(2**70), str(2**70)),
        (b"\x01\xff", "01ff", "01ff"),
        (timedelta(days=1), "1 day, 0:00:00", "1 day, 0:00:00"),
        ({"a": [NOON.date()]}, {"a": ["2026-09-01"]}, '{"a":["2026-09-01"]}'),
    ],
)
def test_a_value_has_one_form_for_programs_and_one_for_people(
    value: object, for_programs: object, for_people: str
) -> None:
    assert plain(value, ZONE) == for_programs
    assert shown(value, ZONE) == for_people


def test_rows_as_json_are_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(["a", "b"], [(1, NOON), (None, "x")], Format.json, ZONE)
    assert orjson.loads(capsys.readouterr().out) == [
        {"a": 1, "b": "2026-09-01T12:00:00.000005+08:00"},
        {"a": None, "b": "x"},
    ]
    print_json([])
    assert orjson.loads(capsys.readouterr().out) == []


def test_rows_as_csv_keep_commas_quotes_and_lines(capsys: pytest.CaptureFixture[str]) -> None:
    row = ('a "quoted", text', "two\nlines", None)
    print_rows(["x", "y", "z"], [row], Format.csv, ZONE)
    read = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert read == [["x", "y", "z"], ['a "quoted", text', "two\nlines", ""]]


def test_a_table_takes_brackets_literally(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(["level", "text"], [("red", "[bold]not markup[/]")], Format.table, ZONE, "Title")
    out = capsys.readouterr().out
    assert "[bold]not markup[/]" in out
    assert "Title" in out


def test_short_work_shows_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Working") as advance:
        advance(1, 2)
    assert capsys.readouterr() == ("", "")


def test_an_error_is_a_sentence_with_its_way_out_on_stderr(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESUP_LANG", "both")
    print_error(NaiveTime(text="2026-09-01T00:00:00"))
    out, err = capsys.readouterr()
    assert out == ""
    for part in ("没有时区偏移", "has no offset", "→", "state the offset"):
        assert part in err
