"""Rules put to their own examples by the models that will judge by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.calendar import calendar_facts
from engine.facts import Fact
from engine.rulebook import Rule, load_rulebook
from projections.projector import Projector
from projections.rule_check import Found, RuleFailure, check_rules

FOUND = """
select rule_id, level, epoch_us(triggers_at)
from findings
where triggers_at <= make_timestamptz(?)
order by all
"""


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


def evaluate(rules: Sequence[Rule], facts: Sequence[Fact], as_of: int) -> list[Found]:
    """The findings that the models derive from these facts, under these rules and the built-in calendars."""
    projector = Projector.in_memory()
    try:
        projector.load_facts([*calendar_facts(), *(rule.fact() for rule in rules), *facts])
        projector.rebuild(as_of)
        return [Found(*row) for row in projector.query(FOUND, [as_of])[1]]
    finally:
        projector.close()
