"""What each decision demands beyond the state: reasons, days, names, approvers, limits that fit together."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decide import cards, catalogue, complaints, tasks
from engine.decide.cards import card_of
from engine.decide.catalogue import change_of, item_of
from engine.decide.complaints import complaint_of
from engine.decide.errors import (
    AppealTooLate,
    CodeCancelled,
    DayHasPassed,
    DayToCome,
    LimitMissing,
    NoMoreAppeals,
    NoName,
    NoSuchGround,
    NoticeOwed,
    NotKnown,
    NotNow,
    OfficerNotKnown,
    OtherDepartmentsCard,
    OwnDepartment,
    PromiseBeyondLaw,
    RefusedCannotBeUpheld,
    ReviewerCloses,
    StepsExceedPromise,
    VersionKnown,
    WordsMissing,
)
from engine.decide.history import Told, decisions_in, in_order
from engine.decide.officers import Officer, officer_of
from engine.decide.promises import PARTS, path_beyond
from engine.decide.tasks import task_of
from engine.errors import SupervisionError, outcome_of
from engine.events.catalogue import FlowStep
from engine.events.vocabulary import Limit
from engine.intake.refusals import Refusal
from tests.engine.decide.lives import LATER, TODAY, card, complaint, facts, task

ISSUED = card_of("K-1", card("issued"))
BLANK = " 　\t"

# Histories


def test_facts_are_folded_in_the_order_in_which_they_happened_and_in_their_newest_version() -> None:
    told = [
        Told("c", {}, 2, "~000001", "/esup/decide", "T@1"),
        Told("b", {}, 2, "", "/x", "2"),
        Told("old", {}, 1, "", "/x", "1", 1),
        Told("new", {}, 3, "", "/x", "1", 2),
    ]
    assert [fact.type for fact in in_order(told)] == ["b", "c", "new"]
    assert decisions_in(told) == 1


@pytest.mark.parametrize("end", ["closed", "archived"])
def test_what_comes_in_after_the_end_does_not_open_a_task_again(end: str) -> None:
    names = {"closed": ["closed"], "archived": ["closed", "archived"]}[end]
    assert task_of("T", task("issued", *names, "replied", "passed")).state == end


def test_answers_that_came_before_their_task_wait_for_it() -> None:
    assert task_of("T", task("replied")).state == "unknown"
    assert task_of("T", task("replied", "issued")).state == "issued"
    assert tasks.issue(task_of("T", task("replied")), text="说明", department="D-1").type == "esup.task.issued"


def test_an_appeal_stands_before_what_did_not_end_the_card() -> None:
    assert card_of("K", card("issued", "appealed", "rectified")).state == "appealed"
    assert card_of("K", card("issued", "rectified", "appealed", "rejected")).state == "rectified"
    assert card_of("K", card("issued", "appealed", "accepted")).state == "withdrawn"
    assert card_of("K", card("issued", "escalated", "reinstated")).state == "issued"
    assert card_of("K", card("issued", "exempted", "rectified")).state == "exempted"
    assert card_of("K", card("issued", "exempted", "withdrawn")).state == "withdrawn"
    assert card_of("K", card("issued", "confirmed")).state == "issued"


# Tasks


def test_a_task_takes_its_department_from_its_card() -> None:
    told = tasks.issue(task_of("T", []), text="说明", card=ISSUED)
    assert told.data == {"card": "K-1", "department": "D-1", "text": "说明"}
    with pytest.raises(OtherDepartmentsCard):
        tasks.issue(task_of("T", []), text="说明", card=ISSUED, department="D-2")
    with pytest.raises(NotKnown, match="K-9"):
        tasks.issue(task_of("T", []), text="说明", card=card_of("K-9", []))
    with pytest.raises(WordsMissing):
        tasks.issue(task_of("T", []), text="说明")


def test_a_task_whose_card_was_withdrawn_is_closed_without_an_answer() -> None:
    open_task = task_of("T", task("issued", card="K-1"))
    wrong = card_of("K-1", card("issued", "withdrawn"))
    assert tasks.close(open_task, opinion="撤牌", card=wrong).type == "esup.task.closed"
    for other in ("exempted", "rectified", "escalated"):
        with pytest.raises(NotNow):
            tasks.close(open_task, opinion="同意", card=card_of("K-1", card("issued", other)))
    with pytest.raises(NotNow):
        tasks.close(task_of("T", task("issued", "closed")), opinion="撤牌", card=wrong)


def test_who_reviewed_first_does_not_close() -> None:
    reviewed = task_of("T", task("issued", "replied", "passed"))
    with pytest.raises(ReviewerCloses, match="u1"):
        tasks.close(reviewed, opinion="同意", officer="u1")
    assert tasks.close(reviewed, opinion="同意", officer="u2").data["officer"] == "u2"


def test_a_return_says_why_and_until_when() -> None:
    replied = task_of("T", task("issued", "replied"))
    with pytest.raises(DayHasPassed, match="2026-09-27"):
        tasks.send_back(replied, reason="无证据", due_on=TODAY - timedelta(days=1), today=TODAY)
    with pytest.raises(WordsMissing):
        tasks.send_back(replied, reason=BLANK, due_on=LATER, today=TODAY)


# Complaints


def filed(**changes: Any) -> dict[str, Any]:
    told = {"kind": "效能", "content": "超期", "channel": "web", "real_name": True, "name": "张三"} | changes
    return complaints.file(complaint_of("C", []), **told).data


def test_a_complaint_says_who_complains_of_what() -> None:
    assert filed(phone="138", department="D-1") == {
        "about": {"department": "D-1"}, "kind": "效能", "real_name": True,
        "complainant": {"name": "张三", "phone": "138"}, "content": "超期", "channel": "web",
    }  # fmt: skip
    assert "complainant" not in filed(real_name=False, name=None)
    for blank in (None, BLANK):
        with pytest.raises(NoName):
            filed(name=blank)


def test_a_real_name_is_told_in_writing_and_fed_back_before_the_end() -> None:
    told = ("filed", "accepted", "told", "result_reported", "result_fed_back")
    with pytest.raises(NoticeOwed):
        complaints.close(complaint_of("C", complaint(*told)), upheld=True)
    assert complaints.close(complaint_of("C", complaint(*told, "notified")), upheld=True).data == {"upheld": True}
    with pytest.raises(NotNow):
        complaints.close(complaint_of("C", complaint("filed", "accepted", "notified", "result_reported")), upheld=True)
    anonymous = complaint("filed", "accepted", "result_reported", real_name=False)
    assert complaints.close(complaint_of("C", anonymous), upheld=True).data == {"upheld": True}


def test_a_refused_complaint_cannot_be_upheld() -> None:
    refused = complaint_of("C", complaint("filed", "refused", "notified"))
    with pytest.raises(RefusedCannotBeUpheld):
        complaints.close(refused, upheld=True)
    assert complaints.close(refused, upheld=False).data == {"upheld": False}


# Cards


def test_the_last_day_to_appeal_is_a_day_to_appeal() -> None:
    assert cards.appeal(ISSUED, ground="已办结", today=TODAY, last_day=TODAY).data == {"ground": "已办结"}
    assert cards.appeal(ISSUED, ground="已办结", today=TODAY, last_day=None).type == "esup.card.appealed"
    with pytest.raises(AppealTooLate, match="2026-09-27"):
        cards.appeal(ISSUED, ground="已办结", today=TODAY, last_day=TODAY - timedelta(days=1))


def test_there_is_a_second_appeal_and_no_third() -> None:
    once = card_of("K", card("issued", "appealed", "rejected"))
    assert cards.appeal(once, ground="新证据", today=TODAY, last_day=None).type == "esup.card.appealed"
    with pytest.raises(NoMoreAppeals):
        twice = card_of("K", card("issued", "appealed", "rejected", "appealed", "rejected"))
        cards.appeal(twice, ground="新证据", today=TODAY, last_day=None)


def exemption(approver: Officer | None, ground: str = "3", evidence: str = "通报") -> dict[str, Any]:
    return cards.exempt(ISSUED, ground=ground, evidence=evidence, officer="u9", approver=approver).data


def test_an_exemption_needs_a_ground_evidence_and_an_approver_of_another_department() -> None:
    outside = Officer("u9", "D-9", True)
    assert exemption(outside) == {"ground": "3", "evidence": "通报", "officer": "u9"}
    for ground in cards.GROUNDS:
        assert exemption(outside, ground)["ground"] == ground
    with pytest.raises(NoSuchGround):
        exemption(outside, "6")
    with pytest.raises(WordsMissing):
        exemption(outside, evidence=BLANK)
    with pytest.raises(OwnDepartment, match="D-1"):
        exemption(Officer("u9", "D-1", True))
    for nobody in (None, Officer("u9", "D-9", False)):
        with pytest.raises(OfficerNotKnown):
            exemption(nobody)


def test_an_officer_is_what_the_latest_fact_says() -> None:
    assigned = ("esup.org.officer_assigned", {"officer": "u9", "department": "D-1"})
    moved = ("esup.org.officer_assigned", {"officer": "u9", "department": "D-2"})
    disabled = ("esup.org.officer_disabled", {"officer": "u9"})
    other = ("esup.org.officer_assigned", {"officer": "u8", "department": "D-8"})
    assert officer_of("u9", facts(assigned, moved, other)) == ("u9", "D-2", True)
    assert officer_of("u9", facts(assigned, disabled)) == ("u9", "D-1", False)
    assert officer_of("u9", facts(assigned, disabled, moved)) == ("u9", "D-2", True)
    assert officer_of("u9", facts(disabled, other)) is None


# The catalogue


def limit(n: int, unit: str = "work_day") -> dict[str, Any]:
    return {"n": n, "unit": unit}


def step(name: str, days: int | None = None, *following: str) -> dict[str, Any]:
    told = {"step": name, "name": name, "post": "p", "next": list(following)}
    return told if days is None else {**told, "limit": limit(days)}


def item(**changes: Any) -> dict[str, Any]:
    return {
        "code": "I-1", "version": 2, "class": "licence", "kind": "committed", "name": "事项", "department": "D-1",
        "effective_from": "2026-10-01", "basis": [], "flow": [], "materials": [], "fees": [],
        "suspensions_allowed": [], "promised": limit(10), "statutory": limit(20), **changes,
    }  # fmt: skip


def publish(data: dict[str, Any], *known: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return catalogue.publish(item_of("I-1", facts(*known)), data).data


@pytest.mark.parametrize(
    ("promised", "statutory"),
    [
        (limit(10), limit(10)),
        (limit(5), limit(7, "calendar_day")),
        (limit(24, "hour"), limit(1, "calendar_day")),
        (limit(1, "calendar_month"), limit(30, "calendar_day")),
        (limit(12, "calendar_month"), limit(1, "calendar_year")),
        (limit(0), limit(0)),
    ],
)
def test_a_promise_up_to_the_law_is_published(promised: dict[str, Any], statutory: dict[str, Any]) -> None:
    data = item(promised=promised, statutory=statutory)
    assert publish(data) == data


@pytest.mark.parametrize(
    ("promised", "statutory"),
    [
        (limit(11), limit(10)),
        (limit(6), limit(8, "calendar_day")),
        (limit(25, "hour"), limit(1, "calendar_day")),
        (limit(31, "calendar_day"), limit(1, "calendar_month")),
        (limit(13, "calendar_month"), limit(1, "calendar_year")),
    ],
)
def test_a_promise_beyond_the_law_is_refused(promised: dict[str, Any], statutory: dict[str, Any]) -> None:
    with pytest.raises(PromiseBeyondLaw, match=f"{promised['n']} {promised['unit']}"):
        publish(item(promised=promised, statutory=statutory))


@pytest.mark.parametrize("missing", ["promised", "statutory"])
def test_an_item_without_a_limit_is_refused(missing: str) -> None:
    with pytest.raises(LimitMissing):
        publish({name: value for name, value in item().items() if name != missing})


@pytest.mark.parametrize(
    ("flow", "path"),
    [
        ([step("a", 4, "b"), step("b", 6)], None),
        ([step("a", 4, "b"), step("b", 7)], "a → b"),
        ([step("a", 4, "b", "c"), step("b", 5, "d"), step("c", 6, "d"), step("d", 1)], "a → c → d"),
        ([step("a", 4, "b", "c"), step("b", 5, "d"), step("c", None, "d"), step("d", 1)], None),
        ([step("a", 4, "b"), step("b", 6, "a")], None),
        ([step("a", 4, "b"), step("b", 7, "a")], "a → b"),
        ([step("a", 4, "nowhere", "b"), step("b", 7, "b")], "a → b"),
        ([step("a", 6), step("b", 6)], None),
        ([step("a", 11)], "a"),
    ],
)
def test_the_steps_of_a_path_stay_within_the_promise(flow: list[dict[str, Any]], path: str | None) -> None:
    if path is None:
        assert publish(item(flow=flow))["flow"] == flow
        return
    with pytest.raises(StepsExceedPromise) as refused:
        publish(item(flow=flow))
    assert refused.value.path == path


DAY = PARTS["calendar_day"]
FLOWS = st.integers(1, 6).flatmap(
    lambda size: st.tuples(
        st.lists(st.integers(0, 4), min_size=size, max_size=size),
        st.sets(st.tuples(st.integers(0, size), st.integers(0, size))),
        st.integers(0, 15),
    )
)


@settings(max_examples=300, deadline=None)
@given(FLOWS)
def test_a_path_beyond_the_promise_is_found_if_there_is_one(
    flow: tuple[list[int], set[tuple[int, int]], int],
) -> None:
    days, leads, most = flow
    steps = [
        FlowStep(step=str(n), name="", post="", limit=Limit(n=d, unit="calendar_day"),
                 next=[str(b) for a, b in sorted(leads) if a == n])
        for n, d in enumerate(days)
    ]  # fmt: skip
    longest = max(
        sum(days[n] for n in path)
        for length in range(1, len(days) + 1)
        for path in permutations(range(len(days)), length)
        if all(pair in leads for pair in pairwise(path))
    )
    path = [int(name) for name in path_beyond(steps, most * DAY)]
    assert bool(path) == (longest > most)
    assert len(set(path)) == len(path) and all(pair in leads for pair in pairwise(path))
    assert not path or sum(days[n] for n in path) > most


def ring_with_ends(size: int) -> list[FlowStep]:
    """So many steps that each lead to all others and to an end of their own, each of one day."""
    day = Limit(n=1, unit="calendar_day")
    names = [f"r{n}" for n in range(size)]
    ring = [FlowStep(step=name, name="", post="", limit=day, next=[*names, f"end-{name}"]) for name in names]
    return [*ring, *(FlowStep(step=f"end-{name}", name="", post="", limit=day, next=[]) for name in names)]


def test_a_flow_of_too_many_paths_counts_all_its_steps_as_one() -> None:
    assert path_beyond(ring_with_ends(9), 10 * DAY) == ()
    assert len(path_beyond(ring_with_ends(9), 9 * DAY)) == 10
    assert len(path_beyond(ring_with_ends(14), 15 * DAY)) == 28


def test_a_cancelled_code_is_not_used_again_from_that_day_on() -> None:
    cancelled = ("esup.item.cancelled", {"code": "I-1", "effective_from": "2026-10-01"})
    with pytest.raises(CodeCancelled, match="2026-10-01"):
        publish(item(), cancelled)
    assert publish(item(effective_from="2026-09-30"), cancelled)


def test_a_version_is_published_once_and_ends_a_suspension() -> None:
    data = item()
    published = ("esup.item.published", data)
    with pytest.raises(VersionKnown, match="2"):
        publish(data, published)
    suspended = ("esup.item.suspended", {"code": "I-1", "effective_from": "2026-10-01"})
    again = ("esup.item.published", item(version=3))
    before = ("esup.item.published", item(version=3, effective_from="2026-09-30"))
    assert item_of("I-1", facts(published, suspended, again)).state == "published"
    assert item_of("I-1", facts(published, suspended, before)).state == "suspended"


def test_an_item_that_is_not_as_the_exchange_has_it_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        publish(item(flow="none"))
    assert refused.value.field == "data.flow"


def test_a_change_is_filed_after_its_cause_and_refused_with_a_reason() -> None:
    with pytest.raises(DayToCome):
        catalogue.file_change(change_of("B", []), department="D-1", cause="law", caused_on=LATER, today=TODAY)
    waiting = change_of("B", facts(("esup.item.change_filed", {})))
    for reason in (None, BLANK):
        with pytest.raises(WordsMissing):
            catalogue.review_change(waiting, approved=False, reason=reason)
    approved = catalogue.review_change(waiting, approved=True, effective_from=LATER)
    assert approved.data == {"change": "B", "approved": True, "effective_from": "2026-10-16"}


# Errors


def test_every_refusal_says_both_languages_and_is_no_servers_fault() -> None:
    with pytest.raises(SupervisionError) as refused:
        exemption(Officer("u9", "D-1", True))
    assert outcome_of(refused.value) == (403, 1)
    assert refused.value.sentence.zh and refused.value.sentence.en and refused.value.way_out.zh
    with pytest.raises(SupervisionError) as unknown:
        tasks.archive(task_of("T", []))
    assert outcome_of(unknown.value) == (404, 1)
    with pytest.raises(SupervisionError) as blank:
        complaints.refuse(complaint_of("C", complaint("filed")), reason=BLANK)
    assert outcome_of(blank.value) == (422, 1)
