"""The oracle itself agrees with every worked vector of the specification and of the handbook."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.oracle.city_calendar import END_OF_TIME, chinese_calendar, examples
from tests.oracle.facts import instant, local_day
from tests.oracle.limits import Deadline, Limit, Suspension, reckon

ZONE = "Asia/Shanghai"


def span(start: str, end: str | None) -> Suspension:
    end_at = instant(end) if end else None
    end_day = local_day(end_at, ZONE) if end_at is not None else None
    return Suspension(instant(start), end_at, local_day(instant(start), ZONE), end_day)


def of_vector(vector: dict[str, Any]) -> Deadline:
    rolls, stated = vector["rolls"] is not False, vector.get("stated")
    limit = Limit(vector["n"], vector["unit"], rolls, stated=date.fromisoformat(stated) if stated else None)
    spans = [span(*pair) for pair in vector["suspensions"]]
    return reckon(limit, instant(vector["opened_at"]), False, spans, chinese_calendar(), ZONE)


def moment(text: str | None) -> int | None:
    return None if text is None else instant(text)


def test_every_vector_of_the_specification() -> None:
    calendar, vectors = chinese_calendar(), examples()
    assert len(vectors) >= 84 and calendar.day(date(2026, 10, 10)) == (True, True)
    for vector in vectors:
        deadline = of_vector(vector)
        assert (str(deadline.due_on) if deadline.due_on else None) == vector["due_on"], vector
        assert deadline.breaches_at == moment(vector["breaches_at"]), vector
        if vector["unit"] != "hour":
            assert deadline.prompts_at == moment(vector["prompts_at"]), vector
        assert deadline.is_provisional == vector.get("provisional", False), vector
        if deadline.due_on and vector["unit"] in ("work_day", "calendar_day"):
            assert len(deadline.counted) == vector["n"], vector


HANDBOOK = [
    ("V1", "2026-09-24", 20, "work_day", "2026-10-29"),
    ("V2", "2026-09-18", 5, "work_day", "2026-09-24"),
    ("V3 deemed", "2026-09-18", 20, "work_day", "2026-10-22"),
    ("V4", "2026-09-28", 5, "work_day", "2026-10-10"),
    ("V5 not told", "2026-09-07", 20, "work_day", "2026-10-10"),
    ("V6", "2026-07-10", 90, "calendar_day", "2026-10-08"),
    ("V6 rolled", "2026-07-05", 90, "calendar_day", "2026-10-08"),
    ("V7", "2026-09-23", 7, "work_day", "2026-10-10"),
    ("V8", "2026-09-04", 30, "no roll", "2026-10-04"),
    ("V9 known now", "2020-01-10", 15, "work_day", "2020-02-07"),
    ("V9 20 days", "2020-01-10", 20, "work_day", "2020-02-14"),
    ("V11", "2026-09-20", 20, "work_day", "2026-10-23"),
    ("V11 extended", "2026-09-20", 40, "work_day", "2026-11-20"),
    ("V12 promised", "2018-10-15", 7, "work_day", "2018-10-24"),
    ("V12 statutory", "2018-10-15", 10, "work_day", "2018-10-29"),
    ("V14", "2026-08-05", 60, "calendar_day", "2026-10-08"),
    ("V15 filed", "2026-09-23", 3, "work_day", "2026-09-29"),
    ("V15 reply", "2026-09-24", 2, "work_day", "2026-09-29"),
    ("V16", "2026-04-30", 7, "work_day", "2026-05-13"),
    ("V18", "2026-02-13", 5, "work_day", "2026-02-27"),
    ("V19", "2026-09-30", 3, "work_day", "2026-10-10"),
    ("immediate", "2026-10-03", 0, "work_day", "2026-10-03"),
]


@pytest.mark.parametrize(("name", "opened_on", "n", "unit", "due_on"), HANDBOOK)
def test_handbook_vector(name: str, opened_on: str, n: int, unit: str, due_on: str) -> None:
    limit = Limit(n, "calendar_day", rolls=False) if unit == "no roll" else Limit(n, unit)
    opened_at = instant(f"{opened_on}T10:00:00+08:00")
    assert str(reckon(limit, opened_at, False, [], chinese_calendar(), ZONE).due_on) == due_on


@pytest.mark.parametrize(
    ("more", "due_on"),
    [([], "2026-10-22"), ([("2026-09-20T08:00:00+08:00", "2026-09-28T17:00:00+08:00")], "2026-10-23")],
)
def test_hearing_told_in_writing_is_excluded_once(more: list[tuple[str, str]], due_on: str) -> None:
    spans = [span("2026-09-14T09:00:00+08:00", "2026-09-24T17:00:00+08:00"), *(span(*pair) for pair in more)]
    opened_at = instant("2026-09-07T10:00:00+08:00")
    assert str(reckon(Limit(20, "work_day"), opened_at, False, spans, chinese_calendar(), ZONE).due_on) == due_on


def test_the_calendar_known_on_a_past_day() -> None:
    opened_at = instant("2020-01-10T10:00:00+08:00")
    past = chinese_calendar(instant("2020-01-20T00:00:00+08:00"))
    assert str(reckon(Limit(15, "work_day"), opened_at, False, [], past, ZONE).due_on) == "2020-02-05"
    assert str(reckon(Limit(10, "work_day"), opened_at, False, [], past, ZONE).due_on) == "2020-01-23"


def test_upload_in_real_hours_and_an_unknown_year() -> None:
    done = instant("2026-09-30T16:30:00+08:00")
    calendar = chinese_calendar(END_OF_TIME)
    assert reckon(Limit(24, "hour"), done, False, [], calendar, ZONE).breaches_at == instant(
        "2026-10-01T16:30:00+08:00"
    )
    accepted = instant("2026-12-18T10:00:00+08:00")
    assert not reckon(Limit(9, "work_day"), accepted, False, [], calendar, ZONE).is_provisional
    assert reckon(Limit(10, "work_day"), accepted, False, [], calendar, ZONE).is_provisional
