"""The city's arithmetic of days, against a slow walk from day to day and against somebody else's calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from math import ceil
from random import Random

import chinese_calendar
import pytest
import yaml

from console.city.calendar import ZONE, Calendar, every_day, moment, quiet_days
from console.city.city import RECIPE

FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar(yaml.safe_load(RECIPE.read_text("utf-8"))["calendar"])


def walked(opened: date, n: int, counts: Callable[[date], bool] = every_day) -> date:
    """The n-th counted day after a day, found on foot in the other calendar."""
    day = opened
    while n:
        day += timedelta(days=1)
        n -= chinese_calendar.is_workday(day) and counts(day)
    return day


def openings(seed: int) -> list[datetime]:
    chance = Random(seed)
    return [
        datetime.combine(date(2024, 6, 1) + timedelta(days=chance.randrange(700)), time(chance.randrange(24)), ZONE)
        for _ in range(200)
    ]


def test_every_day_is_worked_or_not_as_the_notices_say(calendar: Calendar) -> None:
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    assert [day for day in days if calendar.is_working(day)] == [
        day for day in days if chinese_calendar.is_workday(day)
    ]


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 10, 20, 60])
def test_a_limit_is_over_after_so_many_days_on_foot(calendar: Calendar, n: int) -> None:
    for opened in openings(n):
        last = walked(opened.date(), n)
        assert calendar.breach(opened, n) == datetime.combine(last + timedelta(days=1), time(), ZONE)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 7, 10, 15, 20, 45])
def test_a_limit_is_near_on_a_counted_day(calendar: Calendar, n: int) -> None:
    for opened in openings(n):
        day, hour = (walked(opened.date(), max(1, min(ceil(0.8 * n), n - 2))), 0) if n >= 3 else (
            walked(opened.date(), n), 12)  # fmt: skip
        assert calendar.prompt(opened, n) == max(opened, datetime.combine(day, time(hour), ZONE))


def test_days_that_do_not_count_lengthen_a_limit(calendar: Calendar) -> None:
    for opened in openings(7):
        excluded = {opened.date() + timedelta(days=n) for n in range(2, 9)}
        last = walked(opened.date(), 10, lambda day, excluded=excluded: day not in excluded)
        breach = calendar.breach(opened, 10, lambda day, excluded=excluded: day not in excluded)
        assert breach == datetime.combine(last + timedelta(days=1), time(), ZONE)


def test_the_working_day_after_and_before(calendar: Calendar) -> None:
    assert calendar.after(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert calendar.after(date(2025, 10, 9), -1) == date(2025, 9, 30)
    assert calendar.after(date(2025, 10, 4), 0) == date(2025, 10, 4)
    assert calendar.on_or_after(date(2025, 10, 11)) == date(2025, 10, 11)
    assert calendar.breach_of_days(moment(date(2025, 9, 1), "09:00"), 30) == moment(date(2025, 10, 2), "00:00")
    assert calendar.breach_of_days(moment(date(2025, 9, 1), "09:00"), 30, rolls=True) == moment(
        date(2025, 10, 10), "00:00"
    )


@pytest.mark.parametrize("n", range(1, 61))
def test_what_is_done_in_its_quiet_days_is_not_near_its_limit(calendar: Calendar, n: int) -> None:
    opened = moment(date(2025, 3, 3), "09:00")
    done = moment(calendar.after(opened.date(), quiet_days(n)), "23:59:59")
    assert done < calendar.prompt(opened, n) or n == 1
