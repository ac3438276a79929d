"""What is kept whole (offices, officers, items, calendars, rules) after each arrival is what a rebuild makes of it.

An update makes anew only what follows from facts of the types in the streams that it touches: not of those alone that
came, since a correction may take its type from a fact, and facts of one instant change places.
"""

from __future__ import annotations

from collections.abc import Set

import pytest

from projections.derivation import Derivation
from projections.errors import AuditFailed
from projections.model import read_models
from projections.model_graph import ModelGraph
from projections.projector import Projector
from projections.touch import CATALOGUE
from tests.engine_harness import ListedLog
from tests.generators.randomness import Chance
from tests.oracle.facts import instant
from tests.rules.catalogue_town import DEPARTMENT, ITEM, Event, accepted, guide, published, stopped, told, town

LAST_DAY = "2027-01-01T00:00:00+08:00"
WHOLE = [model for model in read_models() if model.refresh == "whole"]
OFFICER = {"officer": "u1", "department": "traffic", "posts": ["reviewer"]}


def corrected(event: Event, **changes: object) -> Event:
    """A later version of the same fact."""
    return event | {"dataversion": event.get("dataversion", 1) + 1} | changes


def arrivals(seed: str) -> list[Event]:
    """Changes of the catalogue in any order, some of them corrected, to another type or to what is no change of it."""
    suspended = stopped("suspended", "2026-03-01T09:00:00+08:00", "2026-03-02")
    version = published("2026-02-01T09:00:00+08:00", "2026-02-02", version=2, id="second")
    assigned = told("org.officer_assigned", "u1", "2026-01-05T09:00:00+08:00", OFFICER)
    told_of = [
        published("2026-01-01T09:00:00+08:00", "2026-01-02"),
        version,
        guide("2026-01-03T09:00:00+08:00"),
        suspended,
        stopped("cancelled", "2026-06-01T09:00:00+08:00", "2026-07-01"),
        assigned,
        told("org.officer_disabled", "u1", "2026-04-01T09:00:00+08:00", {"officer": "u1"}),
        accepted("C-1", "2026-02-10T09:00:00+08:00"),
        *no_longer_of_the_catalogue(),
        corrected(suspended, type="esup.item.cancelled"),
        corrected(version, type="esup.item.guide_published", data=guide("2026-02-01T09:00:00+08:00")["data"]),
        corrected(assigned, type="esup.org.officer_disabled"),
    ]
    Chance(f"catalogue {seed}").shuffle(told_of)
    return told_of


def no_longer_of_the_catalogue() -> list[Event]:
    """Facts of the catalogue, and after each the correction by which it never was one."""
    stop = stopped("suspended", "2026-02-15T09:00:00+08:00", "2026-02-16") | {"id": "no-stop"}
    officer = told("org.officer_assigned", "u2", "2026-01-06T09:00:00+08:00", OFFICER | {"officer": "u2"})
    days = {"calendar": "cn", "notice": "N", "days": [{"date": "2026-02-11", "working": False}]}
    notice = told("calendar.noticed", "cn", "2026-01-07T09:00:00+08:00", days | {"published_on": "2026-01-07"})
    outage = {"type": "esup.outage.declared", "subject": "OUT", "data": {"from": "2026-02-15", "to": "2026-02-16"}}
    case = {"type": "esup.case.applied", "subject": "C-1", "data": {"item": ITEM, "department": DEPARTMENT}}
    return [
        *(stop, corrected(stop, **outage)),
        *(officer, corrected(officer, **case)),
        *(notice, corrected(notice, **case)),
    ]


def kept_whole(projector: Projector) -> dict[str, list[str]]:
    """Every row of what is kept whole, in any order, and the hash of all there is."""
    whole = {model.name: sorted(map(repr, projector.query(f"from {model.name}")[1])) for model in WHOLE}
    return whole | {"everything": [projector.canonical_hash()]}


def live_and_rebuilt(seed: str) -> tuple[list[dict[str, list[str]]], list[dict[str, list[str]]]]:
    """What is kept whole after each arrival, beside what a rebuild makes of the same log."""
    log, at = ListedLog(), instant(LAST_DAY)
    log.append(town())
    live = Projector.in_memory(log)
    live.update(at)
    followed, rebuilt = [], []
    for event in arrivals(seed):
        log.append([event])
        live.update(at)
        followed.append(kept_whole(live))
        other = Projector.in_memory(log)
        other.update(at)
        rebuilt.append(kept_whole(other))
        other.close()
    live.close()
    return followed, rebuilt


@pytest.mark.parametrize("seed", ["one", "two", "three"])
def test_after_each_arrival_the_catalogue_is_that_of_a_rebuild(seed: str) -> None:
    followed, rebuilt = live_and_rebuilt(seed)
    assert followed == rebuilt
    assert all(rebuilt[-1][name] for name in ("items", "item_stops", "item_guides", "officer_assignments"))


def test_what_is_kept_whole_follows_from_facts_that_refresh_it() -> None:
    """Else a fact could come that an update takes for no part of the catalogue, or that changes nothing of it."""
    graph = ModelGraph(read_models(), [])
    for model in graph.kept_whole():
        types = graph.types_of(model)
        assert types and all(kind.startswith(CATALOGUE) for kind in types)


def test_after_a_failure_the_next_update_starts_from_what_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an update had narrowed comes back when the next one, which concerns all, is undone."""
    log, at = ListedLog(), instant(LAST_DAY)
    log.append([*town(), published("2026-01-01T09:00:00+08:00", "2026-01-02")])
    live = Projector.in_memory(log)
    live.update(at)
    for number in range(3):
        log.append([accepted(f"C-{number}", "2026-02-10T09:00:00+08:00")])
        live.update(at)
    days = {"calendar": "cn", "notice": "N", "days": [{"date": "2026-02-12", "working": False}]}
    log.append([told("calendar.noticed", "cn", "2026-01-07T09:00:00+08:00", days | {"published_on": "2026-01-07"})])
    with monkeypatch.context() as failing:
        failing.setattr(Derivation, "_audit", fail)
        with pytest.raises(AuditFailed):
            live.update(at)
    live.update(at)
    other = Projector.in_memory(log)
    other.update(at)
    assert live.canonical_hash() == other.canonical_hash()
    assert live.query("select count(*) from cases")[1] == [(3,)]
    for projector in (live, other):
        projector.close()


def fail(derivation: Derivation, audits: object) -> None:
    raise AuditFailed(audit="planted", row="")


def test_a_planted_deaf_catalogue_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Derivation, "_make_whole", lambda derivation, types=None: None)
    followed, rebuilt = live_and_rebuilt("one")
    assert followed != rebuilt


def test_a_planted_update_that_looks_only_at_what_came_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    make_whole = Derivation._make_whole

    def of_what_came(derivation: Derivation, types: Set[str] | None = None) -> None:
        came = {kind for (kind,) in derivation._store.rows("select type from temp.arrived_now")}
        make_whole(derivation, came if types else None)

    monkeypatch.setattr(Derivation, "_make_whole", of_what_came)
    followed, rebuilt = live_and_rebuilt("three")
    assert followed != rebuilt
