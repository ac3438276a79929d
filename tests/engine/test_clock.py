"""Instants are exact, days are local, and a virtual clock only moves forward."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import (
    SystemClock,
    VirtualClock,
    first_moment,
    format_instant,
    last_moment,
    local_day,
    parse_day,
    parse_instant,
    parse_moment,
    zone_named,
)
from engine.errors import BadInstant, ClockWentBack, NaiveTime, UnknownZone

SHANGHAI = "Asia/Shanghai"
# 2026-03-02T00:00:00Z
MARCH_2 = 1_772_409_600_000_000
HOUR = 3_600_000_000
INSTANTS = st.datetimes(datetime(1902, 1, 1), datetime(2200, 1, 1))
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-02T00:00:00Z", MARCH_2),
        ("2026-03-02T09:15:00+08:00", MARCH_2 + HOUR + HOUR // 4),
        ("2026-03-01T19:00:00-05:00", MARCH_2),
        ("2026-03-02 08:00:00+08:00", MARCH_2),
        ("2026-03-02T00:00:00.000001Z", MARCH_2 + 1),
        ("2026-03-02T00:00:00.5+00:00", MARCH_2 + 500_000),
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999999Z", -1),
    ],
)
def test_an_instant_is_read_to_the_microsecond(text: str, instant: int) -> None:
    assert parse_instant(text) == instant


def test_digits_beyond_the_microsecond_never_make_another_day() -> None:
    assert parse_instant("2026-03-01T23:59:59.9999999Z") == MARCH_2 - 1
    assert parse_instant("2026-03-02T07:59:59.999999999999+08:00") == MARCH_2 - 1


@given(INSTANTS, OFFSETS)
def test_any_instant_with_any_offset_is_read_exactly(moment: datetime, offset: timezone) -> None:
    aware = moment.replace(tzinfo=offset)
    assert parse_instant(aware.isoformat()) == (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@given(INSTANTS, st.sampled_from([SHANGHAI, "Europe/Rome", "Europe/Amsterdam", "UTC", "Asia/Kathmandu"]))
def test_what_is_written_is_read_back(moment: datetime, zone: str) -> None:
    instant = parse_instant(moment.isoformat() + "Z")
    assert parse_instant(format_instant(instant, zone)) == instant


@pytest.mark.parametrize("text", ["2026-03-02T09:15:00", "2026-03-02 09:15:00.123", "2026-03-02T09:15:00.1234567890"])
def test_a_naive_time_is_refused(text: str) -> None:
    with pytest.raises(NaiveTime, match="没有时区偏移"):
        parse_instant(text)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-03-02", "2026-02-30T00:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02T23:59:60Z",
     "2026-03-02T09:15Z", "20260302T091500Z", "２０２６-03-02T09:15:00Z", "9" * 100],
)  # fmt: skip
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(BadInstant):
        parse_instant(text)


def test_an_instant_is_written_with_the_offset_of_its_zone() -> None:
    assert format_instant(MARCH_2, SHANGHAI) == "2026-03-02T08:00:00+08:00"
    assert format_instant(MARCH_2 + 1, zone_named("UTC")) == "2026-03-02T00:00:00.000001+00:00"


def test_a_day_means_its_last_microsecond_in_its_zone() -> None:
    assert parse_moment("2026-03-01", SHANGHAI) == MARCH_2 - 8 * HOUR - 1
    assert parse_moment("2026-03-02T00:00:00Z", SHANGHAI) == MARCH_2


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13-01"])
def test_a_day_that_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(BadInstant):
        parse_moment(text, SHANGHAI)
    with pytest.raises(BadInstant):
        parse_day("2026-3-1")


def test_a_day_has_as_many_hours_as_its_zone_gives_it() -> None:
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    assert last_moment(spring, "Europe/Rome") - first_moment(spring, "Europe/Rome") + 1 == 23 * HOUR
    assert last_moment(autumn, "Europe/Rome") - first_moment(autumn, "Europe/Rome") + 1 == 25 * HOUR


def test_the_last_day_of_all_ends() -> None:
    assert last_moment(date.max, "UTC") - first_moment(date.max, "UTC") + 1 == 24 * HOUR


@given(st.dates(date(1902, 1, 1), date(2200, 1, 1)), st.sampled_from([SHANGHAI, "Europe/Rome", "UTC"]))
def test_a_days_moments_fall_on_it_and_their_neighbours_do_not(day: date, zone: str) -> None:
    first, last = first_moment(day, zone), last_moment(day, zone)
    assert local_day(first, zone) == local_day(last, zone) == day
    assert local_day(first - 1, zone) < day < local_day(last + 1, zone)


@pytest.mark.parametrize("zone", ["Asia/Yancheng", "", "../etc/passwd"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(UnknownZone):
        format_instant(0, zone)


def test_an_instant_beyond_all_calendars_is_refused() -> None:
    with pytest.raises(BadInstant):
        format_instant(2**62, SHANGHAI)


def test_a_virtual_clock_stands_still_and_moves_forward_only() -> None:
    clock = VirtualClock(5)
    assert clock.now() == clock.now() == 5
    clock.move_to(5)
    clock.move_to(9)
    assert clock.now() == 9
    with pytest.raises(ClockWentBack):
        clock.move_to(8)
    assert clock.now() == 9


def test_the_system_clock_tells_the_machines_time() -> None:
    machine = datetime.now(UTC)
    assert abs(SystemClock().now() - parse_instant(machine.isoformat())) < 60_000_000
