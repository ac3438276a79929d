"""The sealed daily log of Yancheng Art 21: every volume against a count by hand, and a seal that nothing changes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.monitors.city import City, accepted, at, case, data_of, decided, end_of, fact, item
from tests.monitors.conftest import MakeCity

VOLUMES = "handled, closed, closed_early, near_limit, overdue_or_abnormal, tasks_issued, tasks_replied"
RATIOS = (
    "closed_ratio, closed_early_ratio, near_limit_ratio, overdue_or_abnormal_ratio, tasks_issued_ratio, "
    "tasks_replied_ratio"
)
# The promise of ten working days of what was accepted on Monday 7 September ends on Sunday the 20th, a working day;
# near from the 17th, overdue from the 21st.
EARLY, LATE, NEAR = "EARLY", "LATE", "NEAR"


def volumes(city: City, day: str, department: str = "D", columns: str = VOLUMES) -> tuple[Any, ...]:
    ((*found,),) = city.rows(f"select {columns} from daily_log where day = '{day}' and department = '{department}'")
    return tuple(found)


def sealing(make_city: MakeCity, **choices: Any) -> City:
    """A city that seals its days from 20 September on."""
    city: City = make_city(seals_days=True, **choices)
    city.tell(accepted(LATE, "2026-09-07 10:00"))
    city.tell(accepted(EARLY, "2026-09-11 10:00"), accepted(NEAR, "2026-09-10 10:00"))
    return city


def test_every_volume_of_a_day(make_city: MakeCity) -> None:
    city = sealing(make_city)
    city.watch("2026-09-20 12:00")
    city.watch("2026-09-21 00:00")  # LATE: a yellow card, and a task
    city.tell(
        decided(EARLY, "2026-09-21 09:00"),
        case("closed", EARLY, "2026-09-21 09:30"),
        case("rated", LATE, "2026-09-21 10:00", score=2),
        accepted("NEW", "2026-09-21 11:00"),
    )
    task = city.said("esup.task.issued")[0].stream
    city.tell(fact("task.replied", task, at("2026-09-21 15:00"), {"text": "整改", "department": "D"}))
    city.watch("2026-09-22 00:00")
    # EARLY, LATE and NEW had a fact; EARLY closed, before its due day; NEAR is near, and LATE, whose prompt stands
    # until it is decided; LATE is overdue with a live card; one task issued, one replied to.
    assert volumes(city, "2026-09-21") == (3, 1, 1, 2, 1, 1, 1)
    third, two = Decimal("0.3333"), Decimal("0.6667")
    assert volumes(city, "2026-09-21", columns=RATIOS) == (third, third, two, third, third, third)


def test_a_department_without_cases_has_its_row_and_no_ratios(make_city: MakeCity) -> None:
    city = sealing(make_city)
    city.watch("2026-09-20 12:00")
    city.watch("2026-09-21 00:00")
    assert volumes(city, "2026-09-20", "E") == (0,) * 7
    assert volumes(city, "2026-09-20", "E", RATIOS) == (None,) * 6


def test_overdue_ends_when_the_case_is_decided_late(make_city: MakeCity) -> None:
    city = sealing(make_city)
    city.watch("2026-09-21 00:00")
    city.tell(decided(LATE, "2026-09-22 09:00"))
    for day in ("2026-09-22", "2026-09-23"):
        city.watch(end_of(day))
    city.watch("2026-09-24 00:00")
    assert [volumes(city, f"2026-09-{day}")[4] for day in (21, 22, 23)] == [1, 0, 0]


def test_closed_on_the_due_day_is_not_early(make_city: MakeCity) -> None:
    city = sealing(make_city)
    city.watch("2026-09-19 12:00")
    city.tell(decided(LATE, "2026-09-20 09:00"), case("closed", LATE, "2026-09-20 09:30"))
    city.tell(decided(NEAR, "2026-09-20 10:00"), case("closed", NEAR, "2026-09-20 10:30"))
    city.watch("2026-09-21 00:00")
    assert volumes(city, "2026-09-20")[:3] == (2, 2, 1)


def test_a_seal_names_the_log_it_rests_on(make_city: MakeCity) -> None:
    city = sealing(make_city)
    city.watch("2026-09-20 12:00")
    head = city.log.head()
    city.watch("2026-09-21 00:00")
    assert volumes(city, "2026-09-20", columns="log_position, root_hash") == (head.size, head.root)


def told_in_a_pause(city: City) -> None:
    city.tell(
        case("rated", LATE, "2026-09-15 10:00", score=2),
        decided(EARLY, "2026-09-15 11:00"),
        case("closed", EARLY, "2026-09-15 11:00"),
        accepted("NEW", "2026-09-16 09:00"),
    )


def test_sealing_after_a_pause_of_two_days_equals_punctual_sealing(make_city: MakeCity) -> None:
    """In days on which nothing falls due; a card that nobody issued that day cannot be in its log."""
    punctual, paused = sealing(make_city), sealing(make_city)
    for city in (punctual, paused):
        city.watch("2026-09-14 12:00")
        told_in_a_pause(city)
    for day in (15, 16, 17):
        punctual.watch(f"2026-09-{day} 00:00")
    paused.watch("2026-09-17 00:00")
    rows = f"select day, department, {VOLUMES} from daily_log order by all"
    assert punctual.rows(rows) == paused.rows(rows)
    assert len(paused.rows(rows)) == 6
    assert volumes(paused, "2026-09-15")[:3] == (2, 1, 1)


def test_what_is_recorded_after_the_seal_is_not_in_it(make_city: MakeCity) -> None:
    city = sealing(make_city)
    city.watch("2026-09-14 12:00")
    city.watch("2026-09-15 00:00")
    before = volumes(city, "2026-09-14")
    city.tell(accepted("TOLD-LATE", "2026-09-14 15:00", known="2026-09-15 08:00"))
    city.tell(accepted("IMPORTED-LATE", "2026-09-14 16:00"))  # history: says that it was known that day
    city.watch("2026-09-16 00:00")
    assert volumes(city, "2026-09-14") == before


def test_what_is_known_only_after_midnight_is_not_in_a_late_seal(make_city: MakeCity) -> None:
    city = sealing(make_city)
    city.watch("2026-09-14 12:00")
    city.tell(accepted("TOLD-LATE", "2026-09-14 15:00", known="2026-09-15 00:00"))
    city.watch("2026-09-15 09:00")
    assert volumes(city, "2026-09-14")[0] == 0


def live(make_city: MakeCity, **choices: Any) -> City:
    """A city on the real clock: what is said is recorded as it is appended, a little after it was decided on."""
    return sealing(make_city, now="2026-09-14 12:00", is_virtual=False, **choices)


def tick(city: City, when: str) -> list[str]:
    """The bell at an instant; the log is written a fifth of a second later."""
    city.clock.move_to(at(when) + 200_000)
    return [one.type for one in city.monitor.watch(at(when))]


def test_on_the_real_clock_each_day_is_sealed_once_and_the_watch_goes_on(make_city: MakeCity) -> None:
    city = live(make_city)
    tick(city, "2026-09-14 12:00")
    sealed = []
    for day in (15, 16, 17):
        for time in ("00:00", "00:01", "00:02", "23:59"):
            sealed += [one for one in tick(city, f"2026-09-{day} {time}") if one == "esup.day.sealed"]
    assert len(sealed) == 3
    assert [one.stream for one in city.said("esup.day.sealed")] == ["2026-09-14", "2026-09-15", "2026-09-16"]


def test_a_seal_whose_writer_died_is_found_in_the_log(make_city: MakeCity) -> None:
    """It lies behind what the projections hold, and the watch that wrote it never came to its end."""
    city = live(make_city)
    tick(city, "2026-09-14 12:00")
    city.clock.move_to(at("2026-09-15 00:00") + 200_000)
    watched_at = city.monitor.watched_at
    city.monitor.seal_days_before(at("2026-09-15 00:00"))
    city.monitor.watched_at = watched_at
    assert "esup.day.sealed" not in tick(city, "2026-09-15 00:01")
    assert tick(city, "2026-09-16 00:00").count("esup.day.sealed") == 1


def test_saying_over_midnight_does_not_lock_the_monitor_out_of_the_day(make_city: MakeCity) -> None:
    """A watch begun at 23:59 appends its cards after midnight: the day is sealed afterwards, without them."""
    city = live(make_city, watch_from=0)
    tick(city, "2026-09-20 12:00")
    city.tell(item("J", "D", {"promised": {"n": 1, "unit": "hour"}}))
    city.tell(accepted("HOUR", "2026-09-20 22:30", "J")._replace(recorded_at=None))
    city.clock.move_to(at("2026-09-21 00:00") + 100_000)
    assert "esup.card.issued" in [one.type for one in city.monitor.watch(at("2026-09-20 23:59"))]
    assert tick(city, "2026-09-21 00:01").count("esup.day.sealed") == 1
    seal = city.said("esup.day.sealed")[-1]
    assert seal.stream == "2026-09-20"
    assert [row["tasks_issued"] for row in data_of(seal)["volumes"] if row["department"] == "D"] == [0]
