"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_LONGEST = (
    "test_every_rule_through_the_doors.py",
    "test_killed_import.py",
    "test_killed_watch.py",
    "test_docs.py",
    "test_scenarios.py",
    "test_properties.py",
    "test_virtual.py",
    "test_killed_deriving.py",
    "test_demo.py",
    "test_ticks.py",
    "test_virtual_across.py",
)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root folder."""
    return ROOT


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own home or language never changes what a test sees."""
    for name in ("ESUP_HOME", "ESUP_LANG"):
        monkeypatch.delenv(name, raising=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: where files run side by side, none of them is left over at the end."""
    items.sort(key=lambda item: _LONGEST.index(item.path.name) if item.path.name in _LONGEST else len(_LONGEST))
