"""A run goes on where it was stopped, and ends where two answers differ."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.measures import Measure, Place, Settings
from benchmarks.run import BY_NAME, MEASURES, Run, check_answers

SETTINGS = Settings.small()
SIZE = SETTINGS.cases[0]


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The measures that were made, in their order; each leaves its figures and its product as a real one would."""
    made: list[str] = []

    def measured(run: Run, measure: Measure, size: int) -> bool:
        made.append(f"{measure.name} {size}")
        run.place.figures(measure.name, size).write_text("{}", "utf-8")
        if measure.product:
            measure.product(run.place, size).touch()
        return True

    monkeypatch.setattr(Run, "_in_a_process", measured)
    return made


def test_everything_is_measured_once_with_what_it_needs_before_it(done: list[str], tmp_path: Path) -> None:
    Run(tmp_path, SETTINGS).everything([])
    assert len(done) == len(set(done)) == sum(len(measure.sizes(SETTINGS)) for measure in MEASURES)
    for measure in MEASURES:
        for size in measure.sizes(SETTINGS):
            assert all(done.index(f"{need} {size}") < done.index(f"{measure.name} {size}") for need in measure.needs)


def test_a_stopped_run_goes_on(done: list[str], tmp_path: Path) -> None:
    Run(tmp_path, SETTINGS).everything(["rebuild"])
    first = len(done)
    Run(tmp_path, SETTINGS).everything(["rebuild"])
    assert len(done) == first
    Run(tmp_path, SETTINGS).place.figures("rebuild.fold", SIZE).unlink()
    Run(tmp_path, SETTINGS).everything(["rebuild"])
    assert done[first:] == [f"rebuild.fold {SIZE}"]


def test_what_was_tidied_away_is_made_again_only_for_who_needs_it(done: list[str], tmp_path: Path) -> None:
    run = Run(tmp_path, SETTINGS)
    run.everything(["rebuild"], tidy=True)
    assert not run.place.log(SIZE).exists()
    first = len(done)
    run.measure(BY_NAME["rebuild.fold"], SIZE)
    assert len(done) == first
    run.place.figures("rebuild.fold", SIZE).unlink()
    run.measure(BY_NAME["rebuild.fold"], SIZE)
    assert done[first:] == [f"city.log {SIZE}", f"rebuild.fold {SIZE}"]


def test_the_settings_of_a_run_are_read_as_they_were_written(tmp_path: Path) -> None:
    assert Run(tmp_path, SETTINGS).place.settings == SETTINGS == Place(tmp_path).settings


def test_a_run_ends_where_two_answers_differ(tmp_path: Path) -> None:
    place = Run(tmp_path, SETTINGS).place
    for name, breaches in (("rebuild.log", 3), ("rebuild.fold", 3), ("rebuild.polars", 4)):
        place.figures(name, SIZE).write_text(json.dumps({"answer": {"breaches": {"T02": breaches}}}), "utf-8")
    with pytest.raises(SystemExit, match="rebuild.log and rebuild.polars differ at 2,000 cases in breaches"):
        check_answers(place, SIZE)
    place.figures("rebuild.polars", SIZE).unlink()
    check_answers(place, SIZE)


def test_log_and_archive_must_have_the_same_hash(tmp_path: Path) -> None:
    place = Run(tmp_path, SETTINGS).place
    for name in ("rebuild.log", "rebuild.archive"):
        place.figures(name, SIZE).write_text(json.dumps({"canonical_hash": name}), "utf-8")
    with pytest.raises(SystemExit, match="canonical hash"):
        check_answers(place, SIZE)
