"""The demo city's generator and its truth, by themselves: the same every time, lawful where it says so."""

from __future__ import annotations

import ast
import re
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest

from console.demo_case import Told, told_in
from console.demo_city import RECIPE, TRUTH_FILE, DemoCity
from console.demo_days import WorkDays, breach_of, prompt_of, quiet_days, rolled_after
from console.demo_truth import Truth
from console.demo_words import ID_CHECKS, ID_WEIGHTS

ZONE = ZoneInfo("Asia/Shanghai")
CONSOLE = Path(__file__).resolve().parents[2] / "console"
RULES = CONSOLE.parent / "docs" / "rules.md"
UNDONE = ("withdrawn", "exempted")


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
    identities = {(event["source"], event["id"], event.get("dataversion", 1)) for event in events}
    assert len(identities) == len(events)
    assert all(event["time"] <= event["recordedtime"] <= city.end.isoformat() for event in events)


@pytest.mark.parametrize("seed", [20260901, 1, 2, 3])
def test_ordinary_cases_are_lawful_whatever_the_seed(tmp_path: Path, seed: int) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(RECIPE.read_text("utf-8").replace("seed: 20260901", f"seed: {seed}"), "utf-8")
    unplanned = [(case.number, truth) for case, truth in DemoCity(recipe).planted if not case.is_planted]
    assert not [number for number, truth in unplanned if {finding.code for finding in truth.findings} != {"S06"}]


def test_the_clerk_finds_what_the_recipe_says_is_planted(city: DemoCity) -> None:
    told = [(case.story.get("en", case.number), found_by_the_clerk(truth), sorted(case.expect))
            for case, truth in city.planted if case.is_planted]  # fmt: skip
    assert [(story, found) for story, found, _ in told] == [(story, said) for story, _, said in told]
    assert {case.entry["rule"] for case, _ in city.planted if case.kind == "across" and case.is_planted} == {
        entry["rule"] for entry in city.recipe["across"]
    }


def test_every_core_rule_is_planted_and_just_missed_and_a_card_of_every_state(city: DemoCity) -> None:
    found = {(f.code, f.level) for _, truth in city.planted for f in (*truth.findings, *truth.prompts.values())}
    core = {
        (code, level)
        for code, levels in re.findall(r"^\| ([A-Z]\d\d[ab]?) \|.*?\| ([a-z /]+?) \|", RULES.read_text("utf-8"), re.M)
        for level in levels.split(" / ")
    }
    assert len({code for code, _ in core}) == 52, "fifty core rules, K07 in two codes, and S06"
    # A month is too short for the thirty working days after which an open task is red.
    assert core - found == {("S03", "red")}
    near = {code for case, _ in city.planted for code in case.entry.get("near", ())}
    # Who is no repeat offender yet needs no story of his own.
    assert {code for code, _ in core} - near == {"S06"}
    states = {card.state for _, truth in city.planted for card in truth.cards.values()}
    assert states == {"issued", "rectified", "exempted", "escalated", "withdrawn"}


def test_the_truth_shares_nothing_with_what_it_judges() -> None:
    names = {path.stem for path in CONSOLE.glob("demo_*.py")} - {"demo_report"}
    assert len(names) == 9
    for name in names:
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


def test_calendar_days_roll_to_a_working_day(city: DemoCity) -> None:
    filed = datetime(2026, 7, 5, 9, tzinfo=ZONE)
    assert rolled_after(filed, 90, city.days) == datetime(2026, 10, 9, tzinfo=ZONE)
    assert rolled_after(filed, 400, city.days) is None


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
    planted = told_in(
        '09-08 09:00 accepted with {document: ""} known 09-09 22:30 plants C01 yellow, P01 yellow', 2026, ZONE
    )
    assert (planted.kind, planted.more, planted.plants) == ("accepted", {"document": ""}, ("C01 yellow", "P01 yellow"))
    mending = told_in("09-09 09:00 supply accepted mends C01", 2026, ZONE)
    assert (mending.kind, mending.what, mending.mends) == ("document_supplied", "accepted", ("C01",))
    corrected = told_in("09-09 09:00 return review known 09-10 22:30 corrects 4", 2026, ZONE)
    assert (corrected.kind, corrected.more, corrected.corrects) == ("step_finished", {"action": "return"}, 4)
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
    assert [entry["subject"] for entry in told] == [case.number for case, _ in city.planted]
    assert sum(len(entry["cards"]) for entry in told) == sum(len(truth.cards) for _, truth in city.planted)


def found_by_the_clerk(truth: Truth) -> list[str]:
    cards = [
        f"{card.finding.code} {card.finding.level}" + (f" {card.state}" if card.state in UNDONE else "")
        for card in truth.cards.values()
    ]
    return sorted([f"{prompt.code} prompt" for prompt in truth.prompts.values()] + cards)
