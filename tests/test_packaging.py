"""The package stands on its own: the lock is complete, and the wheel carries its SQL, rules, calendars and messages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA_SUFFIXES = {".sql", ".yaml", ".mo"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this tree with what the lock has installed."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env={**os.environ, "PYTHONWARNINGS": ""})
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `esup` of a fresh environment that has the wheel, and borrows only the dependencies from this one."""
    place = tmp_path_factory.mktemp("fresh")
    venv.create(place, with_pip=False)
    interpreter = place / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--python", str(interpreter), "install", "--quiet", "--no-deps", str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    borrowed = place / "borrowed"
    borrowed.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.endswith(".pth") and "e_supervision" not in entry.name:
            (borrowed / entry.name).symlink_to(entry)
    (next(place.glob("lib/python*/site-packages")) / "borrowed.pth").write_text(f"{borrowed}\n")
    return place / "bin" / "esup"


def run(esup: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ESUP"))}
    return subprocess.run([esup, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_wheel_carries_all_data(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    folders = ("engine", "projections", "monitors", "replay", "console", "rules", "fixtures")
    expected = {
        file.relative_to(ROOT).as_posix()
        for folder in folders
        for file in (ROOT / folder).rglob("*")
        if file.suffix in DATA_SUFFIXES | {".py"}
    }
    assert expected <= inside
    assert not {name for name in inside if name.startswith(("tests/", "docs/"))}


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("--help",), ("rules",), ("query", "select 1 as one")])
def test_the_installed_wheel_runs_from_an_empty_folder(installed: Path, tmp_path: Path, arguments: list[str]) -> None:
    done = run(installed, tmp_path, *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def locked() -> dict[str, str]:
    """Each pinned package with its hashes."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    blocks = re.findall(r"^([a-z0-9._-]+)==\S+(.*?)(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
    return {name.replace("_", "-"): rest for name, rest in blocks}


def asked_for() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    return {re.split(r"[<>=!~\[; ]", line)[0].lower() for group in groups for line in group}


def test_every_dependency_is_locked_with_its_hashes() -> None:
    assert asked_for() <= set(locked())
    assert not [name for name, rest in locked().items() if "--hash=sha256:" not in rest]


def test_the_lock_names_no_address() -> None:
    assert not re.search(r"https?://|file:|index-url|find-links|@ ", (ROOT / "requirements.lock").read_text("utf-8"))
