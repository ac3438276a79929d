"""History lived in virtual time, through the real command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from console.bootstrap import open_home
from console.history import history_of
from tests.console.conftest import APPLIED, Esup, event

Event = dict[str, Any]


def written(path: Path, events: list[Event]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in events))
    return path


def query(esup: Esup, sql: str) -> Any:
    return orjson.loads(esup("query", sql, "--format", "json").out)


@pytest.fixture
def offices(facts_file: Path) -> list[Event]:
    """A region, a department, an item; registered on the last day of August 2026."""
    registered = [orjson.loads(line) for line in facts_file.read_bytes().splitlines()[:3]]
    return [{**each, "recordedtime": "2026-08-31T09:00:00+08:00"} for each in registered]


def test_a_card_is_issued_when_it_would_have_been(esup: Esup, offices: list[Event], tmp_path: Path) -> None:
    silent = [event(1, "applied", "2026-09-07T09:00:00+08:00", **APPLIED, materials=["M-1"])]
    file = written(tmp_path / "history.ndjson", [*silent, *offices])
    done = esup("simulate", file, "--until", "2026-09-16", "--format", "json")
    assert done.code == 0, done.err
    cards = [told for told in orjson.loads(done.out) if told["type"] == "esup.card.issued"]
    assert [(card["case_no"], card["level"], card["issued_at"]) for card in cards] == [
        ("C-1", "yellow", "2026-09-15T00:00:00+08:00")
    ]
    assert query(esup, "select count(*) as n from daily_log") == [{"n": 16}]
    # The clock moves on from there; what is in the file again is known already.
    later = written(
        tmp_path / "later.ndjson", [event(2, "decided", "2026-09-17T10:00:00+08:00", outcome="granted", officer="u1")]
    )
    assert esup("simulate", file, later, "--until", "2026-09-18").code == 0
    # Besides, the decision lacks its papers and its officer an office; that is another matter.
    of_answer = "rule_id in ('licensing.accept-or-refuse', 'supervision.yellow-not-corrected')"
    assert query(esup, f"select level, state from cards where {of_answer} order by 1") == [
        {"level": "red", "state": "issued"},
        {"level": "yellow", "state": "escalated"},
    ]
    back = esup("simulate", file, "--until", "2026-09-17")
    assert back.code == 2
    assert "only moves forward" in back.err


def test_files_come_in_any_order_and_what_concerns_all_comes_first(
    esup: Esup, offices: list[Event], tmp_path: Path
) -> None:
    applied = {
        **event(1, "applied", "2026-09-07T09:00:00+08:00", **APPLIED),
        "recordedtime": offices[0]["recordedtime"],
    }
    last = event(2, "accepted", "2026-09-07T10:00:00+08:00", item="I-1", department="D-1", officer="u1")
    first, second = written(tmp_path / "1.ndjson", [last, applied]), written(tmp_path / "2.ndjson", offices)
    with open_home(tmp_path / "esup-home") as home, history_of(home, [first, second], None, 2**60) as history:
        facts = list(history.facts(0, 2**60))
    assert [fact.type.split(".")[1] for fact in facts] == ["org", "org", "item", "case", "case"]
    assert [fact.recorded_at for fact in facts] == sorted(fact.recorded_at or 0 for fact in facts)


def test_what_cannot_be_understood_is_carried_over(esup: Esup, offices: list[Event], tmp_path: Path) -> None:
    file = written(tmp_path / "history.ndjson", offices)
    with file.open("ab") as more:
        more.write("{张三\n".encode())
    conflict = written(tmp_path / "other.ndjson", [{**offices[0], "time": "2026-01-02T00:00:00+08:00"}])
    done = esup("simulate", file, conflict, "--until", "2026-09-02")
    assert done.code == 3
    assert "content-conflict 1" in done.err
    assert "not-json 1" in done.err
    assert {row["code"] for row in query(esup, "select code from quarantine")} == {"not-json", "content-conflict"}
    assert "张三".encode() not in (tmp_path / "esup-home" / "log.sqlite").read_bytes()
    assert not list((tmp_path / "esup-home").glob("history-*"))


def test_what_comes_after_the_end_does_not_enter(esup: Esup, offices: list[Event], tmp_path: Path) -> None:
    file = written(tmp_path / "history.ndjson", [*offices, event(1, "applied", "2026-09-07T09:00:00+08:00", **APPLIED)])
    assert esup("simulate", file, "--until", "2026-09-06").code == 0
    assert query(esup, "select count(*) as n from cases") == [{"n": 0}]


def test_a_home_with_cards_on_the_real_clock_refuses(esup: Esup, facts_file: Path) -> None:
    later = Path("esup-home/settings.toml")
    esup("import", facts_file)
    later.write_text(later.read_text("utf-8").replace('watch_from = "20', 'watch_from = "2000-01-01T00:00:00Z" # "20'))
    assert esup("watch").code == 0
    assert query(esup, "select count(*) as n from cards")[0]["n"] > 0
    done = esup("simulate", facts_file, "--until", "2026-09-30")
    assert done.code == 2
    assert "real clock" in done.err


def test_nothing_to_live_through(esup: Esup, tmp_path: Path) -> None:
    done = esup("simulate", written(tmp_path / "empty.ndjson", []), "--until", "2026-09-06")
    assert done.code == 0
    assert "virtual" in Path("esup-home/settings.toml").read_text("utf-8")
