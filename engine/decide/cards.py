"""What people may say of a card: confirm it, object to it, decide the objection, exempt, withdraw. Never a delete.

A rectified card still counts against its department: it may be appealed against, exempted and withdrawn like one that
was not put right. A yellow card that a red one replaced may not: the objection goes to the red one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from engine.decide.errors import AppealTooLate, NoMoreAppeals, NoSuchGround, OfficerNotKnown, OwnDepartment
from engine.decide.history import Said, Told, said
from engine.decide.life import UNKNOWN, Life, act, words
from engine.decide.officers import Officer
from engine.errors import Sentence

APPEALS_MAX = 2
GROUNDS = {
    "1": Sentence("申请人隐瞒情况或弄虚作假", "the applicant deceived"),
    "2": Sentence("法律、法规、规章规定不一致", "laws contradict each other"),
    "3": Sentence("网络、系统或软件故障", "network, system or software failed"),
    "4": Sentence("不可预见或不可抗力", "unforeseeable, or force majeure"),
    "5": Sentence("法律法规规定的其他情形", "another ground that the law gives"),
}
LIFE = Life(
    kind=Sentence("监察牌", "card"),
    states={
        "proposed": Sentence("待确认", "proposed"),
        "confirmed": Sentence("已确认待发牌", "confirmed, about to be issued"),
        "issued": Sentence("已发牌", "issued"),
        "rectified": Sentence("已整改", "rectified"),
        "escalated": Sentence("已转红牌", "replaced by a red card"),
        "appealed": Sentence("申诉中", "under appeal"),
        "exempted": Sentence("已免责", "exempted"),
        "withdrawn": Sentence("已撤牌", "withdrawn"),
    },
    acts={
        "confirm": act("确认", "confirm", "proposed"),
        "appeal": act("申诉", "appeal against", "issued", "rectified"),
        "decide_appeal": act("作出申诉决定", "decide an appeal against", "appealed"),
        "exempt": act("免责", "exempt", "issued", "rectified", "appealed"),
        "withdraw": act("撤牌", "withdraw", "proposed", "confirmed", "issued", "rectified", "escalated", "appealed"),
    },
)
_STATES_AFTER = {
    "esup.card.proposed": "proposed",
    "esup.card.issued": "issued",
    "esup.card.confirmed": "confirmed",
    "esup.card.reinstated": "issued",
    "esup.card.rectified": "rectified",
    "esup.card.escalated": "escalated",
    "esup.card.exempted": "exempted",
    "esup.card.withdrawn": "withdrawn",
}
_MADE_BY = ("esup.card.proposed", "esup.card.issued")
_FINAL = ("exempted", "withdrawn")


@dataclass(frozen=True)
class Card:
    """A card as its facts leave it."""

    card_id: str
    is_made: bool = False
    standing: str = UNKNOWN
    """Where it would stand without an appeal."""
    department: str | None = None
    appeals: int = 0
    is_under_appeal: bool = False

    @property
    def state(self) -> str:
        """Where the card stands; an appeal that is open stands before all that did not end the card."""
        if not self.is_made:
            return UNKNOWN
        is_over = self.standing in _FINAL
        return "appealed" if self.is_under_appeal and not is_over else self.standing


def card_of(card_id: str, facts: Iterable[Told]) -> Card:
    """The card that the facts of one subject tell of, in their order."""
    card = Card(card_id)
    for fact in facts:
        card = _after(card, fact)
    return card


def _after(card: Card, fact: Told) -> Card:
    if fact.type == "esup.card.appealed":
        return replace(card, is_under_appeal=True, appeals=card.appeals + 1)
    if fact.type == "esup.card.appeal_decided":
        # The monitor withdraws the card by an event of its own when it next watches.
        return replace(
            card, is_under_appeal=False, standing="withdrawn" if fact.data.get("accepted") else card.standing
        )
    if fact.type in _MADE_BY:
        card = replace(card, is_made=True, department=fact.data.get("department"))
    standing = _STATES_AFTER.get(fact.type, card.standing)
    if standing == "confirmed" and card.standing not in (UNKNOWN, "proposed"):
        return card
    # What ended a card is not undone by what comes after it; only a withdrawal still says that it was wrong.
    return card if card.standing in _FINAL and standing != "withdrawn" else replace(card, standing=standing)


def confirm(card: Card) -> Said:
    """A person confirmed the card that the engine proposed."""
    LIFE.check(card.card_id, card.state, "confirm")
    return said("esup.card.confirmed")


def appeal(card: Card, *, ground: str, today: date, last_day: date | None, evidence: str | None = None) -> Said:
    """The department objects. `last_day` is when its time to object ends; None while nobody can count it."""
    LIFE.check(card.card_id, card.state, "appeal")
    if card.appeals >= APPEALS_MAX:
        raise NoMoreAppeals(card.card_id)
    if last_day is not None and today > last_day:
        raise AppealTooLate(card.card_id, last_day, today)
    return said("esup.card.appealed", ground=words(ground, "申诉理由", "ground"), evidence=evidence)


def decide_appeal(card: Card, *, accepted: bool, reason: str) -> Said:
    """The objection is accepted or not, for this reason."""
    LIFE.check(card.card_id, card.state, "decide_appeal")
    return said("esup.card.appeal_decided", accepted=accepted, reason=words(reason, "理由", "reason"))


def exempt(card: Card, *, ground: str, evidence: str, officer: str, approver: Officer | None) -> Said:
    """Take the blame off a department that could not help it; never by the department itself."""
    LIFE.check(card.card_id, card.state, "exempt")
    if ground not in GROUNDS:
        raise NoSuchGround(ground)
    if approver is None or not approver.is_enabled:
        raise OfficerNotKnown(officer)
    if approver.department == card.department:
        raise OwnDepartment(officer, approver.department)
    return said("esup.card.exempted", ground=ground, evidence=words(evidence, "证据", "evidence"), officer=officer)


def withdraw(card: Card, *, reason: str) -> Said:
    """The card was wrong, for this reason."""
    LIFE.check(card.card_id, card.state, "withdraw")
    return said("esup.card.withdrawn", reason=words(reason, "撤牌理由", "reason"))
