"""The real engine judges a small city of ordinary cases alone: it finds nothing."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from console.city.city import EVENTS_FILE, RECIPE, City
from tests.console.conftest import Esup

# What lies behind the end is pending; by the end nothing has been found, and no limit has come near.
FOUND = "select rule_id, level, subject_id, triggers_at from findings where verdict <> 'pending'"
NEAR = """
select prompting.rule_id, duty.subject, duty.prompts_at
from obligation_rows as duty
inner join rule_definitions as prompting
    on prompting.prompt_level is not null
        and (prompting.rule_no = duty.rule_no or prompting.of_rule_id = duty.rule_id)
where duty.prompts_at < least(duty.discharged_at, duty.voided_at, '{end}') and not duty.provisional
"""


@pytest.mark.slow
def test_the_engine_finds_nothing_in_ordinary_cases_and_no_limit_came_near(esup: Esup, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(RECIPE.read_text("utf-8").replace("plants: 32", "plants: 0").replace("misses: 32", "misses: 0"))
    city = City(1000, 8, recipe=recipe)
    city.write(tmp_path / "city")
    assert esup("import", "--historical", tmp_path / "city" / EVENTS_FILE).code == 0, "something was quarantined"
    assert esup("watch", "--as-of", city.last.isoformat()).code == 0
    for asked in (FOUND, NEAR.format(end=city.end.isoformat())):
        done = esup("query", asked, "--format", "json")
        assert (done.code, orjson.loads(done.out)) == (0, [])
