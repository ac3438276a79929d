"""A random town: its regions and departments, its calendar notices, and its catalogue of powers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.generators.randomness import DAY, Chance, event, moment

SUSPENSION_KINDS = (
    "hearing",
    "tender",
    "auction",
    "inspection",
    "test",
    "quarantine",
    "appraisal",
    "expert_review",
    "third_party",
    "other",
)
REGIONS = {
    "320900": {"zone": "Asia/Shanghai", "calendar": "cn"},
    "320901": {"zone": "Asia/Shanghai", "calendar": "cn"},
    "320902": {"zone": "Europe/Amsterdam", "calendar": "cn"},
}
FOREIGN = {"abroad": {"zone": "America/New_York", "calendar": "abroad"}}
SATURDAY = 5


@dataclass
class Town:
    """A town's public facts, and the lists from which its cases are drawn."""

    events: list[dict[str, Any]] = field(default_factory=list)
    regions: dict[str, dict[str, Any]] = field(default_factory=dict)
    departments: dict[str, str] = field(default_factory=dict)
    items: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def zone(self, department: str) -> str:
        """The zone of a department."""
        return str(self.regions[self.departments[department]]["zone"])


def make_town(chance: Chance, regions: dict[str, dict[str, Any]] = REGIONS) -> Town:
    """Regions with departments, and calendars with a past, late changes and an unknown next year."""
    town = Town(regions=regions)
    start = moment("2004-01-01T00:00:00+08:00")
    for code, region in regions.items():
        data = {"code": code, "name": f"区{code}", "level": "county", **region}
        town.events.append(event("esup.org.region_registered", code, start, data, source="/org", event_id=code))
        for number in range(3):
            department = f"{code}-D{number}"
            town.departments[department] = code
            data = {"code": department, "name": f"局{department}", "region": code}
            town.events.append(
                event("esup.org.department_registered", department, start, data, source="/org", event_id=department)
            )
    for calendar in sorted({region["calendar"] for region in regions.values()}):
        town.events += calendar_notices(chance, calendar)
    town.events += local_notices(chance, town)
    return town


def _notice(name: str, published_on: str, days: dict[date, bool], **scope: str) -> dict[str, Any]:
    data = {
        "notice": name,
        "published_on": published_on,
        "days": [{"date": day.isoformat(), "working": working} for day, working in sorted(days.items())],
        **scope,
    }
    at = moment(f"{published_on}T00:00:00+08:00")
    return event("esup.calendar.noticed", scope["calendar"], at, data, source="/notices", event_id=name)


def _days(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]


def calendar_notices(chance: Chance, calendar: str) -> list[dict[str, Any]]:
    """Two known years with holidays, six late changes, and a next year that becomes known in January only."""
    notices = []
    for year, published_on, known_on in (
        (2025, "2024-11-12", None),
        (2026, "2025-11-04", None),
        (2027, "2026-12-30", "2027-01-15"),
    ):
        days = {day: day.weekday() < SATURDAY for day in _days(f"{year}-01-01", f"{year}-12-31")}
        for _ in range(14):
            first = chance.choice(list(days))
            for offset in range(chance.randrange(1, 8)):
                if first + offset * DAY in days:
                    days[first + offset * DAY] = chance.happens(0.1)
        notice = _notice(f"{calendar} year {year}", published_on, days, calendar=calendar)
        if known_on:
            notice["recordedtime"] = f"{known_on}T09:00:00+08:00"
        notices.append(notice)
    for number in range(6):
        month = chance.randrange(5, 13)
        around = chance.sample(_days(f"2026-{month:02}-01", "2026-12-31"), 4)
        changed = {day: chance.happens(0.5) for day in around}
        # Several on one day: then the source and the id decide which of them wins.
        notice = _notice(f"{calendar} change {number}", f"2026-{month:02}-1{number % 2}", changed, calendar=calendar)
        if chance.happens(0.5):
            notice["recordedtime"] = f"2026-{month:02}-25T09:00:00+08:00"
        notices.append(notice)
        if chance.happens(0.3):
            notices.append(_corrected_notice(notice))
    return notices


def _corrected_notice(notice: dict[str, Any]) -> dict[str, Any]:
    days = [{**day, "working": not day["working"]} for day in notice["data"]["days"][:2]]
    return {
        **notice,
        "dataversion": 2,
        "recordedtime": "2026-12-05T00:00:00+08:00",
        "data": {**notice["data"], "days": days},
    }


def local_notices(chance: Chance, town: Town) -> list[dict[str, Any]]:
    """A region and an office that have days of their own."""
    notices = []
    for region in list(town.regions)[1:2]:
        days = {day: chance.happens(0.5) for day in chance.sample(_days("2026-04-01", "2027-02-28"), 30)}
        calendar = town.regions[region]["calendar"]
        notices.append(_notice("local fair", "2026-02-01", days, calendar=calendar, region=region))
    for department in list(town.departments)[1::4]:
        region = town.departments[department]
        days = {day: chance.happens(0.5) for day in chance.sample(_days("2026-04-01", "2027-02-28"), 30)}
        calendar = town.regions[region]["calendar"]
        notices.append(
            _notice(f"moving of {department}", "2026-01-15", days, calendar=calendar, region=region, office=department)
        )
    return notices


def any_limit(chance: Chance, *, plain: bool = False) -> dict[str, Any]:
    """A limit of any unit; a plain one names no prompt of its own."""
    units = ("work_day", "calendar_day", "hour", "calendar_month", "calendar_year")
    unit = chance.choices(units, weights=(9, 5, 4, 3, 1))[0]
    n = {
        "work_day": chance.choice((0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30)),
        "calendar_day": chance.choice((0, 1, 2, 3, 5, 7, 10, 15, 30, 45)),
        "hour": chance.choice((1, 2, 8, 24, 48, 100)),
        "calendar_month": chance.randrange(1, 7),
        "calendar_year": 1,
    }[unit]
    limit: dict[str, Any] = {"n": n, "unit": unit}
    if unit not in ("work_day", "hour") and chance.happens(0.3):
        limit["rolls"] = chance.happens(0.2)
    if chance.happens(0.15) and unit in ("work_day", "calendar_day", "hour"):
        limit["pausable"] = chance.happens(0.3)
    if not plain and n >= 2 and unit in ("work_day", "calendar_day") and chance.happens(0.15):
        limit["prompt"] = chance.randrange(1, n + 1)
    return limit


def shorter(chance: Chance, limit: dict[str, Any]) -> dict[str, Any]:
    """A promise in the unit of the law, and mostly shorter."""
    return {"n": chance.randrange(0 if limit["unit"] != "hour" else 1, limit["n"] + 1), "unit": limit["unit"]} | (
        {"rolls": limit["rolls"]} if "rolls" in limit else {}
    )


def make_item(chance: Chance, code: str, version: int, department: str, effective_from: str) -> dict[str, Any]:
    """One version of an item: its limits, its flow, and what may pause or lengthen them."""
    statutory = any_limit(chance) if chance.happens(0.85) else None
    extension = None
    if statutory and chance.happens(0.6):
        statutory.pop("prompt", None)
        extension = {"max": {"n": chance.randrange(1, 16), "unit": statutory["unit"]}, "approver_role": "head"}
        if chance.happens(0.3):
            extension["moves"] = "statutory"
    promised = None
    if statutory is None or chance.happens(0.8):
        promised = shorter(chance, statutory) if statutory else any_limit(chance, plain=True)
    kind = "immediate" if promised and promised["n"] == 0 and chance.happens(0.5) else "committed"
    return {
        "code": code,
        "version": version,
        "class": "licence",
        "kind": kind,
        "name": f"事项{code}",
        "department": department,
        "effective_from": effective_from,
        "basis": ["行政许可法"],
        "flow": [_step(chance, name) for name in ("review", "inspect", "sign")],
        "materials": [],
        "fees": [],
        "suspensions_allowed": chance.sample(SUSPENSION_KINDS, 7),
        **{
            name: value
            for name, value in (("statutory", statutory), ("promised", promised), ("extension", extension))
            if value is not None
        },
    }


def _step(chance: Chance, name: str) -> dict[str, Any]:
    step: dict[str, Any] = {"step": name, "name": name, "post": name, "next": []}
    return step | {"limit": any_limit(chance, plain=True)} if chance.happens(0.8) else step


def add_items(chance: Chance, town: Town, count: int) -> None:
    """A catalogue in which some items change in the year, and some are published late or never known in time."""
    for number in range(count):
        code, department = f"I{number:03}", chance.choice(list(town.departments))
        item_class = chance.choices(("licence", "confirmation", "non_licence_approval"), weights=(8, 1, 1))[0]
        dates = ["2025-01-01"] + (
            [f"2026-{chance.randrange(5, 12):02}-{chance.randrange(1, 29):02}"] * chance.happens(0.4)
        )
        late = "2026-10-20T08:00:00+08:00" if chance.happens(0.08) else None
        for version, effective_from in enumerate(dates, start=1):
            item = make_item(chance, code, version, department, effective_from) | {"class": item_class}
            publish(town, item, late)


def publish(town: Town, item: dict[str, Any], late: str | None = None) -> None:
    """Publish one version of an item on the day it takes effect."""
    at = moment(f"{item['effective_from']}T00:00:00+08:00")
    name = f"{item['code']}@{item['version']}"
    published = event("esup.item.published", item["code"], at, item, source="/catalogue", event_id=name)
    if late and moment(late) > at:
        published["recordedtime"] = late
    town.events.append(published)
    town.items.setdefault(item["code"], []).append(item)
