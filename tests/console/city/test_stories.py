"""Every story of the city is found by the engine as it says itself: rule, level, subject, office and microsecond."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from console.city.calendar import midnight
from console.city.city import City
from console.city.stories.registry import STORIES
from console.city.truth import RULES
from tests.console.city.stories_told import Row, found_at, loaded, micros, said_in

ENOUGH = 30
OF_EACH_LEVEL = 5
LEVELS = {
    "prompt": ("D01", "D03", "K06", "P07", "S01", "T01", "T04", "T18", "T20", "T23"),
    "yellow": (
        *("C01", "C02", "C03", "D01", "D04", "F02", "K02", "K03", "K04", "K05", "K06", "K07a", "K07b", "M01", "M02"),
        *("O01", "O04", "P01", "P02", "P05", "P06", "P07", "P08", "P14", "P15", "R01", "S01", "S02", "S03"),
        *("T02", "T05", "T06", "T08", "T11", "T12", "T14", "T15", "T23"),
    ),
    "red": (
        *("C02", "F01", "J02", "K01", "P02", "P03", "P09", "P14", "S03", "S04", "S05"),
        *("T03", "T14", "T15", "T18", "T20", "T23"),
    ),
    "risk": ("S06",),
}


@pytest.fixture(scope="module")
def city() -> City:
    """A city in which every rule is broken, and nearly broken, more than thirty times."""
    return City(5_000, seed=40)


@pytest.fixture(scope="module")
def said(city: City) -> set[Row]:
    return said_in(city)


@pytest.fixture(scope="module")
def busiest(city: City, said: set[Row]) -> int:
    """The midnight at which most limits pass."""
    midnights = {micros(midnight(city.first) + timedelta(days=number)) for number in range(city.days)}
    return Counter(row.triggers_at for row in said if row.triggers_at in midnights).most_common(1)[0][0]


@pytest.fixture(scope="module")
def found_by(city: City, busiest: int) -> dict[int, set[Row]]:
    """What is found by the end, and was found by that midnight and by the microsecond before it."""
    projector = loaded(city)
    try:
        return {at: found_at(projector, at) for at in (micros(city.end) - 1, busiest, busiest - 1)}
    finally:
        projector.close()


@pytest.fixture(scope="module")
def found(city: City, found_by: dict[int, set[Row]]) -> set[Row]:
    return found_by[micros(city.end) - 1]


def test_the_engine_finds_what_the_stories_say_and_nothing_else(found: set[Row], said: set[Row]) -> None:
    assert sorted(said - found) == [], "missed"
    assert sorted(found - said) == [], "found, but not said"


def test_nothing_is_found_where_a_rule_is_only_just_kept(city: City, found: set[Row]) -> None:
    nearly = {(near.code, near.subject) for _, told in city.plan.scenes for near in told.scene.nears}
    assert nearly & {(row.code, row.subject) for row in found} == set()


def test_each_rule_is_broken_and_nearly_broken_often_enough(city: City, said: set[Row]) -> None:
    broken = Counter(row.code for row in said)
    kept = Counter(near.code for _, told in city.plan.scenes for near in told.scene.nears)
    assert {code for code in RULES if min(broken[code], kept[code]) < ENOUGH} == set()


def test_each_level_of_each_rule_is_reached(said: set[Row]) -> None:
    reached = Counter((row.code, row.level) for row in said)
    wanted = [(code, level) for level, codes in LEVELS.items() for code in codes]
    assert {each for each in wanted if reached[each] < OF_EACH_LEVEL} == set()


def test_every_violation_comes_true_in_time_and_every_near_miss_names_what_is_silent(city: City) -> None:
    told = Counter(story.tell for story, _ in city.plan.scenes)
    assert {story.tell.__name__ for story in STORIES if not told[story.tell]} == set()
    for story, supervision in city.plan.scenes:
        findings = [*supervision.scene.findings, *supervision.findings]
        # Repeat offenders are found over the cards of all stories.
        is_found = story.code == "S06" or any(one.code == story.code and one.issued_at < city.end for one in findings)
        assert bool(supervision.scene.nears) if story.is_near else is_found, (
            story.tell.__name__,
            supervision.scene.day,
        )


def test_stories_hold_on_any_working_day(city: City) -> None:
    days = Counter(supervision.scene.day for _, supervision in city.plan.scenes)
    working = city.calendar.between(date(2025, 1, 2), date(2025, 8, 1))
    assert sum(day in days for day in working) > 0.95 * len(working)


def test_limits_pass_at_midnight_and_not_a_microsecond_sooner(
    city: City, busiest: int, found_by: dict[int, set[Row]]
) -> None:
    before, then = found_by[busiest - 1], found_by[busiest]
    assert sorted(before ^ said_in(city, busiest - 1)) == []
    assert sorted(then ^ said_in(city, busiest)) == []
    assert len(then - before) > OF_EACH_LEVEL
