"""The history of a small town: cases applied for, accepted, decided; in time or late, told late, corrected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.generators.randomness import DAY, Chance, event, moment

START = moment("2019-03-04T08:00:00+08:00")


def public_facts() -> Iterator[dict[str, Any]]:
    """One region with two departments and an item each."""
    at = moment("2019-01-01T00:00:00+08:00")
    data = {"code": "320900", "name": "市", "level": "city", "zone": "Asia/Shanghai", "calendar": "cn"}
    yield event("esup.org.region_registered", "320900", at, data, source="/org", event_id="320900")
    for number in range(2):
        department, item = f"D{number}", f"I{number}"
        data = {"code": department, "name": department, "region": "320900"}
        yield event("esup.org.department_registered", department, at, data, source="/org", event_id=department)
        listed: dict[str, Any] = {"basis": [], "flow": [], "materials": [], "fees": [], "suspensions_allowed": []}
        limits = {"promised": {"n": 3, "unit": "work_day"}, "statutory": {"n": 8, "unit": "work_day"}}
        data = {"code": item, "version": 1, "class": "licence", "kind": "committed", "name": item, **listed, **limits}
        data |= {"department": department, "effective_from": "2019-01-01"}
        yield event("esup.item.published", item, at, data, source="/catalogue", event_id=item)


def case_facts(chance: Chance, number: int, days: float) -> Iterator[dict[str, Any]]:
    """A case of a citizen: applied for, accepted, decided; in time or late, some facts told late, some corrected."""
    case_no, office, told = f"SJ-{number:05}", f"D{number % 2}", 0
    place = {"item": f"I{number % 2}", "department": office}
    citizen = {"kind": "citizen", "name": f"张{number}", "id_no": f"32090019900101{number % 700:04}"}

    def tell(kind: str, at: datetime, data: dict[str, Any], version: int = 1) -> dict[str, Any]:
        name = f"{case_no}-{told}"
        fact = event(f"esup.case.{kind}", case_no, at, data, source="/a", event_id=name, zone="Asia/Shanghai")
        late = chance.after(at, 3) if chance.happens(0.1) else at
        return {**fact, "dataversion": version, "recordedtime": (late + (version - 1) * DAY).isoformat()}

    at = chance.after(START, days)
    yield tell("applied", at, {**place, "applicant": citizen, "channel": "window"})
    for kind, most, data in (
        ("materials_received", 0.1, {"materials": ["M"]}),
        ("accepted", 7, {**place, "officer": "u1"}),
        ("step_finished", 5, {"step": "review", "post": "p", "officer": "u2", "action": "pass"}),
        ("decided", 7, {"outcome": "granted", "officer": "u3"}),
        ("closed", 1, {}),
    ):
        at, told = chance.after(at, most), told + 1
        if chance.happens(0.08):
            return
        yield tell(kind, at, data)
        if chance.happens(0.05):
            yield tell(kind, at - timedelta(minutes=1), {**data, "remark": "mended"}, version=2)


def history(seed: str, cases: int, days: float) -> list[dict[str, Any]]:
    """The facts of many cases in the order in which they became known."""
    chance = Chance(seed)
    told = [fact for number in range(cases) for fact in case_facts(chance, number, days)]
    return [*public_facts(), *sorted(told, key=lambda fact: moment(fact["recordedtime"]))]
