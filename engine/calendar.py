"""Working-day calendars as the project's own dated data, read from the notices that made them.

A file holds the notices of one year as a clerk reads them: which days are rest and which weekend days are worked.
A notice that covers a year states every day of it; a later notice that changes days is a notice of its own, so that
what was known on a past day can be told apart from what is known now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from engine.clock import first_moment
from engine.facts import Fact, encode_body
from engine.lawfiles import RULES_FOLDER, LawFileError, name_of, parse_day, read_law

CALENDAR_SOURCE = "/esup/calendars"
CALENDARS_FOLDER = RULES_FOLDER / "calendars"
_ONE_DAY = timedelta(days=1)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


@dataclass(frozen=True)
class NoticedDay:
    """One day as a notice states it; the name tells why a day departs from the week."""

    on: date
    working: bool
    name: str | None = None


@dataclass(frozen=True)
class Notice:
    """A published notice and the days it sets: one `esup.calendar.noticed` event."""

    notice_id: str
    calendar: str
    zone: str
    title: str
    published_on: date
    certainty: str
    days: tuple[NoticedDay, ...]

    @property
    def recorded_at(self) -> int:
        """The first instant of the day of publication, in microseconds: from then on the days are known."""
        return first_moment(self.published_on, self.zone)

    def data(self) -> dict[str, object]:
        """The event's data in the words of the exchange vocabulary."""
        days = [
            {"date": day.on.isoformat(), "working": day.working} | ({"name": day.name} if day.name else {})
            for day in self.days
        ]
        return {
            "notice": self.title,
            "published_on": self.published_on.isoformat(),
            "calendar": self.calendar,
            "certainty": self.certainty,
            "days": days,
        }

    def fact(self) -> Fact:
        """The notice as a fact for the log."""
        body = encode_body({"data": self.data()})
        at = self.recorded_at
        return Fact(self.calendar, "esup.calendar.noticed", at, at, CALENDAR_SOURCE, self.notice_id, 1, body)


class _Name(msgspec.Struct, forbid_unknown_fields=True):
    zh: str
    en: str


class _Festival(msgspec.Struct, forbid_unknown_fields=True):
    name: _Name
    rest: str | None = None
    work: list[str] = []


class _NoticeEntry(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    published_on: str
    certainty: Literal["notice", "assumed"]
    festivals: list[_Festival]
    covers: int | None = None


class _YearFile(msgspec.Struct, forbid_unknown_fields=True):
    calendar: str
    year: int
    notices: list[_NoticeEntry]
    zone: str = "Asia/Shanghai"


class _Span(msgspec.Struct, forbid_unknown_fields=True, rename={"first": "from", "last": "to"}):
    first: int
    last: int


class _WeeklyFile(msgspec.Struct, forbid_unknown_fields=True):
    calendar: str
    title: str
    published_on: str
    covers: _Span
    working: list[_Weekday]
    zone: str = "Asia/Shanghai"


def load_notices(folder: Path = CALENDARS_FOLDER) -> list[Notice]:
    """Every built-in notice, in the order they became known."""
    notices = [notice for path in sorted(folder.glob("*.yaml")) for notice in _weekly_notices(path)]
    notices += [notice for path in sorted(folder.glob("*/*.yaml")) for notice in _year_notices(path)]
    return sorted(notices, key=lambda notice: (notice.published_on, notice.notice_id))


def calendar_facts(folder: Path = CALENDARS_FOLDER) -> list[Fact]:
    """The built-in calendars as facts for a fresh home, each recorded on the day its notice was published."""
    return [notice.fact() for notice in load_notices(folder)]


def _year_notices(path: Path) -> Iterator[Notice]:
    content, file = read_law(path, _YearFile), name_of(path)
    if (content.calendar, str(content.year)) != (path.parent.name, path.stem):
        raise LawFileError(file, "$.calendar, $.year", "differ from the file's name", "name it <calendar>/<year>.yaml")
    for index, entry in enumerate(content.notices):
        key = f"$.notices[{index}]"
        days = {} if entry.covers is None else _plain_week(entry.covers, _WEEKDAYS[:5])
        days |= _festival_days(entry, file, key)
        yield Notice(
            f"{content.calendar}/{content.year}/{index + 1}",
            content.calendar,
            content.zone,
            entry.title,
            parse_day(entry.published_on, file, f"{key}.published_on"),
            entry.certainty,
            tuple(days[on] for on in sorted(days)),
        )


def _weekly_notices(path: Path) -> Iterator[Notice]:
    content, file = read_law(path, _WeeklyFile), name_of(path)
    published_on = parse_day(content.published_on, file, "$.published_on")
    for year in range(content.covers.first, content.covers.last + 1):
        days = tuple(_plain_week(year, tuple(content.working)).values())
        notice_id = f"{content.calendar}/{year}/1"
        yield Notice(notice_id, content.calendar, content.zone, content.title, published_on, "assumed", days)


def _plain_week(year: int, working: tuple[str, ...]) -> dict[date, NoticedDay]:
    days = _days_between(date(year, 1, 1), date(year, 12, 31))
    return {on: NoticedDay(on, _WEEKDAYS[on.weekday()] in working) for on in days}


def _festival_days(entry: _NoticeEntry, file: str, key: str) -> dict[date, NoticedDay]:
    days: dict[date, NoticedDay] = {}
    for index, festival in enumerate(entry.festivals):
        place = f"{key}.festivals[{index}]"
        for day in _festival(festival, file, place):
            if day.on in days:
                raise LawFileError(file, place, f"{day.on} is stated twice", "leave it under one festival")
            days[day.on] = day
    return days


def _festival(festival: _Festival, file: str, place: str) -> Iterator[NoticedDay]:
    if festival.rest is not None:
        first, _, last = festival.rest.partition("/")
        start = parse_day(first, file, f"{place}.rest")
        end = parse_day(last, file, f"{place}.rest") if last else start
        if end < start:
            raise LawFileError(file, f"{place}.rest", "ends before it starts", "write first day/last day")
        yield from (NoticedDay(on, False, festival.name.zh) for on in _days_between(start, end))
    for text in festival.work:
        yield NoticedDay(parse_day(text, file, f"{place}.work"), True, f"{festival.name.zh}调休上班")


def _days_between(first: date, last: date) -> Iterator[date]:
    on = first
    while on <= last:
        yield on
        on += _ONE_DAY
