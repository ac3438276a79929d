"""The life of a card: confirmed, rectified, escalated, appealed, exempted, withdrawn for good or anew, closed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from engine.facts import Fact
from monitors.monitor import Monitor
from projections.projector import Projector
from tests.monitors.city import (
    SUPERVISION,
    TEN_OF_TWENTY,
    City,
    accepted,
    at,
    data_of,
    decided,
    fact,
    item,
    office,
    region,
    short,
)
from tests.monitors.conftest import MakeCity

PROMISE, S05 = "licensing.promise-passed", "supervision.yellow-not-corrected"
S01, S03 = "supervision.task-reply-late", "supervision.task-not-closed"
# Accepted on Monday 2026-09-07, ten working days end on Sunday the 20th, a working day: yellow on the 21st, with five
# working days until the 29th, since the 25th to the 27th are Mid-Autumn.


@pytest.fixture
def city(make_city: MakeCity) -> City:
    """A city with the rules on cards, tasks and complaints too."""
    made: City = make_city(codes=SUPERVISION)
    return made


def of_card(act: str, card: str, time: str, **data: Any) -> Fact:
    """What a person says of a card."""
    return fact(f"card.{act}", card, at(time), data)


def of_task(act: str, task: str, time: str, **data: Any) -> Fact:
    """What a person says of a task."""
    return fact(f"task.{act}", task, at(time), data)


def a_yellow_card(city: City) -> str:
    """A case without a decision has its card on the 21st."""
    city.tell(accepted("C", "2026-09-07 10:00"))
    city.watch("2026-09-21 00:00")
    ((card,),) = city.rows("select card_id from cards")
    return str(card)


def states(city: City) -> list[tuple[Any, ...]]:
    """The cards on the case, in the order of their issue: level, issue number, state."""
    return city.rows(
        "select level, issue_no, state from cards where subject_id = 'C' order by issued_at, level desc, issue_no"
    )


def own(said: list[Fact]) -> list[tuple[str, ...]]:
    """What was said in short, prompts and the cards on tasks left out."""
    rules = (S01, S03)
    told = [one for one in said if data_of(one).get("subject_id", "C") == "C" and data_of(one).get("rule") not in rules]
    return [row for row in short(told) if row[0] != "deadline.prompted"]


def test_a_rule_may_leave_its_card_to_a_person(make_city: MakeCity) -> None:
    city: City = make_city(proposing=PROMISE)
    city.tell(accepted("C", "2026-09-07 10:00"))
    said = city.watch("2026-09-21 00:00")
    assert own(said) == [("card.proposed", PROMISE, "yellow", "C")]
    assert city.watch("2026-09-23 00:00") == []
    assert city.rows("select state, issued_at is null, rectify_due_on from cards") == [("proposed", True, None)]
    proposal = said[-1].stream
    city.tell(of_card("confirmed", proposal, "2026-09-23 09:00"))
    assert short(city.watch("2026-09-23 09:00")) == [("card.issued", PROMISE, "yellow", "C"), ("task.issued", "C")]
    ((card, state, issued_at),) = city.rows("select card_id, state, epoch_us(issued_at) from cards")
    assert (card, state, issued_at) == (proposal, "issued", at("2026-09-23 09:00"))
    assert data_of(city.said("esup.card.issued")[0])["triggers_at"] == "2026-09-20T16:00:00.000000Z"


def test_a_proposal_that_a_person_rejects_is_not_made_again(make_city: MakeCity) -> None:
    city: City = make_city(proposing=PROMISE)
    card = a_yellow_card(city)
    city.tell(of_card("withdrawn", card, "2026-09-21 10:00", reason="不成立"))
    assert city.watch("2026-09-30 00:00") == []
    assert city.rows("select state, reason from cards") == [("withdrawn", "不成立")]


def test_a_card_withdrawn_by_a_person_is_not_issued_again_while_its_finding_stands(city: City) -> None:
    card = a_yellow_card(city)
    city.tell(of_card("withdrawn", card, "2026-09-21 10:00", reason="发错"))
    assert city.watch("2026-10-09 00:00") == []
    assert city.rows("select state, reason from cards") == [("withdrawn", "发错")]
    assert city.rows(f"select verdict from findings where rule_id = '{PROMISE}'") == [("correctable",)]
    # The finding falls, and with it what kept it from being issued; then it stands again.
    city.tell(decided("C", "2026-09-18 17:00", known="2026-10-09 09:00"))
    assert short(city.watch("2026-10-09 09:00")) == [("card.withdrawn", "yellow", "C")]
    city.tell(decided("C", "2026-10-09 08:00", known="2026-10-10 09:00", version=2))
    said = short(city.watch("2026-10-10 09:00"))
    assert ("card.issued", PROMISE, "yellow", "C") in said
    assert [row[1:] for row in states(city)] == [(1, "withdrawn"), (2, "rectified")]
    assert city.rows("select reason from cards where issue_no = 1") == [("发错",)]


def test_an_appeal_is_open_until_it_is_decided_and_pauses_nothing(city: City) -> None:
    card = a_yellow_card(city)
    city.tell(of_card("appealed", card, "2026-09-22 10:00", ground="系统故障"))
    assert city.watch("2026-09-22 12:00") == []
    assert city.rows("select state, reason from cards") == [("appealed", "系统故障")]
    city.tell(of_card("appeal_decided", card, "2026-09-24 10:00", accepted=False, reason="不成立"))
    assert city.watch("2026-09-24 12:00") == []
    assert city.rows("select state, reason from cards") == [("issued", None)]
    assert ("card.issued", S05, "red", "C") in short(city.watch("2026-09-30 00:00"))


def test_an_accepted_appeal_withdraws_the_card_for_good_with_its_reason(city: City) -> None:
    card = a_yellow_card(city)
    city.tell(
        of_card("appealed", card, "2026-09-22 10:00", ground="申请人要求延后"),
        of_card("appeal_decided", card, "2026-09-24 10:00", accepted=True, reason="属实"),
    )
    said = city.watch("2026-09-24 10:00")
    assert short(said) == [("card.withdrawn", "yellow", "C")]
    assert data_of(said[0])["reason"] == "属实"
    assert orjson.loads(data_of(said[0])["cause"])["type"] == "esup.card.appeal_decided"
    assert city.watch("2026-10-10 00:00") == []
    assert city.rows("select state, reason from cards") == [("withdrawn", "属实")]
    assert city.rows("select state from tasks") == [("withdrawn",)]


def test_an_exemption_ends_the_duty_to_rectify_and_not_the_task(city: City) -> None:
    card = a_yellow_card(city)
    city.tell(of_card("exempted", card, "2026-09-22 10:00", ground="3", evidence="机房断电", officer="boss"))
    said = short(city.watch("2026-09-30 00:00"))
    assert ("card.issued", S05, "red", "C") not in said
    assert ("card.issued", S01, "yellow", "C") in said
    assert city.rows(f"select state, reason from cards where card_id = '{card}'") == [("exempted", "3")]


def test_no_department_exempts_itself(city: City) -> None:
    assigned = {"officer": "own", "department": "D", "posts": [], "certified": True}
    city.tell(fact("org.officer_assigned", "own", at("2026-01-01 00:00"), assigned))
    card = a_yellow_card(city)
    city.tell(of_card("exempted", card, "2026-09-22 10:00", ground="3", evidence="x", officer="own"))
    assert ("card.issued", S05, "red", "C") in short(city.watch("2026-09-30 00:00"))
    acts = city.rows(f"select act from supervision_acts where about = 'card' and subject_id = '{card}' order by ord")
    assert acts == [("issued",), ("exempted",), ("escalated",)]


def test_a_task_never_removes_its_card_and_a_rectified_card_does_not_close_it(city: City) -> None:
    card = a_yellow_card(city)
    city.tell(
        of_task("replied", card, "2026-09-22 10:00", text="已整改", rectified=True),
        of_task("first_reviewed", card, "2026-09-22 11:00", passed=True, opinion="属实"),
        of_task("closed", card, "2026-09-22 12:00", opinion="同意"),
    )
    assert city.watch("2026-09-22 13:00") == []
    assert city.rows("select state from cards") == [("issued",)]
    assert ("card.issued", S05, "red", "C") in short(city.watch("2026-09-30 00:00"))
    assert [row[2] for row in states(city)] == ["escalated", "issued"]


def test_a_rectified_card_is_closed_with_the_last_of_its_tasks(city: City) -> None:
    card = a_yellow_card(city)
    city.tell(
        decided("C", "2026-09-22 09:00"),
        of_task("issued", "T-2", "2026-09-22 10:00", card=card, department="D", text="再查"),
        of_task("replied", card, "2026-09-22 10:00", text="已整改", rectified=True),
        of_task("closed", card, "2026-09-23 12:00", opinion="同意"),
    )
    city.watch("2026-09-23 13:00")
    assert city.rows("select state from cards") == [("rectified",)]
    city.tell(of_task("closed", "T-2", "2026-09-24 09:00", opinion="同意"))
    city.watch("2026-09-24 09:00")
    assert city.rows("select state, epoch_us(closed_at) from cards") == [("closed", at("2026-09-24 09:00"))]
    assert city.rows("select task_id = card_id, state from tasks order by task_id = card_id") == [
        (False, "closed"),
        (True, "closed"),
    ]


def test_what_was_put_right_in_time_and_told_late_withdraws_the_red_card(city: City) -> None:
    """Decided on the 28th, within the window, and known on 9 October: the yellow card stood, the red one was wrong."""
    card = a_yellow_card(city)
    city.watch("2026-09-30 00:00")
    city.tell(decided("C", "2026-09-28 15:00", known="2026-10-09 09:00"))
    said = city.watch("2026-10-09 09:00")
    assert short(said)[0] == ("card.rectified", "yellow", "C")
    withdrawn = next(one for one in said if one.type == "esup.card.withdrawn")
    assert orjson.loads(data_of(withdrawn)["cause"])["id"] == f"rectified/{card}"
    assert ("card.reinstated", "yellow", "C") in short(said)
    assert city.rows(
        "select level, state, epoch_us(rectified_at) from cards where subject_id = 'C' order by issued_at"
    ) == [
        ("yellow", "rectified", at("2026-09-28 15:00")),
        ("red", "withdrawn", None),
    ]
    assert [row for row in own(city.watch("2026-10-10 09:00")) if row[0] != "card.escalated"] == []


def test_a_correction_of_what_was_put_right_corrects_the_rectification(city: City) -> None:
    """First told as done on the 28th; in truth on 9 October, after the window: the red card follows."""
    a_yellow_card(city)
    city.tell(decided("C", "2026-09-28 15:00"))
    city.watch("2026-09-30 00:00")
    assert [row[2] for row in states(city)] == ["rectified"]
    city.tell(decided("C", "2026-10-09 15:00", known="2026-10-10 09:00", version=2))
    said = city.watch("2026-10-10 09:00")
    assert [(one.type, one.dataversion) for one in said][0] == ("esup.card.rectified", 2)
    assert ("card.issued", S05, "red", "C") in short(said)
    assert states(city) == [("yellow", 1, "escalated"), ("red", 1, "rectified")]


def test_a_card_that_was_never_put_right_stands_again_with_a_new_window(city: City) -> None:
    card = a_yellow_card(city)
    city.tell(decided("C", "2026-09-22 15:00"))
    city.watch("2026-09-23 00:00")
    moved = decided("OTHER", "2026-09-22 15:00", known="2026-09-24 09:00", name="C/decided", version=2)
    city.tell(moved)
    said = city.watch("2026-09-24 09:00")
    assert short(said) == [("card.reinstated", "yellow", "C")]
    assert city.rows(f"select state, rectified_at from cards where card_id = '{card}'") == [("issued", None)]
    city.tell(decided("C", "2026-09-28 10:00", name="C/decided-2"))
    assert own(city.watch("2026-09-28 10:00")) == [("card.rectified", "yellow", "C")]
    assert city.rows("select count(*), count(distinct event_id) from steps where type = 'esup.case.decided'") == [
        (2, 2)
    ]


def test_a_red_card_withdrawn_on_appeal_gives_the_yellow_one_back(city: City) -> None:
    card = a_yellow_card(city)
    said = city.watch("2026-09-30 00:00")
    red = next(one.stream for one in said if one.type == "esup.card.issued" and data_of(one)["rule"] == S05)
    city.tell(of_card("appeal_decided", red, "2026-10-08 10:00", accepted=True, reason="属实"))
    assert short(city.watch("2026-10-08 10:00")) == [("card.withdrawn", "red", "C"), ("card.reinstated", "yellow", "C")]
    city.watch("2026-11-30 00:00")
    found = city.rows("select card_id, state, replaced_by from cards where case_no = 'C' and card_id in "
                      f"('{card}', '{red}') order by issued_at")  # fmt: skip
    assert found == [(card, "issued", None), (red, "withdrawn", None)]


def supervised(make_city: MakeCity) -> City:
    """A city whose region has a supervisor."""
    given = [region(supervisor="B"), office("B"), office("D"), office("E"), item("I", "D", TEN_OF_TWENTY)]
    city: City = make_city(public=given, codes=SUPERVISION)
    return city


def cascade(city: City) -> list[tuple[Any, ...]]:
    """Every card with the instant of its issue."""
    return city.rows(
        "select card_code, cards.level, strftime(timezone('Asia/Shanghai', cards.issued_at), '%m-%d %H:%M'), "
        "cards.department, cards.issued_at = cards.triggers_at, card_rows.on_what "
        "from cards join card_rows using (card_id) order by cards.issued_at, card_code, cards.department, level"
    )


def test_a_task_that_nobody_answers_gets_its_cards_in_their_turn(make_city: MakeCity) -> None:
    """The card of the 21st opens a task: reply by the 29th (S01), closed in 20 and 30 working days (S03)."""
    city = supervised(make_city)
    city.tell(accepted("C", "2026-09-07 10:00", department="D"))
    moments = [at("2026-09-21 00:00") + day * 86_400_000_000 for day in range(60)]
    for moment in moments:
        city.watch(moment)
    on_supervision = [row for row in cascade(city) if row[5] != "department"]
    assert on_supervision == [
        ("S01", "yellow", "09-30 00:00", "D", True, "task"),
        ("S05", "red", "09-30 00:00", "D", True, "card"),
        ("S05", "red", "10-10 00:00", "D", True, "card"),  # S01's own window: the 8th and the 9th
        ("S01", "yellow", "10-17 00:00", "D", True, "task"),  # the task of the red card of 11 October
        ("S05", "red", "10-21 00:00", "D", True, "card"),
        ("S03", "yellow", "10-27 00:00", "B", True, "task"),
        ("S03", "yellow", "11-07 00:00", "B", True, "task"),
        ("S03", "red", "11-10 00:00", "B", True, "task"),
    ]
    tasks = city.rows("select card_code from tasks join card_rows using (card_id) order by all")
    assert tasks == [("T02",), ("T03",)]


def test_the_cause_is_the_fact_that_undid_the_finding_not_one_beside_it(city: City) -> None:
    a_yellow_card(city)
    other = {"code": "X", "version": 1, "class": "licence", "kind": "committed", "name": "X", "basis": [], "flow": []}
    other |= {"materials": [], "fees": [], "suspensions_allowed": [], "department": "E", "effective_from": "2026-01-01"}
    city.tell(
        decided("C", "2026-09-18 17:00", known="2026-09-22 09:00"),
        fact("case.rated", "C", at("2026-09-22 09:30"), {"score": 5}),
        fact("item.published", "X", at("2026-09-22 09:40"), other),
        fact("case.rated", "OTHER", at("2026-09-22 09:50"), {"score": 5}),
    )
    said = [one for one in city.watch("2026-09-22 10:00") if one.type == "esup.card.withdrawn"]
    assert [orjson.loads(data_of(one)["cause"])["id"] for one in said] == ["C/decided"]


def test_live_equals_rebuild_through_a_whole_life(tmp_path: Path) -> None:
    city = City(tmp_path, codes=SUPERVISION)
    card = a_yellow_card(city)
    said: list[tuple[str, list[Fact]]] = [
        ("2026-09-22 10:00", [of_card("appealed", card, "2026-09-22 10:00", ground="x")]),
        ("2026-09-30 00:00", []),
        ("2026-10-08 10:00", [of_card("appeal_decided", card, "2026-10-08 10:00", accepted=False, reason="y")]),
        ("2026-10-09 10:00", [of_task("replied", card, "2026-10-09 10:00", text="t", rectified=False)]),
        ("2026-10-10 10:00", [decided("C", "2026-09-28 15:00", known="2026-10-10 10:00")]),
        ("2026-10-12 10:00", [of_task("closed", card, "2026-10-12 10:00", opinion="o")]),
    ]
    for moment, facts in said:
        city.tell(*facts)
        city.watch(moment)
        rebuilt = Projector.in_memory(city.log)
        rebuilt.load(city.projector.position)
        rebuilt.rebuild(city.projector.as_of)
        assert rebuilt.canonical_hash() == city.projector.canonical_hash(), moment
        rebuilt.close()
    city.close()


def test_card_and_task_facts_in_any_order_end_alike(tmp_path: Path) -> None:
    city = City(tmp_path / "one", codes=SUPERVISION)
    card = a_yellow_card(city)
    issued = city.said()
    city.close()
    told = [
        of_card("appealed", card, "2026-09-22 10:00", ground="x"),
        of_card("appeal_decided", card, "2026-09-23 10:00", accepted=False, reason="y"),
        of_card("appealed", card, "2026-09-24 10:00", ground="z"),
        of_task("replied", card, "2026-09-22 10:00", text="t", rectified=False),
        of_task("returned", card, "2026-09-23 10:00", reason="r", due_on="2026-09-28"),
        of_card("confirmed", card, "2026-09-22 10:00"),
        accepted("C", "2026-09-07 10:00"),
    ]
    shown = []
    for number, order in enumerate(([*issued, *told], [*told, *issued], [*reversed(told), *reversed(issued)])):
        city = City(tmp_path / f"order {number}", codes=SUPERVISION)
        city.tell(*[one._replace(recorded_at=one.recorded_at or one.occurred_at) for one in order])
        city.projector.update(at("2026-09-24 12:00"))
        shown.append(city.projector.canonical_hash(positions=False))
        assert city.rows("select state from cards") == [("appealed",)]
        assert city.rows("select state, returned_until::varchar from tasks") == [("returned", "2026-09-28")]
        city.close()
    assert shown[0] == shown[1] == shown[2]


def test_the_monitor_keeps_nothing_of_its_own(city: City) -> None:
    a_yellow_card(city)
    another = Monitor(city.log, city.projector, city.clock, zone="Asia/Shanghai", is_virtual=True)
    assert [one for one in another.watch(at("2026-09-21 00:00")) if one.type != "esup.day.sealed"] == []
