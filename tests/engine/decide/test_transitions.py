"""What may be asked of a task, a complaint, a card, an item, a change: a table of every act in every state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from engine.decide import cards, catalogue, complaints, tasks
from engine.decide.cards import card_of
from engine.decide.catalogue import change_of, item_of
from engine.decide.complaints import complaint_of
from engine.decide.errors import KnownAlready, NotDecided, NotKnown, NotNow
from engine.decide.history import Said, Told
from engine.decide.officers import Officer
from engine.decide.tasks import task_of
from tests.engine.decide.lives import LATER, TODAY, card, complaint, facts, task

BOSS = Officer("u9", "D-9", True)

TASK_HISTORIES = {
    "unknown": task(),
    "issued": task("issued"),
    "replied": task("issued", "replied"),
    "passed": task("issued", "replied", "passed"),
    "not_passed": task("issued", "replied", "not_passed"),
    "returned": task("issued", "replied", "not_passed", "returned"),
    "closed": task("issued", "replied", "passed", "closed"),
    "archived": task("issued", "replied", "passed", "closed", "archived"),
}
TASK_ACTS: dict[str, tuple[Callable[[Any], Said], str, str]] = {
    "issue": (lambda t: tasks.issue(t, text="说明", department="D-1"), "esup.task.issued", "unknown"),
    "reply": (lambda t: tasks.reply(t, text="已改", rectified=True), "esup.task.replied", "issued returned"),
    "review": (lambda t: tasks.review(t, passed=True, opinion="属实"), "esup.task.first_reviewed", "replied"),
    "return": (
        lambda t: tasks.send_back(t, reason="无证据", due_on=LATER, today=TODAY),
        "esup.task.returned",
        "replied passed not_passed",
    ),
    "close": (lambda t: tasks.close(t, opinion="同意"), "esup.task.closed", "passed"),
    "archive": (tasks.archive, "esup.task.archived", "closed"),
}

COMPLAINT_HISTORIES = {
    "unknown": complaint(),
    "filed": complaint("filed"),
    "accepted": complaint("filed", "accepted", "notified"),
    "refused": complaint("filed", "refused", "notified"),
    "transferred": complaint("filed", "accepted", "notified", "transferred"),
    "reported": complaint("filed", "accepted", "notified", "transferred", "result_reported"),
    "fed_back": complaint("filed", "accepted", "notified", "result_reported", "result_fed_back"),
    "closed": complaint("filed", "accepted", "notified", "result_reported", "result_fed_back", "closed"),
}
COMPLAINT_ACTS: dict[str, tuple[Callable[[Any], Said], str, str]] = {
    "file": (
        lambda c: complaints.file(c, kind="效能", content="…", channel="web", real_name=False),
        "esup.complaint.filed",
        "unknown",
    ),
    "accept": (complaints.accept, "esup.complaint.accepted", "filed"),
    "refuse": (lambda c: complaints.refuse(c, reason="不属于"), "esup.complaint.refused", "filed"),
    "notify": (
        lambda c: complaints.notify(c, written=True),
        "esup.complaint.notified",
        "accepted refused transferred reported fed_back",
    ),
    "transfer": (
        lambda c: complaints.transfer(c, to="D-1", due_on=LATER, today=TODAY),
        "esup.complaint.transferred",
        "accepted transferred",
    ),
    "report": (
        lambda c: complaints.report(c, result="属实"),
        "esup.complaint.result_reported",
        "accepted transferred",
    ),
    "feed back": (complaints.feed_back, "esup.complaint.result_fed_back", "reported"),
    "close": (lambda c: complaints.close(c, upheld=False), "esup.complaint.closed", "refused fed_back"),
}

CARD_HISTORIES = {
    "unknown": card(),
    "proposed": card("proposed"),
    "confirmed": card("proposed", "confirmed"),
    "issued": card("proposed", "confirmed", "issued"),
    "rectified": card("issued", "rectified"),
    "escalated": card("issued", "escalated"),
    "appealed": card("issued", "appealed"),
    "exempted": card("issued", "appealed", "exempted"),
    "withdrawn": card("issued", "withdrawn"),
}
CARD_ACTS: dict[str, tuple[Callable[[Any], Said], str, str]] = {
    "confirm": (cards.confirm, "esup.card.confirmed", "proposed"),
    "appeal": (
        lambda c: cards.appeal(c, ground="已办结", today=TODAY, last_day=TODAY),
        "esup.card.appealed",
        "issued rectified",
    ),
    "decide": (
        lambda c: cards.decide_appeal(c, accepted=True, reason="成立"),
        "esup.card.appeal_decided",
        "appealed",
    ),
    "exempt": (
        lambda c: cards.exempt(c, ground="3", evidence="通报", officer="u9", approver=BOSS),
        "esup.card.exempted",
        "issued rectified appealed",
    ),
    "withdraw": (
        lambda c: cards.withdraw(c, reason="重复"),
        "esup.card.withdrawn",
        "proposed confirmed issued rectified escalated appealed",
    ),
}

PUBLISHED = ("esup.item.published", {"code": "I-1", "version": 1, "effective_from": "2026-01-01"})
SUSPENDED = ("esup.item.suspended", {"code": "I-1", "effective_from": "2026-03-01"})
CANCELLED = ("esup.item.cancelled", {"code": "I-1", "effective_from": "2026-06-01"})
ITEM_HISTORIES = {
    "unknown": facts(),
    "published": facts(PUBLISHED),
    "suspended": facts(PUBLISHED, SUSPENDED),
    "cancelled": facts(PUBLISHED, CANCELLED),
}
ITEM_ACTS: dict[str, tuple[Callable[[Any], Said], str, str]] = {
    "suspend": (
        lambda i: catalogue.suspend(i, reason="修法", effective_from=TODAY),
        "esup.item.suspended",
        "published",
    ),
    "cancel": (
        lambda i: catalogue.cancel(i, reason="取消", effective_from=TODAY),
        "esup.item.cancelled",
        "published suspended",
    ),
}

FILED = ("esup.item.change_filed", {"change": "BG-1"})
CHANGE_HISTORIES = {
    "unknown": facts(),
    "filed": facts(FILED),
    "approved": facts(FILED, ("esup.item.change_reviewed", {"approved": True})),
    "rejected": facts(FILED, ("esup.item.change_reviewed", {"approved": False})),
    "adjusted": facts(FILED, ("esup.item.change_reviewed", {"approved": True}), ("esup.item.change_adjusted", {})),
}
CHANGE_ACTS: dict[str, tuple[Callable[[Any], Said], str, str]] = {
    "file": (
        lambda c: catalogue.file_change(c, department="D-1", cause="law", caused_on=TODAY, today=TODAY),
        "esup.item.change_filed",
        "unknown",
    ),
    "review": (
        lambda c: catalogue.review_change(c, approved=False, reason="无依据"),
        "esup.item.change_reviewed",
        "filed",
    ),
    "adjust": (lambda c: catalogue.adjust(c, effective_from=LATER), "esup.item.change_adjusted", "approved"),
}

KINDS: list[tuple[Callable[..., Any], dict[str, list[Told]], dict[str, tuple[Callable[[Any], Said], str, str]]]] = [
    (task_of, TASK_HISTORIES, TASK_ACTS),
    (complaint_of, COMPLAINT_HISTORIES, COMPLAINT_ACTS),
    (card_of, CARD_HISTORIES, CARD_ACTS),
    (item_of, ITEM_HISTORIES, ITEM_ACTS),
    (change_of, CHANGE_HISTORIES, CHANGE_ACTS),
]
CELLS = [
    pytest.param(fold, histories[state], state, *acts[name], id=f"{fold.__name__.removesuffix('_of')}-{name}-{state}")
    for fold, histories, acts in KINDS
    for name in acts
    for state in histories
]


@pytest.mark.parametrize(
    ("fold", "told", "state"),
    [(fold, told, state) for fold, histories, _ in KINDS for state, told in histories.items()],
)
def test_a_history_leads_to_its_state(fold: Callable[..., Any], told: list[Told], state: str) -> None:
    assert fold("X-1", told).state == state


@pytest.mark.parametrize(("fold", "told", "state", "act", "kind", "allowed"), CELLS)
def test_an_act_is_allowed_in_its_states_and_refused_in_all_others(
    fold: Callable[..., Any], told: list[Told], state: str, act: Callable[[Any], Said], kind: str, allowed: str
) -> None:
    subject = fold("X-1", told)
    if state in allowed.split():
        assert act(subject).type == kind
        return
    with pytest.raises(NotDecided) as refused:
        act(subject)
    assert "X-1" in str(refused.value)
    assert isinstance(refused.value, NotKnown | KnownAlready | NotNow)


def test_a_refusal_says_where_the_subject_stands_and_what_may_be_asked() -> None:
    with pytest.raises(NotNow) as refused:
        tasks.close(task_of("DB-1", TASK_HISTORIES["replied"]), opinion="同意")
    assert refused.value.sentence.zh == "督办单 DB-1 已回复待初审，不能审结"
    assert refused.value.sentence.en == "The task DB-1 is waiting for its first review: you cannot close it"
    assert refused.value.way_out.zh == "现在可以：初审、退办"
    assert refused.value.way_out.en == "possible now: review, return"


@pytest.mark.parametrize("life", [tasks.LIFE, complaints.LIFE, cards.LIFE, catalogue.ITEM, catalogue.CHANGE])
def test_every_state_of_the_tables_has_its_words(life: Any) -> None:
    for act in life.acts.values():
        assert act.states <= {"unknown", *life.states}
    assert not [name for name in (life.kind, *life.states.values()) if not (name.zh and name.en)]


def test_a_day_of_today_is_early_enough() -> None:
    returned = tasks.send_back(
        task_of("DB-1", TASK_HISTORIES["replied"]), reason="无证据", due_on=TODAY, today=date(2026, 9, 28)
    )
    assert returned.data["due_on"] == "2026-09-28"
