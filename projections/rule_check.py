"""The judge of rules: each condition's SELECT is checked, each rule's examples are run, before a rule may be published.

All examples are judged together, each in a world of its own names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import duckdb

from engine.clock import format_instant, parse_instant, parse_moment
from engine.errors import BadInput, SupervisionError
from engine.facts import Fact
from engine.rule_shapes import Example
from engine.rulebook import Rule
from projections.example_world import EXAMPLE_CASE, ExampleUnreadable, example_facts, renamed
from projections.rule_sql import (
    CONDITION_COLUMNS,
    CONDITION_MODELS,
    ConditionRefused,
    check_across_sql,
    check_gather_sql,
    check_sql,
)

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
            if clause["gather_sql"] is not None:
                check_gather_sql(clause["gather_sql"])
                check_across_sql(clause["sql"])
            elif clause["sql"] is not None:
                check_sql(clause["sql"])
    except ConditionRefused as refused:
        return RuleFailure(rule.rule_id, rule.file, None, str(refused))
    return None


def _failure(rule: Rule, example: Example, sentence: str) -> RuleFailure:
    return RuleFailure(rule.rule_id, rule.file, example.name, sentence)


def _world(rule: Rule, example: Example, number: int) -> World:
    """The example's facts, its case, item and department under names that no other example has."""
    facts = [renamed(fact, number) for fact in example_facts(rule, example)]
    try:
        as_of = parse_moment(example.as_of, rule.pack.zone)
        for found in example.expect:
            parse_instant(found.triggers_at)
    except BadInput as wrong:
        raise ExampleUnreadable(rule.file, example.name, str(wrong)) from wrong
    return World(f"EXAMPLE{number}-1", facts, as_of)


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


def _listed(findings: Sequence[tuple[str, int]], zone: str) -> str:
    return "; ".join(f"{level} {format_instant(at, zone)}" for level, at in findings) or "nothing"
