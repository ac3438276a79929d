"""The commands as a stranger meets them: help, exit codes, homes, formats, refusals."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import orjson
import pytest

from console import cli
from console.commands import rules
from tests.console.conftest import Esup

COMMANDS = [command.name or "" for command in cli.app.registered_commands]
RULES_COMMANDS = [command.name or "" for command in rules.app.registered_commands]


@pytest.mark.parametrize("command", [[name] for name in COMMANDS] + [["rules", name] for name in RULES_COMMANDS])
def test_every_command_helps_with_an_example(esup: Esup, command: list[str]) -> None:
    done = esup(*command, "--help")
    assert done.code == 0
    assert f"esup {' '.join(command)}" in done.out


def test_the_commands_are_those_of_the_contract() -> None:
    assert {"demo", "import", "watch", "simulate", "query", "explain", "replay", "doctor"} <= set(COMMANDS)
    assert {"check", "publish"} <= set(RULES_COMMANDS)


def test_version_and_no_command(esup: Esup) -> None:
    assert esup("--version").code == 0
    assert "Commands" in esup().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"], ["query"], ["query", "select 1", "--format", "xml"], ["replay"], ["import", "missing.ndjson"],
        ["explain", "C-1"], ["explain", "C-1", "--known-at", "2026-09-01"],
        ["query", "select 1", "--as-of", "2026-09-01T00:00:00"], ["query", "select 1", "--as-of", "yesterday"],
        ["watch", "--follow", "--as-of", "2026-09-01"],
    ],
)  # fmt: skip
def test_wrong_usage_ends_with_2_and_a_sentence(esup: Esup, arguments: list[str]) -> None:
    done = esup(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert done.err.strip()


def test_the_home_may_be_said_before_or_after_the_command_or_by_the_environment(
    esup: Esup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    esup("--home", "before", "query", "select 1")
    esup("query", "select 1", "--home", "after")
    monkeypatch.setenv("ESUP_HOME", "around")
    esup("query", "select 1")
    monkeypatch.delenv("ESUP_HOME")
    esup("query", "select 1")
    made = {folder.name for folder in tmp_path.iterdir() if (folder / "settings.toml").is_file()}
    assert made == {"before", "after", "around", "esup-home"}


def test_import_counts_and_acknowledges(esup: Esup, facts_file: Path) -> None:
    first = [orjson.loads(line) for line in esup("import", facts_file, "--format", "json").out.splitlines()]
    assert first[0] == {"acknowledged": 5}
    assert first[-1] == {"stored": 5, "duplicates": 0, "quarantined": 0, "codes": {}}
    again = esup("import", facts_file)
    assert again.code == 0
    assert "duplicates 5" in again.out


def test_quarantine_ends_with_3_and_says_where_to_read_why(esup: Esup, facts_file: Path) -> None:
    facts_file.write_bytes(b"not json\n" + facts_file.read_bytes())
    done = esup("import", facts_file)
    assert done.code == 3
    assert "not-json 1" in done.out
    listed = orjson.loads(esup("query", "select place, code from quarantine", "--format", "json").out)
    assert [row["code"] for row in listed] == ["not-json"]


def test_a_query_answers_in_three_forms(esup: Esup, facts_file: Path) -> None:
    esup("import", facts_file)
    sql = "select case_no, department, applied_at from cases"
    assert orjson.loads(esup("query", sql, "--format", "json").out) == [
        {"case_no": "C-1", "department": "D-1", "applied_at": "2026-09-01T09:00:00+08:00"}
    ]
    rows = list(csv.reader(io.StringIO(esup("query", sql, "--format", "csv").out)))
    assert rows == [["case_no", "department", "applied_at"], ["C-1", "D-1", "2026-09-01T09:00:00+08:00"]]
    assert "2026-09-01 09:00:00" in esup("query", sql).out


def test_days_in_a_query_are_those_of_the_home(esup: Esup) -> None:
    sql = "select cast(timestamptz '2026-08-31 20:00:00+00' as date) as day"
    assert orjson.loads(esup("query", sql, "--format", "json").out) == [{"day": "2026-09-01"}]


def test_a_limit_limits(esup: Esup) -> None:
    done = esup("query", "select * from range(10)", "--limit", "3", "--format", "json")
    assert len(orjson.loads(done.out)) == 3


@pytest.mark.parametrize(
    "sql",
    [
        "delete from events", "create table mine as select 1", "select 1; select 2", "", "set threads = 1",
        "with gone as (delete from events returning 1) select * from gone", "attach 'x.duckdb'",
        "select * from read_csv('/etc/hosts')", "copy (select 1) to 'out.csv'", "install httpfs", "pragma version",
        "select * from nowhere",
    ],
)  # fmt: skip
def test_a_query_only_reads_and_only_the_projections(esup: Esup, sql: str) -> None:
    done = esup("query", sql)
    assert done.code == 1
    assert done.err.lstrip().startswith("Error")
    assert esup("query", "select count(*) > 0 as kept from events", "--format", "csv").out == "kept\nTrue\n"


def test_explain_shows_the_count_of_days(esup: Esup, facts_file: Path) -> None:
    esup("import", facts_file, "--historical")
    esup("watch", "--as-of", "2026-09-30")
    done = esup("explain", "C-1")
    assert done.code == 0
    for words in ("Acceptance overdue", "2026-09-24", "20·1", "24·5", "Yellow card", "materials_received"):
        assert words in done.out
    report = orjson.loads(esup("explain", "C-1", "--format", "json").out)
    (answer,) = [row for row in report["obligations"] if row["rule_id"] == "licensing.accept-or-refuse"]
    assert sum(day["is_counted"] for day in answer["proof"]) == answer["n"] == 5


def test_explain_looks_back(esup: Esup, facts_file: Path) -> None:
    esup("import", facts_file, "--historical")
    early = orjson.loads(esup("explain", "C-1", "--as-of", "2026-09-10", "--format", "json").out)
    assert [step["type"] for step in early["steps"]] == ["esup.case.applied"]
    assert esup("explain", "C-1", "--as-of", "2026-08-01").code == 1
    assert "no case" in esup("explain", "C-2").err.lower() or "no fact" in esup("explain", "C-2").err.lower()


def test_replay_counts_and_hashes(esup: Esup, facts_file: Path, tmp_path: Path) -> None:
    esup("import", facts_file, "--historical")
    first = orjson.loads(esup("replay", "--as-of", "2026-09-20", "--format", "json").out)
    second = orjson.loads(esup("replay", "--as-of", "2026-09-20", "--out", "past.duckdb", "--format", "json").out)
    assert first["hash"] == second["hash"]
    assert first["rows"]["steps"] == 2
    assert (tmp_path / "past.duckdb").is_file()
