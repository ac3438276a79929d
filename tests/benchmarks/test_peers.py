"""Whoever answers for a city in the benchmark says the same of it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from benchmarks.city_facts import as_of
from benchmarks.city_log import write_log
from benchmarks.parts.rebuild import answer
from benchmarks.peers import duckdb_sql, eventsourcing_projection, parquet, polars_frames, postgres_server, postgres_sql
from benchmarks.peers.answer import RULES, Answer
from benchmarks.peers.fold import fold
from engine.clock import SystemClock
from engine.log import EventLog
from projections.projector import FOREVER, Projector

CASES = 600


class SmallCity(NamedTuple):
    """A city's log, its flat tables, and what the models say of it."""

    log: Path
    tables: Path
    said: Answer


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> SmallCity:
    folder = tmp_path_factory.mktemp("city")
    write_log(folder / "log.sqlite", CASES)
    parquet.export(folder / "log.sqlite", folder / "tables")
    with EventLog.open(folder / "log.sqlite", SystemClock(), read_only=True) as log:
        projector = Projector.in_memory(log)
        projector.load(FOREVER)
        projector.rebuild(as_of())
        said = answer(projector)
        projector.close()
    return SmallCity(folder / "log.sqlite", folder / "tables", said)


@pytest.mark.slow
def test_the_models_have_something_to_say(city: SmallCity) -> None:
    assert all(city.said.limits[rule] and city.said.breaches[rule] for rule in RULES)
    assert city.said.daily["closed"] and city.said.daily["breached"] == sum(city.said.breaches.values())


@pytest.mark.slow
def test_the_python_fold_says_the_same(city: SmallCity) -> None:
    assert fold(city.log, as_of()) == city.said


@pytest.mark.slow
def test_sql_by_hand_says_the_same(city: SmallCity) -> None:
    assert duckdb_sql.answer(city.tables, as_of()) == city.said


@pytest.mark.slow
def test_polars_says_the_same_in_any_portions(city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    assert polars_frames.answer(city.tables, as_of()) == city.said
    monkeypatch.setattr(polars_frames, "LIMITS_AT_ONCE", 7)
    assert polars_frames.answer(city.tables, as_of()) == city.said


@pytest.mark.slow
def test_the_librarys_projection_says_the_same(city: SmallCity, tmp_path: Path) -> None:
    assert eventsourcing_projection.fill(city.log, tmp_path / "recorder.sqlite") > 10 * CASES
    assert eventsourcing_projection.answer(tmp_path / "recorder.sqlite", as_of()) == city.said


@pytest.mark.slow
@pytest.mark.skipif(postgres_server.programs() is None, reason="PostgreSQL is not installed")
def test_postgresql_says_the_same(city: SmallCity) -> None:
    psycopg = pytest.importorskip("psycopg")
    with postgres_server.server(postgres_server.install()) as address, psycopg.connect(address) as connection:
        postgres_sql.load(connection, city.tables)
        assert postgres_sql.answer(connection, as_of()) == city.said
