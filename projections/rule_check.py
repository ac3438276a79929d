"""The judge of rules: each condition's SELECT is checked, each rule's examples are run, before a rule may be published.

An example is a small case written for people. Here it becomes the facts that a source system would have sent, with
what a reader takes for granted (a department, an officer, an item) filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import duckdb

from engine.clock import first_moment, format_instant, parse_day, parse_instant, parse_moment
from engine.errors import BadInput, SupervisionError
from engine.facts import Fact, encode_body
from engine.rule_shapes import Example
from engine.rulebook import Rule
from projections.rule_sql import CONDITION_COLUMNS, CONDITION_MODELS, ConditionRefused, check_sql

__all__ = [
    "CONDITION_COLUMNS",
    "CONDITION_MODELS",
    "ConditionRefused",
    "Evaluate",
    "ExampleUnreadable",
    "Found",
    "World",
    "RuleFailure",
    "check_rules",
    "check_sql",
    "example_facts",
]

EXAMPLE_CASE = "EXAMPLE-1"
EXAMPLE_SOURCE = "/esup/examples"
EXAMPLE_ITEM = "example.item"
EXAMPLE_DEPARTMENT = "example.department"
_SINCE = "1990-01-01"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ENVELOPE = ("time", "sequence", "id", "source", "subject", "dataversion", "recordedtime")

_PARTY = {"item": EXAMPLE_ITEM, "department": EXAMPLE_DEPARTMENT}
# What a reader of an example takes for granted, by the last part of the fact's type.
_DEFAULTS: dict[str, dict[str, Any]] = {
    "applied": {**_PARTY, "applicant": {"kind": "citizen"}, "channel": "window"},
    "accepted": {**_PARTY, "officer": "officer-1"},
    "filed": {**_PARTY, "officer": "officer-1"},
    "offence_known": dict(_PARTY),
    "filing_refused": {**_PARTY, "officer": "officer-1"},
    "measure_taken": {**_PARTY, "officer": "officer-1"},
    "disclosure_requested": {**_PARTY, "received_by": "window"},
    "other": dict(_PARTY),
    "materials_received": {"materials": ["M1"]},
    "correction_noticed": {"items": ["M1"]},
    "correction_received": {"items": ["M1"]},
    "acceptance_refused": {"officer": "officer-1", "reason": "不属于本机关职权范围，请向主管机关申请"},
    "step_started": {"post": "reviewer", "officer": "officer-1"},
    "step_finished": {"post": "reviewer", "officer": "officer-1", "action": "pass"},
    "suspension_started": {"basis": "行政许可法第四十五条", "approver": "officer-2"},
    "extended": {"unit": "work_day", "approver": "officer-2"},
    "decided": {"outcome": "granted", "officer": "officer-1"},
    "item.guide_published": {"code": EXAMPLE_ITEM, "version": 1, "channel": "website"},
    "item.suspended": {"code": EXAMPLE_ITEM, "reason": "依据修改，暂停行使"},
    "item.cancelled": {"code": EXAMPLE_ITEM, "reason": "依据废止，取消"},
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


class Found(NamedTuple):
    """A finding as an example speaks of it."""

    rule_id: str
    level: str
    triggers_at: int
    case_no: str = EXAMPLE_CASE


class World(NamedTuple):
    """The facts of one example under names of its own, and the instant at which it is judged."""

    case_no: str
    facts: list[Fact]
    as_of: int


class Evaluate(Protocol):
    """Whoever can derive findings: the models, or in tests a second reading of the law."""

    def __call__(self, rules: Sequence[Rule], worlds: Sequence[World]) -> Sequence[Found]:
        """The findings of each world's case at its own instant, under these rules and the built-in calendars."""
        ...


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


@dataclass(frozen=True)
class RuleFailure:
    """One reason not to publish a rule: its SELECT is refused, or an example does not come out as it says."""

    rule_id: str
    file: str
    example: str | None
    sentence: str


def check_rules(rules: Sequence[Rule], evaluate: Evaluate) -> list[RuleFailure]:
    """Every failing rule and example; an empty list means that the rules may be published.

    All examples are judged in one evaluation, each in a world of its own names.
    """
    failures: dict[tuple[str, str | None], RuleFailure] = {}
    trials: list[tuple[Rule, Example, World]] = []
    for rule in rules:
        refused = _refused(rule)
        if refused is not None:
            failures[rule.rule_id, None] = refused
            continue
        for example in rule.examples:
            try:
                trials.append((rule, example, _world(rule, example, len(trials) + 1)))
            except SupervisionError as wrong:
                failures[rule.rule_id, example.name] = _failure(rule, example, str(wrong))
    sound = [rule for rule in rules if (rule.rule_id, None) not in failures]
    found = _judge(sound, [world for _, _, world in trials], evaluate)
    for rule, example, world in trials:
        sentence = found if isinstance(found, str) else _compare(rule, example, world, found)
        if sentence is not None:
            failures[rule.rule_id, example.name] = _failure(rule, example, sentence)
    return [failures[key] for key in _in_order(rules) if key in failures]


def _in_order(rules: Sequence[Rule]) -> Iterator[tuple[str, str | None]]:
    for rule in rules:
        yield rule.rule_id, None
        yield from ((rule.rule_id, example.name) for example in rule.examples)


def _refused(rule: Rule) -> RuleFailure | None:
    try:
        for clause in rule.clauses:
            if clause["sql"] is not None and clause["gather_sql"] is None:
                check_sql(clause["sql"])
    except ConditionRefused as refused:
        return RuleFailure(rule.rule_id, rule.file, None, str(refused))
    return None


def _failure(rule: Rule, example: Example, sentence: str) -> RuleFailure:
    return RuleFailure(rule.rule_id, rule.file, example.name, sentence)


def _world(rule: Rule, example: Example, number: int) -> World:
    """The example's facts, its case, item and department under names that no other example has."""
    facts = [_renamed(fact, number) for fact in example_facts(rule, example)]
    try:
        as_of = parse_moment(example.as_of, rule.pack.zone)
        for found in example.expect:
            parse_instant(found.triggers_at)
    except BadInput as wrong:
        raise ExampleUnreadable(rule.file, example.name, str(wrong)) from wrong
    return World(f"EXAMPLE{number}-1", facts, as_of)


def _renamed(fact: Fact, number: int) -> Fact:
    def own(text: str) -> str:
        for name in (EXAMPLE_ITEM, EXAMPLE_DEPARTMENT):
            text = text.replace(name, f"{name}.{number}")
        return text.replace("EXAMPLE-", f"EXAMPLE{number}-")

    return fact._replace(stream=own(fact.stream), event_id=own(fact.event_id), body=own(fact.body.decode()).encode())


def _judge(rules: Sequence[Rule], worlds: Sequence[World], evaluate: Evaluate) -> Sequence[Found] | str:
    try:
        return evaluate(rules, worlds)
    except (SupervisionError, duckdb.Error) as wrong:
        return str(wrong)


def _compare(rule: Rule, example: Example, world: World, findings: Sequence[Found]) -> str | None:
    """What is wrong with the example, or None."""
    zone = rule.pack.zone
    expected = sorted((found.level, parse_instant(found.triggers_at)) for found in example.expect)
    derived = sorted(
        (found.level, found.triggers_at)
        for found in findings
        if found.rule_id == rule.rule_id and found.case_no == world.case_no and found.triggers_at <= world.as_of
    )
    if derived == expected:
        return None
    said, seen = _listed(expected, zone), _listed(derived, zone)
    return f"应为 {said}，实得 {seen} / expected {said}, found {seen}"


def example_facts(rule: Rule, example: Example) -> list[Fact]:
    """The facts of one example: its region, department, item and the one case it tells of."""
    try:
        return list(_ExampleWorld(rule, example).facts())
    except (BadInput, KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise ExampleUnreadable(rule.file, example.name, str(wrong)) from wrong


def _listed(findings: Sequence[tuple[str, int]], zone: str) -> str:
    return "; ".join(f"{level} {format_instant(at, zone)}" for level, at in findings) or "nothing"


class _ExampleWorld:
    """The smallest world in which one example can happen."""

    def __init__(self, rule: Rule, example: Example) -> None:
        scope = rule.clauses[0]["applies_to"]
        self.zone = rule.pack.zone
        self.region = (scope["region"] or [f"example.{rule.pack.name}"])[0]
        self.calendar = (scope["calendar"] or ["weekdays" if scope["region"] else "cn"])[0]
        self.item_class = (scope["class"] or ["licence"])[0]
        # Where a pack speaks of a region of its own, its cases have no published item.
        self.item = None if scope["region"] and example.item is None else example.item or {}
        self.given = [_single(entry) for entry in example.given]
        if any(name == "item.published" and "code" not in told for name, told in self.given):
            # The example itself says when its item is published.
            self.item = None

    def facts(self) -> Iterator[Fact]:
        """Region, department, item, and the case's facts in the order they are written."""
        yield self._standing("esup.org.region_registered", self.region, self._region())
        yield self._standing("esup.org.department_registered", EXAMPLE_DEPARTMENT, self._department())
        if self.item is not None:
            yield self._standing("esup.item.published", EXAMPLE_ITEM, self._item(self.item))
        if not any("department" in _DEFAULTS.get(name, {}) for name, _ in self.given):
            # A case begins by being applied for; an example need not say so.
            name, told = self.given[0]
            yield self._case_fact(0, "applied", {"time": told["time"]})
        for index, (name, told) in enumerate(self.given, start=1):
            yield self._case_fact(index, name, told)

    def _region(self) -> dict[str, Any]:
        words = {"code": self.region, "name": "示例地区", "level": "city"}
        return words | {"zone": self.zone, "calendar": self.calendar}

    def _department(self) -> dict[str, Any]:
        return {"code": EXAMPLE_DEPARTMENT, "name": "示例部门", "region": self.region}

    def _item(self, told: dict[str, Any]) -> dict[str, Any]:
        item = _ITEM_DEFAULTS | {"code": EXAMPLE_ITEM, "class": self.item_class} | told
        item["flow"] = [_STEP_DEFAULTS | {"name": step["step"]} | step for step in item["flow"]]
        return item

    def _standing(self, fact_type: str, stream: str, data: dict[str, Any]) -> Fact:
        at = first_moment(parse_day(_SINCE), self.zone)
        return Fact(stream, fact_type, at, at, EXAMPLE_SOURCE, f"{fact_type}:{stream}", 1, encode_body({"data": data}))

    def _case_fact(self, index: int, name: str, told: dict[str, Any]) -> Fact:
        at, is_day = self._moment(told["time"])
        data = _DEFAULTS.get(name, {}) | {key: value for key, value in told.items() if key not in _ENVELOPE}
        if name == "item.published":
            data = self._item(data)
        body: dict[str, Any] = {"data": data, "sequence": told.get("sequence", f"{index:04d}")}
        if is_day:
            body["precision"] = "day"
        fact_type = _full_type(name)
        family = fact_type.split(".")[1]
        return Fact(
            stream=told.get("subject", self._stream(family, data)),
            type=fact_type,
            occurred_at=at,
            recorded_at=self._moment(told["recordedtime"])[0] if "recordedtime" in told else at,
            source=told.get("source", EXAMPLE_SOURCE),
            event_id=told.get("id", f"{EXAMPLE_CASE}-{index:04d}"),
            dataversion=told.get("dataversion", 1),
            body=encode_body(body),
        )

    def _stream(self, family: str, data: dict[str, Any]) -> str:
        if family == "item" and "code" in data and "change" not in data:
            return str(data["code"])
        return EXAMPLE_CASE if family == "case" else f"EXAMPLE-{family}"

    def _moment(self, text: str) -> tuple[int, bool]:
        """The instant of a fact, and whether it is known to the day only."""
        if _DAY.fullmatch(text):
            return first_moment(parse_day(text), self.zone), True
        return parse_instant(text), False


def _full_type(name: str) -> str:
    """`accepted` is a fact of a case; `card.issued` names its family; a full type stays as it is."""
    if name.startswith("esup."):
        return name
    return f"esup.{name}" if "." in name else f"esup.case.{name}"


def _single(entry: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    ((name, told),) = entry.items()
    return name, {"time": told} if isinstance(told, str) else told
