"""A home runs on the real clock or on a virtual one, and each refuses the other's commands."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from console.settings import read_settings
from engine.clock import parse_moment
from tests.console.conftest import Esup

HOME = Path("esup-home")


def moment(text: str) -> int:
    return parse_moment(text, "Asia/Shanghai")


def test_the_first_watch_as_of_makes_a_home_virtual_and_it_only_moves_forward(esup: Esup, facts_file: Path) -> None:
    esup("import", facts_file, "--historical")
    assert read_settings(HOME).watch_from is not None
    assert esup("watch", "--as-of", "2026-09-20").code == 0
    settings = read_settings(HOME)
    assert (settings.clock, settings.now, settings.watch_from) == ("virtual", moment("2026-09-20"), None)
    back = esup("watch", "--as-of", "2026-09-19")
    assert back.code == 2
    assert "only moves forward" in back.err
    assert esup("watch", "--as-of", "2026-09-25").code == 0
    assert read_settings(HOME).watched_at == moment("2026-09-25")
    assert "virtual clock" in esup("watch", "--follow").err


def test_what_is_issued_at_a_virtual_moment_is_recorded_then(esup: Esup, facts_file: Path) -> None:
    esup("import", facts_file, "--historical")
    issued = orjson.loads(esup("watch", "--as-of", "2026-09-30", "--format", "json").out)
    cards = [row for row in issued if row["type"] == "esup.card.issued"]
    assert [card["rule_id"] for card in cards] == ["licensing.accept-or-refuse"]
    assert cards[0]["issued_at"].startswith("2026-09-30T23:59:59.999999")
    assert orjson.loads(esup("watch", "--as-of", "2026-09-30", "--format", "json").out) == []


def test_a_query_looks_from_the_last_watch(esup: Esup, facts_file: Path) -> None:
    esup("import", facts_file, "--historical")
    sql = "select state from obligations where rule_id = 'licensing.accept-or-refuse'"
    esup("watch", "--as-of", "2026-09-20")
    assert orjson.loads(esup("query", sql, "--format", "json").out) == [{"state": "running"}]
    esup("watch", "--as-of", "2026-09-30")
    assert orjson.loads(esup("query", sql, "--format", "json").out) == [{"state": "breached"}]
    past = esup("query", sql, "--as-of", "2026-09-19", "--format", "json")
    assert orjson.loads(past.out) == [{"state": "running"}]
    asked = ("--as-of", "2026-09-30", "--as-of", "2026-09-19")
    each = esup("query", sql, *asked, "--format", "json")
    assert orjson.loads(each.out) == [
        {"as_of": "2026-09-19", "state": "running"},
        {"as_of": "2026-09-30", "state": "breached"},
    ]


def test_before_any_watch_a_query_looks_from_what_was_known_last(esup: Esup, facts_file: Path) -> None:
    esup("import", facts_file, "--historical")
    as_of = orjson.loads(esup("query", "select as_of from clock", "--format", "json").out)
    assert as_of == [{"as_of": "2026-09-18T09:00:00+08:00"}]


def test_a_home_that_issued_cards_on_the_real_clock_stays_there(esup: Esup, facts_file: Path) -> None:
    esup("import", facts_file, "--historical")
    path = HOME / "settings.toml"
    path.write_text(
        "\n".join(
            'watch_from = "2026-01-01T00:00:00+08:00"' if line.startswith("watch_from") else line
            for line in path.read_text().splitlines()
        )
    )
    assert "licensing.accept-or-refuse" in esup("watch").out
    refused = esup("watch", "--as-of", "2027-01-01")
    assert refused.code == 2
    assert "real clock" in refused.err


def test_what_triggered_before_watch_from_gives_no_cards(esup: Esup, facts_file: Path) -> None:
    esup("import", facts_file, "--historical")
    done = orjson.loads(esup("watch", "--format", "json").out)
    assert "esup.card.issued" not in [row["type"] for row in done]
    found = esup("query", "select rule_id from findings where level = 'yellow'", "--format", "json")
    assert {"rule_id": "licensing.accept-or-refuse"} in orjson.loads(found.out)


@pytest.mark.parametrize("zone", ["Europe/Amsterdam"])
def test_the_first_profile_gives_the_zone(esup: Esup, tmp_path: Path, zone: str) -> None:
    (tmp_path / "empty.csv").write_text("case_id,activity\n")
    esup("import", tmp_path / "empty.csv", "--profile", "wabo", "--historical")
    assert read_settings(HOME).zone == zone
