"""Given facts, on a date, expect cards, prompts, tasks: issued once, rectified, escalated, withdrawn with a cause."""

from __future__ import annotations

from datetime import date

import orjson

from engine.facts import Fact
from tests.monitors.city import City, accepted, at, card_id, data_of, decided, end_of, fact, item, office, region, short
from tests.monitors.conftest import MakeCity

PROMISE, LAW = "licensing.promise-passed", "licensing.statutory-limit-passed"
NEAR, S05 = "licensing.promise-near", "supervision.yellow-not-corrected"
# Accepted on Monday 2026-09-07, ten working days end on Sunday the 20th (a working day that year), twenty on
# Saturday 10 October. A yellow card of the 21st is to be rectified by the 29th.


def test_a_silent_case_is_prompted_then_yellow_with_a_task(city: City) -> None:
    city.tell(accepted("C", "2026-09-07 10:00"))
    assert short(city.watch("2026-09-15 23:59")) == []
    assert short(city.watch("2026-09-18 09:00")) == [("deadline.prompted", NEAR, "C")]
    assert short(city.watch("2026-09-20 23:59")) == []
    said = city.watch("2026-09-21 00:00")
    assert short(said) == [("card.issued", PROMISE, "yellow", "C"), ("task.issued", "C")]
    assert data_of(said[-2])["triggers_at"] == "2026-09-20T16:00:00.000000Z"
    assert data_of(said[-1])["card"] == said[-2].stream == said[-1].stream
    assert city.rows("select state, reply_due_on is null from tasks")[0][0] == "issued"


def test_what_was_said_is_never_said_again(city: City) -> None:
    city.tell(accepted("C", "2026-09-07 10:00"))
    city.watch("2026-09-21 00:00")
    size = city.log.head().size
    for minute in ("00:00", "00:01", "12:00", "23:59"):
        assert city.watch(f"2026-09-21 {minute}") == []
    assert city.log.head().size == size


def test_a_monitor_that_forgets_everything_says_nothing_twice(city: City, make_city: MakeCity) -> None:
    """Its projections are thrown away, and it is asked again for the same instant."""
    city.tell(accepted("C", "2026-09-07 10:00"))
    said = city.watch("2026-09-21 00:00")
    assert len(said) >= 2
    city.projector.close()
    city.projector = city.monitor.projector = type(city.projector).in_memory(city.log)
    assert city.watch("2026-09-21 00:00") == []


def test_the_card_id_is_the_contracts_hash(city: City) -> None:
    city.tell(accepted("C", "2026-09-07 10:00"))
    city.watch("2026-09-21 00:00")
    row = {"code": "T02", "rule_id": PROMISE, "level": "yellow", "subject": "C", "source": "/t", "issue_no": 1}
    assert city.rows("select card_id from cards") == [(card_id({**row, "event_id": "C/accepted"}),)]


def test_a_late_discharge_rectifies_and_the_finding_stays(city: City) -> None:
    city.tell(accepted("C", "2026-09-07 10:00"))
    city.watch("2026-09-21 00:00")
    city.tell(decided("C", "2026-09-22 15:00"))
    assert short(city.watch("2026-09-22 16:00")) == [("card.rectified", "yellow", "C")]
    assert city.cards() == [("C", PROMISE, "yellow", 1, "rectified")]
    assert city.rows(f"select verdict from findings where rule_id = '{PROMISE}'") == [("final",)]
    assert short(city.watch("2026-10-09 00:00")) == []
    assert city.rows("select state from tasks") == [("issued",)]


def test_a_discharge_known_late_but_in_time_withdraws_and_names_the_cause(city: City) -> None:
    city.tell(accepted("C", "2026-09-07 10:00"))
    city.watch("2026-09-21 00:00")
    city.tell(decided("C", "2026-09-18 17:00", known="2026-09-22 09:00"))
    assert short(city.watch("2026-09-22 08:59")) == []
    said = city.watch("2026-09-22 09:00")
    assert short(said) == [("card.withdrawn", "yellow", "C")]
    cause = orjson.loads(data_of(said[0])["cause"])
    assert (cause["type"], cause["source"], cause["id"], cause["dataversion"]) == (
        "esup.case.decided",
        "/t",
        "C/decided",
        1,
    )
    assert city.cards() == [("C", PROMISE, "yellow", 1, "withdrawn")]


def test_a_correction_that_undoes_the_discharge_issues_again(city: City) -> None:
    city.tell(accepted("C", "2026-09-07 10:00"))
    first = city.watch("2026-09-21 00:00")
    city.tell(decided("C", "2026-09-18 17:00", known="2026-09-22 09:00"))
    city.watch("2026-09-22 09:00")
    city.tell(decided("C", "2026-09-22 08:00", known="2026-09-23 09:00", version=2))
    second = city.watch("2026-09-23 09:00")
    assert short(second) == [
        ("card.issued", PROMISE, "yellow", "C"),
        ("task.issued", "C"),
        ("card.rectified", "yellow", "C"),
    ]
    assert data_of(second[0])["triggers_at"] == "2026-09-20T16:00:00.000000Z"
    assert second[0].stream != first[-2].stream
    assert city.cards() == [("C", PROMISE, "yellow", 1, "withdrawn"), ("C", PROMISE, "yellow", 2, "rectified")]


def test_a_correction_withdraws_and_is_the_cause(city: City) -> None:
    city.tell(accepted("C", "2026-09-07 10:00"), decided("C", "2026-09-22 08:00"))
    city.watch("2026-09-23 00:00")
    city.tell(decided("C", "2026-09-18 08:00", known="2026-09-24 09:00", version=2))
    said = city.watch("2026-09-24 09:00")
    assert short(said) == [("card.withdrawn", "yellow", "C")]
    cause = orjson.loads(data_of(said[0])["cause"])
    assert (cause["id"], cause["dataversion"]) == ("C/decided", 2)


def notice(name: str, published_on: str, *, working: bool) -> Fact:
    """What region R hears about 31 January and 1 February 2020; the region's word stands before the country's."""
    days = [{"date": day, "working": working} for day in ("2020-01-31", "2020-02-01")]
    data = {"notice": name, "published_on": published_on, "calendar": "cn", "region": "R", "days": days}
    return fact("calendar.noticed", "cn", at(f"{published_on} 00:00"), data, name=name)


def test_the_spring_festival_of_2020_heard_of_late_withdraws_a_red_card(make_city: MakeCity) -> None:
    """Accepted on 10 January, fifteen working days: due on 5 February by the old calendar, on the 7th by the new."""
    law = item("I", "D", {"statutory": {"n": 15, "unit": "work_day"}})
    heard = [notice("old", "2020-01-01", working=True), notice("prolonged", "2020-02-10", working=False)]
    city = make_city("2020-01-01 00:00", public=[region(), office("D"), law, *heard])
    city.tell(accepted("C", "2020-01-10 10:00"), decided("C", "2020-02-07 11:00"))
    assert ("card.issued", LAW, "red", "C") not in short(city.watch("2020-02-05 23:59"))
    assert ("card.issued", LAW, "red", "C") in short(city.watch("2020-02-06 00:00"))
    assert short(city.watch("2020-02-09 23:59")) == [("card.rectified", "red", "C")]
    said = city.watch("2020-02-10 00:00")
    assert short(said) == [("card.withdrawn", "red", "C")]
    assert orjson.loads(data_of(said[0])["cause"])["id"] == "prolonged"
    assert city.rows("select due_on, state from obligations where case_no = 'C'") == [(date(2020, 2, 7), "met")]

    city.tell(decided("C", "2020-02-10 08:00", known="2020-02-11 09:00", version=2))
    city.watch("2020-02-11 09:00")
    assert city.cards() == [("C", LAW, "red", 1, "withdrawn"), ("C", LAW, "red", 2, "rectified")]
    issued = city.said("esup.card.issued")[-1]
    assert data_of(issued)["triggers_at"] == "2020-02-07T16:00:00.000000Z"


def yellow_that_turned_red(city: City) -> tuple[str, str]:
    """A yellow card of 21 September whose window ran out, and the red one in its place; their ids."""
    city.tell(accepted("C", "2026-09-07 10:00"))
    city.watch("2026-09-21 00:00")
    ((yellow, due_on),) = city.rows("select card_id, rectify_due_on from cards")
    assert due_on == date(2026, 9, 29)  # The 25th to the 27th are Mid-Autumn.
    assert short(city.watch(end_of("2026-09-29"))) == []
    said = city.watch("2026-09-30 00:00")
    assert short(said) == [
        ("card.issued", S05, "red", "C"),  # A card on a card opens no task.
        ("card.escalated", "yellow", "C"),
    ]
    return yellow, said[0].stream


def test_an_uncorrected_yellow_turns_red_and_says_by_what(city: City) -> None:
    yellow, red = yellow_that_turned_red(city)
    assert city.rows("select card_id, state, replaced_by from cards order by level desc") == [
        (yellow, "escalated", red),
        (red, "issued", None),
    ]
    assert data_of(city.said("esup.card.escalated")[0])["replaced_by"] == red


def test_withdrawing_the_yellow_withdraws_its_red(city: City) -> None:
    yellow, red = yellow_that_turned_red(city)
    city.tell(decided("C", "2026-09-18 17:00", known="2026-09-30 09:00"))
    said = city.watch("2026-09-30 09:00")
    assert sorted(one.stream for one in said) == sorted([yellow, red])
    assert {one.type for one in said} == {"esup.card.withdrawn"}
    assert [row[-1] for row in city.cards()] == ["withdrawn", "withdrawn"]
    assert all(data_of(one)["reason"] and data_of(one)["cause"] for one in said)


def test_a_card_rectified_in_its_window_never_turns_red(city: City) -> None:
    city.tell(accepted("C", "2026-09-07 10:00"))
    city.watch("2026-09-21 00:00")
    city.tell(decided("C", "2026-09-28 17:00"))
    city.watch("2026-09-28 18:00")
    assert [one for one in short(city.watch("2026-10-09 00:00")) if one[0] == "card.issued"] == []


def test_what_triggered_before_the_watch_began_gives_a_finding_and_no_card(make_city: MakeCity) -> None:
    city = make_city(watch_from=at("2026-09-21 00:00") + 1)
    city.tell(accepted("C", "2026-09-07 10:00"), accepted("L", "2026-09-08 10:00"))
    assert short(city.watch("2026-09-22 00:00")) == [("card.issued", PROMISE, "yellow", "L"), ("task.issued", "L")]
    found = city.rows(f"select case_no from findings where rule_id = '{PROMISE}' order by all")
    assert found == [("C",), ("L",)]


def test_a_prompt_is_sent_once_and_not_after_the_discharge(city: City) -> None:
    city.tell(accepted("C", "2026-09-07 10:00"), accepted("L", "2026-09-07 10:00"), decided("L", "2026-09-10 10:00"))
    assert short(city.watch("2026-09-17 00:00")) == [("deadline.prompted", NEAR, "C")]
    city.tell(decided("C", "2026-09-17 10:00"))
    assert short(city.watch("2026-09-18 00:00")) == []
    assert city.rows("select case_no from prompts") == [("C",)]
