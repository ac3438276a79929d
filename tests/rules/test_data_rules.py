"""The rules on data as it comes in: uploaded late, impossible, changed afterwards; live, corrected, in any order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from engine.facts import Fact
from tests.monitors.city import LONG_AGO, City, accepted, at, case, data_of, fact, item, office, region, short
from tests.rules.watched import Findings, findings, in_any_order

FLOW = {"flow": [{"step": "A", "name": "A", "post": "p", "next": [], "limit": {"n": 3, "unit": "work_day"}}]}
PUBLIC = [region(), office("D"), office("E"), item("I", "D", FLOW)]
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


def source(name: str, kind: str = "vertical", department: str = "D", time: int = LONG_AGO, **more: Any) -> Fact:
    """A source registered."""
    said = {"source": name, "department": department, "kind": kind}
    return fact("source.registered", name, time, said, **more)


def sent(number: int, time: str, known: str | None = None, by: str = "/v", case_no: str = "C", **more: Any) -> Fact:
    """A step fact that a source sends; known at once unless told otherwise."""
    said = {"step": "A", "post": "p", "officer": "u1", "known": known or time, **more}
    name = said.pop("name", f"{case_no}/{number:03}")
    return case("step_finished", case_no, time, name=name, **said)._replace(source=by)


def step(kind: str, time: str, case_no: str = "C", **more: Any) -> Fact:
    """A step fact, of case C unless told otherwise."""
    return case(f"step_{kind}", case_no, time, **{"step": "A", "post": "p", "officer": "u1", **more})


def monday(uploads: int, late: int, case_no: str = "C", by: str = "/v") -> list[Fact]:
    """So many facts of Monday 2026-09-07, the last of them a second too late."""
    in_time = [sent(n, f"2026-09-07 09:{n // 60:02}", by=by, case_no=case_no) for n in range(uploads - late)]
    return in_time + [
        sent(900 + n, "2026-09-07 16:00", "2026-09-08 16:01", by=by, case_no=case_no) for n in range(late)
    ]


def days_found(city: City) -> Findings:
    """The yellow findings on departments."""
    return [row[2:] for row in findings(city) if row[1] == "yellow"]


OPENING = accepted("C", "2026-09-07 08:00")
NO_DAY: Findings = []
D_ON_MONDAY = [("D", "C/900", "09-09 00:00", "")]


@pytest.mark.parametrize(("uploads", "late", "found"), [(100, 1, NO_DAY), (99, 1, D_ON_MONDAY), (201, 3, D_ON_MONDAY)])
def test_more_than_one_in_a_hundred_of_a_day_is_found_when_the_next_has_ended(
    make_town: MakeTown, uploads: int, late: int, found: Findings
) -> None:
    city = make_town("D01")
    city.tell(source("/v"), *monday(uploads, late))
    city.watch(at("2026-09-09 00:00") - 1)
    assert days_found(city) == []
    said = short(city.watch("2026-09-09 00:00"))
    assert [one for one in said if one[0] == "card.issued"] == [
        ("card.issued", "data.upload-late", "yellow") for _ in found
    ]
    assert days_found(city) == found


def test_a_day_is_made_of_all_cases_and_sources_of_the_department_and_of_no_others(make_town: MakeTown) -> None:
    city = make_town("D01")
    city.tell(
        *[source("/v"), source("/w", "self_built"), source("/p", "platform"), source("/e", department="E")],
        *[*monday(50, 1), *monday(50, 0, "B", "/w")],
        *[*monday(50, 50, "P", "/p"), *monday(300, 3, "E", "/e"), sent(800, "2026-09-08 09:00")],
    )
    city.watch("2026-09-30 00:00")
    assert days_found(city) == []
    assert [row[3] for row in findings(city)] == ["C/900", "E/900", "E/901", "E/902"]
    city.tell(sent(850, "2026-09-07 23:59", "2026-09-30 09:00", by="/w", case_no="B"))
    (card,) = [one for one in city.watch("2026-09-30 09:00") if one.type == "esup.card.issued"]
    assert (data_of(card)["subject_kind"], data_of(card)["subject_id"]) == ("department", "D")
    assert days_found(city) == D_ON_MONDAY


def test_the_first_version_alone_is_asked_when_it_came(make_town: MakeTown) -> None:
    city = make_town("D01")
    city.tell(
        source("/v"),
        sent(1, "2026-09-07 09:00"),
        sent(1, "2026-09-07 09:30", "2026-09-20 09:00", version=2),
        sent(2, "2026-09-10 09:00", "2026-09-11 09:00"),
        sent(2, "2026-09-10 12:00", "2026-09-11 09:01", version=2),
    )
    city.watch("2026-09-30 00:00")
    assert findings(city) == [
        ("D01", "prompt", "C", "C/002", "09-11 09:00", ""),
        ("D01", "yellow", "D", "C/002", "09-12 00:00", ""),
    ]


def test_a_source_that_is_registered_afterwards_is_one(make_town: MakeTown) -> None:
    city = make_town("D01")
    city.tell(sent(1, "2026-09-07 09:00", "2026-09-08 09:00"))
    city.watch("2026-09-30 00:00")
    assert findings(city) == []
    city.tell(source("/v", time=at("2026-10-08 09:00")))
    assert sorted(short(city.watch("2026-10-08 09:00")))[0] == ("card.issued", "data.upload-late", "yellow")
    city.tell(source("/v", "window", time=at("2026-10-09 09:00")))
    assert short(city.watch("2026-10-09 09:00")) == [("card.withdrawn", "yellow")]
    assert findings(city) == []


def test_late_uploads_end_alike_in_any_order(tmp_path: Path) -> None:
    told = [
        *[source("/v"), *monday(40, 1), *monday(3, 1, "B"), sent(5, "2026-09-07 16:00", "2026-09-09 16:00", name="0")],
        sent(800, "2026-09-12 09:00", "2026-09-14 09:00"),
    ]
    ends = in_any_order(tmp_path, ("D01",), PUBLIC, told)
    assert [row for row in ends[0] if row[1] == "yellow"] == [
        ("D01", "yellow", "D", "0", "09-09 00:00", ""),
        ("D01", "yellow", "D", "C/800", "09-14 00:00", ""),
    ]
    assert ends == [ends[0]] * len(ends)


def test_times_are_impossible_until_they_are_corrected(make_town: MakeTown) -> None:
    city = make_town("D03")
    city.tell(OPENING, step("finished", "2026-09-07 09:00"), step("started", "2026-09-07 10:00"))
    assert short(city.watch(at("2026-09-07 10:00") - 1)) == []
    assert short(city.watch("2026-09-07 10:00")) == [("deadline.prompted", "data.impossible-time", "C")]
    city.tell(case("applied", "C", "2026-09-07 08:30", item="I", department="D", channel="window"))
    city.watch("2026-09-07 12:00")
    assert [row[3] for row in findings(city)] == ["C/applied", "C/step_started"]
    city.tell(step("started", "2026-09-07 09:00", version=2, known="2026-09-08 10:00"))
    city.tell(accepted("C", "2026-09-07 08:31", version=2, known="2026-09-08 10:00"))
    city.watch("2026-09-08 10:00")
    assert findings(city) == []


def test_impossible_times_end_alike_in_any_order(tmp_path: Path) -> None:
    told = [
        OPENING,
        case("applied", "C", "2026-09-07 08:30", item="I", department="D", channel="window"),
        step("finished", "2026-09-07 09:00"),
        step("started", "2026-09-07 10:00"),
        step("started", "2026-09-07 09:00", version=2, known="2026-09-08 10:00"),
        step("started", "2026-09-07 09:01", version=3, known="2026-09-08 09:00"),
    ]
    ends = in_any_order(tmp_path, ("D03",), PUBLIC, told)
    found = [("C/applied", "09-07 08:30"), ("C/step_started", "09-07 09:01")]
    assert [[(row[3], row[4]) for row in end] for end in ends] == [found] * len(ends)


def test_a_change_while_a_card_stands_is_found_when_it_is_recorded(make_town: MakeTown) -> None:
    city = make_town("D04", "T05")
    city.tell(OPENING, step("started", "2026-09-07 09:00"))
    assert short(city.watch("2026-09-11 00:00"))[0] == ("card.issued", "licensing.step-overtime", "yellow", "C")
    city.tell(step("finished", "2026-09-11 09:00"))
    city.watch("2026-09-11 10:00")
    city.tell(step("finished", "2026-09-10 09:00", version=2, known="2026-09-11 12:00"))
    assert ("card.issued", "data.changed-after-the-fact", "yellow", "C") in short(city.watch("2026-09-11 12:00"))
    changed = ("D04", "yellow", "C", "C/step_finished", "09-11 12:00", "")
    assert findings(city) == [changed]
    city.tell(step("finished", "2026-09-09 09:00", version=3, known="2026-09-12 12:00"))
    assert short(city.watch("2026-09-12 12:00")) == []
    assert findings(city) == [changed]


# What became of a card before, at or after the change of noon, and whether it stood then.
LIVES: list[tuple[dict[str, str], bool]] = [
    ({}, True),
    ({"rectified": "11:59"}, False),
    ({"rectified": "12:00"}, True),
    ({"withdrawn": "11:59"}, False),
    ({"exempted": "11:59"}, False),
    ({"escalated": "11:59"}, False),
    ({"rectified": "11:58", "reinstated": "11:59"}, True),
    ({"escalated": "11:58", "reinstated": "12:00"}, False),
    ({"withdrawn": "11:58", "reinstated": "11:59"}, False),
    ({"appeal_decided": "11:59"}, False),
    ({"appealed": "11:59"}, True),
]


def test_a_card_stands_until_something_ends_it(make_town: MakeTown) -> None:
    city = make_town("D04")
    for number, (ended, _) in enumerate(LIVES):
        no = f"C{number:02}"
        said = {
            "case_no": no,
            "subject_id": no,
            "level": "red",
            "rule": "x.y",
            "accepted": "true",
            "subject_kind": "case",
        }
        city.tell(accepted(no, "2026-09-07 08:00"), step("finished", "2026-09-07 09:00", no))
        city.tell(step("finished", "2026-09-07 09:01", no, version=2, known="2026-09-07 12:00"))
        for kind, clock in {"issued": "10:00", **ended}.items():
            city.tell(fact(f"card.{kind}", f"card-{no}", at(f"2026-09-07 {clock}"), said))
    city.projector.update(at("2026-09-07 12:00"))
    assert [row[2] for row in findings(city)] == [f"C{n:02}" for n, (_, stood) in enumerate(LIVES) if stood]


def test_a_card_issued_at_the_instant_of_the_change_or_on_another_case_does_not_count(make_town: MakeTown) -> None:
    city = make_town("D04")
    said = {"case_no": "C", "level": "red", "rule": "x.y"}
    city.tell(
        OPENING,
        step("finished", "2026-09-07 09:00"),
        fact("card.issued", "a", at("2026-09-07 12:00"), {**said, "subject_id": "C"}),
        fact("card.issued", "b", at("2026-09-07 11:00"), {**said, "case_no": "B", "subject_id": "B"}),
        fact("card.issued", "c", at("2026-09-07 11:00"), {**said, "subject_id": "task-1", "subject_kind": "task"}),
        step("finished", "2026-09-07 09:01", version=2, known="2026-09-07 12:00"),
    )
    city.projector.update(at("2026-09-30 12:00"))
    assert findings(city) == []


# Versions of a finish as they became known: version, officer, when; and when the change is found, if it is one.
CHANGES: list[tuple[list[tuple[int, str, str]], str]] = [
    ([(2, "u1", "2026-09-11 09:00")], ""),  # Nothing but the version has changed.
    ([(2, "u2", "2026-09-10 23:59")], ""),
    ([(2, "u2", "2026-09-11 00:00")], "09-11 00:00"),
    ([(3, "u1", "2026-09-09 09:00"), (2, "u2", "2026-09-11 09:00")], ""),  # The lower version came later.
    ([(2, "u2", "2026-09-09 09:00"), (3, "u2", "2026-09-11 09:00")], ""),  # It was changed in time.
    ([(2, "u2", "2026-09-09 09:00"), (3, "u1", "2026-09-11 09:00")], "09-11 09:00"),  # Changed back.
    ([(3, "u2", "2026-09-11 09:00"), (2, "u3", "2026-09-11 09:00")], "09-11 09:00"),
    ([(2, "u2", "2026-09-12 09:00"), (3, "u3", "2026-09-14 09:00")], "09-12 09:00"),
]


def overdue(no: str) -> list[Fact]:
    """A step that was done in time, by u1."""
    begun = [accepted(no, "2026-09-07 08:00"), step("started", "2026-09-07 09:00", no)]
    return [*begun, step("finished", "2026-09-08 09:00", no)]


@pytest.mark.parametrize("turned", [False, True])
def test_a_change_is_one_against_the_highest_version_known_before(make_town: MakeTown, turned: bool) -> None:
    city = make_town("D04", "T05")
    for number, (versions, _) in enumerate(CHANGES):
        no = f"C{number}"
        later = [
            step("finished", "2026-09-08 09:00", no, officer=officer, version=version, known=known)
            for version, officer, known in versions
        ]
        told = [*overdue(no), *later]
        city.tell(*(reversed(told) if turned else told))
    city.projector.update(at("2026-09-30 12:00"))
    found = {row[2]: row[4] for row in findings(city)}
    assert [found.get(f"C{number}", "") for number in range(len(CHANGES))] == [when for _, when in CHANGES]


def test_each_round_of_a_step_is_held_to_its_own_limit(make_town: MakeTown) -> None:
    city = make_town("D04", "T05")
    city.tell(
        *overdue("C"),
        step("started", "2026-09-15 09:00", name="s2"),
        step("finished", "2026-09-16 09:00", name="f2"),
        step("started", "2026-09-15 10:00", name="s2", version=2, known="2026-09-17 09:00"),
        step("finished", "2026-09-16 10:00", name="f2", version=2, known="2026-09-18 09:00"),
        step("finished", "2026-09-08 10:00", version=2, known="2026-09-17 10:00"),
    )
    city.projector.update(at("2026-09-30 12:00"))
    assert [row[3] for row in findings(city) if row[0] == "D04"] == ["C/step_finished"]
