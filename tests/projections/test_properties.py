"""What must hold whatever the facts: live equals rebuild, no future is read, any order ends alike, no clock is read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from projections import touch as touch_module
from projections.derivation import Derivation
from projections.model import read_models
from projections.projector import Projector
from tests.engine_harness import ListedLog, licensing_rules, projector_of
from tests.generators.cases import tell_town_cases
from tests.generators.randomness import Chance
from tests.generators.town import add_items, make_town
from tests.oracle.facts import instant

SEEDS = ("spring", "summer", "autumn", "winter")
CASES = 40
LAST_DAY = "2027-03-10T00:00:00+08:00"
NEVER = instant("2100-01-01T00:00:00Z")
TABLES = ("cases", "steps", "suspensions", "obligations", "findings")
POSITIONS = {"position", "issued_position", "log_position"}


def events_of(seed: str, cases: int = CASES) -> list[dict[str, Any]]:
    """The public facts and the cases of a small town, each event once, in the order of a bad day."""
    chance = Chance(seed)
    town = make_town(chance)
    add_items(chance, town, 25)
    events = [*licensing_rules(), *tell_town_cases(chance, town, cases)]
    unique = {(event["source"], event["id"], event.get("dataversion", 1)): event for event in events}
    arriving = list(unique.values())
    chance.shuffle(arriving)
    return arriving


def tables_of(projector: Projector) -> dict[str, list[str]]:
    """Every row that follows, positions aside, as ordered text."""
    shown = {}
    for table in TABLES:
        columns, rows = projector.query(f"select * from {table}")
        kept = [number for number, column in enumerate(columns) if column not in POSITIONS]
        shown[table] = sorted(repr([row[number] for number in kept]) for row in rows)
    return shown


def is_public(event: dict[str, Any]) -> bool:
    """Rules, organisation and calendars: what concerns every case, so that an update derives all anew."""
    return event["type"].startswith(("esup.rule.", "esup.org.", "esup.calendar."))


def deliveries(seed: str) -> list[tuple[int, list[dict[str, Any]]]]:
    """Batches with the instant of each: first what is public, then cases in any order or as they were recorded.

    Some batches hold nothing, since time alone also moves things; a late notice comes among the last.
    """
    chance, events = Chance(f"batches {seed}"), events_of(seed)
    public = [event for event in events if is_public(event)]
    cases = [event for event in events if not is_public(event)]
    is_in_order = chance.happens(0.5)
    if is_in_order:
        cases.sort(key=lambda event: instant(event["recordedtime"]))
    late, start = public.pop(), instant("2026-05-01T00:00:00+08:00")
    told, as_of = [(start, public)], start
    while cases:
        size = chance.choice((0, 1, 5, 50, 100))
        batch, cases = cases[:size], cases[size:]
        as_of += chance.randrange(0, 20 * 86_400_000_000)
        if batch and is_in_order:
            as_of = max(as_of, instant(batch[-1]["recordedtime"]))
        told.append((min(as_of, instant(LAST_DAY)), batch))
    return [*told[:-3], (told[-3][0], [*told[-3][1], late]), *told[-2:]]


def live_and_rebuilt(seed: str) -> list[tuple[str, str]]:
    """The canonical hash after some of the live batches, beside that of a rebuild at the same position and instant."""
    log = ListedLog()
    live, pairs, batches = Projector.in_memory(log), [], deliveries(seed)
    for number, (as_of, batch) in enumerate(batches, start=1):
        log.append(batch)
        live.update(as_of)
        if number % (len(batches) // 4) == 0 or number == len(batches):
            pairs.append((live.canonical_hash(), rebuilt_hash(log, as_of)))
    return pairs


def rebuilt_hash(log: ListedLog, as_of: int) -> str:
    """The canonical hash of a rebuild over the whole log."""
    rebuilt = Projector.in_memory()
    rebuilt.load_facts(log.rows)
    rebuilt.rebuild(as_of)
    return rebuilt.canonical_hash()


@pytest.mark.parametrize("seed", SEEDS)
def test_live_equals_rebuild_after_any_batches(seed: str) -> None:
    pairs = live_and_rebuilt(seed)
    assert len(pairs) >= 4
    assert [live for live, _ in pairs] == [rebuilt for _, rebuilt in pairs]


def with_and_without_the_future(seed: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """A replay known at K beside one of a log that ends at K."""
    as_of, known_at = "2026-10-20T09:30:00+08:00", "2026-11-01T00:00:00+08:00"
    events = events_of(seed)
    past = [
        event
        for event in events
        if instant(event["recordedtime"]) <= instant(known_at) and instant(event["time"]) <= instant(as_of)
    ]
    assert 0 < len(past) < len(events)
    shown = []
    for told in (events, past):
        projector = projector_of(told)
        projector.rebuild(instant(as_of), instant(known_at))
        shown.append(tables_of(projector))
    return shown[0], shown[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_replay_known_at_an_instant_sees_nothing_later(seed: str) -> None:
    whole, past = with_and_without_the_future(seed)
    assert whole == past
    assert whole["obligations"] and whole["findings"]


def in_two_orders(seed: str) -> list[dict[str, list[str]]]:
    """The same facts with the same recorded_at, arriving in two orders."""
    events, shown = events_of(seed), []
    for order in range(2):
        Chance(f"order {order}").shuffle(events)
        projector = projector_of(events)
        projector.rebuild(instant(LAST_DAY), NEVER)
        shown.append(tables_of(projector))
    return shown


@pytest.mark.parametrize("seed", SEEDS)
def test_any_order_of_arrival_ends_in_the_same_state(seed: str) -> None:
    one, other = in_two_orders(seed)
    assert one == other


def clock_functions() -> set[str]:
    """Every function of DuckDB that is not pure: it reads the clock, rolls dice or keeps a state."""
    rows = duckdb.sql(
        "select distinct function_name from duckdb_functions() where stability <> 'CONSISTENT'"
    ).fetchall()
    return {name for (name,) in rows if name.isidentifier()} | {"age"}


def clock_words(text: str) -> set[str]:
    """What of the clock a model's text reads, comments and literals left out."""
    code = re.sub(r"'[^']*'", "''", re.sub(r"--.*", "", text)).lower()
    keywords = r"\b(current_date|current_time|current_timestamp|localtime|localtimestamp)\b"
    called = set(re.findall(r"\b([a-z_0-9]+)\s*\(", code))
    return (called & clock_functions()) | set(re.findall(keywords, code))


def test_no_model_reads_the_wall_clock() -> None:
    assert {"now", "current_date", "random", "get_current_time"} <= clock_functions()
    assert {model.name: read for model in read_models() if (read := clock_words(model.text))} == {}


@pytest.mark.parametrize("planted", ["select now()", "select current_date", "select age(opened_at)", "select today ()"])
def test_a_planted_clock_is_seen(planted: str) -> None:
    assert clock_words(planted)


def test_the_day_of_the_run_changes_nothing() -> None:
    time_machine = pytest.importorskip("time_machine")
    events, hashes = events_of("clock"), []
    for today in ("2010-01-01", "2040-06-30"):
        with time_machine.travel(today, tick=False):
            projector = projector_of(events)
            projector.rebuild(instant(LAST_DAY), NEVER)
            hashes.append(projector.canonical_hash())
    assert hashes[0] == hashes[1]


# Each property is seen to fail on a planted fault; otherwise it would prove nothing.


def plant(monkeypatch: pytest.MonkeyPatch, name: str, old: str, new: str) -> None:
    """Change the text of one model as every projector reads it."""
    models = read_models()
    assert any(model.name == name and old in model.text for model in models), f"no {old!r} in {name} to replace"
    faulty = [replace(model, text=model.text.replace(old, new)) if model.name == name else model for model in models]
    monkeypatch.setattr("projections.derivation.read_models", lambda: faulty)


def test_a_planted_future_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, "visible_events", "when events.recorded_at > clock.known_at then false", "")
    whole, past = with_and_without_the_future(SEEDS[0])
    assert whole != past


def test_a_planted_arrival_order_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(
        monkeypatch,
        "facts",
        "epoch_us(visible_events.occurred_at) * 4096",
        "visible_events.position * 4096",
    )
    one, other = in_two_orders(SEEDS[0])
    assert one != other


def test_a_planted_stale_case_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """An update that loads the facts and refreshes nothing."""
    monkeypatch.setattr(Derivation, "of_touched", lambda derivation, touched: None)
    assert any(live != rebuilt for live, rebuilt in live_and_rebuilt(SEEDS[0]))


def test_a_planted_deaf_update_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """An update that forgets the facts that were loaded early and become visible with time."""
    deaf = touch_module._COME_DUE.replace("are_awaited", "false and are_awaited")
    assert deaf != touch_module._COME_DUE
    monkeypatch.setattr(touch_module, "_COME_DUE", deaf)
    assert any(live != rebuilt for live, rebuilt in live_and_rebuilt(SEEDS[0]))
