"""The real engine judges a small city: silence about all that is lawful, and all that is planted at its instant."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from console.city.city import EVENTS_FILE, RECIPE, TRUTH_FILE, City
from console.city.truth import RULES
from tests.console.conftest import Esup

FOUND = """
select rule_id, level, subject_id,
    strftime(triggers_at at time zone 'Asia/Shanghai', '%Y-%m-%dT%H:%M:%S.%f+08:00') as triggers_at
from findings where verdict <> 'pending' and level <> 'prompt'
"""
IN_LIFE = [RULES[code] for code in ("S01", "S02", "S03", "S04", "S05", "S06")]
"""Rules that look at cards: who looks at the year from its end has issued none while it went on."""


def judged(esup: Esup, city: City, folder: Path) -> Counter[tuple[Any, ...]]:
    """What the engine says of a city at the end of its time."""
    city.write(folder)
    assert esup("import", "--historical", folder / EVENTS_FILE).code == 0, "something was quarantined"
    assert esup("watch", "--as-of", city.last.isoformat()).code == 0
    done = esup("query", FOUND, "--format", "json")
    names = ("rule_id", "level", "subject_id", "triggers_at")
    return Counter(tuple(row[name] for name in names) for row in orjson.loads(done.out))


@pytest.mark.slow
def test_an_ordinary_city_gives_no_finding(esup: Esup, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(RECIPE.read_text("utf-8").replace("plants: 32", "plants: 0").replace("misses: 32", "misses: 0"))
    assert not judged(esup, City(600, 8, recipe=recipe), tmp_path / "city")


@pytest.mark.slow
def test_all_that_was_planted_is_found_at_its_instant_and_nothing_else(esup: Esup, tmp_path: Path) -> None:
    found = judged(esup, City(300, 9), tmp_path / "city")
    rows = [orjson.loads(line) for line in (tmp_path / "city" / TRUTH_FILE).read_bytes().splitlines()]
    told = Counter(
        (row["rule_id"], row["level"], row["subject"], row["triggers_at"])
        for row in rows
        if row["level"] not in ("prompt", "none") and row["rule_id"] not in IN_LIFE
    )
    found = Counter({row: count for row, count in found.items() if row[0] not in IN_LIFE})
    assert not told - found, "missed"
    assert not found - told, "found, but not planted"
