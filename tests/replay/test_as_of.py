"""The past as it stood: exactly what a fresh engine shows that was fed what was known and had occurred."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from engine.facts import Fact
from projections.projector import Projector
from replay.as_of import kept, replay, replay_each
from replay.errors import NotAReplay, ReplayExists
from tests.monitors.city import City, accepted, at, case, decided, end_of

TABLES = ("cases", "steps", "suspensions", "obligations", "findings", "cards", "tasks", "daily_log", "rules")
POSITIONS = {"position", "issued_position", "log_position", "root_hash"}
MOMENTS = ("2026-09-08 09:00", "2026-09-16 23:59", "2026-09-20 23:59", "2026-09-21 00:00", "2026-09-25 12:00")


@pytest.fixture
def lived(tmp_path: Path) -> City:
    """A city that was watched for three weeks, with late facts, corrections, a yellow card and its withdrawal."""
    city = City(tmp_path / "city", seals_days=True)
    city.tell(accepted("C", "2026-09-07 10:00"), accepted("L", "2026-09-10 10:00"))
    city.watch("2026-09-19 12:00")
    city.tell(case("step_finished", "L", "2026-09-11 10:00", known="2026-09-20 10:00", step="s", post="p", officer="o"))
    city.watch("2026-09-20 12:00")
    city.watch("2026-09-21 00:00")
    city.tell(decided("C", "2026-09-18 17:00", known="2026-09-22 09:00"))
    city.watch("2026-09-22 09:00")
    city.tell(decided("C", "2026-09-22 08:00", known="2026-09-23 09:00", version=2))
    city.watch("2026-09-23 09:00")
    return city


def shown(projector: Projector) -> dict[str, list[str]]:
    """Every row of every table, positions aside."""
    tables = {}
    for table in TABLES:
        columns, rows = projector.query(f"select * from {table}")
        kept = [number for number, name in enumerate(columns) if name not in POSITIONS]
        tables[table] = sorted(repr([row[number] for number in kept]) for row in rows)
    return tables


def fed(city: City, as_of: int, known_at: int) -> dict[str, list[str]]:
    """What a fresh engine shows that was given only what was recorded by `known_at` and occurred by `as_of`."""
    rows = [row for row in city.log.read(0, 1_000_000) if row.recorded_at <= known_at and row.occurred_at <= as_of]
    fresh = Projector.in_memory()
    fresh.load_facts([Fact(*(getattr(row, name) for name in Fact._fields)) for row in rows])
    fresh.rebuild(as_of, known_at)
    try:
        return shown(fresh)
    finally:
        fresh.close()


def replayed(city: City, as_of: int, known_at: int | None = None) -> dict[str, list[str]]:
    past = replay(city.log, as_of, known_at)
    try:
        return shown(past)
    finally:
        past.close()


def test_a_replay_equals_a_fresh_engine_fed_what_was_known(lived: City) -> None:
    for as_of in MOMENTS[1::2]:
        for known_at in MOMENTS:
            assert replayed(lived, at(as_of), at(known_at)) == fed(lived, at(as_of), at(known_at)), (as_of, known_at)


def test_without_known_at_it_is_the_screen_as_it_was(lived: City) -> None:
    for moment in MOMENTS:
        assert replayed(lived, at(moment)) == replayed(lived, at(moment), at(moment))


def test_what_was_known_then_and_what_is_known_now_differ(lived: City) -> None:
    then = replayed(lived, at("2026-09-21 12:00"))
    now = replayed(lived, at("2026-09-21 12:00"), at("2026-09-22 12:00"))
    assert len(then["cards"]) == 1 and "'issued'" in then["cards"][0]
    assert any("licensing.promise-passed" in row for row in then["findings"])
    assert not any("licensing.promise-passed" in row and "'C'" in row for row in now["findings"])


def test_the_screen_at_the_last_watch_is_the_screen_that_was(lived: City) -> None:
    assert replayed(lived, at("2026-09-23 09:00")) == shown(lived.projector)


def test_a_sealed_day_is_not_changed_by_history_imported_later(lived: City) -> None:
    before = {day: replayed(lived, end_of(day)) for day in ("2026-09-19", "2026-09-20", "2026-09-22")}
    lived.tell(accepted("OLD", "2026-09-08 10:00"), decided("L", "2026-09-15 10:00"))
    lived.watch("2026-09-24 09:00")
    for day, tables in before.items():
        assert replayed(lived, end_of(day)) == tables
    assert any("'OLD'" in row for row in replayed(lived, at("2026-09-24 09:00"))["cases"])


def test_several_moments_one_from_the_other_are_those_replayed_alone(lived: City) -> None:
    lived.tell(accepted("OLD", "2026-09-08 10:00"), decided("L", "2026-09-15 10:00"))
    lived.watch("2026-09-24 09:00")
    moments = [at(moment) for moment in (*MOMENTS[::2], "2026-09-30 00:00")]
    for moment, past in zip(moments, replay_each(lived.log, moments), strict=True):
        alone = replay(lived.log, moment)
        assert (past.position, past.as_of) == (alone.position, alone.as_of)
        assert shown(past) == shown(alone)
        assert past.canonical_hash() == alone.canonical_hash()
        alone.close()


def test_a_large_log_is_replayed_in_a_file_that_nobody_keeps(
    lived: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [at(moment) for moment in MOMENTS[::2]]
    expected = [past.canonical_hash() for past in replay_each(lived.log, moments)]
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(aside))
    monkeypatch.setattr("projections.store.EVENTS_IN_MEMORY_MAXIMUM", 0)
    assert [past.canonical_hash() for past in replay_each(lived.log, moments)] == expected
    past = replay(lived.log, moments[0])
    assert past.canonical_hash() == expected[0]
    assert [file.name for file in aside.glob("*/*.duckdb")] == ["projections.duckdb"]
    past.close()
    assert not list(aside.iterdir())


def test_the_file_holds_nothing_recorded_later(lived: City, tmp_path: Path) -> None:
    out, known_at = tmp_path / "past.duckdb", at("2026-09-21 12:00")
    replay(lived.log, at("2026-09-21 12:00"), known_at, out).close()
    connection = duckdb.connect(str(out), read_only=True)
    tables: list[Any] = connection.execute(
        "select table_name, column_name from duckdb_columns() where not internal and "
        "data_type = 'TIMESTAMP WITH TIME ZONE' and column_name in ('recorded_at', 'issued_at', 'visible_at')"
    ).fetchall()
    assert ("events", "recorded_at") in tables
    for table, column in tables:
        (latest,) = connection.execute(f"select epoch_us(max({column})) from {table}").fetchone() or (None,)
        assert latest is None or latest <= known_at, (table, column)
    connection.close()
    assert b"2026-09-22T" not in out.read_bytes()


def test_a_replay_overwrites_nothing(lived: City, tmp_path: Path) -> None:
    out = tmp_path / "past.duckdb"
    out.write_bytes(b"mine")
    with pytest.raises(ReplayExists):
        replay(lived.log, at("2026-09-21 12:00"), None, out)
    assert out.read_bytes() == b"mine"


def test_a_replay_writes_nothing_to_the_log(lived: City) -> None:
    head = lived.log.head()
    replayed(lived, at("2026-09-21 12:00"))
    assert lived.log.head() == head


def test_a_kept_replay_is_read_as_it_was(lived: City, tmp_path: Path) -> None:
    out = tmp_path / "past.duckdb"
    past = replay(lived.log, at("2026-09-21 12:00"), None, out)
    expected, as_of = shown(past), past.as_of
    past.close()
    again = kept(out)
    assert (shown(again), again.as_of) == (expected, as_of)
    with pytest.raises(duckdb.Error, match="read-only"):
        again.store.execute("delete from events")
    again.close()


def test_what_is_no_replay_or_another_version_s_is_not_read(lived: City, tmp_path: Path) -> None:
    text, other = tmp_path / "text.duckdb", tmp_path / "other.duckdb"
    text.write_text("not a database")
    replay(lived.log, at("2026-09-21 12:00"), None, other).close()
    with duckdb.connect(str(other)) as connection:
        connection.execute("update made_by set digest = 'another'")
    for path in (text, other):
        with pytest.raises(NotAReplay):
            kept(path)
