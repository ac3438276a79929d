"""The vocabulary: every type takes its least data, misses each required field, and keeps its stored name."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from engine.events import EVENTS, OWN
from engine.events.vocabulary import Event, stored_as
from engine.intake.envelope import check_data
from engine.intake.refusals import Refusal

LIMIT = {"n": 20, "unit": "work_day"}
DAY = "2026-10-01"
AT = "2026-10-01T09:00:00+08:00"
HANDLED = {"item": "I", "department": "D"}
STEP = {"step": "review", "post": "reviewer", "officer": "u1"}

# The least that each type says. What is not here is optional.
LEAST: dict[str, dict[str, Any]] = {
    "esup.org.region_registered": {"code": "320900", "name": "盐城", "level": "city"},
    "esup.org.department_registered": {"code": "D", "name": "局", "region": "320900"},
    "esup.org.officer_assigned": {"officer": "u1", "department": "D", "posts": ["reviewer"]},
    "esup.org.officer_disabled": {"officer": "u1"},
    "esup.calendar.noticed": {"notice": "国办", "published_on": DAY, "days": [{"date": DAY, "working": False}]},
    "esup.source.registered": {"source": "/a", "department": "D", "kind": "vertical"},
    "esup.source.heartbeat": {},
    "esup.register.observed": {"department": "D", "decision_no": "1", "seen_in": "公报", "seen_on": DAY},
    "esup.item.published": {
        "code": "I", "version": "1", "class": "licence", "kind": "committed", "name": "许可", "department": "D",
        "effective_from": DAY, "basis": [], "flow": [], "materials": [], "fees": [], "suspensions_allowed": [],
    },
    "esup.item.guide_published": {"code": "I", "version": "1", "channel": "web", "values": {}},
    "esup.item.suspended": {"code": "I", "reason": "r", "effective_from": DAY},
    "esup.item.cancelled": {"code": "I", "reason": "r", "effective_from": DAY},
    "esup.item.change_filed": {"change": "C", "department": "D", "cause": "law", "caused_on": DAY},
    "esup.item.change_reviewed": {"change": "C", "approved": True},
    "esup.item.change_adjusted": {"change": "C", "effective_from": DAY},
    "esup.case.applied": {**HANDLED, "applicant": {"kind": "citizen"}, "channel": "window"},
    "esup.case.materials_received": {"materials": []},
    "esup.case.correction_noticed": {"items": []},
    "esup.case.correction_received": {"items": []},
    "esup.case.accepted": {**HANDLED, "officer": "u1"},
    "esup.case.acceptance_refused": {"officer": "u1"},
    "esup.case.step_started": STEP,
    "esup.case.step_finished": STEP,
    "esup.case.suspension_started": {"kind": "hearing", "basis": "b", "approver": "u1"},
    "esup.case.suspension_ended": {},
    "esup.case.extended": {"n": 10, "unit": "work_day", "approver": "u1"},
    "esup.case.fee_charged": {"fee": "F", "due": "10.00", "paid": "10"},
    "esup.case.decided": {"outcome": "granted", "officer": "u1"},
    "esup.case.overturned": {"by": "litigation", "result": "revoked"},
    "esup.case.delivered": {},
    "esup.case.published": {"channel": "web"},
    "esup.case.unpublished": {"channel": "web"},
    "esup.case.closed": {},
    "esup.case.withdrawn": {},
    "esup.case.rated": {"score": 5},
    "esup.case.paid": {"amount": "-0.50"},
    "esup.case.appealed": {"to": "court"},
    "esup.case.offence_known": HANDLED,
    "esup.case.filed": {**HANDLED, "officer": "u1"},
    "esup.case.evidence_preserved": {"officer": "u1"},
    "esup.case.filing_refused": {**HANDLED, "officer": "u1"},
    "esup.case.document_supplied": {"of": "esup.case.decided", "document": "d"},
    "esup.case.penalty_noticed": {},
    "esup.case.hearing_requested": {},
    "esup.case.hearing_noticed": {"hearing_on": DAY},
    "esup.case.hearing_held": {"host": "u1"},
    "esup.case.legal_reviewed": {"officer": "u1"},
    "esup.case.collectively_discussed": {"members": ["u1"]},
    "esup.case.measure_taken": {**HANDLED, "measure": "seal", "officer": "u1"},
    "esup.case.measure_lifted": {},
    "esup.case.disclosure_requested": {**HANDLED, "received_by": "online"},
    "esup.case.other": {"what": "Send Fine"},
    "esup.complaint.filed": {"about": {}, "kind": "k", "real_name": False, "content": "c", "channel": "web"},
    "esup.complaint.accepted": {},
    "esup.complaint.refused": {},
    "esup.complaint.notified": {"written": True},
    "esup.complaint.transferred": {"to": "D", "due_on": DAY},
    "esup.complaint.result_reported": {"result": "r"},
    "esup.complaint.result_fed_back": {},
    "esup.complaint.closed": {"upheld": True},
    "esup.task.issued": {"department": "D", "text": "t"},
    "esup.task.replied": {"text": "t", "rectified": True},
    "esup.task.first_reviewed": {"passed": True, "opinion": "o"},
    "esup.task.returned": {"reason": "r", "due_on": DAY},
    "esup.task.closed": {"opinion": "o"},
    "esup.task.archived": {},
    "esup.card.confirmed": {},
    "esup.card.appealed": {"ground": "g"},
    "esup.card.appeal_decided": {"accepted": True, "reason": "r"},
    "esup.card.exempted": {"ground": "3", "evidence": "e", "officer": "u1"},
    "esup.card.withdrawn": {"reason": "r"},
    "esup.outage.declared": {"from": AT, "to": AT, "ground": "power"},
}  # fmt: skip


def refusal(kind: str, data: Any) -> Refusal | None:
    try:
        check_data(kind, data)
    except Refusal as refused:
        return refused
    return None


def test_the_vocabulary_is_this_and_nothing_else() -> None:
    assert LEAST.keys() == EVENTS.keys() - OWN
    assert all(name.startswith("esup.") and name.count(".") == 2 and name == name.lower() for name in EVENTS)


@pytest.mark.parametrize("kind", LEAST)
def test_the_least_is_enough_and_nothing_of_it_may_be_missing(kind: str) -> None:
    assert refusal(kind, LEAST[kind]) is None
    for field in LEAST[kind]:
        refused = refusal(kind, {name: value for name, value in LEAST[kind].items() if name != field})
        assert refused and (refused.refused_as, refused.field) == ("missing-field", f"data.{field}")


@pytest.mark.parametrize("kind", LEAST)
def test_no_field_takes_a_wrong_type(kind: str) -> None:
    for field in LEAST[kind]:
        if (kind, field) == ("esup.card.exempted", "evidence"):
            continue
        refused = refusal(kind, {**LEAST[kind], field: {"an": ["object"]} if field not in OBJECTS else "text"})
        assert refused and refused.refused_as in ("wrong-type", "missing-field")
        assert refused.field.startswith(f"data.{field}")


OBJECTS = {"about", "values", "applicant"}


@pytest.mark.parametrize("kind", LEAST)
def test_unknown_fields_are_no_fault(kind: str) -> None:
    assert refusal(kind, {**LEAST[kind], "unknown": {"any": 1}}) is None


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.__name__)
def test_every_event_says_what_happened_in_one_line(event: type[Event]) -> None:
    words = event.__doc__ or ""
    assert words.endswith(".") and "\n" not in words
    assert not event.__name__.startswith("Event")


def test_a_whole_item_with_all_its_parts_is_understood() -> None:
    whole = {
        **LEAST["esup.item.published"],
        "statutory": {**LIMIT, "rolls": True, "pausable": False, "prompt": 16},
        "promised": LIMIT,
        "flow": [{"step": "s", "name": "n", "post": "p", "limit": LIMIT, "next": ["t"], "mandatory": True,
                  "risk": {"level": "high", "control_step": "c"}}],
        "materials": [{"code": "m", "name": "n", "required": True}],
        "fees": [{"fee": "f", "standard": "200.00", "fixed": True}],
        "tiers": [{"tier": "t", "when": "w", "min": "1", "max": "2"}],
        "suspensions_allowed": ["hearing"],
        "extension": {"max": LIMIT, "approver_role": "head", "moves": "statutory"},
    }  # fmt: skip
    assert refusal("esup.item.published", whole) is None
    whole["flow"][0]["limit"] = {"n": -1, "unit": "work_day"}
    refused = refusal("esup.item.published", whole)
    assert refused and refused.field == "data.flow[0].limit.n"


@pytest.mark.parametrize("planned_end", [DAY, AT, "2026-10-01T09:00:00.5Z", None])
def test_a_planned_end_is_a_day_or_an_instant(planned_end: str | None) -> None:
    data = {**LEAST["esup.case.suspension_started"], "planned_end": planned_end}
    assert refusal("esup.case.suspension_started", data) is None


@pytest.mark.parametrize("planned_end", ["2026-10-01T09:00:00", "2026-13-01", "soon", 7, "2026-10-01\n"])
def test_a_planned_end_is_nothing_else(planned_end: Any) -> None:
    refused = refusal(
        "esup.case.suspension_started", {**LEAST["esup.case.suspension_started"], "planned_end": planned_end}
    )
    assert refused and (refused.refused_as, refused.field) == ("wrong-type", "data.planned_end")


def test_a_stored_name_is_given_once() -> None:
    with pytest.raises(ValueError, match=r"esup\.case\.closed"):
        stored_as("esup.case.closed")(EVENTS["esup.case.closed"])


def test_every_event_can_be_read_from_its_own_json() -> None:
    for kind, data in LEAST.items():
        event = msgspec.convert(data, EVENTS[kind])
        assert msgspec.json.decode(msgspec.json.encode(event), type=EVENTS[kind]) == event
