"""The rules on documents, materials, fees and summary fines: supplied, corrected, late, in any order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest

from engine.facts import Fact, encode_body
from tests.monitors.city import City, accepted, at, case, item, office, region, short
from tests.rules.watched import findings, in_any_order, states

LISTED: dict[str, Any] = {
    "materials": [
        {"code": "M1", "name": "申请表", "required": True},
        {"code": "M2", "name": "其他", "required": False},
    ],
    "fees": [
        {"fee": "F1", "standard": "100.00", "fixed": False},
        {"fee": "F2", "standard": "一百", "fixed": True},
    ],
}
PUBLIC = [region(), office("D"), office("E"), item("I", "D", LISTED)]
MakeTown = Callable[..., City]


@pytest.fixture
def make_town(tmp_path: Path) -> Iterator[MakeTown]:
    """Cities in which only the rules of these codes are in force."""
    made: list[City] = []
    numbers = count(1)

    def make(*codes: str) -> City:
        made.append(City(tmp_path / str(next(numbers)), codes=codes, public=PUBLIC))
        return made[-1]

    yield make
    for city in made:
        city.close()


def decided(time: str, case_no: str = "C", **more: Any) -> Fact:
    """A decision with nothing missing unless told otherwise."""
    said = {"outcome": "granted", "officer": "u2", "document": "JD-1", "decision_no": "2026-1"} | more
    return case("decided", case_no, time, **said)


def supplied(time: str, of: str, name: str = "supplied", **more: Any) -> Fact:
    """A document supplied afterwards."""
    return case("document_supplied", "C", time, name=name, **{"of": f"esup.case.{of}", "document": "JD-1", **more})


def charged(time: str, case_no: str = "C", **more: Any) -> Fact:
    """A charge."""
    return case("fee_charged", case_no, time, **{"fee": "F1", "due": "100.00", "paid": "100.00", **more})


def on_the_day(fact: Fact, day: str) -> Fact:
    """The fact, known to the day only."""
    body = encode_body(orjson.loads(fact.body) | {"precision": "day"})
    return fact._replace(occurred_at=at(f"{day} 00:00"), body=body)


OPENING = accepted("C", "2026-09-21 09:00", document="SL-1")
FINED = {"outcome": "penalised", "procedure": "summary", "amount": "200.01"}


def breaches() -> Iterator[tuple[str, str, list[Fact]]]:
    """Of each rule: its code, its level, and a case whose last fact, at ten o'clock, is the breach."""

    def opened(no: str) -> Fact:
        return accepted(no, "2026-09-21 09:00", document="SL-1")

    party = {"item": "I", "department": "D", "officer": "u1", "party": {"kind": "citizen"}}
    yield "C01", "yellow", [accepted("A", "2026-09-21 10:00")]
    yield "C01", "yellow", [opened("B"), case("correction_noticed", "B", "2026-09-21 10:00", items=["M1"])]
    yield "C02", "yellow", [opened("E"), decided("2026-09-21 10:00", "E", outcome="refused", document="\u3000")]
    yield "C03", "yellow", [opened("F"), decided("2026-09-21 10:00", "F")]
    yield "F01", "red", [opened("G"), charged("2026-09-21 10:00", "G", fee="F9", paid="0.00")]
    yield "F02", "yellow", [opened("H"), charged("2026-09-21 10:00", "H", paid="105.01")]
    fined = decided("2026-09-21 10:00", "J", **FINED)
    yield "J02", "red", [case("filed", "J", "2026-09-21 09:00", **party, materials=["M1"]), fined]


def test_each_is_silent_a_microsecond_before_and_fires_at_the_instant(make_town: MakeTown) -> None:
    told = list(breaches())
    city = make_town(*{code for code, _, _ in told})
    city.tell(case("materials_received", "J", "2026-09-21 09:00", materials=["M1"]))
    city.tell(*[fact for _, _, facts in told for fact in facts])
    assert short(city.watch(at("2026-09-21 10:00") - 1)) == []
    said = [one for one in short(city.watch("2026-09-21 10:00")) if one[0] == "card.issued"]
    assert sorted((level, no) for _, _, level, no in said) == sorted(
        (level, facts[-1].stream) for _, level, facts in told
    )
    assert [row[:5] for row in findings(city)] == [
        (code, level, facts[-1].stream, facts[-1].event_id, "09-21 10:00") for code, level, facts in told
    ]


def test_a_document_supplied_rectifies_and_a_correction_withdraws(make_town: MakeTown) -> None:
    city = make_town("C01")
    city.tell(accepted("C", "2026-09-21 09:00"), accepted("L", "2026-09-21 09:00"))
    city.watch("2026-09-21 09:00")
    city.tell(
        supplied("2026-09-22 10:00", "accepted"),
        accepted("L", "2026-09-21 09:00", document="SL-1", version=2, known="2026-09-22 10:00"),
    )
    said = sorted(short(city.watch("2026-09-22 10:00")))
    assert said == [("card.rectified", "yellow", "C"), ("card.withdrawn", "yellow", "L")]
    assert findings(city) == [("C01", "yellow", "C", "C/accepted", "09-21 09:00", "09-22 10:00")]


def test_a_paper_supplied_before_or_for_another_fact_mends_nothing(make_town: MakeTown) -> None:
    city = make_town("C01")
    city.tell(
        supplied("2026-09-21 08:59", "accepted", "early"),
        accepted("C", "2026-09-21 09:00"),
        supplied("2026-09-22 09:00", "acceptance_refused", "other"),
        supplied("2026-09-23 09:00", "accepted", "blank", document=" "),
    )
    city.watch("2026-09-30 09:00")
    assert findings(city) == [("C01", "yellow", "C", "C/accepted", "09-21 09:00", "")]


def test_what_is_known_to_the_day_was_supplied_after_the_fact_of_that_day(make_town: MakeTown) -> None:
    city = make_town("C01", "C02")
    city.tell(
        accepted("C", "2026-09-21 09:00"),
        on_the_day(supplied("2026-09-21 00:00", "accepted", "a"), "2026-09-21"),
        decided("2026-09-22 09:00", document=None),
        on_the_day(supplied("2026-09-22 00:00", "decided", "b"), "2026-09-22"),
    )
    city.watch("2026-10-31 09:00")
    assert findings(city) == [
        ("C01", "yellow", "C", "C/accepted", "09-21 09:00", "09-21 09:00"),
        ("C02", "yellow", "C", "C/decided", "09-22 09:00", "09-22 09:00"),
    ]


def test_a_decision_without_papers_turns_red_unless_both_are_there(make_town: MakeTown) -> None:
    city = make_town("C02")
    city.tell(OPENING, decided("2026-09-21 10:00", document=None, decision_no=None))
    city.watch("2026-09-21 10:00")
    city.tell(supplied("2026-09-22 10:00", "decided"))
    assert city.watch("2026-09-29 23:59") == []
    assert short(city.watch("2026-09-30 00:00"))[0] == ("card.issued", "content.decision-missing", "red", "C")
    assert states(city) == [("red", "C/decided", "issued"), ("yellow", "C/decided", "escalated")]
    city.tell(supplied("2026-10-12 10:00", "decided", "number", decision_no="2026-1"))
    city.watch("2026-10-12 10:00")
    assert findings(city) == [
        ("C02", "red", "C", "C/decided", "09-30 00:00", "10-12 10:00"),
        ("C02", "yellow", "C", "C/decided", "09-21 10:00", "10-12 10:00"),
    ]


def test_a_number_supplied_in_time_and_known_late_takes_the_red_back(make_town: MakeTown) -> None:
    city = make_town("C02")
    city.tell(OPENING, decided("2026-09-21 10:00", decision_no=None))
    city.watch("2026-09-30 00:00")
    city.tell(supplied("2026-09-29 23:59", "decided", decision_no="2026-1", known="2026-10-12 10:00"))
    city.watch("2026-10-12 10:00")
    assert ("red", "C/decided", "withdrawn") in states(city)
    assert findings(city) == [("C02", "yellow", "C", "C/decided", "09-21 10:00", "09-29 23:59")]


def test_each_decision_has_its_own_papers(make_town: MakeTown) -> None:
    city = make_town("C02")
    city.tell(
        OPENING,
        decided("2026-09-21 10:00", name="first", decision_no=None),
        supplied("2026-09-22 10:00", "decided", decision_no="2026-1"),
        decided("2026-09-23 10:00", name="second", decision_no=None),
    )
    city.watch("2026-10-31 09:00")
    assert [row[1:] for row in findings(city)] == [
        ("red", "C", "second", "10-09 00:00", ""),
        ("yellow", "C", "first", "09-21 10:00", "09-22 10:00"),
        ("yellow", "C", "second", "09-23 10:00", ""),
    ]


def test_a_material_that_had_come_in_time_and_is_known_late_withdraws_the_card(make_town: MakeTown) -> None:
    city = make_town("C03")
    city.tell(OPENING, decided("2026-09-22 10:00"))
    city.watch("2026-09-22 10:00")
    city.tell(case("materials_received", "C", "2026-09-21 12:00", materials=["M1"], known="2026-09-23 10:00"))
    assert short(city.watch("2026-09-23 10:00")) == [("card.withdrawn", "yellow", "C")]
    assert findings(city) == []


def test_amounts_that_are_no_numbers_say_nothing_and_stop_nothing(make_town: MakeTown) -> None:
    city = make_town("F01", "F02", "J02")
    broken = [
        {"paid": None},
        {"paid": "一百"},
        {"paid": "9" * 60},
        {"fee": "F2", "paid": "100.00"},
        {"paid": "-9999999999999999.99"},
        {"paid": "9999999999999999.99", "relief_reason": "低保户"},
        {"fee": None},
    ]
    city.tell(OPENING, *[charged(f"2026-09-21 1{n}:00", name=f"c{n}", **said) for n, said in enumerate(broken)])
    city.tell(decided("2026-09-22 10:00", **FINED | {"amount": "很多"}))
    city.watch("2026-09-30 00:00")
    assert [(row[0], row[3]) for row in findings(city)] == [("F01", "c6"), ("F02", "c4"), ("F02", "c5")]


def test_a_corrected_amount_withdraws_the_card(make_town: MakeTown) -> None:
    city = make_town("F02")
    city.tell(OPENING, charged("2026-09-21 10:00", paid="94.99"))
    city.watch("2026-09-21 10:00")
    city.tell(charged("2026-09-21 10:00", paid="95.00", version=2, known="2026-09-22 10:00"))
    assert short(city.watch("2026-09-22 10:00")) == [("card.withdrawn", "yellow", "C")]
    assert findings(city) == []


def test_the_first_that_names_a_party_is_asked(make_town: MakeTown) -> None:
    about = {"item": "I", "department": "D"}
    city = make_town("J02")
    city.tell(
        case("applied", "C", "2026-09-20 10:00", **about, applicant={"kind": "organisation"}, channel="window"),
        case("offence_known", "C", "2026-09-21 10:00", **about),
        case("filed", "C", "2026-09-21 11:00", **about, officer="u1", party={"kind": "citizen"}),
        case("filed", "C", "2026-09-21 12:00", **about, officer="u1", party={"kind": "organisation"}, name="again"),
        decided("2026-09-22 10:00", **FINED),
        case("filed", "N", "2026-09-21 11:00", **about, officer="u1"),
        decided("2026-09-22 10:00", "N", **FINED | {"amount": "9000.00"}),
    )
    city.watch("2026-09-30 00:00")
    assert findings(city) == [("J02", "red", "C", "C/decided", "09-22 10:00", "")]


def test_any_order_of_arrival_ends_alike(tmp_path: Path) -> None:
    told = [
        case("applied", "C", "2026-09-20 10:00", item="I", department="D", materials=["M2"], channel="window"),
        accepted("C", "2026-09-21 09:00"),
        accepted("C", "2026-09-21 09:00", version=2, known="2026-09-25 09:00", post="window"),
        supplied("2026-09-21 10:00", "accepted", "one"),
        charged("2026-09-21 11:00", fee="F9"),
        charged("2026-09-21 11:00", name="over", paid="120.00"),
        decided("2026-09-22 10:00", document=None, decision_no=None),
        supplied("2026-09-23 10:00", "decided", "two"),
        supplied("2026-09-24 10:00", "decided", "three", decision_no="2026-1"),
        case("correction_received", "C", "2026-09-22 10:01", items=["M1"]),
    ]
    ends = in_any_order(tmp_path, ("C01", "C02", "C03", "F01", "F02"), PUBLIC, told)
    assert ends == [
        [
            ("C01", "yellow", "C", "C/accepted", "09-21 09:00", "09-21 10:00"),
            ("C02", "yellow", "C", "C/decided", "09-22 10:00", "09-24 10:00"),
            ("C03", "yellow", "C", "C/decided", "09-22 10:00", ""),
            ("F01", "red", "C", "C/fee_charged", "09-21 11:00", ""),
            ("F02", "yellow", "C", "over", "09-21 11:00", ""),
        ]
    ] * len(ends)
