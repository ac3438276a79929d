"""Rules across cases: live equals rebuild, any order ends alike, no future, and what an update looks at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from projections.groups import Groups
from projections.projector import Projector
from tests.engine_harness import ListedLog, projector_of
from tests.generators.randomness import Chance
from tests.oracle.facts import instant
from tests.projections.across import TEN_DAYS, copied_reasons, refusal

SEEDS = ("ash", "beech")
FIRST_DAY = date(2026, 9, 1)
END = instant("2026-12-01T00:00:00+08:00")
FINDINGS = (
    "select subject_id, department, occurrence_id, epoch_us(triggers_at), subject_kind from findings "
    "where rule_id = 'test.copied-reasons' order by all"
)


def published() -> dict[str, Any]:
    """The rule, known from the beginning."""
    long_ago = "2010-01-01T00:00:00+08:00"
    return {
        "type": "esup.rule.published",
        "subject": "test.copied-reasons",
        "source": "/esup/rules",
        "id": "copied@1",
        "time": long_ago,
        "recordedtime": long_ago,
        "data": copied_reasons(),
    }


def events_of(seed: str, cases: int = 60) -> list[dict[str, Any]]:
    """Refusals of a month; some are corrected, and some corrections move the fact to another case."""
    chance, events = Chance(f"across {seed}"), []
    for number in range(cases):
        day = FIRST_DAY + timedelta(days=chance.randrange(0, 30))
        told = refusal(chance, number, day.isoformat(), chance.randrange(8, 18))
        known = day + timedelta(days=chance.choice((0, 0, 0, 1, 9)))
        events.append({**told, "recordedtime": f"{known}T20:00:00+08:00"})
        if chance.happens(0.3):
            data = {**told["data"], "officer": chance.choice(("u1", "u2"))}
            subject = chance.choice((told["subject"], f"C-{chance.randrange(0, cases):03}", f"D-{number}"))
            mended = {**told, "data": data, "subject": subject, "dataversion": 2}
            events.append({**mended, "recordedtime": f"{known + timedelta(days=2)}T09:00:00+08:00"})
    chance.shuffle(events)
    return events


def rebuilt(events: list[dict[str, Any]], as_of: int = END) -> Projector:
    """Everything at once."""
    projector = projector_of([published(), *events])
    projector.rebuild(as_of)
    return projector


def live_after_batches(seed: str, events: list[dict[str, Any]]) -> tuple[Projector, ListedLog]:
    """The same in batches of any size, at instants that go on."""
    chance, log = Chance(f"batches {seed}"), ListedLog()
    log.append([published()])
    live, as_of, waiting = Projector.in_memory(log), instant("2026-09-03T00:00:00+08:00"), list(events)
    while waiting:
        live.update(as_of)
        size = chance.choice((0, 1, 2, 7, 20))
        log.append(waiting[:size])
        waiting, as_of = waiting[size:], as_of + chance.randrange(0, 2 * 86_400_000_000)
        if waiting and chance.happens(0.2):
            live.update(as_of)
            assert live.canonical_hash() == rebuilt_of(log, as_of).canonical_hash()
    live.update(max(as_of, END))
    return live, log


def rebuilt_of(log: ListedLog, as_of: int) -> Projector:
    """A rebuild of what a log holds."""
    projector = Projector.in_memory()
    projector.load_facts(log.rows)
    projector.rebuild(as_of)
    return projector


def found(events: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    """A slow reading: officer, first act and third instant of each run, with the newest version of each act."""
    newest: dict[str, dict[str, Any]] = {}
    for event in sorted(events, key=lambda event: event.get("dataversion", 1)):
        newest[event["id"]] = event
    acts: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for event in newest.values():
        group = (event["data"]["officer"], event["data"]["reason"])
        acts.setdefault(group, []).append((instant(event["time"]), event["id"]))
    runs = []
    for (officer, _), listed in acts.items():
        listed.sort()
        while len(listed) >= 3:
            if listed[2][0] <= listed[0][0] + TEN_DAYS:
                runs.append((officer, listed[0][1], listed[2][0]))
                del listed[:3]
            else:
                del listed[0]
    return sorted(runs)


@pytest.mark.parametrize("seed", SEEDS)
def test_runs_are_those_of_a_slow_reading(seed: str) -> None:
    events = events_of(seed)
    rows = rebuilt(events).query(FINDINGS)[1]
    assert [(row[0], row[2], row[3]) for row in rows] == found(events)
    assert len(rows) > 3 and {row[4] for row in rows} == {"officer"}


@pytest.mark.parametrize("seed", SEEDS)
def test_live_equals_rebuild(seed: str) -> None:
    live, log = live_after_batches(seed, events_of(seed))
    assert live.canonical_hash() == rebuilt_of(log, live.as_of).canonical_hash()
    assert live.query(FINDINGS)[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_any_order_ends_alike(seed: str) -> None:
    events = events_of(seed)
    one = rebuilt(events).canonical_hash(positions=False)
    Chance(f"order {seed}").shuffle(events)
    assert rebuilt(events).canonical_hash(positions=False) == one
    live, _ = live_after_batches(seed, events)
    assert live.query(FINDINGS)[1] == rebuilt(events).query(FINDINGS)[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_found_before_it_is_known(seed: str) -> None:
    events, known_at = events_of(seed), instant("2026-09-20T00:00:00+08:00")
    past = [
        event for event in events if instant(event["recordedtime"]) <= known_at and instant(event["time"]) <= known_at
    ]
    assert rebuilt(events, known_at).query(FINDINGS)[1] == rebuilt(past, known_at).query(FINDINGS)[1]


def test_an_update_judges_only_the_groups_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    log, judged = ListedLog(), []
    log.append([published(), *events_of("ash")])
    live = Projector.in_memory(log)
    live.update(END)
    judge = Groups.judge

    def listening(groups: Groups, conditions: Any, changed: dict[int, set[int]], *, by_index: bool) -> None:
        judged.append(sum(map(len, changed.values())))
        judge(groups, conditions, changed, by_index=by_index)

    monkeypatch.setattr(Groups, "judge", listening)
    closed = {"type": "esup.case.closed", "subject": "C-001", "source": "/t", "id": "closed", "data": {}}
    when = {"time": "2026-10-10T09:00:00+08:00", "recordedtime": "2026-10-10T09:00:00+08:00"}
    log.append([{**closed, **when}])
    live.update(END)
    assert judged == []
    log.append([{**refusal(Chance("one more"), 900, "2026-10-10", 9), "recordedtime": when["recordedtime"]}])
    live.update(END)
    assert judged == [1]


def test_a_fact_that_comes_after_its_correction_in_another_case_is_replaced() -> None:
    told = {**refusal(Chance("late"), 1, "2026-09-02", 9), "recordedtime": "2026-09-02T20:00:00+08:00"}
    mended = {**told, "subject": "C-900", "dataversion": 2}
    log = ListedLog()
    log.append([published(), mended])
    live = Projector.in_memory(log)
    live.update(END)
    log.append([told])
    live.update(END)
    assert live.canonical_hash() == rebuilt_of(log, END).canonical_hash()
    assert live.query("select case_no from gathered")[1] == [("C-900",)]


def test_a_planted_deaf_judge_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Groups, "judge", lambda *told, **how: None)
    with pytest.raises(AssertionError):
        test_live_equals_rebuild("ash")
