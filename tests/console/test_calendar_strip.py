"""The proof of a due day, drawn as a calendar."""

from __future__ import annotations

from datetime import date

import pytest
from rich.console import Console

from console.calendar_strip import StripDay, calendar_strip, legend, weeks


def drawn(days: list[StripDay], due_on: date) -> str:
    console = Console(width=100, no_color=True)
    with console.capture() as capture:
        console.print(calendar_strip(days, due_on))
        console.print(legend(days))
    return capture.get()


def test_counted_days_carry_their_numbers_and_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESUP_LANG", "en")
    days = [
        StripDay(date(2026, 9, 25), "opening", None),
        StripDay(date(2026, 9, 26), "rest", None),
        StripDay(date(2026, 9, 27), "rest", None),
        StripDay(date(2026, 9, 28), "counted", 1),
        StripDay(date(2026, 9, 29), "suspended", None),
        StripDay(date(2026, 9, 30), "unknown", 2),
    ]
    text = drawn(days, date(2026, 9, 30))
    assert "28·1" in text
    assert "30·2" in text
    assert "29 ‖" in text
    assert "25 ▸" in text
    for words in ("Counted", "Suspended", "Not a working day", "provisional", "Due"):
        assert words in text
    assert weeks(days) == [date(2026, 9, 21), date(2026, 9, 28)]
