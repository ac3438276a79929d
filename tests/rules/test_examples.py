"""Every example of every shipped rule, put to the models that judge real cases."""

from __future__ import annotations

import pytest

from engine.rulebook import load_rulebook
from projections.evaluate import evaluate
from projections.rule_check import check_rules

BOOK = load_rulebook()


def failing_examples(rule_id: str) -> list[str]:
    """The failures of one rule, judged beside all the others."""
    rules = [rule for rule in BOOK.rules if rule.rule_id == rule_id]
    beside = [rule for rule in BOOK.rules if rule.rule_id != rule_id]
    failures = check_rules(rules, lambda _, facts, as_of: evaluate([*rules, *beside], facts, as_of))
    return [f"{failure.example}: {failure.sentence}" for failure in failures]


@pytest.mark.slow
@pytest.mark.parametrize("rule_id", [rule.rule_id for rule in BOOK.rules])
def test_every_example_comes_out_as_it_says(rule_id: str) -> None:
    assert failing_examples(rule_id) == []
