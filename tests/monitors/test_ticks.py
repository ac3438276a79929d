"""However the bell rings - often, seldom, late, twice - the same cards come of it, with the same `triggers_at`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.facts import Fact
from tests.generators.randomness import Chance
from tests.monitors.city import City, accepted, at, case, decided, fact, item

SCHEDULES = 6
SECOND = 1_000_000
DAY = 86_400 * SECOND
BEGIN, END = at("2026-09-01 00:00"), at("2026-10-20 12:00")


def history(chance: Chance, cases: int) -> list[Fact]:
    """Cases told as they happen, decided in time, late or never; their yellow cards have no window to turn red in."""
    told = [
        item("J", "E", {"statutory": {"n": 3, "unit": "calendar_day"}}),
        item("K", "D", {"statutory": {"n": 30, "unit": "hour"}}),
    ]
    for number in range(cases):
        case_no, code = f"C{number:02}", chance.choice("IJK")
        opened = BEGIN + chance.randrange(20 * DAY)
        one = accepted(case_no, "2026-09-01 00:00", code, "E" if code == "J" else "D")
        told.append(one._replace(occurred_at=opened, recorded_at=opened))
        if chance.happens(0.7):
            moment = opened + chance.randrange(30 * DAY)
            told.append(decided(case_no, "2026-09-01 00:00")._replace(occurred_at=moment, recorded_at=moment))
    return sorted(told, key=lambda one: one.recorded_at or 0)


def ticks(chance: Chance) -> list[int]:
    """A schedule: some ticks at odd moments, some twice, the last one at the end."""
    count = chance.choice((0, 3, 8))
    odd = [chance.randrange(BEGIN, END) for _ in range(count)]
    return sorted([*odd, *odd[:2], END])


def cards_after(folder: Path, told: list[Fact], schedule: list[int]) -> list[tuple[Any, ...]]:
    """The cards of cases, when each was told its facts as they became known and the bell rang by a schedule."""
    city = City(folder, now=BEGIN)
    waiting = list(told)
    try:
        for instant in schedule:
            city.tell(*[one for one in waiting if (one.recorded_at or 0) <= instant])
            waiting = [one for one in waiting if (one.recorded_at or 0) > instant]
            city.watch(instant)
        return city.rows(
            "select card_id, issue_no, level, case_no, triggers_at, rectified_at is not null from cards "
            "where rule_id <> 'supervision.yellow-not-corrected' order by all"
        )
    finally:
        city.close()


@pytest.mark.slow
def test_any_schedule_gives_the_same_cards(tmp_path: Path) -> None:
    chance = Chance("ticks")
    told = history(chance, 30)
    expected = cards_after(tmp_path / "often", told, [*range(BEGIN, END, 4 * DAY), END])
    assert len({row[2] for row in expected}) == 2 and len(expected) > 10
    for number in range(SCHEDULES):
        schedule = ticks(chance)
        assert cards_after(tmp_path / str(number), told, schedule) == expected, schedule


def test_a_tick_between_two_facts_of_one_instant_changes_nothing(tmp_path: Path) -> None:
    opened = [accepted("C", "2026-09-07 10:00"), case("rated", "C", "2026-09-07 10:00", score=1)]
    seen = []
    for number, batches in enumerate(([opened], [opened[:1], opened[1:]], [opened[1:], opened[:1]])):
        city = City(tmp_path / str(number))
        for batch in batches:
            city.tell(*batch)
            city.watch("2026-09-07 10:00")
        city.watch("2026-09-21 00:00")
        seen.append(city.rows("select card_id, triggers_at from cards"))
        city.close()
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) == 1


def test_cards_of_a_burst_are_each_issued_once(tmp_path: Path) -> None:
    city = City(tmp_path)
    city.tell(*[accepted(f"C{number}", "2026-09-07 10:00") for number in range(50)])
    city.watch("2026-09-21 00:00")
    city.watch("2026-09-21 00:00")
    ids = [one.event_id for one in city.said("esup.card.issued")]
    assert len(ids) == len(set(ids)) == 50
    city.close()


def test_a_fact_told_twice_makes_no_second_card(tmp_path: Path) -> None:
    city = City(tmp_path)
    for _ in range(3):
        city.tell(accepted("C", "2026-09-07 10:00"), fact("org.heartbeat", "x", at("2026-09-07 10:00"), {}))
        city.watch("2026-09-21 00:00")
    assert len(city.said("esup.card.issued")) == 1
    city.close()


def test_a_clock_that_was_set_back_holds_the_watch_until_it_has_caught_up(tmp_path: Path) -> None:
    city = City(tmp_path, now="2026-09-01 00:00", is_virtual=False)
    city.tell(accepted("C", "2026-08-03 10:00"))
    first = city.watch("2026-09-01 12:00")
    assert [one.type for one in first].count("esup.card.issued") == 2
    assert city.watch("2026-09-01 11:00") == []
    assert city.watch("2026-08-31 11:00") == []
    assert len(city.cards()) == 2
    city.close()


def fee(case_no: str, time: str) -> Fact:
    """A fee that no item has: its card is red at once."""
    return case("fee_charged", case_no, time, fee="F9", due="80.00", paid="80.00")


def test_what_another_tells_while_the_bell_rings_gets_its_card_when_it_triggers(tmp_path: Path) -> None:
    city = City(tmp_path, is_virtual=False, codes={"F01"})
    append = city.log.append_batch

    def and_meanwhile(facts: list[Fact]) -> None:
        """Whatever the monitor says first, somebody else goes on appending, and the clock goes on."""
        city.log.append_batch = append  # type: ignore[method-assign]
        append(facts)
        city.clock.move_to(at("2026-09-07 10:30"))
        append([accepted("C2", "2026-09-07 10:20"), fee("C2", "2026-09-07 10:20")])

    city.tell(accepted("C1", "2026-09-07 10:00"), fee("C1", "2026-09-07 10:00"))
    city.log.append_batch = and_meanwhile  # type: ignore[assignment, method-assign]
    city.watch("2026-09-07 10:00")
    issued = city.rows("select case_no, issued_at >= triggers_at from cards order by all")
    city.close()
    assert issued == [("C1", True), ("C2", True)]


def test_a_tick_ends_though_facts_never_stop_arriving(tmp_path: Path) -> None:
    city, told = City(tmp_path, is_virtual=False, codes={"F01"}), ["C0"]
    append, now = city.log.append_batch, at("2026-09-07 10:00")

    def and_another(facts: list[Fact]) -> None:
        """With everything that the monitor says, a second passes and another fact comes in."""
        append(facts)
        city.clock.move_to(city.clock.now() + SECOND)
        told.append(f"C{len(told)}")
        append([accepted(told[-1], "2026-09-07 10:00"), fee(told[-1], "2026-09-07 10:00")])

    city.tell(accepted("C0", "2026-09-07 10:00"), fee("C0", "2026-09-07 10:00"))
    city.clock.move_to(now)
    city.log.append_batch = and_another  # type: ignore[assignment, method-assign]
    city.monitor.watch(now, until=now + 2 * SECOND)
    assert len(told) == 4
    city.log.append_batch = append  # type: ignore[method-assign]
    city.monitor.watch(city.clock.now())
    issued = [one[0] for one in city.cards()]
    city.close()
    assert issued == told
