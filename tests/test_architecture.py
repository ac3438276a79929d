"""The shape that the listing promises: imports run one way, one module reads the clock, one knows each library."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("engine", "projections", "monitors", "replay", "console")
CLOCK = ROOT / "engine" / "clock.py"
CLOCK_CALLS = {
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime", "strftime"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}
WALL_CLOCK_SQL = re.compile(
    r"\b(now|get_current_time|get_current_timestamp|transaction_timestamp|today|random|uuid|gen_random_uuid|nextval)\s*\("
    r"|\bcurrent_(timestamp|date|time)\b|\blocaltime(stamp)?\b",
    re.IGNORECASE,
)
SQL_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
SQL_STRING = re.compile(r"'(?:[^']|'')*'")


def python_files() -> list[Path]:
    return sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))


def models() -> list[Path]:
    return sorted([*(ROOT / "projections").rglob("*.sql"), *(ROOT / "rules").rglob("*.sql")])


def dotted(node: ast.expr) -> list[str]:
    """The names of `a.b.c`, outermost first; empty for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    return [node.id, *names] if isinstance(node, ast.Name) else []


def clock_names(tree: ast.AST) -> dict[str, tuple[str, str]]:
    """Names that `from time import …` gives to calls of the system clock."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in CLOCK_CALLS
        for alias in node.names
        if alias.name in CLOCK_CALLS[node.module]
    }


def clock_calls(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of each call that reads the system clock."""
    tree = ast.parse(source)
    imported = clock_names(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        names = dotted(node.func)
        if len(names) >= 2 and names[-1] in CLOCK_CALLS.get(names[-2], set()):
            yield node.lineno, ".".join(names)
        elif len(names) == 1 and names[0] in imported:
            yield node.lineno, names[0]


def test_imports_run_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_only_the_clock_module_reads_the_system_clock() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line} {name}"
        for file in python_files()
        if file != CLOCK
        for line, name in clock_calls(file.read_text("utf-8"))
    ]
    assert not found


@pytest.mark.parametrize(
    "source",
    [
        "import time\ntime.time()",
        "import datetime\ndatetime.datetime.now()",
        "from datetime import datetime\ndatetime.utcnow()",
        "from datetime import date\ndate.today()",
        "from time import time_ns as moment\nmoment()",
    ],
)
def test_a_planted_clock_call_is_found(source: str) -> None:
    assert list(clock_calls(source))


def wall_clock(sql: str) -> re.Match[str] | None:
    """The first place where SQL asks the machine for time or chance."""
    return WALL_CLOCK_SQL.search(SQL_STRING.sub("''", SQL_COMMENT.sub("", sql)))


def test_no_model_reads_the_wall_clock_or_chance() -> None:
    assert not [str(file.relative_to(ROOT)) for file in models() if wall_clock(file.read_text("utf-8"))]


@pytest.mark.parametrize("sql", ["select now()", "select current_timestamp", "select RANDOM ()", "select today()"])
def test_a_planted_wall_clock_is_found(sql: str) -> None:
    assert wall_clock(sql)
    assert not wall_clock(f"-- {sql}\nselect 'now()' as text from clock")


def test_rules_and_fixtures_are_data() -> None:
    assert not [file for folder in ("rules", "fixtures") for file in (ROOT / folder).rglob("*.py")]
