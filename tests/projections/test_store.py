"""The file of the projections: what other models made is made anew, what these models made is kept."""

from __future__ import annotations

from pathlib import Path

from projections.store import Store


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
