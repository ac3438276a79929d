"""A city in which only some rules are in force, and what they find in what it is told: live, and built anew."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.facts import Fact
from projections.projector import Projector
from tests.monitors.city import City, at

Findings = list[tuple[Any, ...]]
FINDINGS = """
select
    rule_definitions.code, findings.level, findings.subject_id, findings.occurrence_id,
    strftime(timezone('Asia/Shanghai', triggers_at), '%m-%d %H:%M'),
    coalesce(strftime(timezone('Asia/Shanghai', ended_at), '%m-%d %H:%M'), '')
from findings
inner join rule_definitions on findings.rule_id = rule_definitions.rule_id
where verdict <> 'pending'
group by all
order by all
"""
"""Of what has triggered: code, level, subject, the fact that stands for it, when it became true and when it ended."""


def findings(city: City) -> Findings:
    """What the city's rules find, after a look that the projections are what a rebuild gives."""
    assert city.projector.canonical_hash() == rebuilt_hash(city)
    return city.rows(FINDINGS)


def rebuilt_hash(city: City) -> str:
    """The hash of projections that were never updated, only built, from the same log."""
    fresh = Projector.in_memory(city.log)
    try:
        fresh.load(city.projector.position)
        fresh.rebuild(city.projector.as_of)
        return fresh.canonical_hash()
    finally:
        fresh.close()


def states(city: City) -> list[tuple[Any, ...]]:
    """Every card in short: level, the fact that stands for it, state."""
    return city.rows("select level, occurrence_id, state from card_rows order by all")


def in_any_order(folder: Path, codes: Sequence[str], public: Sequence[Fact], told: Sequence[Fact]) -> list[Findings]:
    """What is found at the end of 2026 when the same facts arrive in several orders, in three batches each."""
    found = []
    for seed in range(3):
        shuffled = list(told)
        random.Random(seed).shuffle(shuffled)
        city = City(folder / str(seed), codes=codes, public=public)
        for number in range(3):
            city.tell(*shuffled[number::3])
            city.projector.update(at(f"2026-12-{29 + number} 12:00"))
        found.append(findings(city))
        city.close()
    return found
