"""The shipped calendar: what each notice said, when it was known, and that the sum is the calendar of China."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import orjson
import pytest

from engine.calendar import Notice, calendar_facts, load_notices
from engine.clock import parse_instant
from engine.lawfiles import LawFileError
from tests.oracle.city_calendar import shared_folder

YEARS = range(2004, 2027)
# chinesecalendar has 2005-12-31 as a holiday; the notice of 2005-12-16 made that Saturday a working day.
KNOWN_ERRORS_OF_THE_WITNESS = {date(2005, 12, 31)}
CHANGED = {
    date(2015, 5, 13): {date(2015, 9, 3): False, date(2015, 9, 4): False, date(2015, 9, 6): True},
    date(2019, 3, 22): {
        date(2019, 4, 28): True,
        date(2019, 5, 2): False,
        date(2019, 5, 3): False,
        date(2019, 5, 5): True,
    },
    date(2020, 1, 27): {date(2020, 1, 31): False, date(2020, 2, 1): False, date(2020, 2, 2): False},
}


@pytest.fixture(scope="module")
def notices() -> list[Notice]:
    return [notice for notice in load_notices() if notice.calendar == "cn"]


def known(notices: list[Notice], on: date | None = None) -> dict[date, bool]:
    """Each day's status by the notices published up to that day."""
    published = [notice for notice in notices if on is None or notice.published_on <= on]
    return {day.on: day.working for notice in published for day in notice.days}


def shared_file(name: str) -> Path:
    return shared_folder() / "data" / "calendar" / name


def test_after_all_notices_every_day_of_23_years_is_stated_once_for_good(notices: list[Notice]) -> None:
    days = known(notices)
    assert min(days) == date(2004, 1, 1)
    assert max(days) == date(2026, 12, 31)
    assert len(days) == 8401


def test_every_day_is_as_in_the_reference_calendar(notices: list[Notice]) -> None:
    with shared_file("cn_workdays_2004_2026.csv").open(encoding="utf-8") as lines:
        expected = {date.fromisoformat(row["date"]): row["working"] == "1" for row in csv.DictReader(lines)}
    assert known(notices) == expected


def test_the_notices_are_those_of_the_reference(notices: list[Notice]) -> None:
    with shared_file("notices.csv").open(encoding="utf-8") as lines:
        expected = [(row["published_on"], row["certainty"]) for row in csv.DictReader(lines)]
    yearly = [notice for notice in notices if notice.published_on not in CHANGED]
    assert [(str(notice.published_on), notice.certainty) for notice in yearly] == expected


def test_what_the_notice_of_a_year_says_of_the_year_before_is_not_known_earlier(notices: list[Notice]) -> None:
    with shared_file("notices.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        published_on = date.fromisoformat(row["published_on"])
        stated = next(notice for notice in notices if notice.published_on == published_on)
        before = [str(day.on) for day in stated.days if day.on.year == int(row["year"]) - 1]
        assert before == row["days_of_the_year_before"].split()
        for text in before:
            on = date.fromisoformat(text)
            earlier = known(notices, published_on - timedelta(days=1))
            assert on not in earlier or earlier[on] == (on.weekday() < 5)


def test_a_changed_day_has_its_first_status_until_the_change_is_known(notices: list[Notice]) -> None:
    with shared_file("changes.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 9
    for row in rows:
        on, known_from = date.fromisoformat(row["date"]), date.fromisoformat(row["known_from"])
        assert known(notices, known_from - timedelta(days=1))[on] == (row["working_before"] == "1")
        assert known(notices, known_from)[on] == (row["working_after"] == "1")


@pytest.mark.parametrize("published_on", CHANGED)
def test_a_later_notice_states_only_the_days_it_speaks_of(notices: list[Notice], published_on: date) -> None:
    (changed,) = [notice for notice in notices if notice.published_on == published_on]
    assert {day.on: day.working for day in changed.days} == CHANGED[published_on]


def test_the_holidays_package_agrees_on_every_day(notices: list[Notice]) -> None:
    china = holidays.country_holidays("CN", years=YEARS)
    days = known(notices)
    assert [on for on, working in days.items() if working != china.is_working_day(on)] == []


def test_the_chinesecalendar_package_agrees_on_every_day_but_its_known_error(notices: list[Notice]) -> None:
    days = known(notices)
    differing = {on for on, working in days.items() if working != chinese_calendar.is_workday(on)}
    assert differing == KNOWN_ERRORS_OF_THE_WITNESS


def test_the_year_2027_is_unknown(notices: list[Notice]) -> None:
    assert date(2027, 1, 1) not in known(notices)


def test_a_notice_is_recorded_at_the_first_moment_of_its_day_in_china() -> None:
    fact = next(fact for fact in calendar_facts() if fact.event_id == "cn/2020/2")
    assert fact.recorded_at == fact.occurred_at == parse_instant("2020-01-27T00:00:00+08:00")
    body = orjson.loads(fact.body)["data"]
    assert body["notice"].startswith("国务院办公厅关于延长2020年春节假期的通知")
    assert body["days"][0] == {"date": "2020-01-31", "name": "春节", "working": False}
    assert (fact.stream, fact.type, fact.source) == ("cn", "esup.calendar.noticed", "/esup/calendars")


def test_identities_of_notices_are_unique_and_the_order_is_that_of_publication() -> None:
    facts = calendar_facts()
    assert len({fact.event_id for fact in facts}) == len(facts) == 77
    assert [fact.recorded_at for fact in facts] == sorted(fact.recorded_at or 0 for fact in facts)


def test_the_weekly_calendar_is_monday_to_friday_and_known_early() -> None:
    weekly = [notice for notice in load_notices() if notice.calendar == "weekdays"]
    days = {day.on: day.working for notice in weekly for day in notice.days}
    assert len(weekly) == 51
    assert {notice.published_on for notice in weekly} == {date(1990, 1, 1)}
    assert (min(days), max(days)) == (date(1990, 1, 1), date(2040, 12, 31))
    assert all(working == (on.weekday() < 5) for on, working in days.items())


GOOD = """
calendar: xx
year: 2030
notices:
  - title: 通知
    published_on: 2029-12-01
    certainty: notice
    covers: 2030
    festivals:
      - name: {zh: 元旦, en: New Year}
        rest: 2030-01-01/2030-01-03
        work: [2029-12-29]
"""


def written(folder: Path, text: str, name: str = "2030.yaml") -> Path:
    (folder / "xx").mkdir()
    (folder / "xx" / name).write_text(text, encoding="utf-8")
    return folder


def test_a_notice_may_set_days_of_the_year_before(tmp_path: Path) -> None:
    (notice,) = load_notices(written(tmp_path, GOOD))
    assert len(notice.days) == 366
    assert (notice.days[0].on, notice.days[0].working, notice.days[0].name) == (
        date(2029, 12, 29),
        True,
        "元旦调休上班",
    )


def test_a_festival_may_have_only_working_days(tmp_path: Path) -> None:
    text = GOOD.replace("        rest: 2030-01-01/2030-01-03\n", "").replace("    covers: 2030\n", "")
    (notice,) = load_notices(written(tmp_path, text))
    assert [day.on for day in notice.days] == [date(2029, 12, 29)]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("calendar: xx", "calendar: yy", "file's name"),
        ("year: 2030", "year: 2031", "file's name"),
        ("rest: 2030-01-01/2030-01-03", "rest: 2030-01-03/2030-01-01", "ends before it starts"),
        ("rest: 2030-01-01/2030-01-03", "rest: 2030-01-32", "is not a day"),
        ("rest: 2030-01-01/2030-01-03", "rest: 2029-12-29", "stated twice"),
        ("certainty: notice", "certainty: perhaps", "Invalid enum value"),
        ("published_on: 2029-12-01", "published_on: soon", "is not a day"),
        ("title: 通知", "titel: 通知", "titel"),
        ("title: 通知", "title: [通知", "YAML"),
    ],
)
def test_a_faulty_calendar_file_is_refused_with_its_place(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    assert right in GOOD
    with pytest.raises(LawFileError) as refused:
        load_notices(written(tmp_path, GOOD.replace(right, wrong)))
    assert said in str(refused.value)
    assert "2030.yaml" in refused.value.file
