"""The page, its goals and its pictures, from figures of no machine."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from benchmarks import goals, report
from benchmarks.goals import GOALS, VALUES, Kept
from benchmarks.measures import Settings, latency
from benchmarks.parts.ingest import END_TO_END, OUR_BATCHES, PLAIN, RECORDER
from benchmarks.pictures import draw

SMALL, LARGE = 100_000, 1_000_000
MACHINE = {"processor": "a processor", "day": "2026-11-22"}
NOTE = "Most of it is planning."


def answered(seconds: float, **more: object) -> dict[str, object]:
    return {"seconds": seconds, "processor_seconds": seconds, "peak_mib": 1_000, "code": "c", **more}


def latencies(p50: float, **more: object) -> dict[str, object]:
    told = {"p50_ms": p50, "p99_ms": 2 * p50, "slowest_ms": 3 * p50, "percentiles_ms": [p50, 2 * p50]}
    return {**told, "processor_ms": p50, "repetitions": 2, **more}


def figures(rebuild_large: float = 20.0) -> Kept:
    rates = {END_TO_END: 80_000, OUR_BATCHES: 130_000, PLAIN: 130_000, RECORDER: 25_000}
    live = {"planted": 9, "missed": 0, "not_planted": 0, "events_a_second": 5_000.0, "peak_mib": 900, "code": "c"}
    touched = {name: {"100": latencies(200)} for name in ("update", "watch")}
    return {
        "ingest.in-order": {800_000: {"rates": rates, "code": "c"}},
        "ingest.file": {800_000: answered(10, read_seconds=3.0)},
        "city.log": {SMALL: answered(3, events=10**6), LARGE: answered(30, events=10**7)},
        "rebuild.archive": {
            SMALL: answered(2, events=10**6, rules={"T01": 7}),
            LARGE: answered(rebuild_large, events=10**7, rules={"T01": 70}),
        },
        "rebuild.duckdb": {SMALL: answered(1), LARGE: answered(8)},
        "batches.touched": {size: {**touched, "code": "c", "peak_mib": 9} for size in (SMALL, LARGE)},
        "live.5000": {SMALL: {**live, "latency": latencies(400), "ticks": latencies(100)}},
    }  # fmt: skip


def state_of(kept: Kept, name: str) -> bool | None:
    return next(goal.is_met for goal in goals.goals(kept) if goal.name == name)


def test_every_goal_has_its_figure_and_every_figure_its_goal() -> None:
    assert {goal.name for goal in goals.goals({})} == set(VALUES)
    assert all(goal.is_met is None for goal in goals.goals({}))
    assert all(goal.zh and goal.en and (goal.at_least is None) != (goal.at_most is None) for goal in goals.goals({}))


def test_a_goal_is_met_only_if_it_is_met_at_every_size() -> None:
    assert state_of(figures(), "rebuild-over-duckdb") is True
    assert state_of(figures(rebuild_large=100), "rebuild-over-duckdb") is False
    assert state_of(figures(rebuild_large=100), "rebuild-flat") is False


def test_a_card_that_never_came_took_for_ever() -> None:
    kept = figures()
    assert state_of(kept, "live") is True
    kept["live.5000"][SMALL]["missed"] = 1
    assert state_of(kept, "live") is False
    assert report.wrong(kept) == ["live.5000 at 100,000: 1 cards missed, 0 not planted"]


def test_the_page_shows_goals_met_missed_and_not_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    noted = tmp_path / "goals.yaml"
    rows = yaml.safe_load(GOALS.read_text("utf-8"))
    noted.write_text(yaml.safe_dump({name: row | {"notes": [NOTE]} for name, row in rows.items()}), "utf-8")
    monkeypatch.setattr(goals, "GOALS", noted)
    page = report.page(figures(rebuild_large=100), Settings(), MACHINE)
    assert "met · 达到" in page and "**missed · 未达到**" in page and "not measured · 未测" in page
    assert page.count(NOTE) == sum(not goal.is_met for goal in goals.goals(figures(100)) if goal.values)
    assert "## Rebuild · 重建" in page and "performance/rebuild.svg" in page
    assert "## Detection" not in page


def test_figures_of_two_versions_of_the_code_are_called_so() -> None:
    kept = figures()
    assert "versions of the code" not in report.page(kept, Settings(), MACHINE)
    kept["rebuild.duckdb"][SMALL]["code"] = "another"
    assert "2 versions of the code" in report.page(kept, Settings(), MACHINE)


def test_the_page_says_what_to_type_for_the_same() -> None:
    assert report.command(Settings()) == "python -m benchmarks --write"
    assert report.command(Settings(cases=(5_000, 9_000))) == "python -m benchmarks --write --sizes 5000 9000"


@pytest.mark.slow
def test_the_same_figures_give_the_same_pictures(tmp_path: Path) -> None:
    first, second = (draw(tmp_path / name, figures()) for name in ("first", "second"))
    assert {path.name for path in first} >= {"rebuild.svg", "batches.svg", "live.svg", "ingest.svg", "memory.svg"}
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert all(b"<svg" in path.read_bytes() for path in first)


def test_percentiles_are_by_rank() -> None:
    told = latency([place / 1000 for place in range(100, 0, -1)])
    assert (told["p50_ms"], told["p99_ms"], told["slowest_ms"]) == (50, 99, 100)
    assert told["percentiles_ms"] == [1, *range(1, 101)]
