"""The judge of rules: hostile SELECTs are refused, examples become facts, and a failing example is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import duckdb
import msgspec
import orjson
import pytest

from engine.clock import parse_instant, parse_moment
from engine.facts import Fact
from engine.rule_shapes import Example, Expected
from engine.rulebook import Rule, Rulebook, load_rulebook
from projections.rule_check import (
    ExampleUnreadable,
    Found,
    World,
    check_rules,
    example_facts,
)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook()


def facts_of(rule: Rule, example: Example) -> dict[str, Fact]:
    return {fact.type: fact for fact in example_facts(rule, example)}


def data_of(fact: Fact) -> dict[str, Any]:
    data: dict[str, Any] = orjson.loads(fact.body)["data"]
    return data


def example(given: list[dict[str, Any]], **more: Any) -> Example:
    return msgspec.convert({"name": "x", "given": given, "as_of": "2026-09-30", "expect": []} | more, Example)


def test_an_example_brings_its_region_department_and_item(book: Rulebook) -> None:
    rule = book.rule("licensing.promise-passed")
    facts = facts_of(rule, rule.examples[0])
    region = data_of(facts["esup.org.region_registered"])
    assert (region["zone"], region["calendar"]) == ("Asia/Shanghai", "cn")
    assert data_of(facts["esup.org.department_registered"])["region"] == region["code"]
    item = data_of(facts["esup.item.published"])
    assert (item["class"], item["promised"]) == ("licence", {"n": 10, "unit": "work_day"})
    accepted = data_of(facts["esup.case.accepted"])
    assert (accepted["item"], accepted["department"]) == (item["code"], item["department"])


def test_a_pack_with_its_own_region_has_no_item(book: Rulebook) -> None:
    rule = book.rule("fines.send-in-time")
    facts = facts_of(rule, rule.examples[0])
    assert "esup.item.published" not in facts
    region = data_of(facts["esup.org.region_registered"])
    assert (region["code"], region["zone"], region["calendar"]) == ("it.fines", "Europe/Rome", "weekdays")


def test_a_day_is_known_to_the_day_and_an_instant_to_the_microsecond(book: Rulebook) -> None:
    rule = book.rule("licensing.promise-passed")
    facts = facts_of(rule, example([{"accepted": "2026-09-07"}, {"decided": "2026-09-20T17:59:00.5+08:00"}]))
    accepted, decided = facts["esup.case.accepted"], facts["esup.case.decided"]
    assert accepted.occurred_at == parse_instant("2026-09-07T00:00:00+08:00")
    assert orjson.loads(accepted.body)["precision"] == "day"
    assert decided.occurred_at == decided.recorded_at == parse_instant("2026-09-20T17:59:00.5+08:00")
    assert "precision" not in orjson.loads(decided.body)


def test_what_belongs_to_the_envelope_stays_out_of_the_data(book: Rulebook) -> None:
    told = {
        "time": "2026-09-07",
        "sequence": "b",
        "id": "7",
        "source": "/s",
        "dataversion": 2,
        "recordedtime": "2026-09-09T09:00:00+08:00",
        "officer": "u1",
    }
    fact = facts_of(book.rule("licensing.promise-passed"), example([{"accepted": told}]))["esup.case.accepted"]
    assert (fact.event_id, fact.source, fact.dataversion) == ("7", "/s", 2)
    assert fact.recorded_at == parse_instant("2026-09-09T09:00:00+08:00")
    assert orjson.loads(fact.body)["sequence"] == "b"
    assert set(data_of(fact)) == {"item", "department", "officer"}


def test_a_case_that_tells_no_department_begins_by_being_applied_for(book: Rulebook) -> None:
    rule = book.rule("licensing.accept-or-refuse")
    facts = facts_of(rule, example([{"materials_received": "2026-09-18"}]))
    applied = facts["esup.case.applied"]
    assert applied.occurred_at == facts["esup.case.materials_received"].occurred_at
    assert "materials" not in data_of(applied)


@pytest.mark.parametrize(
    ("name", "fact_type", "stream"),
    [
        ("closed", "esup.case.closed", "EXAMPLE-1"),
        ("esup.case.closed", "esup.case.closed", "EXAMPLE-1"),
        ("card.issued", "esup.card.issued", "EXAMPLE-card"),
        ("esup.card.issued", "esup.card.issued", "EXAMPLE-card"),
    ],
)
def test_a_name_may_be_short_or_written_out(book: Rulebook, name: str, fact_type: str, stream: str) -> None:
    fact = facts_of(book.rule("licensing.promise-passed"), example([{name: "2026-09-07"}]))[fact_type]
    assert fact.stream == stream


def test_a_fact_may_name_its_subject(book: Rulebook) -> None:
    given = [{"card.issued": {"time": "2026-09-07", "subject": "c1"}}]
    fact = facts_of(book.rule("licensing.promise-passed"), example(given))["esup.card.issued"]
    assert fact.stream == "c1"
    assert data_of(fact) == {}


def test_an_example_may_tell_of_several_cases_and_begins_each(book: Rulebook) -> None:
    known = {"time": "2026-09-07", "recordedtime": "2026-09-09T10:00:00+08:00"}
    given = [{"decided": known}, {"decided": {**known, "subject": "EXAMPLE-2"}}, {"accepted": known}]
    facts = example_facts(book.rule("licensing.promise-passed"), example(given))
    (applied,) = [fact for fact in facts if fact.type == "esup.case.applied"]
    assert (applied.stream, applied.event_id) == ("EXAMPLE-2", "EXAMPLE-2-0000")
    assert applied.recorded_at == parse_instant("2026-09-09T10:00:00+08:00")


def test_the_officers_of_an_example_hold_every_post_that_it_names(book: Rulebook) -> None:
    item = {"flow": [{"step": "check", "post": "checker"}]}
    given = [{"step_finished": {"time": "2026-09-07", "step": "check", "post": "clerk"}}]
    facts = example_facts(book.rule("licensing.promise-passed"), example(given, item=item))
    assigned = [fact for fact in facts if fact.type == "esup.org.officer_assigned"]
    assert [fact.stream for fact in assigned] == ["officer-1", "officer-2"]
    assert all(data_of(fact)["posts"] == ["reviewer", "checker", "clerk"] for fact in assigned)


def test_no_two_examples_share_an_officer_or_an_office(book: Rulebook) -> None:
    told: list[World] = []
    rule = book.rule("licensing.promise-passed")

    def remember(rules: Sequence[Rule], worlds: Sequence[World]) -> Sequence[Found]:
        told.extend(worlds)
        return []

    check_rules([rule], remember)
    streams = [{fact.stream for fact in world.facts} for world in told]
    assert all(not one & other for index, one in enumerate(streams) for other in streams[:index])


def test_the_steps_of_an_item_get_what_a_reader_takes_for_granted(book: Rulebook) -> None:
    rule = book.rule("licensing.step-overtime")
    (step,) = data_of(facts_of(rule, rule.examples[0])["esup.item.published"])["flow"]
    assert step == {
        "step": "review",
        "name": "review",
        "post": "reviewer",
        "next": [],
        "limit": {"n": 3, "unit": "work_day"},
    }


@pytest.mark.parametrize(
    "given",
    [
        [{"accepted": "2026-09-07T10:00:00"}],
        [{"accepted": "2026-09-31"}],
        [{"accepted": {"officer": "u1"}}],
        [{"accepted": 7}],
        [{"accepted": "2026-09-07", "decided": "2026-09-08"}],
    ],
)
def test_an_example_that_cannot_be_read_is_named(book: Rulebook, given: list[dict[str, Any]]) -> None:
    with pytest.raises(ExampleUnreadable, match="licensing/promise-passed"):
        example_facts(book.rule("licensing.promise-passed"), example(given))


def test_every_shipped_example_becomes_facts_and_is_judged_at_a_readable_moment(book: Rulebook) -> None:
    for rule in book.rules:
        for shown in rule.examples:
            facts = example_facts(rule, shown)
            assert len({(fact.source, fact.event_id, fact.dataversion) for fact in facts}) == len(facts)
            as_of = parse_moment(shown.as_of, rule.pack.zone)
            assert all(parse_instant(found.triggers_at) <= as_of for found in shown.expect)


class AsExpected:
    """An evaluation that finds what each example expects, and counts how many it was asked about."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.asked = 0
        self.expected = [(rule, shown) for rule in rules for shown in rule.examples]

    def __call__(self, rules: Sequence[Rule], worlds: Sequence[World]) -> Sequence[Found]:
        self.asked += len(worlds)
        found: list[Found] = []
        for (rule, shown), world in zip(self.expected, worlds, strict=True):
            said = [(rule.rule_id, told.level, parse_instant(told.triggers_at)) for told in shown.expect]
            pending, another_rule = (rule.rule_id, "red", world.as_of + 1), ("another.rule", "red", world.as_of)
            found += [Found(*row, world.case_no) for row in (*said, pending, another_rule)]
        return found


def nothing_found(rules: Sequence[Rule], worlds: Sequence[World]) -> Sequence[Found]:
    return []


def test_rules_whose_examples_come_out_pass(book: Rulebook) -> None:
    rules = [book.rule("licensing.promise-passed"), book.rule("wabo.rubber-stamp")]
    evaluate = AsExpected(rules)
    assert check_rules(rules, evaluate) == []
    assert evaluate.asked == sum(len(rule.examples) for rule in rules)


def test_each_failing_example_is_reported_with_what_was_expected(book: Rulebook) -> None:
    rule = book.rule("licensing.promise-near")
    failures = check_rules([rule], nothing_found)
    assert len(failures) == sum(1 for shown in rule.examples if shown.expect)
    assert failures[0].example == rule.examples[0].name
    assert failures[0].sentence.endswith("expected prompt 2026-09-17T00:00:00+08:00, found nothing")


def test_a_refused_select_is_reported_and_its_examples_are_not_run(book: Rulebook) -> None:
    rule = book.rule("wabo.four-eyes")
    hostile = replace(rule, normalised=rule.normalised | {"clauses": [rule.clauses[0] | {"sql": "select now()"}]})
    (failure,) = check_rules([hostile], nothing_found)
    assert failure.example is None
    assert "function" in failure.sentence or "not allowed" in failure.sentence


def test_an_example_that_cannot_be_evaluated_is_a_failure_not_a_crash(book: Rulebook) -> None:
    def broken(rules: Sequence[Rule], worlds: Sequence[World]) -> Sequence[Found]:
        raise duckdb.BinderException("no column nonsense")

    rule = book.rule("wabo.four-eyes")
    failures = check_rules([rule], broken)
    assert len(failures) == len(rule.examples)
    assert "nonsense" in failures[0].sentence


def test_an_example_with_an_unreadable_time_is_a_failure(book: Rulebook) -> None:
    rule = book.rule("licensing.promise-passed")
    shown = example([{"accepted": "2026-09-07"}], as_of="soon")
    late = example([{"accepted": "2026-09-07"}])
    late.expect = [Expected("yellow", "2026-09-21")]
    failures = check_rules([replace(rule, examples=(shown, late))], nothing_found)
    assert [failure.example for failure in failures] == ["x", "x"]
