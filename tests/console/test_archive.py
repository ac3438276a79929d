"""`esup archive` writes what is sealed and checks what is there; who meets damage says so and reads the log."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from console.checkup import BAD, GOOD, NOTE
from tests.console.conftest import Esup

ARCHIVE = Path("esup-home") / "archive"
REPLAY = ("replay", "--as-of", "2026-09-16", "--format", "json")


def state_of_archive(esup: Esup) -> str:
    rows = orjson.loads(esup("doctor", "--format", "json").out)
    return next(row["state"] for row in rows if row["subject"] == "archive")


@pytest.fixture
def home(esup: Esup, facts_file: Path) -> None:
    """A home that was watched for three days, so that two are sealed."""
    esup("import", facts_file, "--historical")
    for day in ("2026-09-14", "2026-09-16"):
        assert esup("watch", "--as-of", day).code == 0


@pytest.mark.usefixtures("home")
def test_sealed_days_are_archived_checked_and_missed(esup: Esup) -> None:
    assert state_of_archive(esup) == NOTE
    before = esup(*REPLAY).out
    (written,) = orjson.loads(esup("archive", "--format", "json").out)
    assert (written["first"], written["state"]) == (1, "written")
    assert written["bytes"] == (ARCHIVE / written["segment"]).stat().st_size
    again = esup("archive", "--format", "json")
    assert orjson.loads(again.out) == [written | {"state": "kept"}]
    assert "no further day is sealed" in again.err
    checked = esup("archive", "--check", "--format", "json")
    assert (checked.code, orjson.loads(checked.out)[0]["state"]) == (0, "intact")
    assert state_of_archive(esup) == GOOD

    (ARCHIVE / written["segment"]).write_bytes(b"PAR1")
    past = esup(*REPLAY)
    assert (past.code, past.out) == (0, before)
    assert "Warning" in past.err and written["segment"] in past.err
    checked = esup("archive", "--check", "--format", "json")
    assert (checked.code, orjson.loads(checked.out)[0]["state"]) == (3, "segment-changed")
    assert written["segment"] in checked.err and "backup" in checked.err
    assert state_of_archive(esup) == BAD
    assert esup("archive").code == 3


def test_an_archive_needs_a_home(esup: Esup) -> None:
    assert esup("archive").code == 2
    assert not ARCHIVE.exists()
