"""Every example of every shipped rule, put to the models that judge real cases."""

from __future__ import annotations

import pytest

from engine.rulebook import load_rulebook
from projections.evaluate import evaluate
from projections.rule_check import check_rules


@pytest.mark.slow
def test_every_example_comes_out_as_it_says() -> None:
    failures = check_rules(load_rulebook().rules, evaluate)
    assert [f"{failure.rule_id}, {failure.example}: {failure.sentence}" for failure in failures] == []
