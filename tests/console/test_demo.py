"""The demo city: everything planted is found, and nothing else."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from console.demo_city import DemoCity
from tests.console.conftest import Esup

HOME = Path("esup-home")


def test_the_city_is_the_same_every_time(tmp_path: Path) -> None:
    first, second = (DemoCity().write(tmp_path / name).read_bytes() for name in ("a", "b"))
    assert first == second
    ids = [orjson.loads(line)["id"] for line in first.splitlines()]
    assert len(ids) == len(set(ids)) > 500


@pytest.mark.slow
def test_the_demo_finds_what_was_planted_and_nothing_else(esup: Esup) -> None:
    done = esup("demo")
    assert done.code == 0, done.out
    assert "missed 0, found but not planted 0" in done.out
    cases = orjson.loads(esup("query", "select distinct case_no from cards order by 1", "--format", "json").out)
    yellow_or_red = {
        entry.case_no for entry in DemoCity().planted if any(level != "prompt" for _, level in entry.expect)
    }
    assert {row["case_no"] for row in cases} == yellow_or_red
    again = esup("query", "select count(*) as n from daily_log where day = '2026-09-15'", "--format", "json")
    assert orjson.loads(again.out) == [{"n": 4}]
    assert "DEMO-SILENT" in esup("explain", "DEMO-SILENT").out


def test_the_demo_overwrites_nothing(esup: Esup, tmp_path: Path) -> None:
    esup("query", "select 1")
    done = esup("demo")
    assert done.code == 2
    assert "not overwritten" in done.err
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "letter.txt").write_text("mine")
    assert esup("--home", "papers", "demo").code == 2
