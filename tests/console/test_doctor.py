"""`esup doctor` sees what is wrong and says the way out."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from console.checkup import BAD, GOOD, NOTE, calendar_reach, sqlite_hazard
from engine.clock import parse_moment
from tests.console.conftest import Esup

HOME = Path("esup-home")


def seen(esup: Esup) -> dict[str, str]:
    return {row["subject"]: row["state"] for row in orjson.loads(esup("doctor", "--format", "json").out)}


def test_a_machine_without_a_home_is_well(esup: Esup) -> None:
    done = esup("doctor")
    assert done.code == 0
    assert "no installation" in done.out
    assert not HOME.exists()


def test_a_fresh_home_is_well(esup: Esup) -> None:
    esup("query", "select 1")
    states = seen(esup)
    assert states["log"] == states["projections"] == states["permissions"] == states["clock"] == GOOD
    assert states["watch"] == NOTE


def test_readable_keys_are_bad(esup: Esup) -> None:
    esup("query", "select 1")
    (HOME / "keys.sqlite").chmod(0o644)
    done = esup("doctor")
    assert done.code == 1
    assert "chmod 600" in done.out


def test_a_damaged_log_is_bad(esup: Esup) -> None:
    esup("query", "select 1")
    (HOME / "log.sqlite").write_bytes(b"not a database" * 100)
    assert esup("doctor").code == 1


@pytest.mark.parametrize(
    ("version", "state"),
    [((3, 51, 2), NOTE), ((3, 7, 0), NOTE), ((3, 51, 3), GOOD), ((3, 6, 23), GOOD)],
)
def test_the_sqlite_hazard_is_named(version: tuple[int, ...], state: str) -> None:
    assert sqlite_hazard(version).state == state


def test_a_calendar_that_ends_soon_is_noted() -> None:
    assert calendar_reach(parse_moment("2026-06-01", "Asia/Shanghai")).state == GOOD
    assert calendar_reach(parse_moment("2026-12-15", "Asia/Shanghai")).state == NOTE
    assert BAD != NOTE
