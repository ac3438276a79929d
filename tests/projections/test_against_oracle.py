"""Thousands of random histories: every row of the models equals what a day-by-day reading of the law says."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from projections.projector import Projector
from tests.engine_harness import (
    LICENSING_RULES,
    TEST_RULES,
    differences,
    engine_cases,
    engine_duties,
    engine_findings,
    engine_suspensions,
    licensing_rules,
    oracle_cases,
    oracle_duties,
    oracle_findings,
    oracle_suspensions,
    own_rules,
    projector_of,
)
from tests.generators.cases import tell_town_cases
from tests.generators.isolated import make_isolated_town, tell_isolated_cases
from tests.generators.randomness import Chance
from tests.generators.town import add_items, make_town
from tests.oracle.case import judge_all
from tests.oracle.facts import Fact, as_fact, instant
from tests.oracle.isolated import judge_isolated, kinds_met

ISOLATED_CASES, WHOLE_CASES = 3000, 2000
CUTS = {
    "an autumn noon": ("2026-09-15T12:34:56.789012+08:00", "2026-09-15T12:34:56.789012+08:00"),
    "a midnight as known later": ("2026-12-01T00:00:00+08:00", "2027-03-01T00:00:00+08:00"),
    "the year's end, next year unknown": ("2026-12-31T23:59:59.999999+08:00", "2026-12-31T23:59:59.999999+08:00"),
    "spring, next year known": ("2027-03-01T00:00:00+08:00", "2027-03-01T00:00:00+08:00"),
}
KINDS = (
    "work_day",
    "calendar_day",
    "calendar_month",
    "calendar_year",
    "hour",
    "stated_day",
    "suspended",
    "hours suspended",
    "overlapping suspensions",
    "open suspension",
    "extension valid",
    "extension invalid",
    "provisional",
    "rolled",
    "state met",
    "state void",
    "state met_late",
    "state suspended",
    "state breached",
    "state running",
)

History = tuple[Projector, list[Fact]]


def told(events: list[dict[str, Any]], rules: list[dict[str, Any]]) -> History:
    return projector_of([*rules, *events]), [as_fact(event) for event in events]


@pytest.fixture(scope="module")
def isolated() -> History:
    chance = Chance("limits")
    return told(tell_isolated_cases(chance, make_isolated_town(chance), ISOLATED_CASES), own_rules())


@pytest.fixture(scope="module")
def whole() -> History:
    chance = Chance("cases")
    town = make_town(chance)
    add_items(chance, town, 80)
    return told(tell_town_cases(chance, town, WHOLE_CASES), licensing_rules())


def test_enough_of_each_kind_are_among_them(isolated: History) -> None:
    met: Counter[str] = Counter()
    for as_of, known_at in CUTS.values():
        met |= kinds_met(judge_isolated(isolated[1], instant(as_of), instant(known_at)).values())
    assert {kind: met[kind] for kind in KINDS if met[kind] < 100} == {}


@pytest.mark.parametrize("cut", CUTS)
def test_isolated_limits(isolated: History, cut: str) -> None:
    as_of, known_at = map(instant, CUTS[cut])
    projector, facts = isolated
    projector.rebuild(as_of, known_at)
    judged = judge_isolated(facts, as_of, known_at)
    assert differences(engine_duties(projector, TEST_RULES), oracle_duties(judged)) == []


@pytest.mark.parametrize("cut", CUTS)
def test_whole_cases(whole: History, cut: str) -> None:
    as_of, known_at = map(instant, CUTS[cut])
    projector, facts = whole
    projector.rebuild(as_of, known_at)
    judged = judge_all(facts, as_of, known_at)
    assert differences(engine_duties(projector, LICENSING_RULES), oracle_duties(judged)) == []
    engine, oracle = Counter(engine_findings(projector, LICENSING_RULES)), Counter(oracle_findings(judged))
    assert differences(engine, oracle) == []
    assert differences(engine_cases(projector), oracle_cases(judged)) == []
    assert differences(engine_suspensions(projector), oracle_suspensions(judged)) == []
