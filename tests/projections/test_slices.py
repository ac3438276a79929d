"""Slices give what is derived at once; tied streams lie in one slice; a failure leaves nothing half derived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.city_facts import as_of
from benchmarks.city_log import write_log
from engine.clock import SystemClock
from engine.log import EventLog
from projections import slices as slices_module
from projections.derivation import Derivation
from projections.errors import AuditFailed
from projections.model import Model, read_models
from projections.projector import FOREVER, Projector
from projections.slices import slices
from tests.engine_harness import ListedLog
from tests.monitors.city import City, accepted, decided
from tests.oracle.facts import instant
from tests.projections.test_properties import LAST_DAY, events_of, is_public, rebuilt_hash

CASES = 400
EVENTS_A_SLICE = 900
MOMENTS = (as_of(), as_of() - 120 * 86_400_000_000)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventLog]:
    """A city in which every core rule is broken, with complaints, tasks, corrections and changes of the catalogue."""
    path = tmp_path_factory.mktemp("city") / "log.sqlite"
    write_log(path, CASES)
    with EventLog.open(path, SystemClock(), read_only=True) as log:
        yield log


def rebuilt(log: EventLog, moment: int) -> Projector:
    projector = Projector.in_memory(log)
    projector.load(FOREVER)
    projector.rebuild(moment)
    return projector


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices_module, "EVENTS_AT_ONCE", EVENTS_A_SLICE)


@pytest.mark.parametrize("moment", MOMENTS)
def test_slices_give_what_is_derived_at_once(
    log: EventLog, moment: int, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    hashes = []
    for is_sliced in (False, True):
        if is_sliced:
            request.getfixturevalue("small_slices")
        projector = rebuilt(log, moment)
        hashes.append(projector.canonical_hash())
        assert projector.store.one("select count(*) from findings") > 0
        assert projector.store.one("select count(*) from across_findings") > 0
        projector.close()
    assert hashes[0] == hashes[1]


SCATTERED = "select count(*) from (select key from {} group by key having max(rowid) - min(rowid) >= count(*))"


def test_in_a_live_home_of_any_size_events_lie_by_stream_and_what_is_public_lies_together(log: EventLog) -> None:
    """Nothing is lost by it; what is derived for one question stays in the order of the log."""
    projector = rebuilt(log, MOMENTS[0])
    before = projector.canonical_hash(), projector.store.rows("select * from events order by position")
    assert projector.store.one(SCATTERED.format("events")) > 0
    projector.rebuild(MOMENTS[0], live=True)
    assert projector.store.one(SCATTERED.format("events")) == 0
    parts = "select min(rowid), max(rowid) from events group by is_public order by is_public desc"
    public, others = projector.store.rows(parts)
    assert public[1] < others[0]
    assert (projector.canonical_hash(), projector.store.rows("select * from events order by position")) == before
    projector.close()


def test_what_concerns_all_leaves_a_replay_without_indexes_and_a_live_home_with_them(log: EventLog) -> None:
    events = events_of("indexes")
    public, cases = ([one for one in events if is_public(one) == wanted] for wanted in (True, False))
    for live in (True, False):
        told = ListedLog()
        told.append([*public[:-1], *cases])
        projector = Projector.in_memory(told)
        projector.load(FOREVER)
        projector.rebuild(instant(LAST_DAY) - 1, live=live)
        indexes = projector.store.rows("select index_name from duckdb_indexes() order by all")
        assert bool(indexes) == live
        told.append(public[-1:])
        projector.update(instant(LAST_DAY))
        assert projector.store.rows("select index_name from duckdb_indexes() order by all") == indexes
        assert projector.canonical_hash() == rebuilt_hash(told, instant(LAST_DAY))
        projector.close()


def test_in_a_live_home_the_rows_of_each_stream_lie_together(log: EventLog, small_slices: None) -> None:
    """Nothing is lost by it, and what an update looks up is there."""
    projector = rebuilt(log, MOMENTS[0])
    before = projector.canonical_hash(), projector.store.rows("select * from events order by position")
    assert projector.store.one(SCATTERED.format("events")) > 0
    projector.rebuild(MOMENTS[0], live=True)
    for table in ("events", "obligation_rows", "condition_findings", "card_rows"):
        assert projector.store.one(SCATTERED.format(table)) == 0, table
    assert (projector.canonical_hash(), projector.store.rows("select * from events order by position")) == before
    assert projector.store.rows("select 1 from duckdb_indexes() where index_name = 'events_key'")
    projector.close()


def test_every_stream_lies_in_one_slice_with_all_that_is_tied_to_it(log: EventLog, small_slices: None) -> None:
    projector = rebuilt(log, MOMENTS[0])
    try:
        slice_of: dict[int, int] = {}
        held: dict[int, int] = {}
        for piece in slices(projector.store):
            piece.open_scope()
            keys = {key for (key,) in projector.store.rows("select distinct key from temp.events")}
            assert not keys & slice_of.keys()
            slice_of |= dict.fromkeys(keys, piece.number)
            held[piece.number] = projector.store.one("select count(*) from temp.events")
        projector.store.execute("drop table temp.events")
        events = dict(projector.store.rows("select key, count(*) from events group by key"))
        ties = projector.store.rows("select key, other_key from links")
    finally:
        projector.close()
    assert slice_of.keys() == events.keys()
    assert sum(held.values()) == sum(events.values())
    assert any(one in slice_of and other in slice_of for one, other in ties)
    for one, other in ties:
        assert slice_of.get(one) == slice_of.get(other) or not {one, other} <= slice_of.keys()
    largest = max(events_together(events, ties))
    assert len(held) > 3 and max(held.values()) <= EVENTS_A_SLICE + largest


def events_together(events: dict[int, int], ties: list[tuple[int, int]]) -> Iterator[int]:
    """How many events each set of tied streams has, by a walk from stream to stream."""
    tied: dict[int, set[int]] = defaultdict(set)
    seen: set[int] = set()
    for one, other in ties:
        tied[one].add(other)
    for start in events:
        reached: set[int] = set()
        ahead = {start} - seen
        while ahead:
            reached |= ahead
            ahead = set().union(*(tied[key] for key in ahead)) - reached
        seen |= reached
        yield sum(events.get(key, 0) for key in reached)


def test_the_catalogue_reads_of_the_streams_only_what_is_laid_out_for_it() -> None:
    """Else it would be derived from relations that have no row yet."""
    models = {model.name: model for model in read_models()}
    pending = [model.name for model in models.values() if model.refresh == "whole"]
    read: set[str] = set()
    while pending:
        now = models[pending.pop()].reads(models)
        pending += now - read
        read |= now
    keyed = {name for name in read if models[name].refresh in ("key", "group", "scratch")}
    assert keyed == {"superseded", "ties"}
    over_events = {name for name in read if models[name].refresh == "view" and models[name].reads(["events", *keyed])}
    assert over_events <= {"visible_events", "facts"}


def test_updates_go_on_from_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A town lives on: cases come, and a calendar that concerns them all."""
    events = events_of("slices")
    public, cases = ([one for one in events if is_public(one) == wanted] for wanted in (True, False))
    half = len(cases) // 2
    log = ListedLog()
    live = Projector.in_memory(log)
    log.append([*public[:-3], *cases[:half]])
    monkeypatch.setattr(slices_module, "EVENTS_AT_ONCE", 150)
    live.update(instant(LAST_DAY) - 3)
    log.append(cases[half:])
    live.update(instant(LAST_DAY) - 2)
    log.append(public[-3:])
    live.update(instant(LAST_DAY))
    monkeypatch.undo()
    assert live.canonical_hash() == rebuilt_hash(log, instant(LAST_DAY))


def test_cards_of_a_watched_city_are_the_same_in_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city = City(tmp_path)
    city.tell(*(accepted(f"C{number}", f"2026-09-{number:02d} 10:00") for number in range(1, 8)))
    city.watch("2026-09-21 00:00")
    city.tell(decided("C1", "2026-09-10 17:00", known="2026-09-22 09:00"))
    city.watch("2026-09-22 09:00")
    assert city.rows("select count(*) from card_rows")[0][0] > 2
    monkeypatch.setattr(slices_module, "EVENTS_AT_ONCE", 20)
    assert rebuilt(city.log, city.projector.as_of).canonical_hash() == city.projector.canonical_hash()
    city.close()


def test_after_a_failure_nothing_counts_as_derived_and_whoever_comes_next_derives_all(
    log: EventLog, small_slices: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The home of a process that ended among the slices."""
    home = tmp_path / "projections.duckdb"
    audits = Audits(fails_at=3)
    with monkeypatch.context() as failing:
        failing.setattr(Derivation, "_audit", audits.run)
        ended = Projector.open(home, log)
        with pytest.raises(AuditFailed):
            ended.update(MOMENTS[0])
        ended.close()
    projector = Projector.open(home, log)
    assert not projector.is_derived and projector.position == log.head().size
    projector.update(MOMENTS[0])
    assert projector.is_derived
    assert projector.canonical_hash() == rebuilt(log, MOMENTS[0]).canonical_hash()
    projector.close()


@pytest.mark.parametrize("indexes", [0, 1, 5])
def test_a_home_that_was_stopped_before_all_was_indexed_is_indexed_by_whoever_comes_next(
    log: EventLog, indexes: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What was derived counts; what was not indexed is, and so it is after all is derived once more."""
    home = tmp_path / "projections.duckdb"

    def be_stopped(derivation: Derivation) -> None:
        for name, column in derivation._indexed[:indexes]:
            derivation._store.execute(f"create index {name}_{column} on {name} ({column})")
        raise KeyboardInterrupt

    with monkeypatch.context() as stopping:
        stopping.setattr(Derivation, "index", be_stopped)
        stopped = Projector.open(home, log)
        with pytest.raises(KeyboardInterrupt):
            stopped.update(MOMENTS[1])
        assert stopped.is_derived and not stopped._derivation.is_indexed
        stopped.close()
    projector = Projector.open(home, log)
    projector.update(MOMENTS[1])
    assert projector._derivation.is_indexed
    projector.close()


def test_what_speaks_of_cards_is_audited_once_more_at_the_end(
    log: EventLog, small_slices: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Since the cards of a finding may lie in several slices."""
    audits = Audits()
    monkeypatch.setattr(Derivation, "_audit", audits.run)
    rebuilt(log, MOMENTS[0]).close()
    assert len(audits.names) > 3
    assert audits.names[-1] == ["card_names_its_finding", "no_card_before_its_trigger", "one_live_card_a_finding"]
    assert all(len(names) == 8 for names in audits.names[:-1])


class Audits:
    """Notes what was audited, and may fail once."""

    def __init__(self, fails_at: int = 0) -> None:
        self.fails_at = fails_at
        self.names: list[list[str]] = []

    def run(self, audits: list[Model]) -> None:
        self.names.append([audit.name for audit in audits])
        if len(self.names) == self.fails_at:
            raise AuditFailed(audit="planted", row="")
