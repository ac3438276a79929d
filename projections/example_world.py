"""The small world in which an example of a rule happens.

An example is a case written for people. Here it becomes the facts that a source system would have sent, with what a
reader takes for granted (a department, its officers, an item, an application) filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.clock import first_moment, parse_day, parse_instant
from engine.errors import BadInput, SupervisionError
from engine.facts import Fact, encode_body
from engine.rule_shapes import Example
from engine.rulebook import Rule

EXAMPLE_CASE = "EXAMPLE-1"
EXAMPLE_SOURCE = "/esup/examples"
EXAMPLE_ITEM = "example.item"
EXAMPLE_DEPARTMENT = "example.department"
EXAMPLE_REGION = "example.region"
EXAMPLE_SUPERVISOR = "example.supervisor"
EXAMPLE_OFFICERS = ("officer-1", "officer-2")
_SINCE = "1990-01-01"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_OWN_NAMES = re.compile(r"example\.(item|department|region|supervisor)|\bofficer-\d+")
_ENVELOPE = ("time", "sequence", "id", "source", "subject", "dataversion", "recordedtime")

_PARTY = {"item": EXAMPLE_ITEM, "department": EXAMPLE_DEPARTMENT}
_BY_AN_OFFICER = {"officer": EXAMPLE_OFFICERS[0]}
# What a reader of an example takes for granted, by the last part of the fact's type.
_DEFAULTS: dict[str, dict[str, Any]] = {
    "applied": {**_PARTY, "applicant": {"kind": "citizen"}, "channel": "window"},
    "accepted": {**_PARTY, **_BY_AN_OFFICER},
    "filed": {**_PARTY, **_BY_AN_OFFICER},
    "offence_known": dict(_PARTY),
    "filing_refused": {**_PARTY, **_BY_AN_OFFICER},
    "measure_taken": {**_PARTY, **_BY_AN_OFFICER},
    "disclosure_requested": {**_PARTY, "received_by": "window"},
    "other": dict(_PARTY),
    "materials_received": {"materials": ["M1"]},
    "correction_noticed": {"items": ["M1"]},
    "correction_received": {"items": ["M1"]},
    "acceptance_refused": {**_BY_AN_OFFICER, "reason": "不属于本机关职权范围，请向主管机关申请"},
    "step_started": {"post": "reviewer", **_BY_AN_OFFICER},
    "step_finished": {"post": "reviewer", **_BY_AN_OFFICER, "action": "pass"},
    "suspension_started": {"basis": "行政许可法第四十五条", "approver": "officer-2"},
    "extended": {"unit": "work_day", "approver": "officer-2"},
    "decided": {"outcome": "granted", **_BY_AN_OFFICER},
    "evidence_preserved": dict(_BY_AN_OFFICER),
    "legal_reviewed": {"officer": EXAMPLE_OFFICERS[1]},
    "collectively_discussed": {"members": list(EXAMPLE_OFFICERS)},
    "item.guide_published": {"code": EXAMPLE_ITEM, "version": 1, "channel": "website"},
    "item.suspended": {"code": EXAMPLE_ITEM, "reason": "依据修改，暂停行使"},
    "item.cancelled": {"code": EXAMPLE_ITEM, "reason": "依据废止，取消"},
    "org.officer_assigned": {**_BY_AN_OFFICER, "department": EXAMPLE_DEPARTMENT, "posts": ["reviewer"]},
    "org.officer_disabled": dict(_BY_AN_OFFICER),
    "register.observed": {"department": EXAMPLE_DEPARTMENT, "decision_no": "2026-1", "seen_in": "政府公报"},
}
_ITEM_DEFAULTS: dict[str, Any] = {
    "version": 1,
    "class": "licence",
    "kind": "committed",
    "name": "示例事项",
    "department": EXAMPLE_DEPARTMENT,
    "effective_from": _SINCE,
    "basis": [],
    "flow": [],
    "materials": [],
    "fees": [],
    "suspensions_allowed": [],
}
_STEP_DEFAULTS: dict[str, Any] = {"post": "reviewer", "next": []}


@dataclass(eq=False)
class ExampleUnreadable(SupervisionError):
    """An example whose facts or times cannot be understood."""

    file: str
    example: str
    problem: str
    code = "example-unreadable"
    zh = "{file} 的示例“{example}”无法读懂：{problem}"
    en = "The example “{example}” of {file} cannot be read: {problem}"
    way_out_zh = "每条事实写作 {{简称: 日期、时间或带 time 的映射}}"
    way_out_en = "write each fact as {{short name: day, instant, or a mapping with time}}"


def example_facts(rule: Rule, example: Example) -> list[Fact]:
    """The facts of one example: its region, department, item and the one case it tells of."""
    try:
        return list(_ExampleWorld(rule, example).facts())
    except (BadInput, KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise ExampleUnreadable(rule.file, example.name, str(wrong)) from wrong


def renamed(fact: Fact, number: int) -> Fact:
    """The fact with its case, item, department, region and officers under names that no other example has."""

    def own(text: str) -> str:
        text = _OWN_NAMES.sub(rf"\g<0>.{number}", text)
        return text.replace("EXAMPLE-", f"EXAMPLE{number}-")

    stream, source, event_id = own(fact.stream), own(fact.source), own(fact.event_id)
    return fact._replace(stream=stream, source=source, event_id=event_id, body=own(fact.body.decode()).encode())


class _ExampleWorld:
    """The smallest world in which one example can happen."""

    def __init__(self, rule: Rule, example: Example) -> None:
        scope = rule.clauses[0]["applies_to"]
        self.zone = rule.pack.zone
        self.region = (scope["region"] or [EXAMPLE_REGION])[0]
        self.calendar = (scope["calendar"] or ["weekdays" if scope["region"] else "cn"])[0]
        self.item_class = (scope["class"] or ["licence"])[0]
        # Where a pack speaks of a region of its own, its cases have no published item.
        self.item = None if scope["region"] and example.item is None else example.item or {}
        self.given = [_single(entry) for entry in example.given]
        if any(name == "item.published" and "code" not in told for name, told in self.given):
            # The example itself says when its item is published.
            self.item = None

    def facts(self) -> Iterator[Fact]:
        """Region, departments, item, officers, and what the example tells in the order it is written."""
        yield self._standing("esup.org.region_registered", self.region, self._region())
        for code in (EXAMPLE_DEPARTMENT, EXAMPLE_SUPERVISOR):
            yield self._standing("esup.org.department_registered", code, self._department(code))
        if self.item is not None:
            yield self._standing("esup.item.published", EXAMPLE_ITEM, self._item(self.item))
        for officer in EXAMPLE_OFFICERS:
            yield self._standing("esup.org.officer_assigned", officer, self._officer(officer))
        for case_no, told in self._unopened():
            known: dict[str, Any] = {key: told[key] for key in ("time", "recordedtime") if key in told}
            yield self._fact(0, "applied", {**known, "subject": case_no, "id": f"{case_no}-0000"})
        for index, (name, told) in enumerate(self.given, start=1):
            yield self._fact(index, name, told)

    def _unopened(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The cases that the example does not begin: one begins by being applied for, which need not be said."""
        begun = {_case_of(name, told) for name, told in self.given if "department" in _DEFAULTS.get(name, {})}
        first: dict[str | None, dict[str, Any]] = {}
        for name, told in self.given:
            first.setdefault(_case_of(name, told), told)
        # A card, a task or a complaint may be about a case of which nothing else is told.
        cases = {case_no: told for case_no, told in first.items() if case_no is not None} or {
            EXAMPLE_CASE: self.given[0][1]
        }
        yield from ((case_no, told) for case_no, told in cases.items() if case_no not in begun)

    def _region(self) -> dict[str, Any]:
        words = {"code": self.region, "name": "示例地区", "level": "city", "supervisor": EXAMPLE_SUPERVISOR}
        return words | {"zone": self.zone, "calendar": self.calendar}

    def _department(self, code: str) -> dict[str, Any]:
        return {"code": code, "name": "示例部门", "region": self.region}

    def _item(self, told: dict[str, Any]) -> dict[str, Any]:
        item = _ITEM_DEFAULTS | {"code": EXAMPLE_ITEM, "class": self.item_class} | told
        item["flow"] = [_STEP_DEFAULTS | {"name": step["step"]} | step for step in item["flow"]]
        return item

    def _officer(self, officer: str) -> dict[str, Any]:
        """One who may do whatever the example has him do: he holds every post that it names."""
        flow = (self.item or {}).get("flow", [])
        named = [told["post"] for told in (*flow, *(told for _, told in self.given)) if told.get("post")]
        posts = list(dict.fromkeys(["reviewer", *named]))
        return {"officer": officer, "department": EXAMPLE_DEPARTMENT, "posts": posts}

    def _standing(self, fact_type: str, stream: str, data: dict[str, Any]) -> Fact:
        at = first_moment(parse_day(_SINCE), self.zone)
        return Fact(stream, fact_type, at, at, EXAMPLE_SOURCE, f"{fact_type}:{stream}", 1, encode_body({"data": data}))

    def _fact(self, index: int, name: str, told: dict[str, Any]) -> Fact:
        at, is_day = self._moment(told["time"])
        source = told.get("source", EXAMPLE_SOURCE)
        data = self._data(name, source, {key: value for key, value in told.items() if key not in _ENVELOPE})
        body: dict[str, Any] = {"data": data, "sequence": told.get("sequence", f"{index:04d}")}
        if is_day:
            body["precision"] = "day"
        fact_type = _full_type(name)
        return Fact(
            stream=told.get("subject", _stream(fact_type.split(".")[1], data)),
            type=fact_type,
            occurred_at=at,
            recorded_at=self._moment(told["recordedtime"])[0] if "recordedtime" in told else at,
            source=source,
            event_id=told.get("id", f"{EXAMPLE_CASE}-{index:04d}"),
            dataversion=told.get("dataversion", 1),
            body=encode_body(body),
        )

    def _data(self, name: str, source: str, told: dict[str, Any]) -> dict[str, Any]:
        """What the fact says: what the example tells, over what goes without saying."""
        match name:
            case "item.published":
                return self._item(told)
            case "org.region_registered":
                return self._region() | told
            case "org.department_registered":
                return self._department(told.get("code", EXAMPLE_DEPARTMENT)) | told
            case "source.registered":
                # It tells of itself: what the envelope calls its source is the source that it registers.
                return {"source": source, "department": EXAMPLE_DEPARTMENT} | told
            case _:
                return _DEFAULTS.get(name, {}) | told

    def _moment(self, text: str) -> tuple[int, bool]:
        """The instant of a fact, and whether it is known to the day only."""
        if _DAY.fullmatch(text):
            return first_moment(parse_day(text), self.zone), True
        return parse_instant(text), False


def _case_of(name: str, told: dict[str, Any]) -> str | None:
    """The case that a fact belongs to, if it belongs to one."""
    if not _full_type(name).startswith("esup.case."):
        return None
    return str(told.get("subject", EXAMPLE_CASE))


def _stream(family: str, data: dict[str, Any]) -> str:
    """The stream of a fact that does not say its own: by its own name where it has one."""
    own = {"item": "code" if "change" not in data else "", "org": "officer" if "officer" in data else "code"}
    name = own.get(family, "")
    if name in data:
        return str(data[name])
    return EXAMPLE_CASE if family == "case" else f"EXAMPLE-{family}"


def _full_type(name: str) -> str:
    """`accepted` is a fact of a case; `card.issued` names its family; a full type stays as it is."""
    if name.startswith("esup."):
        return name
    return f"esup.{name}" if "." in name else f"esup.case.{name}"


def _single(entry: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    ((name, told),) = entry.items()
    return name, {"time": told} if isinstance(told, str) else told
