"""Supervision tasks (Art 19-20): issued, replied to, reviewed by the office, returned or closed by the leader, filed.

A task never removes a card, and a rectified card does not close its task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine.decide.cards import Card
from engine.decide.errors import NotKnown, OtherDepartmentsCard, ReviewerCloses
from engine.decide.history import Said, Told, said
from engine.decide.life import UNKNOWN, Life, act, day_ahead, words
from engine.errors import Sentence

LIFE = Life(
    kind=Sentence("督办单", "task"),
    states={
        "issued": Sentence("待回复", "waiting for a reply"),
        "replied": Sentence("已回复待初审", "waiting for its first review"),
        "passed": Sentence("初审通过", "through its first review"),
        "not_passed": Sentence("初审未通过", "not through its first review"),
        "returned": Sentence("已退办", "returned"),
        "closed": Sentence("已办结", "closed"),
        "archived": Sentence("已归档", "archived"),
    },
    acts={
        "issue": act("下达", "issue", UNKNOWN),
        "reply": act("回复", "reply to", "issued", "returned"),
        "review": act("初审", "review", "replied"),
        "return": act("退办", "return", "replied", "passed", "not_passed"),
        "close": act("审结", "close", "passed"),
        "archive": act("归档", "archive", "closed"),
    },
)
_STATES_AFTER = {
    "esup.task.issued": "issued",
    "esup.task.replied": "replied",
    "esup.task.returned": "returned",
    "esup.task.closed": "closed",
    "esup.task.archived": "archived",
}
_ENDED = ("closed", "archived")


@dataclass(frozen=True)
class Task:
    """A supervision task as its facts leave it."""

    task_id: str
    is_issued: bool = False
    last: str = UNKNOWN
    department: str | None = None
    card: str | None = None
    reviewer: str | None = None

    @property
    def state(self) -> str:
        """Where the task stands; unknown while only answers to it have come in."""
        return self.last if self.is_issued else UNKNOWN


Decide = Callable[[Task], Said]
"""What is asked of a task, all that was said with it already bound."""


def task_of(task_id: str, facts: Iterable[Told]) -> Task:
    """The task that the facts of one subject tell of, in their order."""
    task = Task(task_id)
    for fact in facts:
        task = _after(task, fact)
    return task


def _after(task: Task, fact: Told) -> Task:
    data = fact.data
    if fact.type == "esup.task.issued":
        task = replace(task, is_issued=True, department=data.get("department"), card=data.get("card"))
    if fact.type == "esup.task.first_reviewed":
        last = "passed" if data.get("passed") else "not_passed"
        task = replace(task, reviewer=data.get("officer"))
    else:
        last = _STATES_AFTER.get(fact.type, task.last)
    # What comes in after the end does not open the task again.
    return task if task.last in _ENDED and last not in _ENDED else replace(task, last=last)


def issue(
    task: Task,
    *,
    text: str,
    department: str | None = None,
    card: Card | None = None,
    reply_limit: dict[str, Any] | None = None,
) -> Said:
    """Ask a department to explain and to mend, for a card that stands or on the supervisor's own finding."""
    LIFE.check(task.task_id, task.state, "issue")
    if card is not None:
        department = _department_of(card, department)
    return said(
        "esup.task.issued",
        card=card.card_id if card else None,
        department=words(department or "", "部门", "department"),
        text=words(text, "督办内容", "text"),
        reply_limit=reply_limit,
    )


def _department_of(card: Card, department: str | None) -> str | None:
    if card.state == UNKNOWN:
        raise NotKnown("监察牌", "card", card.card_id)
    if department not in (None, card.department):
        raise OtherDepartmentsCard(card.card_id, str(department))
    return card.department


def reply(task: Task, *, text: str, rectified: bool, objective_cause: bool | None = None) -> Said:
    """The department's answer: what it found, whether it is put right, whether it could not help it."""
    LIFE.check(task.task_id, task.state, "reply")
    return said(
        "esup.task.replied",
        text=words(text, "回复内容", "text"),
        rectified=rectified,
        objective_cause=objective_cause,
    )


def review(task: Task, *, passed: bool, opinion: str, officer: str | None = None) -> Said:
    """The responsible office's opinion of the answer, for the leader."""
    LIFE.check(task.task_id, task.state, "review")
    return said(
        "esup.task.first_reviewed", passed=passed, opinion=words(opinion, "初审意见", "opinion"), officer=officer
    )


def send_back(task: Task, *, reason: str, due_on: date, today: date) -> Said:
    """Return the answer with the reason and the day by which a better one is due."""
    LIFE.check(task.task_id, task.state, "return")
    return said("esup.task.returned", reason=words(reason, "退办理由", "reason"), due_on=day_ahead(due_on, today))


def close(task: Task, *, opinion: str, card: Card | None = None, officer: str | None = None) -> Said:
    """The leader is content; a task whose card was withdrawn as wrong is closed wherever it stands."""
    if not (task.is_issued and task.last not in _ENDED and card is not None and card.state == "withdrawn"):
        LIFE.check(task.task_id, task.state, "close")
    if officer is not None and officer == task.reviewer:
        raise ReviewerCloses(task.task_id, officer)
    return said("esup.task.closed", opinion=words(opinion, "审结意见", "opinion"), officer=officer)


def archive(task: Task) -> Said:
    """File the papers of a closed task away."""
    LIFE.check(task.task_id, task.state, "archive")
    return said("esup.task.archived")
