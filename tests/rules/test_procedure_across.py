"""Rules over several cases and over officers, through the log and the monitor: any order, late facts, corrections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from engine.facts import Fact
from projections.projector import Projector
from tests.monitors.city import LONG_AGO, TEN_OF_TWENTY, City, at, case, data_of, fact, item, office, region, short

REASONS, ACCOUNT, OFFLINE = (
    "procedure.negative-without-reasons",
    "procedure.wrong-account",
    "procedure.offline-handling",
)
BATCH, REPEATED, RETURNED = "procedure.batch-backfill", "supervision.repeat-offender", "procedure.returned-repeatedly"
SAME = "申请材料不符合法定形式要求"
MakeTown = Callable[..., City]


@pytest.fixture
def make_town(tmp_path: Path) -> Iterator[MakeTown]:
    """Cities in which only the named rules are in force, with the officers u1 and u2 of D."""
    made: list[City] = []
    numbers = count(1)

    def make(*codes: str) -> City:
        given = [region(), office("D"), office("E"), item("I", "D", TEN_OF_TWENTY), officer("u1"), officer("u2")]
        made.append(City(tmp_path / str(next(numbers)), codes=codes, public=given))
        return made[-1]

    yield make
    for city in made:
        city.close()


def officer(who: str, kind: str = "assigned", time: int = LONG_AGO, **more: Any) -> Fact:
    """An officer of D at the post of a reviewer, or what became of him."""
    posts = {"department": "D", "posts": ["reviewer"]} if kind == "assigned" else {}
    return fact(f"org.officer_{kind}", who, time, {"officer": who, **posts}, **more)


def refused(number: int, time: str, **more: Any) -> list[Fact]:
    """A case of its own, refused by u1 in the same words."""
    no = f"C{number}"
    return [
        case("accepted", no, "2026-09-01 08:00", item="I", department="D", officer="u1"),
        case("decided", no, time, **{"outcome": "refused", "officer": "u1", "reason": SAME, **more}),
    ]


def backfilled(number: int, known: str, **more: Any) -> list[Fact]:
    """A case of D whose one step of 2026-09-07 came to be known when it did."""
    no = f"B{number}"
    step = {"step": "review", "post": "reviewer", "officer": "u1", "known": known, **more}
    return [
        case("applied", no, "2026-09-07 08:00", item="I", department="D"),
        case(
            "step_finished", no, more.pop("time", "2026-09-07 09:00"), **{k: v for k, v in step.items() if k != "time"}
        ),
    ]


def findings(city: City, rule: str) -> list[tuple[Any, ...]]:
    """What a rule finds: level, subject, the fact that stands for it, and when, as text."""
    return city.rows(
        f"select level, subject_id, occurrence_id, triggers_at::text, verdict from findings where rule_id = '{rule}' "
        "order by all"
    )


def rebuilt_hash(city: City) -> str:
    """The hash of projections that were never updated, only built, from the same log."""
    fresh = Projector.in_memory(city.log)
    try:
        fresh.load(city.projector.position)
        fresh.rebuild(city.projector.as_of)
        return fresh.canonical_hash()
    finally:
        fresh.close()


def all_told(parts: list[list[Fact]]) -> list[Fact]:
    return [one for part in parts for one in part]


FIVE = [refused(number, f"2026-09-{number:02d} 09:00") for number in range(1, 6)]


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 4, 0, 3, 1)])
def test_copied_reasons_are_found_in_whatever_order_they_come(make_town: MakeTown, order: tuple[int, ...]) -> None:
    city = make_town("P08")
    for index in order[:4]:
        city.tell(*FIVE[index])
    assert short(city.watch("2026-09-05 08:59")) == []
    city.tell(*FIVE[order[4]])
    assert short(city.watch("2026-09-05 09:00")) == [("card.issued", REASONS, "yellow"), ("task.issued",)]
    assert findings(city, REASONS) == [("yellow", "u1", "C1/decided", "2026-09-05 01:00:00+00", "correctable")]
    assert city.projector.canonical_hash() == rebuilt_hash(city)


def test_a_correction_ends_a_run_and_withdraws_its_card(make_town: MakeTown) -> None:
    city = make_town("P08")
    city.tell(*all_told(FIVE))
    (card, _) = city.watch("2026-09-05 09:00")
    city.tell(*refused(3, "2026-09-03 09:00", reason="拟建项目不符合详细规划", version=2, known="2026-09-06 09:00")[1:])
    (withdrawn,) = city.watch("2026-09-06 09:00")
    assert (withdrawn.type, withdrawn.stream) == ("esup.card.withdrawn", card.stream)
    assert "C3/decided" in data_of(withdrawn)["cause"]
    assert findings(city, REASONS) == []
    assert city.projector.canonical_hash() == rebuilt_hash(city)


def test_an_earlier_act_that_comes_late_makes_the_run_begin_there(make_town: MakeTown) -> None:
    city = make_town("P08")
    city.tell(*all_told(FIVE))
    city.watch("2026-09-05 09:00")
    city.tell(*refused(9, "2026-09-01 08:30", known="2026-09-06 09:00")[1:], refused(9, "2026-09-01 08:30")[0])
    said = short(city.watch("2026-09-06 09:00"))
    assert sorted(said) == [("card.issued", REASONS, "yellow"), ("card.withdrawn", "yellow"), ("task.issued",)]
    assert findings(city, REASONS) == [("yellow", "u1", "C9/decided", "2026-09-04 01:00:00+00", "correctable")]


def test_a_disabling_that_comes_late_is_found_and_its_correction_lifts_it(make_town: MakeTown) -> None:
    city = make_town("P09")
    city.tell(*refused(1, "2026-09-03 09:00"))
    assert short(city.watch("2026-09-03 09:00")) == []
    left = {"name": "left", "known": at("2026-09-04 09:00")}
    city.tell(officer("u1", "disabled", at("2026-09-02 18:00"), **left))
    said = city.watch("2026-09-04 09:00")
    assert short(said) == [("card.issued", ACCOUNT, "red", "C1"), ("task.issued", "C1")]
    assert findings(city, ACCOUNT)[0][2:4] == ("C1/decided", "2026-09-03 01:00:00+00")
    assert city.projector.canonical_hash() == rebuilt_hash(city)
    mended = {"name": "left", "version": 2, "known": at("2026-09-05 09:00")}
    city.tell(officer("u1", "disabled", at("2026-09-03 09:01"), **mended))
    (withdrawn,) = city.watch("2026-09-05 09:00")
    assert (withdrawn.type, withdrawn.stream) == ("esup.card.withdrawn", said[0].stream)
    assert city.projector.canonical_hash() == rebuilt_hash(city)


def test_acts_before_their_officer_is_known_are_lawful_once_he_is(make_town: MakeTown) -> None:
    city = make_town("P09")
    city.tell(*refused(1, "2026-09-03 09:00", officer="u9"))
    assert short(city.watch("2026-09-03 09:00")) == [("card.issued", ACCOUNT, "red", "C1"), ("task.issued", "C1")]
    city.tell(officer("u9", known=at("2026-09-04 09:00")))
    assert short(city.watch("2026-09-04 09:00")) == [("card.withdrawn", "red", "C1")]


def test_a_batch_is_found_when_the_fifth_case_of_it_is_recorded(make_town: MakeTown) -> None:
    city = make_town("P15")
    city.tell(*all_told([backfilled(number, f"2026-09-10 10:0{number}") for number in range(1, 6)]))
    assert short(city.watch(at("2026-09-10 10:05") - 1)) == []
    (card, task) = city.watch("2026-09-10 10:05")
    assert short([card, task]) == [("card.issued", BATCH, "yellow"), ("task.issued",)]
    assert data_of(card)["subject_id"] == data_of(task)["department"] == "D"
    city.tell(*backfilled(6, "2026-09-10 10:30"))
    assert short(city.watch("2026-09-10 10:30")) == []
    assert [row[1:3] for row in findings(city, BATCH)] == [("D", "B1/step_finished")]
    assert city.projector.canonical_hash() == rebuilt_hash(city)


def second_step(number: int, known: str, time: str = "2026-09-07 10:00") -> Fact:
    """Another step of such a case, which came to be known later."""
    step = {"step": "approve", "post": "reviewer", "officer": "u1", "name": f"B{number}/second"}
    return case("step_finished", f"B{number}", time, known=known, **step)


def test_a_batch_keeps_its_card_while_more_of_its_cases_comes(make_town: MakeTown) -> None:
    """Whoever looks at every minute issues one card; the finding is of the cases as they are complete in the end."""
    city = make_town("P15")
    said = []
    for number in range(1, 6):
        city.tell(*backfilled(number, f"2026-09-10 10:0{number}"))
        said += city.watch(f"2026-09-10 10:0{number}")
    for number in range(1, 6):
        city.tell(second_step(number, f"2026-09-10 10:3{number}"))
        said += city.watch(f"2026-09-10 10:3{number}")
    assert short(said) == [("card.issued", BATCH, "yellow"), ("task.issued",)]
    assert findings(city, BATCH) == [("yellow", "D", "B1/step_finished", "2026-09-10 02:35:00+00", "correctable")]
    assert city.projector.canonical_hash() == rebuilt_hash(city)


def test_a_card_on_a_batch_of_other_cases_was_wrong(make_town: MakeTown) -> None:
    """The third of the five is known not to be late, and a sixth has come since."""
    city = make_town("P15")
    city.tell(*all_told([backfilled(number, f"2026-09-10 10:0{number}") for number in range(1, 6)]))
    city.watch("2026-09-10 10:05")
    city.tell(second_step(3, "2026-09-10 10:30", time="2026-09-10 09:00"), *backfilled(6, "2026-09-10 10:40"))
    said = short(city.watch("2026-09-10 10:40"))
    assert said == [("card.withdrawn", "yellow"), ("card.issued", BATCH, "yellow"), ("task.issued",)]
    assert city.projector.canonical_hash() == rebuilt_hash(city)


def test_a_step_that_did_come_in_time_dissolves_the_batch(make_town: MakeTown) -> None:
    city = make_town("P15")
    city.tell(*all_told([backfilled(number, f"2026-09-10 10:0{number}") for number in range(1, 6)]))
    city.watch("2026-09-10 10:05")
    city.tell(*backfilled(2, "2026-09-12 10:00", time="2026-09-10 10:00", version=2)[1:])
    assert short(city.watch("2026-09-12 10:00")) == [("card.withdrawn", "yellow")]
    assert city.projector.canonical_hash() == rebuilt_hash(city)


def observed(decision_no: str, time: str) -> Fact:
    """A decision of D as a gazette shows it."""
    seen = {"department": "D", "decision_no": decision_no, "seen_in": "政府公报", "seen_on": time[:10]}
    return fact("register.observed", "gazette", at(time), seen, name=f"gazette/{decision_no}")


def test_a_decision_seen_elsewhere_waits_for_its_case(make_town: MakeTown) -> None:
    """One that came late had been made before it was seen: the card was wrong. One made afterwards rectifies."""
    city = make_town("P14")
    city.tell(observed("1", "2026-09-03 10:00"), observed("2", "2026-09-03 11:00"))
    said = city.watch("2026-09-03 11:00")
    assert short(said) == [("card.issued", OFFLINE, "red"), ("task.issued",)] * 2
    city.tell(*refused(1, "2026-09-02 09:00", decision_no="1", known="2026-09-04 09:00"))
    city.tell(*refused(2, "2026-09-04 08:00", decision_no="2", known="2026-09-04 09:00"))
    assert sorted(short(city.watch("2026-09-04 09:00"))) == [("card.rectified", "red"), ("card.withdrawn", "red")]
    assert findings(city, OFFLINE) == [("red", "D", "gazette/2", "2026-09-03 03:00:00+00", "final")]
    assert city.projector.canonical_hash() == rebuilt_hash(city)


def test_a_repeat_offender_is_a_risk_and_no_card(make_town: MakeTown) -> None:
    city = make_town("P08", "S06")
    for number in range(1, 4):
        city.tell(*refused(number, f"2026-09-0{number} 09:00", reason="不行", officer=f"u{number}"))
        city.watch(f"2026-09-0{number} 09:00")
    assert short(city.watch("2026-09-03 10:00")) == []
    assert [row[:2] for row in findings(city, REPEATED)] == [("risk", "D/-")]
    assert {row[1] for row in city.cards()} == {REASONS}
    assert city.projector.canonical_hash() == rebuilt_hash(city)
