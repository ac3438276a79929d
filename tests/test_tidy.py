"""The style as a ratchet: what is small stays small, what is public says what it is."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("engine", "projections", "monitors", "replay", "console")
PYTHON_FOLDERS = (*PACKAGES, "tests", "benchmarks")
FUNCTION_LINES_MAX = 60
PYTHON_LINES_MAX = 400
MODEL_LINES_MAX = 120
MEDIAN_FUNCTION_LINES_MAX = 10

# What is longer than its limit, with its length. An entry may only shrink, and leaves when it fits.
LONG_FUNCTIONS: dict[str, int] = {}
LONG_PYTHON: dict[str, int] = {}
LONG_MODELS: dict[str, int] = {
    "projections/models/2_obligations/count_limits.sql": 128,
    "projections/models/2_obligations/limit_duties.sql": 139,
}

# A project's text speaks of the field, not of the machine or the day on which it was written.
UNWANTED = {
    "a path of one machine": r"(?<![\w.<])/(work|root|home|Users)/\w",
    "a registry's address": r"pythonhosted|pypi\.org|index-url\s*[= ]\s*http",
    "a tracker's number": r"\bissues?\s*#?\d+\b|(?<!&)#\d{1,4}\b(?![0-9a-fA-F])",
    "how the work was done": r"\b(this|our|the) (chat )?session\b(?! time)|\bsub-?agents?\b|language model\b",
}
TEXT_SUFFIXES = {".py", ".sql", ".yaml", ".yml", ".md", ".toml", ".po", ".txt", ".cfg", ""}


def relative(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project; outside a checkout, everything that lies here."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.split("\0") if listed.returncode == 0 else []
    return tuple(file for name in names if name and (file := ROOT / name).is_file())


def python_files(folders: tuple[str, ...]) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def models() -> list[Path]:
    return sorted((ROOT / "projections" / "models").rglob("*.sql"))


def line_count(file: Path) -> int:
    return len(file.read_text("utf-8").splitlines())


def functions(file: Path) -> Iterator[tuple[str, int]]:
    """Each function with its length, decorators left out."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield f"{relative(file)}::{node.name}", node.end_lineno - node.lineno + 1


def assert_ratchet(lengths: dict[str, int], known: dict[str, int], limit: int) -> None:
    """Nothing new above the limit, nothing known grown, nothing listed that fits by now."""
    assert not {name: n for name, n in lengths.items() if n > max(limit, known.get(name, 0))}
    assert not {name for name in known if lengths.get(name, 0) <= limit}, "fits now: take it off the list"


def test_functions_are_short() -> None:
    assert_ratchet(
        {name: n for file in python_files(PYTHON_FOLDERS) for name, n in functions(file)},
        LONG_FUNCTIONS,
        FUNCTION_LINES_MAX,
    )


def test_half_of_all_functions_are_very_short() -> None:
    lengths = sorted(n for file in python_files(PACKAGES) for _, n in functions(file))
    assert lengths[len(lengths) // 2] <= MEDIAN_FUNCTION_LINES_MAX


def test_python_files_are_short() -> None:
    assert_ratchet({relative(f): line_count(f) for f in python_files(PYTHON_FOLDERS)}, LONG_PYTHON, PYTHON_LINES_MAX)


def test_models_are_short() -> None:
    assert_ratchet({relative(file): line_count(file) for file in models()}, LONG_MODELS, MODEL_LINES_MAX)


@pytest.mark.parametrize("model", models(), ids=relative)
def test_a_model_opens_with_its_meaning_its_grain_and_its_refresh(model: Path) -> None:
    head = []
    for line in model.read_text("utf-8").splitlines():
        if not line.startswith("--"):
            break
        head.append(line.removeprefix("--").strip())
    assert head and re.match(r"[A-Z`].*\S", head[0]), "the first line is a sentence"
    assert any(line.startswith("grain:") and line.removeprefix("grain:").strip() for line in head)
    assert any(line.startswith("refresh:") and line.removeprefix("refresh:").strip() for line in head)


def undocumented(file: Path) -> Iterator[str]:
    """Public classes and functions, methods of public classes too, that do not say what they are."""
    tree = ast.parse(file.read_text("utf-8"))
    if not ast.get_docstring(tree):
        yield relative(file)
    bodies: list[ast.Module | ast.ClassDef] = [tree]
    for body in bodies:
        for node in body.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            if not ast.get_docstring(node) and not is_overload(node):
                yield f"{relative(file)}::{node.name}"
            if isinstance(node, ast.ClassDef):
                bodies.append(node)


def is_overload(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    return any(isinstance(name, ast.Name) and name.id in ("overload", "override") for name in node.decorator_list)


def test_every_public_name_says_what_it_is() -> None:
    assert not [name for file in python_files(PACKAGES) for name in undocumented(file)]


def test_the_text_speaks_of_the_field() -> None:
    found = []
    for file in tracked():
        if file.suffix not in TEXT_SUFFIXES or file == Path(__file__).resolve():
            continue
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            found += [f"{relative(file)}:{number} {why}" for why, what in UNWANTED.items() if re.search(what, line)]
    assert not found
