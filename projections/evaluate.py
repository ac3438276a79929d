"""Runs the examples of rules through the models: facts in, findings out, by the same text that judges real cases."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import groupby

from engine.calendar import calendar_facts
from engine.facts import Fact
from engine.rulebook import Rule
from projections.projector import Projector
from projections.rule_check import Found, World

# A finding belongs to the world whose number its case, its subject or its department bears.
_FINDINGS = r"""
with belonging as (
    select
        rule_id,
        level,
        epoch_us(triggers_at) as triggers_at,
        'EXAMPLE' || regexp_extract(
            concat_ws(' ', case_no, subject_id, department), '\b(EXAMPLE|example\.[a-z]+\.)([0-9]+)', 2
        ) || '-1' as world
    from findings
)
select * from belonging
where list_contains($worlds, world)
order by all
"""


def evaluate(rules: Sequence[Rule], worlds: Sequence[World]) -> list[Found]:
    """What is found in each world at its own instant, knowing the shipped calendars and these rules.

    The findings of a world depend on what is known in it, not on the clock: worlds between whose instants no law and no
    calendar was published are judged together, and what had not triggered by a world's instant is none of its findings.
    """
    public = [*calendar_facts(), *(rule.fact() for rule in rules)]
    published = sorted({_known_at(fact) for fact in public})
    projector = Projector.in_memory()
    try:
        projector.load_facts(public)
        projector.load_facts([fact for world in worlds for fact in world.facts if _known_at(fact) <= world.as_of])
        found: list[Found] = []
        for _, alike in groupby(sorted(worlds, key=_as_of), key=lambda world: bisect(published, world.as_of)):
            judged = list(alike)
            projector.rebuild(judged[-1].as_of)
            _, rows = projector.query(_FINDINGS, {"worlds": [world.case_no for world in judged]})
            found += [Found(*row) for row in rows]
        return found
    finally:
        projector.close()


def _as_of(world: World) -> int:
    return world.as_of


def _known_at(fact: Fact) -> int:
    return fact.occurred_at if fact.recorded_at is None else max(fact.occurred_at, fact.recorded_at)
