"""The models give every worked vector of the specification and of the handbook, on the calendars that we ship."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import orjson
import pytest

from engine.calendar import calendar_facts
from projections.projector import Projector
from tests.engine_harness import TEST_RULES, DutyRow, engine_duties, own_rules, rows_of
from tests.oracle.city_calendar import chinese_calendar, examples
from tests.oracle.facts import instant

MUCH_LATER = "2027-06-01T12:00:00+08:00"


class Given(NamedTuple):
    """One limit with what happened to it; a suspension is its start, its end and whether the applicant was told."""

    name: str
    opened_at: str
    limit: dict[str, Any] | None
    suspensions: tuple[tuple[str, str | None, bool], ...] = ()
    stated: str | None = None
    vague: bool = False
    decided_at: str | None = None


def event(case_no: str, kind: str, at: str, data: dict[str, Any]) -> dict[str, Any]:
    name = f"{case_no}-{kind}-{at}-{data.get('ref')}"
    return {"id": name, "source": "/t", "type": kind, "subject": case_no, "time": at, "recordedtime": at, "data": data}


def organisation() -> list[dict[str, Any]]:
    start = "2000-01-01T00:00:00+08:00"
    region = {"code": "R", "name": "R", "level": "city", "zone": "Asia/Shanghai", "calendar": "cn"}
    department = {"code": "D", "name": "D", "region": "R"}
    return [
        event("R", "esup.org.region_registered", start, region),
        event("D", "esup.org.department_registered", start, department),
    ]


def told(given: Given) -> list[dict[str, Any]]:
    """The facts of one limit: its item, its case."""
    name, start = given.name, "2000-01-02T00:00:00+08:00"
    item: dict[str, Any] = {"code": name, "version": 1, "class": "other", "kind": "other", "name": name, "basis": []}
    item |= {"department": "D", "effective_from": "2000-01-02", "suspensions_allowed": ["hearing"], "flow": []}
    if given.limit:
        item["statutory"] = given.limit
    data = {"item": name, "department": "D", "officer": "u1", "applicant": {"kind": "citizen"}, "channel": "window"}
    applied = event(name, "esup.case.applied", given.opened_at, data | {"deadline": given.stated})
    accepted = event(name, "esup.case.accepted", given.opened_at, data)
    if given.vague:
        accepted["precision"] = "day"
    facts = [event(name, "esup.item.published", start, item), applied, accepted]
    for number, (started, ended, was_told) in enumerate(given.suspensions):
        ref = {"ref": f"S{number}"}
        suspended = {
            "kind": "hearing",
            "basis": "b",
            "approver": "a",
            **({"told_applicant_at": started} if was_told else {}),
        }
        facts.append(event(name, "esup.case.suspension_started", started, suspended | ref))
        if ended:
            facts.append(event(name, "esup.case.suspension_ended", ended, ref))
    if given.decided_at:
        facts.append(event(name, "esup.case.decided", given.decided_at, {"outcome": "granted", "officer": "u1"}))
    return facts


def shown(givens: Sequence[Given], as_of: str = MUCH_LATER, known_at: str | None = None) -> dict[str, DutyRow]:
    """What the models say of each limit."""
    events = [*own_rules(), *organisation(), *(fact for given in givens for fact in told(given))]
    projector = Projector.in_memory()
    rows = rows_of(events)
    shipped = [fact for fact in calendar_facts() if fact.stream == "cn"]
    notices = [
        rows[0]._replace(**fact._asdict(), position=number) for number, fact in enumerate(shipped, start=len(rows) + 1)
    ]
    projector.load_facts([*rows, *notices])
    projector.rebuild(instant(as_of), instant(known_at or as_of))
    duties = engine_duties(projector, TEST_RULES).values()
    return {f"{duty.case_no}": duty for duty in duties}


def limit_of(vector: dict[str, Any]) -> dict[str, Any] | None:
    if vector["unit"] == "stated_day":
        return None
    return {"n": vector["n"], "unit": vector["unit"]} | ({} if vector["rolls"] is None else {"rolls": vector["rolls"]})


def moment(text: str | None) -> int | None:
    return None if text is None else instant(text)


def test_every_vector_of_the_specification() -> None:
    vectors = {f"V{number}": vector for number, vector in enumerate(examples())}
    givens = []
    for name, vector in vectors.items():
        suspensions = tuple((start, end, True) for start, end in vector["suspensions"])
        givens.append(Given(name, vector["opened_at"], limit_of(vector), suspensions, vector.get("stated")))
    duties = shown(givens)
    wrong = []
    for name, vector in vectors.items():
        duty = duties[name]
        expected = (vector["due_on"], moment(vector["breaches_at"]), vector.get("provisional", False))
        got = (str(duty.due_on) if duty.due_on else None, duty.breaches_at, duty.provisional)
        is_prompt_right = vector["unit"] == "hour" or duty.prompts_at == moment(vector["prompts_at"])
        if expected != got or not is_prompt_right or (duty.state == "suspended") != vector.get("suspended", False):
            wrong.append((vector, duty))
    assert len(vectors) >= 84
    assert wrong == []


def work_days(n: int) -> dict[str, Any]:
    return {"n": n, "unit": "work_day"}


def calendar_days(n: int, *, rolls: bool = True) -> dict[str, Any]:
    return {"n": n, "unit": "calendar_day", "rolls": rolls}


HEARING = ("2026-09-14T09:00:00+08:00", "2026-09-24T17:00:00+08:00", True)
UNTOLD = ("2026-09-14T09:00:00+08:00", "2026-09-24T17:00:00+08:00", False)
INSPECTION = ("2026-09-20T09:00:00+08:00", "2026-09-28T17:00:00+08:00", True)
HANDBOOK = [
    (Given("V1", "2026-09-24T10:00:00+08:00", work_days(20)), "2026-10-29"),
    (Given("V2", "2026-09-18T10:00:00+08:00", work_days(5)), "2026-09-24"),
    (Given("V4", "2026-09-28T10:00:00+08:00", work_days(5)), "2026-10-10"),
    (Given("V5", "2026-09-07T10:00:00+08:00", work_days(20), (HEARING,)), "2026-10-22"),
    (Given("V5-untold", "2026-09-07T10:00:00+08:00", work_days(20), (UNTOLD,)), "2026-10-10"),
    (Given("V5-both", "2026-09-07T10:00:00+08:00", work_days(20), (HEARING, INSPECTION)), "2026-10-23"),
    (Given("V6", "2026-07-10T10:00:00+08:00", calendar_days(90)), "2026-10-08"),
    (Given("V6-rolled", "2026-07-05T10:00:00+08:00", calendar_days(90)), "2026-10-08"),
    (Given("V7", "2026-09-23T10:00:00+08:00", work_days(7)), "2026-10-10"),
    (Given("V8", "2026-09-04T10:00:00+08:00", calendar_days(30, rolls=False)), "2026-10-04"),
    (Given("V9", "2020-01-10T10:00:00+08:00", work_days(15)), "2020-02-07"),
    (Given("V9-twenty", "2020-01-10T10:00:00+08:00", work_days(20)), "2020-02-14"),
    (Given("V11", "2026-09-20T10:00:00+08:00", work_days(20)), "2026-10-23"),
    (Given("V12", "2018-10-15T10:00:00+08:00", work_days(7)), "2018-10-24"),
    (Given("V12-statutory", "2018-10-15T10:00:00+08:00", work_days(10)), "2018-10-29"),
    (Given("V14", "2026-08-05T10:00:00+08:00", calendar_days(60)), "2026-10-08"),
    (Given("V15", "2026-09-23T10:00:00+08:00", work_days(3)), "2026-09-29"),
    (Given("V15-reply", "2026-09-24T10:00:00+08:00", work_days(2)), "2026-09-29"),
    (Given("V16", "2026-04-30T10:00:00+08:00", work_days(7)), "2026-05-13"),
    (Given("V18", "2026-02-13T10:00:00+08:00", work_days(5)), "2026-02-27"),
    (Given("V19", "2026-09-30T16:30:00+08:00", work_days(3)), "2026-10-10"),
    (Given("year-end", "2026-12-18T10:00:00+08:00", work_days(9)), "2026-12-31"),
]


def test_every_vector_of_the_handbook() -> None:
    duties = shown([given for given, _ in HANDBOOK])
    assert {given.name: str(duties[given.name].due_on) for given, _ in HANDBOOK} == {
        given.name: due_on for given, due_on in HANDBOOK
    }
    assert not any(duty.provisional for duty in duties.values())


def test_a_deadline_known_before_the_notice_of_2020() -> None:
    permit = Given("V9", "2020-01-10T10:00:00+08:00", work_days(15))
    known_before = shown([permit], as_of="2020-02-06T12:00:00+08:00", known_at="2020-01-26T23:59:59+08:00")["V9"]
    known_after = shown([permit], as_of="2020-02-06T12:00:00+08:00", known_at="2020-01-27T00:00:00+08:00")["V9"]
    assert (str(known_before.due_on), known_before.state) == ("2020-02-05", "breached")
    assert (str(known_after.due_on), known_after.state) == ("2020-02-07", "prompted")


def test_the_twenty_four_hours_are_real_hours() -> None:
    hours = {"n": 24, "unit": "hour"}
    clear = Given("V13", "2026-09-30T16:30:00+08:00", hours)
    # Known to the day only: the clock opens at the end of that day.
    vague = Given("V13-vague", "2026-09-30T00:00:00+08:00", hours, vague=True)
    duties = shown([clear, vague])
    assert duties["V13"].breaches_at == instant("2026-10-01T16:30:00+08:00")
    assert duties["V13-vague"].breaches_at == instant("2026-10-02T00:00:00+08:00")
    assert duties["V13"].due_on is None


@pytest.mark.parametrize(
    ("decided_at", "state"),
    [
        ("2026-10-29T23:59:59.999999+08:00", "met"),
        ("2026-10-30T00:00:00+08:00", "met_late"),
    ],
)
def test_the_last_microsecond_is_in_time(decided_at: str, state: str) -> None:
    permit = Given("V1", "2026-09-24T10:00:00+08:00", work_days(20), decided_at=decided_at)
    assert shown([permit])["V1"].state == state


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        ("2026-10-22T23:59:59.999999+08:00", "running"),
        ("2026-10-23T00:00:00+08:00", "prompted"),
        ("2026-10-29T23:59:59.999999+08:00", "prompted"),
        ("2026-10-30T00:00:00+08:00", "breached"),
    ],
)
def test_states_change_at_the_microsecond(as_of: str, state: str) -> None:
    assert shown([Given("V1", "2026-09-24T10:00:00+08:00", work_days(20))], as_of=as_of)["V1"].state == state


def test_the_shipped_calendar_is_the_shared_one() -> None:
    reference = chinese_calendar()
    shipped: dict[str, bool] = {}
    for fact in sorted(calendar_facts(), key=lambda fact: fact.occurred_at):
        if fact.stream == "cn":
            shipped |= {day["date"]: day["working"] for day in _days(fact.body)}
    assert {day: reference.day(date.fromisoformat(day)) for day in shipped} == {
        day: (working, True) for day, working in shipped.items()
    }


def _days(body: bytes) -> list[dict[str, Any]]:

    return list(orjson.loads(body)["data"]["days"])
