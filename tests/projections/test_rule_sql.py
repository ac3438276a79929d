"""The check of conditions: what reaches outside the models, or is not the same every time, is refused."""

from __future__ import annotations

import sys

import pytest
import sqlglot

from engine.rulebook import load_rulebook
from projections import rule_sql
from projections.model import read_models
from projections.projector import Projector
from projections.rule_sql import ConditionRefused, check_across_sql, check_gather_sql, check_sql

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
    condition(rest="from facts inner join case_rows on facts.key = case_rows.key where case_rows.outcome is null"),
    condition(rest="from facts inner join case_rows using (case_no)"),
    condition(rest="from late as facts", head="with early as (select * exclude none_such from facts)")
    .replace("select * exclude none_such from facts", "select facts.case_no from facts")
    .replace("from late as facts", "from facts left join early on facts.case_no = early.case_no"),
    condition() + " union all " + condition(rest="from facts where facts.type = 'esup.case.paid'"),
    condition(rest="from facts qualify row_number() over (partition by facts.case_no order by facts.ord) = 1"),
    condition("trimmed(facts.reason)", "from facts where not is_missing(facts.reason)"),
    condition("facts.n // 2 + facts.n % 3"),
    condition(rest="from facts where json_contains(facts.data, '1') and list_contains(['a', 'b'], facts.step)"),
    condition(rest="from facts where try_cast(facts.data ->> '$.days' as bigint) > 3"),
    condition(rest="from facts where date_trunc('month', facts.deadline_on) + interval 1 month > date '2026-01-01'"),
    condition(
        "m.material",
        "from m inner join facts on m.key = facts.key",
        "with m as (select facts.key, unnest(from_json(json_extract(facts.data, '$.materials'), '[\"VARCHAR\"]')) "
        "as material from facts)",
    ),
    condition("list(facts.reason order by facts.ord)", "from facts group by all"),
    condition("string_agg(facts.reason, '、' order by facts.ord)"),
    condition("first_value(facts.reason) over (partition by facts.case_no order by facts.ord)"),
    condition("lag(facts.step) over same", "from facts window same as (partition by facts.case_no order by facts.ord)"),
    condition("json_array(facts.officer, facts.step)"),
    condition(rest="from facts anti join steps on facts.case_no = steps.case_no"),
    condition().replace("select", "select 'red' as level, 'officer' as subject_kind,", 1),
    condition().replace("select", "select 'item' as subject_kind,", 1),
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
    condition(rest="from facts asof join case_rows on facts.occurred_at >= cases.applied_at"),
    # The clock, chance, the connection and the machine.
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
    condition("first_value(facts.reason) over (partition by facts.case_no)"),
    condition("lag(facts.step) over same", "from facts window same as (partition by facts.case_no)"),
    condition("lag(facts.step) over other", "from facts window same as (order by facts.ord)"),
    condition("array_agg(facts.reason)"),
    condition("facts.n / 2"),
    condition("regexp_matches(facts.reason, '(a+)+')"),
    condition("case when unnest([1, 2]) = 1 then 1 end"),
    condition(rest="from cases as facts"),
    condition(rest="from obligations as facts"),
    condition(rest="from gathered_rows as facts"),
    condition().replace("select", "select 'officer' as subject_kind, 'red' as level,", 1),
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


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select 'unterminated", "DuckDB: "),
        (condition() + "; " + condition(), "several statements"),
        (condition(rest="from cards as facts"), "different tables"),
        (condition("now()"), "now is not allowed"),
        (condition("list(facts.reason)"), "list has no order"),
        (condition(rest="from facts, range(3)"), "TABLE_FUNCTION"),
        (condition("facts.*"), "STAR"),
        (condition("x -> 1"), "not allowed|LAMBDA"),
    ],
)
def test_the_second_parser_refuses_what_a_misled_first_one_would_pass(
    monkeypatch: pytest.MonkeyPatch, sql: str, said: str
) -> None:
    misled = sqlglot.parse_one(condition(), dialect="duckdb")
    monkeypatch.setattr(rule_sql, "_parse", lambda sql: misled)
    with pytest.raises(ConditionRefused, match=said):
        check_sql(sql)


def test_hostile_selects_are_many() -> None:
    assert len(HOSTILE) > 100


def test_the_place_is_that_of_the_fault() -> None:
    with pytest.raises(ConditionRefused) as refused:
        check_sql(condition(rest="from facts\nwhere facts.case_no in (\n    select cards.case_no from cards\n)"))
    assert refused.value.line == 3


def test_every_scalar_of_conditions_is_a_model() -> None:
    scalars = {model.name for model in read_models() if model.refresh == "scalar"}
    assert {"trimmed", "is_missing", "greedy_runs", "greedy_batches"} <= scalars


def test_white_space_is_what_python_takes_for_it() -> None:
    projector = Projector.in_memory()
    projector.rebuild(0)
    white = "".join(chr(number) for number in range(sys.maxunicode) if chr(number).isspace())
    sql = "select trimmed($text), is_missing($white), is_missing(null), is_missing('x')"
    assert projector.query(sql, {"text": f"{white}a b{white}", "white": white})[1] == [("a b", True, True, False)]


@pytest.mark.parametrize(
    ("begins", "ends", "taken"),
    [
        ([1, 2, 5, 6, 9], [3, 4, 8, 7, 10], [1, 5, 9]),
        ([1, 3], [3, 5], [1]),
        ([], [], []),
    ],
)
def test_runs_that_do_not_overlap_are_taken_greedily(begins: list[int], ends: list[int], taken: list[int]) -> None:
    projector = Projector.in_memory()
    projector.rebuild(0)
    sql = "select greedy_runs($begins::bigint[], $ends::bigint[])"
    assert projector.query(sql, {"begins": begins, "ends": ends})[1] == [(taken,)]


@pytest.mark.parametrize(
    ("things", "batches"),
    [
        ([(1, 1), (2, 2), (5, 5), (12, 12), (13, 13), (14, 14)], [(1, None), (4, 11)]),
        # The third is complete too late for the first batch; it opens the next.
        ([(1, 1), (2, 2), (3, 12), (4, 4), (12, 12), (13, 13)], [(1, None), (3, 11)]),
        # All that the third would gather but one is in the first batch.
        ([(1, 1), (2, 2), (3, 12), (4, 4), (5, 5), (13, 13)], [(1, None)]),
        ([(1, 20), (2, 2), (3, 3), (4, 4)], [(2, None)]),
        ([], []),
    ],
)
def test_each_thing_is_in_one_batch(things: list[tuple[int, int]], batches: list[tuple[int, int | None]]) -> None:
    """Three or more within ten."""
    projector = Projector.in_memory()
    projector.rebuild(0)
    begins, completes = [begin for begin, _ in things], [complete for _, complete in things]
    possible = [sum(begin <= b and c <= begin + 10 for b, c in things) >= 3 for begin in begins]
    sql = "select greedy_batches($begins::bigint[], $completes::bigint[], $possible::boolean[], 10, 3)"
    told = projector.query(sql, {"begins": begins, "completes": completes, "possible": possible})[1][0][0]
    assert [(batch["nth"], batch["after"]) for batch in told] == batches


def test_every_shipped_condition_is_taken() -> None:
    clauses = [clause for rule in load_rulebook().rules for clause in rule.clauses if clause["sql"] is not None]
    assert len(clauses) >= 5
    for clause in clauses:
        if clause["gather_sql"] is None:
            check_sql(clause["sql"])
        else:
            check_gather_sql(clause["gather_sql"])
            check_across_sql(clause["sql"])


@pytest.mark.parametrize("sql", [condition(), "select gathered_rows.group_id from gathered_rows"])
def test_what_is_no_rule_across_cases_is_refused(sql: str) -> None:
    with pytest.raises(ConditionRefused):
        check_across_sql(sql)
    with pytest.raises(ConditionRefused):
        check_gather_sql(sql)


def test_the_models_that_may_be_read_are_given() -> None:
    with pytest.raises(ConditionRefused, match="read only steps"):
        check_sql(condition(), models=["steps"])
