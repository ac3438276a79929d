"""Simulated time and rules across cases: the same cards as an engine that stops at every instant."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.facts import Fact, encode_body
from monitors.virtual import simulate
from tests.generators.randomness import Chance
from tests.monitors.city import City, at, data_of, end_of, fact, item, office, region
from tests.monitors.test_virtual import assert_alike, known, spoken, watch_at_every_instant
from tests.projections.across import copied_reasons, refusal

LAST_DAY = "2026-09-24"


def public() -> list[Fact]:
    """The city, and the rule of copied reasons."""
    long_ago = at("2010-01-01 00:00")
    body = encode_body({"data": copied_reasons()})
    rule = Fact("test.copied-reasons", "esup.rule.published", long_ago, long_ago, "/esup/rules", "copied@1", 1, body)
    return [region(), office("D"), office("E"), item("I", "D", {}), rule]


def refusals(seed: str, count: int = 30) -> list[Fact]:
    """Refusals of three weeks, some heard of late, some corrected when a card may stand already."""
    chance, facts = Chance(f"refusals {seed}"), []
    for number in range(count):
        day = chance.randrange(1, 19)
        told = refusal(chance, number, f"2026-09-{day:02}", chance.randrange(8, 18))
        heard = at(f"2026-09-{day + chance.choice((0, 0, 0, 2)):02} {chance.randrange(18, 24)}:{number:02}")
        data = {**told["data"], "department": chance.choice(("D", "E"))}
        kind, subject, time = "case.acceptance_refused", told["subject"], at(told["time"][:16].replace("T", " "))
        facts.append(fact(kind, subject, time, data, name=told["id"], known=heard))
        if chance.happens(0.3):
            mended = {**data, "officer": "u3"}
            later = at(f"2026-09-{day + 3:02} {chance.randrange(0, 24):02}:{number:02}")
            facts.append(fact(kind, subject, time, mended, name=told["id"], known=later, version=2))
    return sorted(facts, key=known)


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["one", "two"])
def test_simulated_time_says_what_stopping_at_every_instant_says(tmp_path: Path, seed: str) -> None:
    told, said = refusals(seed), []
    for name in ("quick", "slow"):
        city = City(tmp_path / name, now=known(told[0]), public=public(), seals_days=True, codes={"S05"})
        if name == "quick":
            simulate(city.monitor, told, end_of(LAST_DAY))
        else:
            watch_at_every_instant(city, told, end_of(LAST_DAY))
        said.append(spoken(city))
        city.close()
    assert_alike(*said)
    assert {"esup.card.issued", "esup.card.withdrawn"} <= said[0].keys()


def step_of_a_batch(number: int, step: str, heard: str) -> list[Fact]:
    """A step of the 7th of one of D's cases, which is heard of three days later."""
    said = {"step": step, "post": "reviewer", "officer": "u1"}
    told = fact(
        "case.step_finished", f"B{number}", at("2026-09-07 09:00"), said, known=at(heard), name=f"B{number}/{step}"
    )
    opened = fact("case.applied", f"B{number}", at("2026-09-07 08:00"), {"item": "I", "department": "D"})
    return [opened, told] if step == "review" else [told]


def test_what_concerns_all_in_the_middle_of_a_batch_makes_no_second_card(tmp_path: Path) -> None:
    told = [one for n in range(1, 6) for one in step_of_a_batch(n, "review", f"2026-09-10 09:0{n}")]
    told += [one for n in range(1, 6) for one in step_of_a_batch(n, "approve", f"2026-09-10 09:3{n}")]
    moved = {"officer": "u9", "department": "E", "posts": ["reviewer"]}
    told.append(fact("org.officer_assigned", "u9", at("2026-09-10 09:20"), moved))
    city = City(tmp_path, now=min(map(known, told)), public=public(), codes={"P15"})
    simulate(city.monitor, sorted(told, key=known), end_of("2026-09-10"))
    assert [one.recorded_at for one in city.said("esup.card.issued")] == [at("2026-09-10 09:05")]
    assert city.said("esup.card.withdrawn") == []
    assert city.rows("select triggers_at from findings") == city.rows("select timestamptz '2026-09-10 09:35:00+08'")
    city.close()


def test_a_card_across_cases_is_issued_when_the_last_of_them_is_known(tmp_path: Path) -> None:
    acts = [("A", "2026-09-07 10:00"), ("B", "2026-09-08 10:00"), ("C", "2026-09-09 10:00")]
    said = {"officer": "u1", "reason": "材料不全", "department": "D"}
    told = [fact("case.acceptance_refused", case_no, at(time), said) for case_no, time in acts]
    told[1] = told[1]._replace(recorded_at=at("2026-09-09 15:00"))
    city = City(tmp_path, now=known(told[0]), public=public(), codes=set())
    simulate(city.monitor, sorted(told, key=known), end_of("2026-09-10"))
    issued = [(data_of(one)["subject_id"], one.recorded_at) for one in city.said("esup.card.issued")]
    assert issued == [("u1", at("2026-09-09 15:00"))]
    city.close()
