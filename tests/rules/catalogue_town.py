"""A department with one item: the events of the catalogue as a test tells them, and what the rules find in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any, NamedTuple

from engine.lawfiles import RULES_FOLDER
from engine.rulebook import load_pack, load_rule
from projections.projector import Projector
from tests.engine_harness import ListedLog, projector_of
from tests.oracle.facts import instant

Event = dict[str, Any]
RULES = {
    "catalogue.unconfirmed-power": "K01",
    "catalogue.code-reused": "K02",
    "catalogue.steps-exceed-promise": "K03",
    "catalogue.promise-beyond-law": "K04",
    "openness.guide-incomplete-or-untrue": "O04",
}
ITEM, DEPARTMENT = "320900-XK-0001", "traffic"
TEN, TWENTY = {"n": 10, "unit": "work_day"}, {"n": 20, "unit": "work_day"}
_LAST = "2027-01-01T00:00:00+08:00"
_number = count(1)


class Found(NamedTuple):
    """A finding: its rule's code, level and verdict, whom it is about, and the minute it became true."""

    code: str
    level: str
    verdict: str
    subject: str
    triggers_at: str


def told(kind: str, subject: str, time: str, data: Event, **envelope: Any) -> Event:
    """One event; it is known when it happens unless `recordedtime` says otherwise."""
    base = {"type": f"esup.{kind}", "subject": subject, "source": "/test", "id": f"e{next(_number)}", "time": time}
    return base | {"recordedtime": time, "data": data} | envelope


def published(time: str, effective_from: str, *, code: str = ITEM, id: str | None = None, **data: Any) -> Event:
    """A version of the item, lawful unless told otherwise."""
    version = {
        "code": code,
        "version": 1,
        "class": "licence",
        "kind": "committed",
        "name": "道路运输经营许可",
        "department": DEPARTMENT,
        "effective_from": effective_from,
        "basis": [],
        "promised": TEN,
        "statutory": TWENTY,
        "flow": [],
        "materials": [],
        "fees": [],
        "suspensions_allowed": [],
    }
    named = {"id": id} if id else {}
    return told("item.published", code, time, version | data, **named)


def stopped(kind: str, time: str, effective_from: str, code: str = ITEM, **envelope: Any) -> Event:
    """A suspension or cancellation of the item."""
    data = {"code": code, "reason": "法律修改", "effective_from": effective_from}
    return told(f"item.{kind}", code, time, data, **envelope)


def guide(time: str, *, code: str = ITEM, version: int = 1, channel: str = "website", **values: Any) -> Event:
    """A guide to the item, complete and true unless told otherwise; a value of None is left out."""
    said = {"promised": TEN, "statutory": TWENTY, "fees": [], "materials": [], "phone": "0515", "place": "2F"} | values
    kept = {name: value for name, value in said.items() if value is not None}
    data = {"code": code, "version": version, "channel": channel, "values": kept}
    return told("item.guide_published", code, time, data)


def accepted(case_no: str, time: str, item: str = ITEM, **envelope: Any) -> Event:
    """An acceptance."""
    data = {"item": item, "department": DEPARTMENT, "officer": "u1"}
    return told("case.accepted", case_no, time, data, **envelope)


def town() -> list[Event]:
    """The rules, a region and its department, long known."""
    region = {"code": "320900", "name": "盐城市", "level": "city"}
    department = {"code": DEPARTMENT, "name": "交通运输局", "region": "320900"}
    return [
        *_rules(),
        told("org.region_registered", "320900", "2010-01-01T00:00:00+08:00", region),
        told("org.department_registered", DEPARTMENT, "2010-01-01T00:00:00+08:00", department),
    ]


def _rules() -> Iterable[Event]:
    for rule_id in RULES:
        pack, _, slug = rule_id.partition(".")
        folder = RULES_FOLDER / pack
        rule = load_rule(folder / f"{slug}.yaml", load_pack(folder / "pack.yaml"))
        yield told("rule.published", rule_id, "2010-08-01T00:00:00+08:00", rule.normalised, source="/esup/rules")


def found(events: Sequence[Event], as_of: str = _LAST) -> list[Found]:
    """What the rules find in these events once all are known."""
    projector = projector_of([*town(), *events])
    projector.rebuild(instant(as_of), instant(_LAST))
    return findings_of(projector)


def findings_of(projector: Projector) -> list[Found]:
    """The findings as they stand."""
    _, rows = projector.query(
        "select rule_id, level, verdict, subject_id, "
        "strftime(timezone('Asia/Shanghai', triggers_at), '%Y-%m-%d %H:%M') from findings"
    )
    return sorted(Found(RULES[row[0]], *row[1:]) for row in rows)


class Live:
    """Projections that follow a log batch by batch."""

    def __init__(self) -> None:
        self.log = ListedLog()
        self.projector = Projector.in_memory(self.log)
        self.log.append(town())

    def after(self, events: Sequence[Event], as_of: str) -> list[Found]:
        """What is found once these events too have come; an update must say what a rebuild says."""
        is_update = self.projector.is_derived
        self.log.append(events)
        self.projector.update(instant(as_of))
        if is_update:
            rebuilt = Projector.in_memory(self.log)
            rebuilt.update(instant(as_of))
            assert self.projector.canonical_hash() == rebuilt.canonical_hash()
            rebuilt.close()
        return findings_of(self.projector)
