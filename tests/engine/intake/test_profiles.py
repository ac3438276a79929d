"""Foreign logs by profile: the same facts from XES and CSV, broken parts put aside, and what a stranger may write."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from engine.clock import format_instant, parse_instant
from engine.intake.profile import ProfileUnusable, load_profile, profile_names

AMSTERDAM = "Europe/Amsterdam"
CASES: list[tuple[dict[str, str], list[dict[str, str]]]] = [
    (
        {"concept:name": "case-1", "department": "General", "channel": "Desk",
         "deadline": "2011-12-06T01:06:40.000+01:00", "startdate": "2011-10-11T01:06:40.020+02:00",
         "enddate": "2011-12-07T13:00:00.000+01:00"},
        [
            {"concept:name": "Confirmation of receipt", "org:resource": "R1", "org:group": "G1",
             "time:timestamp": "2011-10-11T13:45:40.276+02:00"},
            {"concept:name": "T05 Print and send", "org:resource": "R2", "org:group": "G2",
             "time:timestamp": "2011-10-12T08:26:25.398+02:00"},
        ],
    ),
    (
        {"concept:name": "case-2", "department": "Experts", "channel": "Post",
         "deadline": "2011-03-27T23:30:00.000+02:00", "startdate": "2011-03-27T01:30:00.500+01:00"},
        [{"concept:name": "T02 Check", "org:resource": "R1", "org:group": "EMPTY",
          "time:timestamp": "2011-03-28T00:00:00.000+02:00"}],
    ),
]  # fmt: skip


def as_xes(cases: list[tuple[dict[str, str], list[dict[str, str]]]]) -> str:
    def attributes(values: dict[str, str]) -> str:
        return "".join(f'<string key="{key}" value="{value}"><int key="{key}" value="1"/></string>'
                       for key, value in values.items())  # fmt: skip

    traces = "".join(
        f"<trace>{attributes(case)}" + "".join(f"\n<event>{attributes(event)}</event>" for event in events) + "</trace>"
        for case, events in cases
    )
    return f'<?xml version="1.0"?><log xmlns="http://www.xes-standard.org/"><string key="x" value="y"/>{traces}</log>'


def as_csv(cases: list[tuple[dict[str, str], list[dict[str, str]]]]) -> str:
    rows = [{f"case:{key}": value.replace("T", " ") if "date" in key else value for key, value in case.items()} | event
            for case, events in cases for event in events]  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, sorted({name for row in rows for name in row}), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_xes_and_csv_of_one_log_tell_the_same_facts(make_home: Callable[[], Any]) -> None:
    from_xes, from_csv = make_home(), make_home()
    assert from_xes.bring("log.xes", as_xes(CASES), profile="wabo").acknowledged == 3
    assert from_csv.bring("log.csv", as_csv(CASES), profile="wabo").acknowledged == 3
    assert from_xes.state() == from_csv.state()
    assert len(from_xes.state()) == 3 + 2 + 1 + 1 + 2
    assert from_xes.bring("log.csv.gz", gzip.compress(as_csv(CASES).encode()), profile="wabo").stored == 0


def facts_by_id(home: Any) -> dict[str, Any]:
    return {row.event_id: row for row in home.facts()}


def test_a_case_attribute_that_is_only_a_day_is_kept_as_a_day(home: Any) -> None:
    home.bring("log.xes", as_xes(CASES), profile="wabo")
    facts = facts_by_id(home)
    seen = {
        name: (format_instant(facts[name].occurred_at, AMSTERDAM), orjson.loads(facts[name].body)) for name in facts
    }
    assert seen["case-1/applied"][0] == "2011-10-11T00:00:00+02:00"
    assert seen["case-1/applied"][1] == {
        "data": {"applicant": {"kind": "citizen"}, "channel": "Desk",
         "deadline": "2011-12-06",
                 "department": "nl.wabo.General", "item": "wabo.permit"},
        "origin": "attribute", "precision": "day", "sequence": "000000",
    }  # fmt: skip
    assert seen["case-1/closed"][0] == "2011-12-07T00:00:00+01:00"
    assert seen["case-1/closed"][1]["precision"] == "day"
    assert seen["case-2/applied"][0] == "2011-03-27T01:30:00.500000+01:00"
    assert "precision" not in seen["case-2/applied"][1]
    assert seen["case-2/applied"][1]["data"]["deadline"] == "2011-03-27"
    assert "case-2/closed" not in seen


def test_an_event_is_a_step_known_when_it_happened(home: Any) -> None:
    home.bring("log.xes", as_xes(CASES), profile="wabo")
    facts = facts_by_id(home)
    body = orjson.loads(facts["case-1/000001"].body)
    assert body == {"data": {"step": "CR", "what": "Confirmation of receipt", "officer": "R1", "post": "G1"},
                    "sequence": "000001"}  # fmt: skip
    assert orjson.loads(facts["case-1/000002"].body)["data"]["step"] == "T05"
    assert orjson.loads(facts["case-2/000001"].body)["data"]["step"] == "T02"
    assert all(row.recorded_at == row.occurred_at for row in facts.values())
    assert facts["region"].occurred_at == parse_instant("2010-01-01T00:00:00+01:00")


def test_a_part_of_a_foreign_log_that_is_wrong_takes_nothing_with_it(home: Any) -> None:
    case, (first, second) = CASES[0]
    late = {**second, "time:timestamp": "2099-01-01T00:00:00+01:00"}
    naive = {**second, "time:timestamp": "2011-10-12T08:26:25"}
    nameless = {name: value for name, value in second.items() if name != "org:resource"}
    log = [
        ({**case, "startdate": "soon"}, [first, late, naive, nameless, second]),
        ({"department": "General"}, [first]),
    ]
    report = home.bring("log.xes", as_xes(log), profile="wabo")
    assert dict(report.quarantined) == {"wrong-type": 1, "future-time": 1, "naive-time": 1, "missing-field": 2}
    assert {entry["field"] for entry in home.quarantine()} == {
        "case:startdate", "time", "time:timestamp", "data.officer", "case:concept:name"}  # fmt: skip
    assert {"case-1/closed", "case-1/000001", "case-1/000005"} <= facts_by_id(home).keys()
    assert report.acknowledged == 6


BOMB = '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE log [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("code", "content", "stored"),
    [
        ("not-xml", b'{"a": 1}', 0),
        ("not-xml", b"", 0),
        ("not-xml", as_xes(CASES)[:-6].encode() + b"<broken", 8),
        ("not-xml", as_xes(CASES).encode().replace(b"</trace>", b"", 1), 5),
        ("not-xml", as_xes(CASES).replace('value="G2"', 'value="部门"').encode("gb18030"), 5),
        ("not-xml", b'<?xml version="1.0" encoding="no-such"?><log/>', 0),
        ("not-xes", b"<html><body/></html>", 0),
        ("xml-bomb", as_xes(CASES).replace("?>", f"?>{BOMB}", 1).replace("R1", "&b;").encode(), 0),
        ("xml-bomb", as_xes(CASES).replace("?>", f"?>{EXTERNAL}", 1).encode(), 0),
        ("too-deep", b"<log>" + b"<a>" * 1_000_000, 0),
        ("too-large", b"<log><trace><string key='" + b"x" * (20 << 20), 0),
    ],
    ids=lambda value: str(value)[:30],
)
def test_an_xes_that_cannot_be_read_on_gives_all_before(home: Any, code: str, content: bytes, stored: int) -> None:
    report = home.bring("log.xes", content, profile="wabo")
    assert (dict(report.quarantined), report.stored >= stored) == ({code: 1}, True)
    assert (report.stored > 0) == (stored > 0)
    assert home.quarantine()[0]["line"] >= 1


def test_a_truncated_xes_gives_all_before(home: Any) -> None:
    packed = gzip.compress(as_xes(CASES).encode())
    report = home.bring("log.xes.gz", packed[:-12], profile="wabo")
    assert dict(report.quarantined) == {"truncated": 1}


def test_an_event_too_large_is_put_aside_alone(home: Any) -> None:
    case, (first, second) = CASES[0]
    log = [(case, [first, {**first, "note": "x" * (1 << 20)}, second])]
    report = home.bring("log.xes", as_xes(log), profile="wabo")
    assert dict(report.quarantined) == {"too-large": 1}
    assert {"case-1/000001", "case-1/000002"} <= facts_by_id(home).keys()


def test_a_case_without_events_still_tells_its_attributes(home: Any) -> None:
    report = home.bring("log.xes", as_xes([(CASES[0][0], [])]), profile="wabo")
    assert {"case-1/applied", "case-1/closed"} <= facts_by_id(home).keys()
    assert report.acknowledged == 0


FINES = "case_id,seq,activity,date,resource,amount,expense,paymentAmount\n"
GOOD_ROWS = [
    "A1,1,Create Fine,2006-07-24,561,35.00,,",
    "A1,2,Send Fine,2006-12-05,,,11.00,",
    "A1,3,Payment,2006-12-05,,,,46.00",
    "A1,4,Appeal to Judge,2006-12-06,7,,,",
    "A1,5,Insert Date Appeal to Prefecture,2006-12-07,,,,",
]


def test_fines_are_days_and_exact_money(home: Any) -> None:
    report = home.bring("fines.csv", FINES + "\n".join(GOOD_ROWS), profile="fines")
    assert (report.stored, report.acknowledged) == (7, 5)
    facts = facts_by_id(home)
    assert [facts[f"A1/00000{place}"].type.removeprefix("esup.case.") for place in range(1, 6)] == [
        "other", "other", "paid", "appealed", "appealed"]  # fmt: skip
    assert orjson.loads(facts["A1/000003"].body) == {
        "data": {"amount": "46.00", "what": "Payment"}, "precision": "day", "sequence": "000003"}  # fmt: skip
    assert format_instant(facts["A1/000001"].occurred_at, "Europe/Rome") == "2006-07-24T00:00:00+02:00"


@pytest.mark.parametrize(
    ("code", "row"),
    [
        ("bad-row", 'A1,9,"Create Fine,2006-07-24,561,35.00,,'),
        ("bad-row", 'A1,9,"Create" Fine,2006-07-24,561,35.00,,'),
        ("bad-row", "A1,9,Create Fine,2006-07-24"),
        ("bad-row", "A1,9,Create Fine,2006-07-24,561,35.00,,,,,"),
        ("bad-utf8", "A1,9,付款,2006-07-24,561,35.00,,".encode("gb18030")),
        ("too-large", f"A1,9,{'x' * (1 << 20)},2006-07-24,561,35.00,,"),
        ("wrong-type", "A1,9,Create Fine,24/07/2006,561,35.00,,"),
        ("wrong-type", 'A1,9,Create Fine,2006-07-24,561,"35,00",,'),
        ("missing-field", ",9,Create Fine,2006-07-24,561,35.00,,"),
        ("missing-field", "A1,9,Create Fine,,561,35.00,,"),
        ("missing-field", "A1,9,Payment,2006-07-24,561,,,"),
        ("future-time", "A1,9,Payment,2036-07-24,561,,,3.00"),
        ("control-character", '"A\n1",9,Payment,2006-07-24,561,,,3.00'),
    ],
)
def test_a_bad_row_is_put_aside_and_the_rest_taken(home: Any, code: str, row: str | bytes) -> None:
    bad = row if isinstance(row, bytes) else row.encode()
    content = (FINES + "\n".join(GOOD_ROWS[:3]) + "\n").encode() + bad + ("\n" + "\n".join(GOOD_ROWS[3:])).encode()
    report = home.bring("fines.csv", content, profile="fines")
    assert (report.stored, dict(report.quarantined), report.acknowledged) == (7, {code: 1}, 6)
    assert [row.event_id for row in home.facts()][2:] == [f"A1/00000{place}" for place in range(1, 6)]
    (entry,) = home.quarantine()
    assert entry["line"] == 5
    assert home.persons.open_input(entry["sealed"]) == bad


def test_a_file_without_the_needed_columns_is_named_once(home: Any) -> None:
    report = home.bring("fines.csv", "a,b\n1,2\n3,4\n", profile="fines")
    assert dict(report.quarantined) == {"not-csv": 1}
    assert "activity, case_id, date, seq" in home.quarantine()[0]["sentence"]["en"]


def test_a_truncated_csv_loses_no_line_of_an_open_row(home: Any) -> None:
    many = "".join(f"B{n},1,Create Fine,2006-07-24,{n * 7919 % 10007},35.00,,\n" for n in range(3_000))
    packed = gzip.compress((FINES + many + 'A1,1,"open\n' + many).encode())
    report = home.bring("fines.csv.gz", packed[: int(len(packed) * 0.9)], profile="fines")
    assert report.quarantined["truncated"] == 1
    assert report.quarantined["bad-row"] == 1
    assert report.stored > 3_000


STRANGER = """
profile: stranger
title: {zh: 某地办件, en: Somebody's cases}
source: /profiles/stranger
since: 2020-01-01
recorded_at: own-time
region: {code: cn.somewhere, name: 某地, level: county, zone: Asia/Shanghai, calendar: cn}
department: {code: {column: 部门, prefix: cn.somewhere.}, name: 部门}
case: 编号
csv: {delimiter: ";", encoding: gb18030}
event_facts:
  - type: esup.case.accepted
    when: {环节: [受理]}
    time: {column: 时间, as: local}
    data: {item: 事项, department: {column: 部门, prefix: cn.somewhere.}, officer: 人员}
  - type: esup.case.rated
    when: {环节: [评价]}
    present: [分数]
    time: {column: 时间, as: local, precision: day}
    data: {score: {column: 分数, as: number}}
"""
STRANGER_ROWS = """编号;环节;时间;部门;事项;人员;分数
1;受理;2024-05-06 09:00:00;住建局;许可;甲;
1;评价;2024-05-07 10:00:00;住建局;许可;甲;5
1;评价;2024-05-07 11:00:00;住建局;许可;甲;很好
1;转办;2024-05-08 09:00:00;住建局;许可;甲;
"""


def test_a_stranger_can_write_a_profile_for_another_encoding_and_local_times(home: Any, tmp_path: Path) -> None:
    path = tmp_path / "stranger.yaml"
    path.write_text(STRANGER, "utf-8")
    report = home.bring("cases.csv", STRANGER_ROWS.encode("gb18030"), profile=str(path))
    assert dict(report.quarantined) == {"wrong-type": 1, "unknown-type": 1}
    facts = facts_by_id(home)
    assert format_instant(facts["1/000001"].occurred_at, "Asia/Shanghai") == "2024-05-06T09:00:00+08:00"
    assert format_instant(facts["1/000002"].occurred_at, "Asia/Shanghai") == "2024-05-07T00:00:00+08:00"
    assert orjson.loads(facts["1/000001"].body)["data"]["department"] == "cn.somewhere.住建局"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("type: esup.case.accepted", "type: esup.case.acepted"),
        ("type: esup.case.accepted", "type: esup.card.issued"),
        ("zone: Asia/Shanghai", "zone: Asia/Nowhere"),
        ("zone: Asia/Shanghai, ", ""),
        ("encoding: gb18030", "encoding: no-such"),
        ("as: number", "as: decimal"),
        ("as: number", "text: 5"),
        ("{score: {", "{score.a: 分数, score: {"),
        ("case: 编号", "kase: 编号"),
        ("event_facts:", "case_facts: [{type: esup.case.closed, time: {column: x}}]\nevent_facts:"),
        ("profile: stranger", "profile: ["),
    ],
)
def test_a_profile_with_a_fault_says_so(tmp_path: Path, wrong: str, right: str) -> None:
    path = tmp_path / "stranger.yaml"
    path.write_text(STRANGER.replace(wrong, right), "utf-8")
    with pytest.raises(ProfileUnusable):
        load_profile(str(path))


def test_a_profile_that_is_not_there_names_those_that_are() -> None:
    assert {"fines", "wabo"} <= set(profile_names())
    for name in ("nothing", "nothing.yaml", "../profiles/wabo"):
        with pytest.raises(ProfileUnusable):
            load_profile(name)


def test_the_given_permits_come_out_the_same_from_both_forms(make_home: Callable[[], Any], shared_logs: Path) -> None:
    states = []
    for name in ("receipt_wabo.xes.gz", "receipt_wabo.csv.gz"):
        home = make_home()
        report = home.bring(name, (shared_logs / name).read_bytes(), profile="wabo")
        assert (report.acknowledged, dict(report.quarantined)) == (8_577, {})
        states.append(home.state())
    assert states[0] == states[1]
    assert late_and_open(home) == (309, 105)


def late_and_open(home: Any) -> tuple[int, int]:
    """Cases closed after the day of their deadline, and cases not closed."""
    due: dict[str, date] = {}
    closed: dict[str, date] = {}
    for row in home.facts():
        if row.type == "esup.case.applied":
            due[row.stream] = date.fromisoformat(orjson.loads(row.body)["data"]["deadline"])
        elif row.type == "esup.case.closed":
            closed[row.stream] = date.fromisoformat(format_instant(row.occurred_at, AMSTERDAM)[:10])
    return sum(closed[case] > due[case] for case in closed), len(due) - len(closed)


@pytest.mark.slow
def test_the_given_fines_come_out_whole(home: Any, shared_logs: Path) -> None:
    name = "road_fines.csv.gz"
    report = home.bring(name, (shared_logs / name).read_bytes(), profile="fines")
    assert (report.stored, report.acknowledged, dict(report.quarantined)) == (561_472, 561_470, {})
