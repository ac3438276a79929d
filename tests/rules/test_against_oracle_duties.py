"""Thousands of random histories: every finding of the duty rules equals what a day-by-day reading of the law says."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from engine.rulebook import load_rulebook
from projections.projector import Projector
from tests.engine_harness import rows_of
from tests.generators.almanac import Almanac
from tests.generators.cases import arrive
from tests.generators.duties import (
    make_duty_town,
    tell_measures,
    tell_penalty_duties,
    tell_permit_duties,
    tell_request,
)
from tests.generators.offices import tell_card, tell_change, tell_complaint, tell_task
from tests.generators.randomness import Chance
from tests.generators.story import Histories
from tests.oracle.facts import as_fact, instant
from tests.oracle.rules.changes import judge_changes
from tests.oracle.rules.city import City, Found
from tests.oracle.rules.complaints import judge_complaints
from tests.oracle.rules.supervision import judge_supervision
from tests.oracle.rules.time_duties import judge_time
from tests.rules.test_against_oracle_conditions import differences

NEEDED = ("T02", "T03", "T05", "T06")  # What deems a case accepted, and the promise that a suspension comes after.
CODES = (
    *("T08", "T11", "T12", "T14", "T15", "T18", "T20", "T23", "O01"),
    *("K05", "K06", "K07a", "K07b"),
    *("S01", "S02", "S03", "S04", "S05", "M01", "M02"),
)
LATEST = ("2027-03-01T00:00:00+08:00", "2028-01-01T00:00:00+08:00")
CUTS = {
    "everything, as known later": LATEST,
    "a summer noon": ("2026-07-15T12:34:56.789012+08:00", "2026-07-15T12:34:56.789012+08:00"),
    "a midnight, as known a month later": ("2026-09-01T00:00:00+08:00", "2026-10-01T00:00:00+08:00"),
    "the year's end, next year unknown": ("2026-12-31T23:59:59.999999+08:00", "2026-12-31T23:59:59.999999+08:00"),
}
TELLERS = (
    (tell_permit_duties, 1600),
    (tell_penalty_duties, 1000),
    (tell_measures, 1000),
    (tell_request, 1200),
    (tell_change, 1200),
    (tell_complaint, 1200),
    (tell_task, 1000),
    (tell_card, 1200),
)
JUDGES = (judge_time, judge_changes, judge_complaints, judge_supervision)
LEVELS = {
    **{(code, "yellow"): code for code in ("T08", "T11", "T12", "O01", "K05", "K07a", "K07b", "M01", "S02")},
    **{(code, "yellow"): f"{code}-yellow" for code in ("T14", "T15", "T23", "K06", "S01", "S03")},
    **{(code, "red"): f"{code}-red" for code in ("T14", "T15", "T18", "T20", "T23", "S03")},
    **{(code, "red"): code for code in ("S04", "S05")},
    **{(code, "prompt"): f"{code}-prompt" for code in ("T18", "T20", "T23", "K06", "S01")},
    ("K05 suqian", "yellow"): "K05-suqian",
    ("M02 told", "yellow"): "M02-told",
    ("M02 reason", "yellow"): "M02-reason",
}


def tell_all(seed: str, share: float = 1.0) -> Histories:
    """The town and all that happens in it, in the order of a bad day."""
    chance, histories = Chance(seed), Histories()
    town = make_duty_town(chance)
    almanac = Almanac(town)
    for tell, count in TELLERS:
        for number in range(int(count * share)):
            tell(histories, chance, almanac, number)
    histories.events = arrive(chance, town.events + histories.events)
    return histories


class Told:
    """One town as the engine holds it and as the oracle reads it."""

    def __init__(self, histories: Histories) -> None:
        self.histories = histories
        self.facts = [as_fact(event) for event in histories.events]
        self.projector = projector_of(histories.events)
        self._judged: dict[str, list[Found]] = {}

    def judged(self, cut: str) -> list[Found]:
        """What the oracle says at a cut of the past."""
        if cut not in self._judged:
            city = City(self.facts, *map(instant, CUTS[cut]))
            self._judged[cut] = sorted(found for judge in JUDGES for found in judge(city))
        return self._judged[cut]


def projector_of(events: list[dict[str, Any]]) -> Projector:
    """A projector in memory that holds the rules and these events."""
    rules = [rule.fact() for rule in load_rulebook().rules if rule.normalised["code"] in (*CODES, *NEEDED)]
    projector = Projector.in_memory()
    projector.load_facts([*rules])
    projector.load_facts(rows_of(events))
    return projector


def engine_findings(projector: Projector) -> list[Found]:
    """The findings of these rules as the models show them."""
    _, rows = projector.query(
        "select distinct rule_definitions.code, level, findings.subject_kind, subject_id, occurrence_source, "
        "occurrence_id, epoch_us(triggers_at), finding_id from findings join rule_definitions using (rule_id)"
    )
    return sorted(Found(*row[:7]) for row in rows if row[0] in CODES)


@pytest.fixture(scope="module")
def town() -> Told:
    return Told(tell_all("duties"))


def test_every_rule_fires_and_nearly_fires_often(town: Told) -> None:
    hit: dict[tuple[str, str], set[str]] = defaultdict(set)
    refused = {(fact.source, fact.id) for fact in town.facts if fact.type == "esup.complaint.refused"}
    for found in town.judged("everything, as known later"):
        hit[found.code, found.level].add(found.subject_id)
        if found.code == "M02":
            is_refusal = (found.source, found.event_id) in refused
            hit["M02 reason" if is_refusal else "M02 told", found.level].add(found.subject_id)
    hit["K05 suqian", "yellow"] = hit["K05", "yellow"]
    counts = {}
    for key, aim in LEVELS.items():
        aimed = town.histories.aimed[aim]
        counts[key] = (len(aimed & hit[key]), len(aimed - hit[key]))
    assert {key: count for key, count in counts.items() if min(count) < 30} == {}


@pytest.mark.parametrize("cut", CUTS)
def test_findings_equal_the_oracle(town: Told, cut: str) -> None:
    town.projector.rebuild(*map(instant, CUTS[cut]))
    assert differences(engine_findings(town.projector), town.judged(cut)) == []


def test_any_order_of_arrival_says_the_same() -> None:
    events, found = tell_all("arrivals", 0.15).events, []
    for seed in ("one way", "another way"):
        Chance(seed).shuffle(events)
        projector = projector_of(events)
        projector.rebuild(*map(instant, LATEST))
        found.append(engine_findings(projector))
    assert differences(*found) == []
