"""Every rule through `import` and `watch`: silent when all is lawful, silent a microsecond before, found in time.

The cases are the rules' own examples, written for people: one lawful and one unlawful for each level of each rule. What
the engine itself must say first (a card, say) no door takes; those rules are shown by scenarios of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest

from engine.clock import format_instant, parse_instant, parse_moment
from engine.events import OWN
from engine.facts import Fact
from engine.rule_shapes import Example
from engine.rulebook import Rule, load_rulebook
from projections.example_world import example_facts, renamed
from projections.projector import Projector
from tests.watched_homes import Event, watch_through

BY_SCENARIO = {
    "supervision.yellow-not-corrected",
    "supervision.task-not-launched",
    "supervision.repeat-offender",
    "supervision.calendar-not-noticed",
}
FIRST, LAST = parse_instant("2026-01-01T00:00:00+08:00"), parse_instant("2026-11-20T00:00:00+08:00")
_FOUND = r"""
with belonging as (
    select
        rule_id,
        level,
        epoch_us(triggers_at) as triggers_at,
        regexp_extract(
            concat_ws(' ', case_no, subject_id, department), '\b(EXAMPLE|example\.[a-z]+\.)([0-9]+)', 2
        ) as number
    from findings
    where verdict <> 'pending'
)
select distinct number::integer, rule_id, level, triggers_at from belonging where number <> ''
"""
Found = set[tuple[int, str, str, int]]


@dataclass(frozen=True)
class Shown:
    """One example of a rule under names of its own, the finding that it must give, if any, and when that is seen."""

    number: int
    rule: Rule
    example: Example
    seen_at: int
    level: str | None = None
    triggers_at: int = 0

    @property
    def facts(self) -> list[Fact]:
        return [renamed(fact, self.number) for fact in example_facts(self.rule, self.example)]

    @property
    def finding(self) -> tuple[int, str, str | None, int]:
        """Number, rule, level and instant, as the findings tell them."""
        return self.number, self.rule.rule_id, self.level, self.triggers_at

    def __str__(self) -> str:
        return f"{self.rule.rule_id}, {self.level or 'lawful'}: {self.example.name}"


def shown_by_examples() -> list[Shown]:
    numbers = iter(range(1, 10_000))
    return [
        shown for rule in load_rulebook().rules if rule.rule_id not in BY_SCENARIO for shown in picked(rule, numbers)
    ]


def picked(rule: Rule, numbers: Iterator[int]) -> Iterator[Shown]:
    """The first lawful example, and for each level an unlawful one, in the year of most examples if there is one."""
    told = [example for example in rule.examples if may_come_in(rule, example)]
    lawful = next(example for example in told if not example.expect)
    yield Shown(next(numbers), rule, lawful, parse_moment(lawful.as_of, rule.pack.zone))
    found = [(example, said.level, parse_instant(said.triggers_at)) for example in told for said in example.expect]
    found.sort(key=lambda entry: not FIRST <= entry[2] <= LAST)
    levels: set[str] = set()
    for example, level, at in found:
        if level not in levels:
            levels.add(level)
            shown = Shown(next(numbers), rule, example, at, level, at)
            yield replace(shown, seen_at=seen_at(shown))


def may_come_in(rule: Rule, example: Example) -> bool:
    """Whether any door takes the example's facts: not those that only the engine says, nor those that lie ahead."""
    facts = example_facts(rule, example)
    return not any(fact.type in OWN for fact in facts) and all(fact.occurred_at < LAST for fact in facts)


def seen_at(shown: Shown) -> int:
    """The instant at which the finding can first be known: it triggers, or a fact behind it comes in late."""
    late = [known(fact) for fact in shown.facts if fact.occurred_at <= shown.triggers_at < known(fact)]
    # The cause of a change is known only when the change is filed.
    filed = [known(fact) for fact in shown.facts if shown.rule.normalised["code"] == "K05" and "change" in fact.type]
    return max([shown.triggers_at, *late, *filed])


def known(fact: Fact) -> int:
    return fact.occurred_at if fact.recorded_at is None else fact.recorded_at


def as_event(fact: Fact, zone: str) -> Event:
    """A fact as a source system of that zone would hand it over."""
    body: dict[str, Any] = orjson.loads(fact.body)
    return {
        "specversion": "1.0",
        "id": fact.event_id,
        # The names that begin with /esup are the engine's own.
        "source": fact.source.removeprefix("/esup"),
        "type": fact.type,
        "subject": fact.stream,
        "time": format_instant(fact.occurred_at, zone),
        "recordedtime": format_instant(known(fact), zone),
        "dataversion": fact.dataversion,
        **body,
    }


@pytest.fixture(scope="module")
def shown() -> list[Shown]:
    return shown_by_examples()


@pytest.fixture(scope="module")
def watched(shown: list[Shown], tmp_path_factory: pytest.TempPathFactory) -> dict[int, Found]:
    """What was found when each example is looked at, and a microsecond before each finding can be known."""
    seen: dict[int, Found] = {}

    def look(at: int, projector: Projector) -> None:
        seen[at] = set(projector.query(_FOUND)[1])

    told = (as_event(fact, one.rule.pack.zone) for one in shown for fact in one.facts)
    events = {(event["source"], event["id"], event["dataversion"]): event for event in told}
    moments = {one.seen_at for one in shown} | {one.seen_at - 1 for one in shown if one.level}
    watch_through(tmp_path_factory.mktemp("doors"), events.values(), moments, look)
    return seen


def test_every_rule_is_shown_by_an_example_or_a_scenario(shown: list[Shown]) -> None:
    rules = {rule.rule_id for rule in load_rulebook().rules}
    assert {one.rule.rule_id for one in shown if one.level} | BY_SCENARIO == rules
    assert {one.rule.rule_id for one in shown if one.level is None} | BY_SCENARIO == rules


@pytest.mark.slow
def test_each_is_found_at_its_instant(shown: list[Shown], watched: dict[int, Found]) -> None:
    assert [str(one) for one in shown if one.level and one.finding not in watched[one.seen_at]] == []


@pytest.mark.slow
def test_none_is_found_a_microsecond_before(shown: list[Shown], watched: dict[int, Found]) -> None:
    early = [str(one) for one in shown if one.level and one.finding in watched[one.seen_at - 1]]
    assert early == []


@pytest.mark.slow
def test_the_lawful_cases_stay_silent(shown: list[Shown], watched: dict[int, Found]) -> None:
    """Nothing is said of them when they are looked at, and until then nothing but that a limit comes near."""
    said = []
    for one in (one for one in shown if one.level is None):
        of_it = {
            (at, level)
            for at, found in watched.items()
            for number, rule_id, level, _ in found
            if at <= one.seen_at and (number, rule_id) == (one.number, one.rule.rule_id)
        }
        said += [(str(one), level) for at, level in of_it if at == one.seen_at or level != "prompt"]
    assert said == []
