"""What the README tells people to type works, in the order in which it is told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from console import cli
from console.reference.__main__ import DOCS, PAGES
from console.reference.tables import CONTRACT, tables_page
from console.reference.words import words

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
MARKED = re.compile(r"<!-- run -->\n```sh\n(.*?)```", re.DOTALL)


def marked_blocks(name: str) -> list[str]:
    return MARKED.findall((ROOT / name).read_text("utf-8"))


@pytest.mark.slow
def test_the_readme_can_be_followed(tmp_path: Path) -> None:
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ESUP")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    for block in marked_blocks("README.md"):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"


def test_both_readmes_tell_the_same_commands() -> None:
    first, second = (re.findall(r"^(esup .*)$", (ROOT / name).read_text("utf-8"), re.MULTILINE) for name in READMES)
    assert first == second
    assert first


def test_every_command_has_its_place_in_the_readme_or_the_changelog() -> None:
    text = (ROOT / "README.md").read_text("utf-8") + (ROOT / "CHANGELOG.md").read_text("utf-8")
    names = [command.name or "" for command in cli.app.registered_commands]
    assert names
    assert not [name for name in names if f"`{name}`" not in text and f"esup {name}" not in text]


@pytest.mark.parametrize("page", [*READMES, "docs/where-to-find-things.md"])
def test_places_named_in_the_docs_exist(page: str) -> None:
    named = re.findall(
        r"`((?:engine|projections|monitors|replay|console|rules|fixtures|docs|tests)/[\w./-]*)`",
        (ROOT / page).read_text("utf-8"),
    )
    assert not [place for place in named if not (ROOT / place).exists()]


@pytest.mark.parametrize("page", PAGES)
def test_the_reference_says_what_the_engine_reads(page: str) -> None:
    assert (DOCS / page).read_text(encoding="utf-8") == PAGES[page](), "run `make docs`"


def test_every_column_that_analysts_rely_on_has_a_meaning() -> None:
    told = tables_page().split("## 推导用的关系")[0]
    assert re.findall(r"^\| `(\w+)` \| `.*` \|  \|$", told, re.MULTILINE) == []
    assert all(f"## `{table}`" in told for table in CONTRACT)


def test_the_words_are_in_their_order() -> None:
    assert list(words()) == sorted(words())
