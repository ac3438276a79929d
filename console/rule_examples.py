"""Rules put to their own examples by the models that will judge by them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from engine.rulebook import load_rulebook
from projections.evaluate import evaluate
from projections.rule_check import RuleFailure, check_rules


@dataclass
class Verdict:
    """What came of one rule: how many examples it has, and what is wrong with it."""

    rule_id: str
    file: str
    examples: int
    problems: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """True if nothing was found."""
        return not self.problems


def judge(folder: Path) -> list[Verdict]:
    """A verdict on every rule of a folder of packs."""
    rules = load_rulebook(folder).rules
    verdicts = {rule.rule_id: Verdict(rule.rule_id, rule.file, len(rule.examples)) for rule in rules}
    for failure in check_rules(rules, evaluate):
        verdicts[failure.rule_id].problems.append(told(failure))
    return list(verdicts.values())


def told(failure: RuleFailure) -> str:
    """A failure with the example's name."""
    return f"{failure.example}: {failure.sentence}" if failure.example else failure.sentence
