"""A city's facts: the same bytes for the same seed, in the order in which they became known, drawn to the recipe."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from console.city import city as city_module
from console.city.city import EVENTS_FILE, TRUTH_FILE, City
from console.city.scene import Fact
from console.city.timeline import Timeline, line_of
from engine.clock import SystemClock
from engine.intake.pipeline import Intake
from engine.intake.quarantine import QUARANTINED
from engine.persons import Persons
from tests.console.conftest import Esup

ROOT = Path(__file__).resolve().parents[3]
CASES, SEED = 1200, 5
FORBIDDEN = ("engine", "projections", "monitors", "replay", "rules")
Event = dict[str, Any]


def lines_of(file: Path) -> list[Event]:
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("city")
    City(CASES, SEED).write(path)
    return path


@pytest.fixture(scope="module")
def events(folder: Path) -> list[Event]:
    return lines_of(folder / EVENTS_FILE)


@pytest.fixture(scope="module")
def truth(folder: Path) -> list[Event]:
    return lines_of(folder / TRUTH_FILE)


def test_the_same_seed_gives_the_same_bytes_in_any_process(folder: Path, tmp_path: Path) -> None:
    write = f"from pathlib import Path; from console.city.city import City; City({CASES}, {SEED}).write(Path('.'))"
    environment = {"PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", write], cwd=tmp_path, env=environment, check=True)
    for name in (path.name for path in folder.iterdir()):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_another_seed_gives_another_city(folder: Path, tmp_path: Path) -> None:
    City(CASES, SEED + 1).write(tmp_path)
    for name in (EVENTS_FILE, TRUTH_FILE):
        assert (tmp_path / name).read_bytes() != (folder / name).read_bytes()


def test_facts_come_in_the_order_in_which_they_become_known(events: list[Event]) -> None:
    known = [event["recordedtime"] for event in events]
    assert known == sorted(known)
    assert all(event["time"] <= event["recordedtime"] < "2026-01-01" for event in events)


def test_the_intake_puts_nothing_of_it_aside(tmp_path: Path) -> None:
    """A near miss that is refused at the door stays silent for nothing."""
    City(5000, SEED).write(tmp_path)
    with Persons.open(tmp_path / "keys.sqlite") as persons:
        taken = Intake(tmp_path / EVENTS_FILE, persons, SystemClock(), historical=True).taken()
        aside = [one.origin.text for one in taken if one.fact.type == QUARANTINED]
    assert aside == []


def test_no_fact_is_told_twice(events: list[Event]) -> None:
    names = Counter((event["source"], event["id"], event.get("dataversion", 1)) for event in events)
    assert not [name for name, count in names.items() if count > 1]


def test_there_are_as_many_cases_as_asked_for(events: list[Event]) -> None:
    cases = {event["subject"] for event in events if event["type"].startswith("esup.case.")}
    assert CASES - 20 <= len(cases) <= CASES  # the last ones become known too late


def test_a_case_is_the_same_whatever_was_told_before_it() -> None:
    first, second = City(50, 3), City(50, 3)
    day = date(2025, 5, 12)
    backwards = [second.ordinary.case(number, day) for number in reversed(range(50))]
    assert [first.ordinary.case(number, day) for number in range(50)] == backwards[::-1]


def test_what_waits_on_disk_comes_out_as_what_waits_in_memory() -> None:
    facts = [fact for number in range(60) for fact in City(60, 3).ordinary.case(number, date(2025, 5, 12))]
    with Timeline() as roomy, Timeline(most=40) as narrow:
        for number in range(0, len(facts), 10):
            roomy.add(facts[number : number + 10])
            narrow.add(facts[number : number + 10])
            assert narrow.held <= 50
        assert list(narrow.take(date(2027, 1, 1))) == list(roomy.take(date(2027, 1, 1)))


def test_days_are_taken_one_after_the_other() -> None:
    city = City(200, 3)
    facts = [fact for number in range(200) for fact in city.ordinary.case(number, city.ordinary.day_of(number, 200))]
    with Timeline() as timeline:
        timeline.add(facts)
        taken = [
            line for days in range(500) for day in timeline.take(city.first + timedelta(days=days)) for line in day
        ]
    assert taken == sorted(map(line_of, facts))


def test_arrivals_follow_the_week_the_season_and_the_holidays() -> None:
    city = City(100_000, 3)
    days = Counter(city.ordinary.day_of(number, 100_000) for number in range(100_000))
    assert days[date(2025, 3, 3)] > days[date(2025, 3, 7)] > 5 * days[date(2025, 3, 8)]
    assert days[date(2025, 9, 28)] > 5 * days[date(2025, 10, 1)]  # a Sunday that is worked
    by_month = Counter({month: sum(n for day, n in days.items() if day.month == month) for month in range(1, 13)})
    assert min(by_month, key=by_month.__getitem__) in (1, 2)


def test_a_city_in_full_has_the_offices_of_a_city() -> None:
    catalogue = City(100_000, 3).catalogue
    assert len(catalogue.departments) == 60
    assert sum(map(len, catalogue.items.values())) == 3000
    assert sum(len(held) for office in catalogue.departments for held in office.officers.values()) == 5000
    kinds = Counter(item.kind for item in catalogue.items["licence"])
    assert 0.18 < kinds["immediate"] / kinds.total() < 0.26 < 0.65 < kinds["committed"] / kinds.total() < 0.75
    for item in (item for items in catalogue.items.values() for item in items if item.promised and item.statutory):
        assert item.promised[0] <= item.statutory[0]


def test_cases_are_drawn_to_the_proportions_of_the_recipe(events: list[Event]) -> None:
    prefixes = Counter(
        event["data"]["item"][:2] for event in events
        if event["type"] in ("esup.case.applied", "esup.case.filed", "esup.case.measure_taken",
                             "esup.case.disclosure_requested") and "-S" not in event["data"]["item"]
    )  # fmt: skip
    assert 0.74 < prefixes["XK"] / prefixes.total() < 0.86
    assert 0.03 < prefixes["CF"] / prefixes.total() < 0.09


def test_every_rule_that_stories_tell_of_is_planted_and_just_missed(truth: list[Event]) -> None:
    planted = {row["code"] for row in truth if row["why"] == "planted"}
    stories = {row["story"] for row in truth if row["story"]}
    assert stories <= planted | {row["code"] for row in truth if row["why"] == "near"}
    assert all(row["triggers_at"] < "2026-01-01" for row in truth)


def test_the_city_imports_nothing_that_judges_it() -> None:
    for file in Path(city_module.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else [])  # fmt: skip
            assert not [name for name in names if name.partition(".")[0] in FORBIDDEN], file


def test_the_command_says_what_it_wrote(esup: Esup, tmp_path: Path) -> None:
    done = esup("simulate-city", "small", "--cases", "60", "--seed", "2", "--preset", "month", "--format", "json")
    about = orjson.loads(done.out)
    assert done.code == 0
    assert about["events"] == len(lines_of(tmp_path / "small" / EVENTS_FILE))
    assert orjson.loads((tmp_path / "small" / "city.json").read_bytes()) == about


def test_an_ordinary_case_names_its_facts_in_order() -> None:
    facts: list[Fact] = City(10, 3).ordinary.case(4, date(2025, 5, 12))
    assert [fact.event_id for fact in facts if fact.version == 1] == sorted({fact.event_id for fact in facts})
