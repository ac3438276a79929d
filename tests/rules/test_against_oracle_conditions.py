"""Thousands of random histories: every finding of the condition rules equals what a plain reading of the law says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import pytest

from engine.facts import Fact as EngineFact
from engine.rulebook import load_rulebook
from projections.projector import Projector
from tests.engine_harness import rows_of
from tests.generators.everything import tell_everything
from tests.generators.randomness import Chance
from tests.generators.story import Histories
from tests.oracle.facts import as_fact, instant
from tests.oracle.rules import judge_conditions, mended_at
from tests.oracle.rules.city import Found

NEEDED = ("T05", "T06")  # What deems a case accepted, and the limits of its steps.
CODES = (
    *("P01", "P02", "P03", "P05", "P06", "P07", "P08", "P09", "P14", "P15", "R01"),
    *("C01", "C02", "C03", "F01", "F02", "J02", "D01", "D03", "D04"),
    *("K01", "K02", "K03", "K04", "O04"),
)
LATEST = ("2027-03-01T00:00:00+08:00", "2028-01-01T00:00:00+08:00")
CUTS = {
    "everything, as known later": LATEST,
    "a summer noon": ("2026-07-15T12:34:56.789012+08:00", "2026-07-15T12:34:56.789012+08:00"),
    "a midnight, as known a month later": ("2026-09-01T00:00:00+08:00", "2026-10-01T00:00:00+08:00"),
}
LEVELS = {
    **{(code, "yellow"): code for code in CODES if code not in ("P03", "P09", "F01", "J02", "D03", "K01")},
    **{(code, "red"): code for code in ("P02", "P03", "P09", "C02", "F01", "J02", "K01")},
    **{(code, "prompt"): code for code in ("P07", "D01", "D03")},
    ("P08 officer", "yellow"): "P08-officer",
    ("P14 register", "red"): "P14-register",
    ("D01", "yellow"): "D01-department",
}


class Told:
    """One town as the engine holds it and as the oracle reads it."""

    def __init__(self, histories: Histories) -> None:
        self.histories = histories
        self.facts = [as_fact(event) for event in histories.events]
        self.projector = projector_of(histories.events)
        self.cut = ""
        self._judged: dict[str, list[Found]] = {}

    def rebuild(self, cut: str) -> Projector:
        """The models as of a cut of the past."""
        if self.cut != cut:
            self.projector.rebuild(*map(instant, CUTS[cut]))
            self.cut = cut
        return self.projector

    def judged(self, cut: str) -> list[Found]:
        """What the oracle finds at a cut of the past."""
        if cut not in self._judged:
            self._judged[cut] = sorted(judge_conditions(self.facts, *map(instant, CUTS[cut])))
        return self._judged[cut]


def projector_of(events: list[dict[str, Any]]) -> Projector:
    """A projector in memory that holds the rules and these events."""
    rules = [rule.fact() for rule in load_rulebook().rules if rule.normalised["code"] in (*CODES, *NEEDED)]
    told: list[EngineFact] = [*rules]
    projector = Projector.in_memory()
    projector.load_facts(told)
    projector.load_facts(rows_of(events))
    return projector


def engine_findings(projector: Projector) -> list[Found]:
    """The findings of these rules as the models show them."""
    _, rows = projector.query(
        "select distinct rule_definitions.code, level, findings.subject_kind, subject_id, occurrence_source, "
        "occurrence_id, epoch_us(triggers_at), finding_id from findings join rule_definitions using (rule_id)"
    )
    return sorted(Found(*row[:7]) for row in rows if row[0] in CODES)


def differences(engine: Iterable[Found], oracle: Iterable[Found], most: int = 4) -> list[str]:
    """What only one side has: the number of each code, and a few of each in words."""
    ours, theirs = Counter(engine), Counter(oracle)
    told: dict[str, list[str]] = defaultdict(list)
    counts: Counter[str] = Counter()
    for side, only in (("engine", ours - theirs), ("oracle", theirs - ours)):
        for found in sorted(only.elements()):
            counts[f"{found.code} only {side}"] += 1
            told[f"{found.code} only {side}"].append(f"only the {side} has {tuple(found)}")
    return [f"{key}: {counts[key]}" for key in sorted(told)] + [
        line for key in sorted(told) for line in told[key][:most]
    ]


@pytest.fixture(scope="module")
def town() -> Told:
    return Told(tell_everything("conditions"))


def subject_of(found: Found) -> tuple[str, str]:
    """Under which name a finding is counted, and the subject that the generator aimed at."""
    if found.code == "P14" and found.subject_kind == "department":
        return "P14 register", found.event_id
    if found.code == "P08" and found.subject_kind == "officer":
        return "P08 officer", found.subject_id
    return found.code, found.subject_id


def test_every_rule_fires_and_nearly_fires_often(town: Told) -> None:
    hit: dict[tuple[str, str], set[str]] = defaultdict(set)
    for found in town.judged("everything, as known later"):
        name, subject = subject_of(found)
        hit[name, found.level].add(subject)
    seldom = {}
    for key, aim in LEVELS.items():
        aimed = town.histories.aimed[aim]
        fired, silent = len(aimed & hit[key]), len(aimed - hit[key])
        if min(fired, silent) < 30:
            seldom[key] = (fired, silent)
    assert seldom == {}


def test_what_puts_a_finding_right(town: Told) -> None:
    _, rows = town.rebuild("everything, as known later").query(
        "select distinct rule_definitions.code, level, findings.subject_kind, subject_id, occurrence_source, "
        "occurrence_id, epoch_us(triggers_at), epoch_us(ended_at) from findings "
        "join rule_definitions using (rule_id) where code = 'R01' or code = 'C02' and level = 'yellow'"
    )
    engine = {Found(*row[:7]): row[7] for row in rows}
    oracle = mended_at(town.facts, *map(instant, LATEST))
    assert len([found for found, ended in oracle.items() if ended is not None]) > 100
    assert sorted(engine.items() - oracle.items()) == []
    assert sorted(oracle.items() - engine.items()) == []


@pytest.mark.parametrize("cut", CUTS)
def test_findings_equal_the_oracle(town: Told, cut: str) -> None:
    assert differences(engine_findings(town.rebuild(cut)), town.judged(cut)) == []


def test_any_order_of_arrival_says_the_same() -> None:
    events, found = tell_everything("arrivals", 0.15).events, []
    for seed in ("one way", "another way"):
        Chance(seed).shuffle(events)
        projector = projector_of(events)
        projector.rebuild(*map(instant, LATEST))
        found.append(engine_findings(projector))
    assert differences(*found) == []
