"""Runs the examples of rules through the models: facts in, findings out, by the same text that judges real cases."""

from __future__ import annotations

from collections.abc import Sequence

from engine.calendar import calendar_facts
from engine.facts import Fact
from engine.rulebook import Rule
from projections.projector import Projector
from projections.rule_check import Found

_FINDINGS = "select rule_id, level, epoch_us(triggers_at) from findings order by all"


def evaluate(rules: Sequence[Rule], facts: Sequence[Fact], as_of: int) -> list[Found]:
    """The findings at `as_of` in a world that knows the shipped calendars, these rules and these facts."""
    projector = Projector.in_memory()
    try:
        projector.load_facts([*calendar_facts(), *(rule.fact() for rule in rules), *facts])
        projector.rebuild(as_of)
        _, rows = projector.query(_FINDINGS)
        return [Found(*row) for row in rows]
    finally:
        projector.close()
