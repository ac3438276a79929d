"""What the State Council and other holders of a calendar made known."""

from __future__ import annotations

from datetime import date

from engine.events.vocabulary import Code, Event, Part, stored_as


class CalendarDay(Part, frozen=True, kw_only=True):
    """One day of a notice, working or not."""

    date: date
    working: bool
    name: str | None = None


@stored_as("esup.calendar.noticed")
class CalendarNoticed(Event, frozen=True, kw_only=True):
    """A notice set which days are worked."""

    notice: Code
    published_on: date
    calendar: str | None = None
    region: str | None = None
    office: str | None = None
    days: list[CalendarDay]
