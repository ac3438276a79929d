"""Each audit is silent over sound projections, and stops a refresh over what was planted for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.errors import AuditFailed
from projections.model import AUDITS_FOLDER, Model, read_model, read_models
from projections.projector import Projector
from tests.engine_harness import licensing_rules, projector_of
from tests.generators.cases import tell_town_cases
from tests.generators.randomness import Chance
from tests.generators.town import add_items, make_town
from tests.monitors.city import City, accepted, at
from tests.oracle.facts import instant

SWAPPED = "list_transform(spans, lambda span: struct_pack(started_at := span.ended_at, ended_at := span.started_at))"
IN_A_TOWN = {
    "one_row_an_obligation": "insert into obligation_rows from obligation_rows limit 1",
    "breach_at_midnight_after_due_day": "update obligation_rows set breaches_at = breaches_at + interval 1 second",
    "provisional_gives_no_breach": "update obligation_rows set provisional = true",
    "one_valid_extension_a_limit": "insert into extensions from extensions where is_valid limit 1",
    "pauses_end_after_they_begin": f"update obligation_rows set spans = {SWAPPED} where len(spans) > 0",
}
IN_A_WATCHED_CITY = {
    "card_names_its_finding": "update card_rows set finding_id = md5(finding_id)",
    "no_card_before_its_trigger": "update card_rows set triggers_at = said_at + interval 1 second",
    "one_live_card_a_finding": "insert into card_rows from card_rows",
}


def audits() -> dict[str, Model]:
    return {path.stem: read_model(path) for path in AUDITS_FOLDER.glob("*.sql")}


def found(projector: Projector, audit: str) -> int:
    return len(projector.store.rows(audits()[audit].text))


@pytest.fixture(scope="module")
def town() -> Iterator[Projector]:
    """Obligations of every kind: extended, paused, provisional, breached."""
    chance = Chance("audits")
    place = make_town(chance)
    add_items(chance, place, 25)
    projector = projector_of([*licensing_rules(), *tell_town_cases(chance, place, 150)])
    projector.rebuild(instant("2027-03-10T00:00:00+08:00"))
    yield projector
    projector.close()


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Projector]:
    """A city in which a card was issued."""
    city = City(tmp_path_factory.mktemp("city"))
    city.tell(accepted("C", "2026-09-07 10:00"))
    city.watch("2026-09-21 00:00")
    yield city.projector
    city.close()


def test_every_audit_has_a_fault_planted_for_it() -> None:
    assert set(audits()) == IN_A_TOWN.keys() | IN_A_WATCHED_CITY.keys()


def assert_sees(projector: Projector, audit: str, fault: str) -> None:
    assert found(projector, audit) == 0
    projector.store.connection.begin()
    try:
        projector.store.execute(fault)
        assert found(projector, audit) > 0
    finally:
        projector.store.connection.rollback()


@pytest.mark.parametrize("audit", IN_A_TOWN)
def test_an_audit_sees_what_is_planted_in_a_town(town: Projector, audit: str) -> None:
    assert_sees(town, audit, IN_A_TOWN[audit])


@pytest.mark.parametrize("audit", IN_A_WATCHED_CITY)
def test_an_audit_sees_what_is_planted_among_cards(watched: Projector, audit: str) -> None:
    assert_sees(watched, audit, IN_A_WATCHED_CITY[audit])


def test_an_audit_reads_only_tables_that_an_update_narrows() -> None:
    """What it reads in an update are the touched rows: it costs next to nothing beside a large log."""
    keyed = {model.name for model in read_models() if model.refresh == "key"}
    every = {model.name for model in read_models()}
    assert {name: audit.reads(every) - keyed for name, audit in audits().items() if audit.reads(every) - keyed} == {}


def test_a_failed_audit_commits_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city = City(tmp_path)
    city.watch("2026-09-07 09:00")
    position = city.projector.position
    city.tell(accepted("C", "2026-09-07 10:00"))
    planted = tmp_path / "planted.sql"
    planted.write_text(
        "-- No obligation at all.\n-- grain:   rule_id\n-- refresh: view\nselect rule_id from obligation_rows"
    )
    monkeypatch.setattr(city.projector._derivation.graph, "audits", [read_model(planted)])
    with pytest.raises(AuditFailed) as failure:
        city.projector.update(at("2026-09-07 11:00"))
    assert failure.value.audit == "planted"
    assert city.projector.position == position
    assert city.rows("select count(*) from obligations") == [(0,)]
    monkeypatch.undo()
    city.watch("2026-09-07 11:00")
    assert city.rows("select count(*) > 0 from obligations where case_no = 'C'") == [(True,)]
    city.close()
