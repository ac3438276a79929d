"""The file of the projections: what other models made is made anew, what these models made is kept."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from projections import store as store_module
from projections.projector import Projector
from projections.store import Store
from tests.engine_harness import ListedLog
from tests.oracle.facts import instant
from tests.projections.test_properties import events_of


def count(path: Path) -> int:
    store = Store(path)
    try:
        return int(store.one("select count(*) from awaited"))
    finally:
        store.close()


def kept_at(path: Path, statement: str) -> None:
    store = Store(path)
    store.execute("insert into awaited values (1, 'esup.case.closed', make_timestamptz(0))")
    store.execute(statement)
    store.close()


def test_what_these_models_made_is_kept(tmp_path: Path) -> None:
    kept_at(tmp_path / "projections.duckdb", "select 1")
    assert count(tmp_path / "projections.duckdb") == 1


def test_what_other_models_made_is_made_anew(tmp_path: Path) -> None:
    kept_at(tmp_path / "projections.duckdb", "update made_by set digest = 'other'")
    assert count(tmp_path / "projections.duckdb") == 0


def test_what_models_made_before_they_said_so_is_made_anew(tmp_path: Path) -> None:
    kept_at(tmp_path / "projections.duckdb", "drop table made_by")
    assert count(tmp_path / "projections.duckdb") == 0


def test_no_column_is_packed_in_runs(tmp_path: Path) -> None:
    """A value in a run is found by counting from its segment's first: updates fetch and delete rows one by one."""
    runs = "create table runs as select (range // 8)::ubigint * 7919 as key from range(200000)"
    packed = "select distinct compression from pragma_storage_info('runs') where column_name = 'key'"
    store, methods = Store(tmp_path / "projections.duckdb"), {}
    with duckdb.connect(str(tmp_path / "plain.duckdb")) as plain:
        for name, connection in (("ours", store.connection), ("plain", plain)):
            connection.execute(runs)
            connection.execute("checkpoint")
            methods[name] = {row[0] for row in connection.execute(packed).fetchall()}
    store.close()
    assert "RLE" in methods["plain"]
    assert methods["ours"].isdisjoint({"RLE", "Uncompressed"})


@pytest.mark.parametrize("name", ["kept-2026.duckdb", "the 9th of 'May'.duckdb", 'so "called".duckdb', "九月.duckdb"])
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    """DuckDB calls a database by the name of its file."""
    log = ListedLog()
    log.append(events_of("named", 5))
    projector = Projector.open(tmp_path / name, log)
    try:
        projector.update(instant("2027-03-10T00:00:00+08:00"))
        projector.update(instant("2027-03-11T00:00:00+08:00"))
        assert projector.store.one("select count(*) from cases") > 0
    finally:
        projector.close()


def test_a_home_is_allowed_the_memory_of_its_indexes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if each event took a megabyte."""
    monkeypatch.setattr(store_module, "_EVENTS_A_MEGABYTE_MORE", 1)
    path = tmp_path / "projections.duckdb"
    log = ListedLog()
    log.append(events_of("room", 200))
    events = len(log.rows)
    live = Projector.open(path, log)
    before = allowed_megabytes(live.store)
    live.update(instant("2027-03-10T00:00:00+08:00"))
    after = allowed_megabytes(live.store)
    live.close()
    again = Store(path, read_only=True)
    assert events > 500
    expected = [pytest.approx(megabytes, abs=110) for megabytes in (3_000, 3_000 + events, 3_000 + events)]
    assert [before, after, allowed_megabytes(again)] == expected
    again.close()


def allowed_megabytes(store: Store) -> int:
    """What DuckDB says in gibibytes, cut to a tenth."""
    gibibytes = store.one("select regexp_extract(current_setting('memory_limit'), '([0-9.]+) GiB', 1)")
    return round(float(gibibytes) * 1_073.741824)
