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
    ConditionRefused,
    ExampleUnreadable,
    Found,
    check_rules,
    check_sql,
    example_facts,
)

ANSWER = (
    "facts.case_no as subject_id, facts.case_no, facts.department, facts.officer, facts.source as occurrence_source, "
    "facts.event_id as occurrence_id, facts.occurred_at as triggers_at, cast(null as timestamptz) as rectified_at, "
    "{evidence} as evidence"
)


def condition(evidence: str = "facts.reason", rest: str = "from facts", head: str = "") -> str:
    return f"{head} select {ANSWER.format(evidence=evidence)} {rest}"


HARMLESS = [
    condition(),
    condition("count(*) over (partition by facts.case_no)"),
    condition("row_number() over (partition by facts.case_no order by facts.ord)"),
    condition("case when facts.amount > 200.00 then 'large' else 'small' end"),
    condition("coalesce(trim(facts.reason), '') || '·' || upper(facts.step)"),
    condition("json_object('step', facts.step)"),
    condition("facts.data ->> '$.proposed.amount'"),
    condition(rest="from facts where facts.occurred_at - facts.recorded_at < interval 24 hour"),
    condition(rest="from facts where exists (select 1 from steps where steps.case_no = facts.case_no)"),
    condition(rest="from facts where facts.step in (select steps.step from steps)"),
    condition(rest="from facts inner join cases on facts.case_no = cases.case_no where cases.state = 'closed'"),
    condition(rest="from facts inner join cases using (case_no)"),
    condition(rest="from late as facts", head="with early as (select * exclude none_such from facts)")
    .replace("select * exclude none_such from facts", "select facts.case_no from facts")
    .replace("from late as facts", "from facts left join early on facts.case_no = early.case_no"),
    condition() + " union all " + condition(rest="from facts where facts.type = 'esup.case.paid'"),
    condition(rest="from facts qualify row_number() over (partition by facts.case_no order by facts.ord) = 1"),
    condition(rest="-- now()\nfrom facts /* read_csv('x') */ where facts.reason <> 'now(); drop table facts'"),
]

HOSTILE = [
    # No SELECT, or more than one statement.
    "",
    "-- nothing",
    "select 1; select 2",
    condition() + "; drop table facts",
    condition() + ";",
    "insert into facts values (1)",
    "update facts set officer = 'x'",
    "delete from facts",
    "drop table facts",
    "create table x as select 1",
    "create macro facts() as 1",
    "alter table facts add column x integer",
    "truncate facts",
    "copy facts to 'out.csv'",
    "copy facts from 'in.csv'",
    "export database 'x'",
    "attach 'other.duckdb' as other",
    "detach other",
    "install httpfs",
    "load httpfs",
    "set threads = 1",
    "reset threads",
    "pragma version",
    "call pragma_version()",
    "explain select 1",
    "show tables",
    "describe facts",
    "values (1)",
    "begin",
    "vacuum",
    "checkpoint",
    "use other",
    "prepare p as select 1",
    "select from facts where",
    "not sql at all",
    "select " + "(" * 4000 + "1" + ")" * 4000,
    condition("'" + "x" * 20_000 + "'"),
    # Data-modifying and recursive common tables, and names that mean something else elsewhere.
    condition(head="with gone as (delete from facts returning *)"),
    condition(head="with added as (insert into facts values (1) returning *)"),
    condition(head="with recursive n as (select 1 as i union all select i + 1 from n)"),
    condition(head="with facts as (select 1 as case_no)"),
    condition(head="with later as (select findings.case_no from findings), findings as (select 1 as case_no)"),
    condition(head="with findings as (select findings.case_no from findings)"),
    condition(head="with a as (select 1 as i), a as (select 2 as i)"),
    condition(rest="from facts where exists (with cards as (select 1 as i) select i from cards)"),
    # Relations that are no models below the findings.
    condition(rest="from cards as facts"),
    condition(rest="from findings as facts"),
    condition(rest="from events as facts"),
    condition(rest="from clock as facts"),
    condition(rest="from main.facts"),
    condition(rest="from other.main.facts"),
    condition(rest="from scope.facts as facts"),
    condition(rest="from 'facts.csv' as facts"),
    condition(rest="from \"facts.parquet\" as facts"),
    condition(rest="from information_schema.tables as facts"),
    condition(rest="from sqlite_master as facts"),
    condition(rest="from duckdb_settings() as facts"),
    condition(rest="from read_csv('*.csv') as facts"),
    condition(rest="from read_text('settings.toml') as facts"),
    condition(rest="from read_parquet('x.parquet') as facts"),
    condition(rest="from glob('*') as facts"),
    condition(rest="from query('select 1') as facts"),
    condition(rest="from query_table('cards') as facts"),
    condition(rest="from range(10) as facts"),
    condition(rest="from generate_series(1, 10) as facts"),
    condition(rest="from unnest([1, 2]) as facts"),
    condition(rest="from (values (1)) as facts"),
    condition(rest="from facts, lateral (select cards.case_no from cards) as x"),
    condition(rest="from facts where facts.case_no in (select cards.case_no from cards)"),
    condition("(select max(cards.case_no) from cards)"),
    condition(rest="from facts tablesample 10%"),
    condition(rest="from facts using sample 5"),
    condition(rest="from facts pivot (count(*) for step in ('T05'))"),
    condition(rest="from facts, cases"),
    condition(rest="from facts cross join cases"),
    condition(rest="from facts natural join cases"),
    condition(rest="from facts positional join cases"),
    condition(rest="from facts asof join cases on facts.occurred_at >= cases.applied_at"),
    # The clock, chance, the session and the machine.
    condition("now()"),
    condition("current_timestamp"),
    condition("current_date"),
    condition("current_time"),
    condition("localtime"),
    condition("localtimestamp"),
    condition("today()"),
    condition("get_current_timestamp()"),
    condition("get_current_time()"),
    condition("transaction_timestamp()"),
    condition("age(facts.occurred_at)"),
    condition("random()"),
    condition("uuid()"),
    condition("gen_random_uuid()"),
    condition("setseed(0.5)"),
    condition("getenv('HOME')"),
    condition("getvariable('as_of')"),
    condition("current_setting('threads')"),
    condition("current_user"),
    condition("session_user"),
    condition("user"),
    condition("current_schema()"),
    condition("current_database()"),
    condition("version()"),
    condition("txid_current()"),
    condition("nextval('s')"),
    condition("pg_sleep(10)"),
    condition("read_text('x')"),
    condition("facts.rowid"),
    condition("rowid"),
    condition("$1"),
    condition("?"),
    # What is not the same every time it is asked.
    condition("any_value(facts.reason)"),
    condition("first(facts.reason)"),
    condition("last(facts.reason)"),
    condition("arbitrary(facts.reason)"),
    condition("mode(facts.reason)"),
    condition("list(facts.reason)"),
    condition("string_agg(facts.reason)"),
    condition("row_number() over ()"),
    condition("lag(facts.step) over (partition by facts.case_no)"),
    condition("approx_count_distinct(facts.reason)"),
    condition("cast(facts.amount as double)"),
    condition("cast(facts.amount as float)"),
    condition("hash(facts.reason)"),
    condition(rest="from facts limit 1"),
    condition(rest="from facts order by facts.case_no limit 10 offset 3"),
    condition().replace("select", "select distinct on (facts.case_no)", 1),
    # What hides what is read or answered.
    "select * from facts",
    "from facts",
    condition("columns('.*')"),
    condition("facts.*"),
    condition("list_transform([1], x -> x)"),
    condition("facts.reason.upper()"),
    "select facts.case_no from facts",
    condition().replace("as evidence", "as proof"),
    "select 1 as a union all select 2 as a",
]  # fmt: skip


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook()


@pytest.mark.parametrize("sql", HARMLESS)
def test_a_select_over_the_models_is_taken(sql: str) -> None:
    check_sql(sql)


@pytest.mark.parametrize("sql", HOSTILE, ids=lambda sql: sql[-60:])
def test_a_hostile_select_is_refused_with_its_place(sql: str) -> None:
    with pytest.raises(ConditionRefused) as refused:
        check_sql(sql)
    assert refused.value.line >= 1
    assert refused.value.column >= 0
    assert refused.value.problem
    assert refused.value.way_out.en


def test_hostile_selects_are_many() -> None:
    assert len(HOSTILE) > 100


def test_the_place_is_that_of_the_fault() -> None:
    with pytest.raises(ConditionRefused) as refused:
        check_sql(condition(rest="from facts\nwhere facts.case_no in (\n    select cards.case_no from cards\n)"))
    assert refused.value.line == 3


def test_every_shipped_condition_is_taken(book: Rulebook) -> None:
    conditions = [rule.sql for rule in book.rules if rule.sql is not None]
    assert len(conditions) == 5
    for sql in conditions:
        check_sql(sql)


def test_the_models_that_may_be_read_are_given() -> None:
    with pytest.raises(ConditionRefused, match="read only steps"):
        check_sql(condition(), models=["steps"])


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


def test_a_full_type_may_be_written_out(book: Rulebook) -> None:
    rule = book.rule("licensing.promise-passed")
    assert "esup.case.closed" in facts_of(rule, example([{"esup.case.closed": "2026-09-07"}]))


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
            assert len({(fact.source, fact.event_id) for fact in facts}) == len(facts)
            as_of = parse_moment(shown.as_of, rule.pack.zone)
            assert all(parse_instant(found.triggers_at) <= as_of for found in shown.expect)


class AsExpected:
    """An evaluation that finds what each example expects, and counts how often it was asked."""

    def __init__(self, book: Rulebook) -> None:
        self.asked = 0
        self.answers = {
            tuple(example_facts(rule, shown)): [
                Found(rule.rule_id, found.level, parse_instant(found.triggers_at)) for found in shown.expect
            ]
            for rule in book.rules
            for shown in rule.examples
        }

    def __call__(self, rules: Sequence[Rule], facts: Sequence[Fact], as_of: int) -> Sequence[Found]:
        self.asked += 1
        pending = Found(rules[0].rule_id, "red", as_of + 1)
        another_rule = Found("another.rule", "red", as_of)
        return [*self.answers[tuple(facts)], pending, another_rule]


def nothing_found(rules: Sequence[Rule], facts: Sequence[Fact], as_of: int) -> Sequence[Found]:
    return []


def test_rules_whose_examples_come_out_pass(book: Rulebook) -> None:
    rules = [book.rule("licensing.promise-passed"), book.rule("wabo.rubber-stamp")]
    evaluate = AsExpected(Rulebook((), tuple(rules)))
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
    hostile = replace(rule, normalised=rule.normalised | {"sql": "select now()"})
    (failure,) = check_rules([hostile], nothing_found)
    assert failure.example is None
    assert "function" in failure.sentence or "not allowed" in failure.sentence


def test_an_example_that_cannot_be_evaluated_is_a_failure_not_a_crash(book: Rulebook) -> None:
    def broken(rules: Sequence[Rule], facts: Sequence[Fact], as_of: int) -> Sequence[Found]:
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
