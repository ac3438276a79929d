"""Whatever the bytes, nothing crashes, and every line ends stored, a duplicate, or put aside."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.clock import VirtualClock, parse_instant
from engine.events import EVENTS
from engine.intake.pipeline import Intake, import_file
from engine.intake.refusals import SENTENCES
from engine.log import EventLog
from engine.persons import Persons

CLOCK = VirtualClock(parse_instant("2026-11-22T02:00:00Z"))
ATTRIBUTES = ["specversion", "id", "source", "type", "subject", "time", "dataversion", "sequence", "precision", "data"]


def dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
times = st.datetimes().map(lambda moment: moment.isoformat() + "+08:00") | st.text(max_size=30)
near_events = st.fixed_dictionaries(
    {
        "specversion": st.just("1.0"),
        "id": st.text(min_size=1, max_size=8),
        "source": st.just("/fuzz"),
        "type": st.sampled_from(sorted(EVENTS)),
        "subject": st.text(min_size=1, max_size=8),
        "time": times,
        "data": st.dictionaries(
            st.sampled_from(
                ["item", "department", "officer", "step", "post", "applicant", "content", "amount", "code"]
            ),
            json_values | st.just({"kind": "citizen", "name": "x"}),
        ),
    }
)
broken_events = st.builds(
    lambda event, name, value: {**event, name: value}, near_events, st.sampled_from(ATTRIBUTES), json_values
)
lines = st.one_of(
    st.binary(max_size=80),
    (json_values | near_events | broken_events).map(dumped),
)


@pytest.fixture(scope="module")
def parts() -> Iterator[tuple[Path, EventLog, Persons]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log, persons = EventLog.open(folder / "log.sqlite", CLOCK), Persons.open(folder / "keys.sqlite")
        yield folder, log, persons
        log.close()
        persons.close()


def outcomes(parts: tuple[Path, EventLog, Persons], name: str, content: bytes, **options: Any) -> tuple[int, int]:
    """How many facts ended in some way, and how many were read."""
    folder, log, persons = parts
    path = folder / name
    path.write_bytes(content)
    read = sum(1 for _ in Intake(path, persons, CLOCK, **options).taken())
    report = import_file(path, log, persons, CLOCK, **options)
    assert report.quarantined.keys() <= SENTENCES.keys()
    return report.stored + report.duplicates + sum(report.quarantined.values()), read


fuzzed = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@fuzzed
@given(st.lists(lines, max_size=8))
def test_every_line_of_events_ends_somewhere(parts: Any, given_lines: list[bytes]) -> None:
    content = b"\n".join(given_lines)
    ended, _ = outcomes(parts, "a.ndjson", content)
    assert ended == sum(1 for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip())


rows_of_csv = st.binary(max_size=60) | st.sampled_from([b'"', b'A1,1,"Create', b"A1,1,Payment,2006-07-24,1,2"])
tags = [b"<log>", b"<trace>", b"<event>", b"</event>", b"</trace>", b"</log>", b"<!DOCTYPE log [", b"]>"]
pieces_of_xes = st.binary(max_size=60) | st.sampled_from([*tags, b'<string key="concept:name" value="c1"/>'])


@fuzzed
@given(st.lists(rows_of_csv, max_size=8))
def test_every_row_of_a_csv_ends_somewhere(parts: Any, rows: list[bytes]) -> None:
    header = b"case_id,seq,activity,date,amount,paymentAmount\n"
    ended, read = outcomes(parts, "a.csv", header + b"\n".join(rows), profile="fines")
    assert ended == read


@fuzzed
@given(st.lists(pieces_of_xes, max_size=14))
def test_every_event_of_an_xes_ends_somewhere(parts: Any, pieces: list[bytes]) -> None:
    ended, read = outcomes(parts, "a.xes", b"".join(pieces), profile="wabo")
    assert ended == read


@fuzzed
@given(st.binary(max_size=200), st.sampled_from(["a.ndjson.gz", "a.ndjson.zst", "a.csv.gz", "a.xes.zst"]))
def test_anything_may_call_itself_packed(parts: Any, content: bytes, name: str) -> None:
    magic = b"\x1f\x8b\x08\0" if name.endswith(".gz") else b"\x28\xb5\x2f\xfd"
    for packed in (content, magic + content):
        ended, read = outcomes(parts, name, packed, profile="wabo")
        assert ended == read


def test_what_was_stored_can_be_read(parts: Any) -> None:
    _, log, _ = parts
    rows = log.read(0, 1_000_000)
    assert all(isinstance(orjson.loads(row.body)["data"], dict) for row in rows)
    assert log.verify().is_intact
