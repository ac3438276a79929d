"""What is due is asked of the cases in which something moved; each city asks everything too, and the answers agree."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.facts import Fact
from projections.due import Due
from tests.monitors.city import SUPERVISION, City, accepted, at, case, decided, fact, short
from tests.monitors.conftest import MakeCity

LATE = ["C", "E", "F"]


@pytest.fixture
def late(make_city: MakeCity) -> City:
    """A city in which three cases have passed their promise, and nothing is left to say."""
    city = make_city(codes=SUPERVISION)
    city.tell(*[accepted(case_no, "2026-09-07 10:00") for case_no in LATE])
    assert {row[-1] for row in short(city.watch("2026-09-21 00:00"))} == set(LATE)
    assert city.watch("2026-09-21 00:01") == []
    return city


def looked_at(city: City) -> list[str | None]:
    """The cases whose findings the next question of what is due sees."""
    sql = "select distinct case_no from findings_standing where level = 'yellow' order by case_no"
    return [case_no for (case_no,) in Due.query(city.projector.due, sql)[1]]


def follow(city: City, when: str) -> None:
    """The models follow what came in, and nothing is asked yet."""
    city.clock.move_to(at(when))
    city.projector.update(at(when))


def test_after_a_first_watch_nothing_is_looked_at(late: City) -> None:
    assert looked_at(late) == []


def test_what_one_case_tells_lets_only_that_case_be_looked_at(late: City) -> None:
    late.tell(decided("E", "2026-09-22 10:00"))
    follow(late, "2026-09-22 10:00")
    assert looked_at(late) == ["E"]
    assert short(late.watch("2026-09-22 10:00")) == [("card.rectified", "yellow", "E")]


def test_what_was_touched_is_looked_at_until_nothing_is_left_to_say(late: City) -> None:
    """An update that nobody asked after is not forgotten at the next."""
    late.tell(decided("E", "2026-09-22 10:00"))
    follow(late, "2026-09-22 10:00")
    late.tell(case("rated", "F", "2026-09-22 11:00", score=5))
    follow(late, "2026-09-22 11:00")
    assert looked_at(late) == ["E", "F"]
    assert short(late.watch("2026-09-22 11:00")) == [("card.rectified", "yellow", "E")]
    assert looked_at(late) == []


def test_a_case_of_which_nobody_told_anything_is_looked_at_when_its_time_comes(late: City) -> None:
    """The tasks were to be answered, and the cards to be rectified, by 29 September."""
    late.watch("2026-09-29 23:58")
    assert late.watch("2026-09-29 23:59") == []
    assert looked_at(late) == []
    follow(late, "2026-09-30 00:00")
    assert looked_at(late) == LATE
    said = short(late.watch("2026-09-30 00:00"))
    assert ("card.issued", "supervision.yellow-not-corrected", "red", "F") in said


def test_what_is_said_of_a_card_is_read_with_the_case_that_it_names(late: City) -> None:
    ((card,),) = late.rows("select card_id from cards where case_no = 'E'")
    late.tell(fact("card.appealed", card, at("2026-09-22 09:00"), {"ground": "系统故障", "case_no": "E"}))
    assert late.watch("2026-09-22 09:00") == []
    accepted_appeal = {"accepted": True, "reason": "属实", "case_no": "E"}
    late.tell(fact("card.appeal_decided", card, at("2026-09-22 10:00"), accepted_appeal))
    follow(late, "2026-09-22 10:00")
    assert looked_at(late) == ["E"]
    assert ("card.withdrawn", "yellow", "E") in short(late.watch("2026-09-22 10:00"))


def test_what_belongs_to_no_case_lets_everything_be_looked_at(late: City) -> None:
    late.tell(fact("complaint.filed", "TS", at("2026-09-22 10:00"), {"about": {"department": "D"}}))
    follow(late, "2026-09-22 10:00")
    assert looked_at(late) == LATE


def test_a_finding_about_no_case_lets_everything_be_looked_at_when_its_time_comes(late: City) -> None:
    late.tell(fact("complaint.filed", "TS", at("2026-09-24 10:00"), {"about": {"department": "D"}}))
    late.watch("2026-09-24 10:00")
    ((last_day,),) = late.rows("select max(due_on) from obligations where subject_id = 'TS'")
    late.watch(f"{last_day} 23:58")
    assert late.watch(f"{last_day} 23:59") == []
    assert looked_at(late) == []
    follow(late, f"{last_day + timedelta(days=1)} 00:00")
    assert looked_at(late) == [*LATE, None]


def test_a_correction_lets_everything_be_looked_at(late: City) -> None:
    """It may have moved a fact from a case that nothing ties to this one."""
    late.tell(accepted("E", "2026-09-21 10:00", version=2))
    follow(late, "2026-09-22 10:00")
    assert looked_at(late) == ["C", "F"]
    assert ("card.withdrawn", "yellow", "E") in short(late.watch("2026-09-22 10:00"))


def test_a_change_of_the_law_lets_everything_be_looked_at(late: City) -> None:
    days = {"days": [{"date": "2026-09-14", "working": False}], "calendar": "cn", "notice": "N"}
    late.tell(fact("calendar.noticed", "cn", at("2026-09-22 10:00"), days | {"published_on": "2026-09-22"}))
    said = short(late.watch("2026-09-22 10:00"))
    assert {row for row in said if row[0] == "card.withdrawn"} == {("card.withdrawn", "yellow", name) for name in LATE}


def step_of_a_batch(number: int) -> list[Fact]:
    """A step of the 7th, of which is heard three days later, minute after minute."""
    step = {"step": "review", "post": "reviewer", "officer": "u1", "known": f"2026-09-10 10:0{number}"}
    opened = case("applied", f"B{number}", "2026-09-07 08:00", item="I", department="D")
    return [opened, case("step_started", f"B{number}", "2026-09-07 09:00", **step)]


def test_a_card_across_cases_is_issued_once_though_nothing_happens_any_more(make_city: MakeCity) -> None:
    city = make_city(codes={"P15"})
    city.tell(*[told for number in range(1, 6) for told in step_of_a_batch(number)])
    assert [one.type for one in city.watch("2026-09-10 10:05")] == ["esup.card.issued", "esup.task.issued"]
    assert [city.watch(f"2026-09-10 10:{minute}") for minute in range(10, 13)] == [[], [], []]
    city.tell(case("applied", "Z", "2026-09-10 10:20", item="I", department="D"))
    assert [city.watch(f"2026-09-10 10:{minute}") for minute in range(20, 23)] == [[], [], []]
    assert [row[-1] for row in city.cards()] == ["issued"]


def test_a_monitor_that_begins_looks_at_everything(late: City) -> None:
    """What a monitor said, and to whom nothing was left to say, is no matter of the next one."""
    type(late.monitor)(late.log, late.projector, late.clock, zone=late.monitor.zone, is_virtual=True)
    assert looked_at(late) == LATE
