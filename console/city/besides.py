"""What happens in a city besides its cases: complaints, changes of the catalogue, outages; all of it as it should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from console.city.calendar import Calendar, moment
from console.city.catalogue import Catalogue
from console.city.places import Data
from console.city.scene import Fact, publication

DAYS_IN_YEAR = 365
KINDS = ("作风", "效率", "收费", "程序")


class Besides:
    """Tells what happens besides the cases of a city, each matter by a random stream of its own."""

    def __init__(
        self, recipe: Mapping[str, Any], calendar: Calendar, catalogue: Catalogue, seed: int, first: date, last: date
    ) -> None:
        self.often: Mapping[str, int] = recipe["besides"]
        self.calendar, self.catalogue, self.seed = calendar, catalogue, seed
        self.days = calendar.between(first, last)
        share_of_year = ((last - first).days + 1) / DAYS_IN_YEAR
        self.outages = [self.outage(number) for number in range(round(self.often["outages"] * share_of_year))]

    def facts(self, cases: int) -> Iterator[Fact]:
        """All of it, for a city of so many cases."""
        for number in range(cases * self.often["complaints"] // 1000):
            yield from self.complaint(number)
        for number in range(cases * self.often["changes"] // 1000):
            yield from self.change(number)
        yield from self.outages

    def chance(self, kind: str, number: int) -> Random:
        """The random stream of one matter."""
        return Random(f"{self.seed}/{kind}/{number}")

    def complaint(self, number: int) -> Iterator[Fact]:
        """A complaint, accepted or refused, answered in writing, looked into and closed."""
        chance = self.chance("complaint", number)
        day = chance.choice(self.days)
        subject, source = f"TS-{day.year}-{number:06d}", self.catalogue.supervisor.source
        office = chance.choice(self.catalogue.departments)
        has_name, is_refused = chance.random() < 0.5, chance.random() < 0.2
        filed: Data = {
            "about": {"department": office.code}, "kind": chance.choice(KINDS), "real_name": has_name,
            "content": "办事拖延，态度生硬。", "channel": chance.choice(("电话", "网站", "来信")),
        }  # fmt: skip
        if has_name:
            filed["complainant"] = {"name": f"投诉人{number:06d}", "phone": f"198{number:08d}"}
        told: list[tuple[str, int, Data]] = [("filed", 0, filed)]
        if is_refused:
            told.append(("refused", chance.randint(0, 3), {"reason": f"{subject}：不属于受理范围，已告知投诉人"}))
        else:
            told.append(("accepted", chance.randint(0, 3), {}))
        told += [("notified", chance.randint(0, 3), {"written": True})] if has_name else []
        if not is_refused:
            due_on = self.calendar.after(day, 15).isoformat()
            told.append(("transferred", 1, {"to": office.code, "due_on": due_on}))
            told.append(("result_reported", chance.randint(2, 6), {"result": "已核实并整改"}))
            told.append(("result_fed_back", 1, {}))
            told.append(("closed", 1, {"upheld": chance.random() < 0.3}))
        at = self.office_hour(day, chance)
        for place, (kind, days, data) in enumerate(told):
            later = self.office_hour(self.calendar.after(at.date(), days), chance)
            at = later if days else at + timedelta(minutes=20)
            yield Fact(subject, f"complaint.{kind}", at, at, source, f"{subject}-{place + 1}", data)

    def change(self, number: int) -> Iterator[Fact]:
        """A law changes: the item's change is filed, reviewed, and published in time."""
        chance, items = self.chance("change", number), self.catalogue.items["licence"]
        item = items[number % len(items)]
        day, office = chance.choice(self.days), self.catalogue.of(item)
        subject = f"BG-{day.year}-{number:06d}"
        filed_on = self.calendar.after(day, 1 + chance.randrange(7))
        reviewed_on = self.calendar.after(filed_on, 1 + chance.randrange(2))
        adjusted_on = self.calendar.after(reviewed_on, 1)
        effective = adjusted_on.isoformat()
        filed = {"department": office.code, "code": item.code, "cause": "law", "caused_on": day.isoformat()}
        told: list[tuple[str, date, Data]] = [
            ("filed", filed_on, filed),
            ("reviewed", reviewed_on, {"approved": True, "effective_from": effective}),
            ("adjusted", adjusted_on, {"effective_from": effective}),
        ]
        for kind, on, data in told:
            at = self.office_hour(on, chance)
            about = {"change": subject, **data}
            yield Fact(subject, f"item.change_{kind}", at, at, office.source, f"{subject}-{kind}", about)
        version, basis = 2 + number // len(items), (*item.basis, f"〔{day.year}〕修改决定")
        newer = replace(item, version=version, basis=basis, effective_from=effective)
        for fact in publication(newer, moment(adjusted_on, "18:00")):
            yield fact._replace(event_id=f"{fact.event_id}/{version}")

    def outage(self, number: int) -> Fact:
        """The platform fails for some hours: no limit pauses for it, but what is sent to it arrives when it is back."""
        chance = self.chance("outage", number)
        begin = self.office_hour(chance.choice(self.days), chance)
        end = begin + timedelta(minutes=chance.randint(20, 300))
        subject = f"TJ-{begin.year}-{number:03d}"
        about = {"from": begin, "to": end, "ground": "3"}
        return Fact(subject, "outage.declared", end, end, self.catalogue.supervisor.source, subject, about)

    @staticmethod
    def office_hour(day: date, chance: Random) -> datetime:
        """A moment of a day at which offices work."""
        return moment(day, "08:40") + timedelta(seconds=chance.randrange(3 * 3600))
