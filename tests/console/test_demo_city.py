"""The demo city's generator and its truth, by themselves: the same every time, lawful where it says so."""

from __future__ import annotations

import ast
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest

from console.demo_case import Told, told_in
from console.demo_city import RECIPE, TRUTH_FILE, DemoCity, Planted
from console.demo_days import WorkDays, breach_of, prompt_of, quiet_days
from console.demo_words import ID_CHECKS, ID_WEIGHTS

ZONE = ZoneInfo("Asia/Shanghai")
CONSOLE = Path(__file__).resolve().parents[2] / "console"


@pytest.fixture(scope="module")
def city() -> DemoCity:
    return DemoCity()


def test_the_city_is_the_same_every_time(tmp_path: Path) -> None:
    first, second = (DemoCity().write(tmp_path / name) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    assert first.with_name(TRUTH_FILE).read_bytes() == second.with_name(TRUTH_FILE).read_bytes()


def test_another_seed_makes_another_month(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(RECIPE.read_text("utf-8").replace("seed: 20260901", "seed: 7"), "utf-8")
    assert DemoCity(recipe).write(tmp_path / "c").read_bytes() != DemoCity().write(tmp_path / "d").read_bytes()


def test_the_size_of_a_small_city(city: DemoCity) -> None:
    events = city.events()
    assert 300 <= len(city.cases) <= 500
    assert 3000 <= len(events) <= 4000
    identities = {(event["source"], event["id"]) for event in events}
    assert len(identities) == len(events)
    assert all(event["time"] <= event["recordedtime"] <= city.end.isoformat() for event in events)


@pytest.mark.parametrize("seed", [20260901, 1, 2, 3])
def test_ordinary_cases_are_lawful_whatever_the_seed(tmp_path: Path, seed: int) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(RECIPE.read_text("utf-8").replace("seed: 20260901", f"seed: {seed}"), "utf-8")
    judged = DemoCity(recipe).planted
    assert all(case.is_planted for case, _ in judged)
    assert len(judged) == len(DemoCity(recipe).recipe["planted"])


def test_the_clerk_finds_what_the_recipe_says_is_planted(city: DemoCity) -> None:
    told = {case.story["en"]: (sorted(found_by_the_clerk(Planted(case, truth))), sorted(case.expect))
            for case, truth in city.planted}  # fmt: skip
    assert {story: found for story, (found, _) in told.items()} == {story: said for story, (_, said) in told.items()}


def test_every_rule_of_time_is_planted_and_every_state_of_a_card(city: DemoCity) -> None:
    cards = [card for _, truth in city.planted for card in truth.cards.values()]
    prompts = {code for _, truth in city.planted for code, _ in truth.prompts}
    assert {card.code for card in cards} | prompts == {"T01", "T02", "T03", "T04", "T05", "T06", "S05"}
    assert {card.state for card in cards} == {"issued", "rectified", "escalated", "withdrawn"}
    assert sum(not truth.cards for _, truth in city.planted) >= 8, "near misses"


def test_the_truth_shares_nothing_with_what_it_judges() -> None:
    for name in ("demo_case", "demo_city", "demo_days", "demo_ordinary", "demo_truth", "demo_words"):
        tree = ast.parse((CONSOLE / f"{name}.py").read_text("utf-8"))
        modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
        packages = {module.partition(".")[0] for module in modules}
        assert not packages & {"engine", "projections", "monitors", "replay"}, name


def test_the_working_days_are_those_of_the_notices(city: DemoCity) -> None:
    days = {day.isoformat() for day in city.days.days}
    assert {"2026-09-20", "2026-10-10"} <= days
    assert not {"2026-09-25", *(f"2026-10-0{day}" for day in range(1, 8)), "2026-09-19", "2026-09-26"} & days


@pytest.mark.parametrize(
    ("opened", "n", "breach"),
    [
        ("2026-09-24", 20, "2026-10-30"),
        ("2026-09-18", 5, "2026-09-25"),
        ("2026-09-28", 5, "2026-10-11"),
        ("2026-09-07", 20, "2026-10-11"),
        ("2026-10-03", 0, "2026-10-04"),
    ],
)
def test_the_clerk_counts_like_the_worked_examples(city: DemoCity, opened: str, n: int, breach: str) -> None:
    start = datetime.fromisoformat(f"{opened}T10:00:00").replace(tzinfo=ZONE)
    found = breach_of(start, n, city.days.counted(start.date()))
    assert found is not None
    assert found.isoformat() == f"{breach}T00:00:00+08:00"


def test_a_limit_is_near_when_the_worked_examples_say(city: DemoCity) -> None:
    start = datetime(2026, 9, 7, 9, tzinfo=ZONE)
    counted = city.days.counted(start.date())
    near = [prompt_of(start, n, counted) for n in (0, 1, 2, 3, 5, 10)]
    assert [f"{moment:%m-%d %H}" for moment in near if moment] == [
        "09-07 12", "09-08 12", "09-09 12", "09-08 00", "09-10 00", "09-17 00",
    ]  # fmt: skip
    assert [quiet_days(n) for n in (0, 1, 2, 3, 5, 10)] == [0, 0, 1, 0, 2, 7]


def test_a_season_that_is_not_known_yet_gives_no_due_day() -> None:
    days = WorkDays({"2026-09": [1, 2]})
    start = datetime(2026, 9, 1, 9, tzinfo=ZONE)
    assert breach_of(start, 5, days.counted(date(2026, 9, 1))) is None
    assert prompt_of(start, 5, days.counted(date(2026, 9, 1))) is None


def test_a_line_of_the_recipe() -> None:
    late = told_in("09-14 16:00 finish review known 09-16 09:05", 2026, ZONE)
    assert late[1:4] == ("step_finished", "review", True)
    assert late.known == datetime(2026, 9, 16, 9, 5, tzinfo=ZONE)
    assert told_in("09-08 09:00 suspend hearing untold", 2026, ZONE)[1:4] == ("suspension_started", "hearing", False)
    assert told_in("09-08 09:00 applied", 2026, ZONE) == Told(late.at.replace(day=8, hour=9), "applied", "", False)
    with pytest.raises(ValueError, match="yesterday"):
        told_in("yesterday applied", 2026, ZONE)


def test_invented_identity_numbers_have_their_check_digit(city: DemoCity) -> None:
    numbers = {
        event["data"]["applicant"]["id_no"]
        for event in city.events()
        if event["type"] == "esup.case.applied" and event["data"]["applicant"]["kind"] == "citizen"
    }
    assert len(numbers) > 50
    for number in numbers:
        total = sum(int(digit) * weight for digit, weight in zip(number, ID_WEIGHTS, strict=False))
        assert number[-1] == ID_CHECKS[total % 11]


def test_the_truth_is_told_beside_the_events(city: DemoCity, tmp_path: Path) -> None:
    told = orjson.loads(city.write(tmp_path).with_name(TRUTH_FILE).read_bytes())
    assert [entry["case_no"] for entry in told] == [case.number for case, _ in city.planted]
    assert sum(len(entry["cards"]) for entry in told) == sum(len(truth.cards) for _, truth in city.planted)


def found_by_the_clerk(entry: Planted) -> list[str]:
    cards = [
        f"{card.code} {card.level}" + (" withdrawn" if card.state == "withdrawn" else "")
        for card in entry.truth.cards.values()
    ]
    return [f"{code} prompt" for code, _ in entry.truth.prompts] + cards
