"""A file's way into the log: duplicates, corrections, conflicts, mending, and what is told after each commit."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from engine.clock import parse_instant
from engine.intake import pipeline
from engine.intake.profile import ProfileNeeded
from engine.intake.refusals import Refusal


def test_a_fact_is_stored_with_its_envelope(home: Any, event: Any) -> None:
    home.bring("facts.ndjson", [event(sequence="0007", dataversion=2, precision="day", tracestate="x")])
    (row,) = home.facts()
    assert row[1:4] == ("SJ-2026-000123", None, "esup.case.step_finished")
    assert row.occurred_at == parse_instant("2026-03-02T00:00:00+08:00")
    assert row.recorded_at == row.appended_at == home.clock.now()
    assert (row.source, row.event_id, row.dataversion) == ("/320900/approval", "SP-7", 2)
    assert row.body == (
        b'{"data":{"officer":"u1021","post":"reviewer","step":"review"},'
        b'"precision":"day","sequence":"0007","tracestate":"x"}'
    )


def test_a_day_is_the_local_date_that_the_time_shows(home: Any, event: Any) -> None:
    home.bring("facts.ndjson", [event(time="2026-03-01T23:30:00-05:00", precision="day")])
    assert home.facts()[0].occurred_at == parse_instant("2026-03-01T00:00:00-05:00")


def test_a_day_that_has_begun_is_not_in_the_future(home: Any, event: Any) -> None:
    sent = [event(id="today", time="2026-11-22T23:00:00+08:00", precision="day"),
            event(id="tomorrow", time="2026-11-23T00:00:00+08:00", precision="day")]  # fmt: skip
    report = home.bring("facts.ndjson", sent)
    assert (report.stored, dict(report.quarantined)) == (1, {"future-time": 1})


def test_history_is_known_when_it_says_or_else_when_it_happened(home: Any, event: Any) -> None:
    told = "2026-03-09T00:00:00+08:00"
    home.bring("facts.ndjson", [event(id="told", recordedtime=told), event(id="own")], historical=True)
    assert [row.recorded_at for row in home.facts()] == [parse_instant(told), parse_instant(event()["time"])]


def test_history_is_not_known_in_the_future_either(home: Any, event: Any) -> None:
    sent = [event(recordedtime="2027-01-01T00:00:00Z"), event(recordedtime="2020-01-01T00:00:00")]
    report = home.bring("f.ndjson", sent, historical=True)
    assert dict(report.quarantined) == {"future-time": 1, "naive-time": 1}


def test_the_same_again_is_a_duplicate_in_one_file_and_across_files(home: Any, event: Any) -> None:
    events = [event(id=str(number)) for number in range(10)]
    first = home.bring("a.ndjson", events + events)
    again = home.bring("b.ndjson", [*events, event(id="new")])
    assert (first.stored, first.duplicates) == (10, 10)
    assert (again.stored, again.duplicates) == (1, 10)


def test_recordedtime_is_no_part_of_what_is_said(home: Any, event: Any) -> None:
    home.bring("a.ndjson", [event(recordedtime="2026-03-09T00:00:00Z")], historical=True)
    again = home.bring("b.ndjson", [event(recordedtime="2026-03-10T00:00:00Z")], historical=True)
    assert (again.stored, again.duplicates) == (0, 1)


def test_a_correction_stands_beside_what_it_corrects(home: Any, event: Any) -> None:
    corrected = event(dataversion=2, data={"step": "review", "post": "reviewer", "officer": "u9"})
    assert home.bring("a.ndjson", [corrected, event()]).stored == 2
    assert [row.dataversion for row in home.facts()] == [2, 1]


def test_other_content_under_a_known_identity_is_put_aside_and_the_batch_taken(home: Any, event: Any) -> None:
    home.bring("a.ndjson", [event()])
    other = event(time="2026-03-02T09:16:00+08:00")
    sent = [event(id="1"), other, event(id="2"), event(id="2", subject="X"), event(), other]
    report = home.bring("b.ndjson", sent)
    assert (report.stored, report.duplicates, dict(report.quarantined)) == (2, 1, {"content-conflict": 3})
    assert report.acknowledged == 6
    assert [entry["place"] for entry in home.quarantine()] == ["b.ndjson:2", "b.ndjson:4", "b.ndjson:6"]
    assert home.persons.open_input(home.quarantine()[0]["sealed"]) == orjson.dumps(other)


def test_reading_a_bad_file_again_puts_nothing_aside_twice(home: Any, event: Any) -> None:
    sent = [b"{", event(), event(subject="other"), event(id="2")]
    first = home.bring("a.ndjson", sent)
    home.clock.move_to(home.clock.now() + 1_000_000)
    rows = home.rows()
    again = home.bring("a.ndjson", sent)
    assert home.rows() == rows
    assert first.quarantined == again.quarantined == {"not-json": 1, "content-conflict": 1}
    assert (again.stored, again.duplicates) == (0, 2)


def test_a_mended_file_brings_only_what_was_missing(home: Any, event: Any) -> None:
    home.bring("a.ndjson", [event(id="1"), event(id="2", time="2026-03-02T09:15:00"), event(id="3")])
    report = home.bring("a.ndjson", [event(id="1"), event(id="2"), event(id="3")])
    assert (report.stored, report.duplicates, dict(report.quarantined)) == (1, 2, {})


def test_any_order_and_any_repetition_end_in_the_same_knowledge(make_home: Callable[[], Any], event: Any) -> None:
    dice = random.Random(7)
    events = [event(id=str(number), dataversion=version, data={"step": f"s{version}", "post": "p", "officer": "o"})
              for number in range(60) for version in (1, 2)]  # fmt: skip
    expected = make_home()
    expected.bring("a.ndjson", events)
    for _ in range(5):
        home = make_home()
        shuffled = [one for one in events for _ in range(dice.randint(1, 5))]
        dice.shuffle(shuffled)
        report = home.bring("a.ndjson", shuffled, batch=dice.randint(1, 50))
        assert home.state() == expected.state()
        assert (report.stored, report.stored + report.duplicates) == (len(events), len(shuffled))


def test_what_is_acknowledged_is_stored(home: Any, event: Any) -> None:
    seen: list[tuple[int, int]] = []
    sent = [event(id=str(number)) for number in range(25)]
    sent[3], sent[20] = b"{", event(id="1", subject="other")
    home.bring("a.ndjson", sent, batch=10, on_commit=lambda count: seen.append((count, home.log.head().size)))
    assert seen == [(10, 10), (20, 20), (25, 25)]


def test_large_events_close_a_batch_early(home: Any, event: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "BATCH_BYTES_MAX", 1_000)
    seen: list[int] = []
    home.bring("a.ndjson", [event(id=str(number)) for number in range(20)], on_commit=seen.append)
    assert len(seen) > 3 and seen[-1] == 20


def test_progress_is_told_in_bytes_of_the_file(home: Any, event: Any) -> None:
    seen: list[tuple[int, int]] = []
    home.bring("a.ndjson", [event()], on_progress=lambda read, size: seen.append((read, size)))
    assert seen == [(len(orjson.dumps(event())),) * 2]


def test_an_empty_file_is_nothing(home: Any) -> None:
    assert home.bring("a.ndjson", b"") == pipeline.Report()


def test_a_foreign_format_wants_a_profile(home: Any) -> None:
    for name in ("log.xes.gz", "log.csv"):
        with pytest.raises(ProfileNeeded):
            home.bring(name, b"")


def test_a_profile_beside_a_file_of_our_own_events_is_for_the_others(home: Any, event: Any) -> None:
    assert home.bring("a.ndjson", [event()], profile="fines").stored == 1


def test_a_refusal_that_cannot_be_explained_is_a_fault_of_ours(home: Any) -> None:
    with pytest.raises(KeyError):
        _ = Refusal("no-such-code").sentence


def test_keys_are_durable_before_the_log_is(home: Any, event: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    flush, append = home.persons.flush, home.log.append_batch
    monkeypatch.setattr(home.persons, "flush", lambda: (calls.append("flush"), flush())[1])
    monkeypatch.setattr(home.log, "append_batch", lambda facts: (calls.append("append"), append(facts))[1])
    home.bring("a.ndjson", [event(id="1"), b"{"])
    home.bring("b.ndjson", [event(id="1", subject="other")])
    assert calls == ["flush", "append"] * 3
