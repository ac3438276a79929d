"""No name, number or word of an applicant or complainant stands in clear in any file of the home."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

NAME, ID_NO, PHONE, WORDS = "欧阳娜娜", "320911199003078888", "13851234567", "他们收了我的钱不办事"
PLANTED = (NAME, ID_NO, PHONE, WORDS)
PERSON = {"kind": "citizen", "name": NAME, "id_no": ID_NO, "phone": PHONE}
APPLIED = {"item": "I1", "department": "D1", "channel": "window", "applicant": PERSON}


def assert_nowhere_in_clear(folder: Path, given: Path) -> None:
    for file in folder.iterdir():
        content = b"" if file == given else file.read_bytes()
        for words in PLANTED:
            for spelled in (
                words.encode(),
                orjson.dumps(words)[1:-1],
                ascii(words)[1:-1].encode(),
                words.encode("gb18030"),
            ):
                assert spelled not in content, f"{words} in {file.name}"


def test_good_input_leaves_no_name_in_clear(home: Any, event: Any) -> None:
    sent = [
        event(id="1", type="esup.case.applied", data=APPLIED),
        event(id="2", type="esup.case.offence_known", data={"item": "I", "department": "D", "party": PERSON}),
        event(id="3", type="esup.case.filed", data={"item": "I", "department": "D", "officer": "u", "party": PERSON}),
        event(id="4", type="esup.complaint.filed", subject="C1", data={
            "about": {"case_no": "SJ-1"}, "kind": "service", "real_name": True, "content": WORDS, "channel": "phone",
            "complainant": {"name": NAME, "phone": PHONE}}),
    ]  # fmt: skip
    assert home.bring("a.ndjson", sent).stored == 4
    assert_nowhere_in_clear(home.folder, home.folder / "a.ndjson")
    applied = orjson.loads(home.facts()[0].body)["data"]["applicant"]
    assert applied["kind"] == "citizen"
    assert home.persons.open_person(applied["person"]["ref"], applied["person"]["sealed"])["name"] == NAME


def test_the_same_person_sealed_twice_is_still_a_duplicate(home: Any, event: Any) -> None:
    unnumbered = {**APPLIED, "applicant": {"kind": "citizen", "name": NAME}}
    sent = [event(id="1", type="esup.case.applied", data=APPLIED),
            event(id="2", type="esup.case.applied", data=unnumbered)]  # fmt: skip
    home.bring("a.ndjson", sent)
    again = home.bring("a.ndjson", sent)
    assert (again.stored, again.duplicates, dict(again.quarantined)) == (0, 2, {})


def test_bad_input_leaves_no_name_in_clear_wherever_it_stood(home: Any, event: Any) -> None:
    sent = [
        event(type="esup.case.applied", data={**APPLIED, "applicant": {**PERSON, "kind": NAME}}),
        event(type="esup.case.applied", data={"applicant": PERSON, NAME: ID_NO}),
        event(type="esup.case.applied", data=NAME),
        event(type=NAME, data=APPLIED),
        event(type="esup.case.applied", time=ID_NO, data=APPLIED),
        event(type="esup.case.applied", dataversion=NAME, data=APPLIED),
        event(type="esup.case.applied", data={**APPLIED, "applicant": [PERSON]}),
        event(type="esup.case.applied", data={**APPLIED, "applicant": {**PERSON, "phone": [PHONE]}}),
        event(type="esup.case.applied", data={**APPLIED, "deadline": NAME}),
        event(type="esup.case.applied", data={**APPLIED, "applicant": {**PERSON, "name": f"{NAME}\0"}, "x": "a\0"}),
        event(type="esup.item.guide_published", data={"code": "c", "version": "1", "channel": "w", "values": [NAME]}),
        event(precision=NAME),
        event(**{NAME: {"name": NAME}}),
        orjson.dumps(event(type="esup.case.applied", data=APPLIED))[:-1],
        f"{NAME},{ID_NO},{PHONE}".encode(),
        f"{NAME},{WORDS}".encode("gb18030"),
        event(type="esup.case.applied", data={**APPLIED, "applicant": {**PERSON, "name": NAME * 200_000}}),
    ]
    report = home.bring("a.ndjson", sent)
    assert (report.stored, sum(report.quarantined.values())) == (0, len(sent))
    assert_nowhere_in_clear(home.folder, home.folder / "a.ndjson")


def test_a_conflict_about_a_person_leaves_no_name_in_clear(home: Any, event: Any) -> None:
    other = {**APPLIED, "applicant": {**PERSON, "phone": "13900000000"}}
    home.bring("a.ndjson", [event(type="esup.case.applied", data=other), event(type="esup.case.applied", data=APPLIED)])
    assert [entry["code"] for entry in home.quarantine()] == ["content-conflict"]
    assert_nowhere_in_clear(home.folder, home.folder / "a.ndjson")
