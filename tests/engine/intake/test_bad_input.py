"""Each kind of bad input ends in quarantine under its code, with its place and sentence, and the rest is taken."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest

from engine.intake.refusals import SENTENCES

SECRET = "张三丰"
STEP = {"step": "review", "post": "reviewer", "officer": "u1021"}
APPLIED = {"item": "I1", "department": "D1", "channel": "window"}


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


LINES: list[tuple[str, str, Any]] = [
    ("not-json", "", b'{"specversion": "1.0", "id": '),
    ("not-json", "", b'{"a": NaN}'),
    ("not-json", "", b"key,value"),
    ("not-json", "", b'{"id": "\\ud800"}'),
    ("bad-utf8", "", '{"id": "张三丰"}'.encode("gb18030")),
    ("bad-utf8", "", b"\xff\xfe\x00"),
    ("out-of-range", "", b'{"a": 1e400}'),
    ("out-of-range", "data", {"data": {**STEP, "n": -1}}),
    ("too-deep", "data", {"data": {**STEP, "deep": "DEEP"}}),
    ("too-deep", "", deep(5_000)),
    ("bad-envelope", "", b"[1, 2]"),
    ("bad-envelope", "", b"null"),
    ("bad-envelope", "specversion", {"specversion": "0.3"}),
    ("bad-envelope", "", {"trace": {"a": 1}}),
    ("missing-field", "specversion", {"specversion": None}),
    ("missing-field", "id", {"id": None}),
    ("missing-field", "id", {"id": ""}),
    ("missing-field", "source", {"source": None}),
    ("missing-field", "subject", {"subject": None}),
    ("missing-field", "time", {"time": None}),
    ("missing-field", "type", {"type": None}),
    ("missing-field", "data.officer", {"data": {"step": "review", "post": "reviewer"}}),
    ("missing-field", "data.officer", {"data": {**STEP, "officer": ""}}),
    ("missing-field", "data.step", {"data": None}),
    ("missing-field", "data.applicant.kind", {"type": "esup.case.applied", "data": {**APPLIED, "applicant": {}}}),
    ("wrong-type", "id", {"id": 7}),
    ("wrong-type", "time", {"time": 1767225600}),
    ("wrong-type", "time", {"time": "yesterday"}),
    ("wrong-type", "time", {"time": "2026-02-30T00:00:00+08:00"}),
    ("wrong-type", "time", {"time": "0001-01-01T00:00:00+14:00"}),
    ("wrong-type", "dataversion", {"dataversion": 0}),
    ("wrong-type", "dataversion", {"dataversion": "2"}),
    ("wrong-type", "dataversion", {"dataversion": 1.5}),
    ("wrong-type", "sequence", {"sequence": 7}),
    ("wrong-type", "precision", {"precision": "month"}),
    ("wrong-type", "data", {"data": [1]}),
    ("wrong-type", "data.officer", {"data": {**STEP, "officer": 1021}}),
    ("wrong-type", "data.action", {"data": {**STEP, "action": SECRET}}),
    ("wrong-type", "data.action", {"data": {**STEP, "action": f"x - at `$.{SECRET}` - at `$.{SECRET}"}}),
    ("wrong-type", "data.action", {"data": {**STEP, "action": f"`{SECRET}` - at `$.a`\n`"}}),
    ("wrong-type", "data.documents[0]", {"data": {**STEP, "documents": [7]}}),
    ("wrong-type", "data.amount", {"type": "esup.case.paid", "data": {"amount": 200.0}}),
    ("wrong-type", "data.amount", {"type": "esup.case.paid", "data": {"amount": "200.001"}}),
    ("wrong-type", "data.amount", {"type": "esup.case.paid", "data": {"amount": "200\n"}}),
    ("wrong-type", "data.score", {"type": "esup.case.rated", "data": {"score": 6}}),
    ("wrong-type", "data.hearing_on", {"type": "esup.case.hearing_noticed", "data": {"hearing_on": "2026-13-01"}}),
    ("unknown-type", "type", {"type": "esup.case.stepfinished"}),
    ("unknown-type", "type", {"type": SECRET}),
    ("own-type", "type", {"type": "esup.card.issued", "data": {}}),
    ("reserved", "source", {"source": "/esup/monitor"}),
    ("reserved", "origin", {"origin": "attribute"}),
    ("naive-time", "time", {"time": "2026-03-02T09:15:00"}),
    ("naive-time", "data.told_applicant_at", {"type": "esup.case.extended", "data": {
        "n": 5, "unit": "work_day", "approver": "u1", "told_applicant_at": "2026-03-02T09:15:00"}}),
    ("future-time", "time", {"time": "2026-11-22T10:05:00.000001+08:00"}),
    ("future-time", "time", {"time": "2999-01-01T00:00:00+08:00"}),
    ("live-recordedtime", "recordedtime", {"recordedtime": "2026-03-03T00:00:00+08:00"}),
    ("control-character", "subject", {"subject": "SJ\x1f1"}),
    ("control-character", "source", {"source": "/a\nb"}),
    ("control-character", "id", {"id": "a\u0085b"}),
    ("control-character", "sequence", {"sequence": "1\x7f"}),
    ("control-character", "data", {"data": {**STEP, "opinion": "a\0b"}}),
    ("control-character", "data", {"data": {**STEP, "more": [{"a\0b": 1}]}}),
    ("too-large", "", {"data": {**STEP, "opinion": "x" * (1 << 20)}}),
    ("too-large", "", b"x" * 10_000_000),
    ("too-large", "", b"x" * 20_000_000),
]  # fmt: skip


def written(event: Any, bad: Any) -> bytes:
    if isinstance(bad, bytes):
        return bad
    line = orjson.dumps(event(**bad))
    return line.replace(b'"DEEP"', deep(300)).replace(b'"n":-1', b'"n":1208925819614629174706176')


@pytest.mark.parametrize(("code", "field", "bad"), LINES, ids=lambda value: str(value)[:60])
def test_bad_input_is_put_aside_and_the_rest_taken(home: Any, event: Any, code: str, field: str, bad: Any) -> None:
    line = written(event, bad)
    report = home.bring("facts.ndjson", [event(id="before"), line, event(id="after")])

    assert [row.event_id for row in home.facts()] == ["before", "after"]
    assert (report.stored, report.duplicates, dict(report.quarantined)) == (2, 0, {code: 1})
    assert report.acknowledged == 3
    (entry,) = home.quarantine()
    assert entry["code"] == code
    assert (entry["source"], entry["line"], entry["field"]) == ("facts.ndjson", 2, field or None)
    assert entry["place"] == f"facts.ndjson:2 {field}".strip()
    assert entry["size"] == len(line)
    assert home.persons.open_input(entry["sealed"]) == line[: 16 << 20]
    assert SECRET not in str(entry["sentence"])
    assert re.search("[\u4e00-\u9fff]", entry["sentence"]["zh"]) and entry["sentence"]["en"].isascii()
    assert field in entry["sentence"]["en"]


def test_every_sentence_says_the_way_out() -> None:
    for zh, en in SENTENCES.values():
        assert "请" in zh or "import" in zh
        assert re.search(r"submit|import|mend|check|remove|leave|write|use|raise", en, re.IGNORECASE)


def test_every_code_has_been_seen() -> None:
    elsewhere = {"content-conflict", "truncated", "not-xml", "not-xes", "xml-bomb", "not-csv", "bad-row"}
    assert {code for code, *_ in LINES} | elsewhere == SENTENCES.keys()


def test_a_slip_of_the_pen_is_answered_with_the_nearest_type(home: Any, event: Any) -> None:
    home.bring("facts.ndjson", [event(type="esup.case.stepfinished")])
    assert "esup.case.step_finished" in home.quarantine()[0]["sentence"]["en"]


@pytest.mark.parametrize(
    "good",
    [
        {"time": "2026-11-22T10:05:00+08:00"},
        {"time": "2026-11-22T02:05:00Z"},
        {"data": {**STEP, "opinion": "line\nline\ttab", "_type_": "os.system", "py/object": "x"}},
        {"data": {**STEP, "opinion": "a literal \\u0000"}},
        {"data": {**STEP, "opinion": "=cmd|' /C calc'!A0"}},
        {"data": {**STEP, "n": 2**63 - 1, "unknown": {"kept": [1.5, None, True]}}},
        {"traceparent": "00-1", "flag": True, "number": 3},
        {"subject": "案件 2026 之一", "id": "编号"},
        {"type": "esup.case.closed", "data": None},
        {"type": "esup.case.suspension_ended", "data": {"ref": None}},
    ],
    ids=str,
)
def test_what_looks_odd_but_can_be_understood_is_stored_as_it_came(home: Any, event: Any, good: Any) -> None:
    sent = event(**good)
    assert home.bring("facts.ndjson", [sent]).stored == 1
    body = orjson.loads(home.facts()[0].body)
    assert body["data"] == sent.get("data", {})
    assert {name: body[name] for name in good if name in ("traceparent", "flag", "number")} == {
        name: value for name, value in good.items() if name in ("traceparent", "flag", "number")
    }


def test_empty_lines_windows_lines_and_a_byte_order_mark_are_no_bad_input(home: Any, event: Any) -> None:
    content = b"\xef\xbb\xbf" + orjson.dumps(event(id="1")) + b"\r\n\r\n   \n" + orjson.dumps(event(id="2")) + b"\r\n"
    report = home.bring("facts.ndjson", content)
    assert (report.stored, report.acknowledged, sum(report.quarantined.values())) == (2, 2, 0)
