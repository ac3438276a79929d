"""Complaints (Art 13-15): filed, accepted or refused with a reason, told, transferred with a day, reported, fed back.

Who complains in a real name is told of the decision in writing, and of the result; both come before the closing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from engine.decide.errors import NoName, NoticeOwed, RefusedCannotBeUpheld
from engine.decide.history import Said, Told, said
from engine.decide.life import UNKNOWN, Life, act, day_ahead, words
from engine.errors import Sentence

LIFE = Life(
    kind=Sentence("投诉", "complaint"),
    states={
        "filed": Sentence("待决定是否受理", "waiting for a decision"),
        "accepted": Sentence("已受理", "accepted"),
        "refused": Sentence("不予受理", "refused"),
        "transferred": Sentence("已转办", "transferred"),
        "reported": Sentence("已报告结果", "reported on"),
        "fed_back": Sentence("已反馈", "fed back"),
        "closed": Sentence("已办结", "closed"),
    },
    acts={
        "file": act("登记", "file", UNKNOWN),
        "accept": act("受理", "accept", "filed"),
        "refuse": act("不予受理", "refuse", "filed"),
        "notify": act("告知", "notify of", "accepted", "refused", "transferred", "reported", "fed_back"),
        "transfer": act("转办", "transfer", "accepted", "transferred"),
        "report": act("报告结果", "report on", "accepted", "transferred"),
        "feed_back": act("反馈", "feed back", "reported"),
        "close": act("办结", "close", "refused", "fed_back"),
        "close_anonymous": act("办结", "close", "refused", "reported", "fed_back"),
    },
)
_STATES_AFTER = {
    "esup.complaint.accepted": "accepted",
    "esup.complaint.refused": "refused",
    "esup.complaint.transferred": "transferred",
    "esup.complaint.result_reported": "reported",
    "esup.complaint.result_fed_back": "fed_back",
    "esup.complaint.closed": "closed",
}


@dataclass(frozen=True)
class Complaint:
    """A complaint as its facts leave it."""

    complaint_id: str
    is_filed: bool = False
    last: str = "filed"
    is_real_name: bool = False
    is_refused: bool = False
    is_told_in_writing: bool = False

    @property
    def state(self) -> str:
        """Where the complaint stands; unknown while only what followed it has come in."""
        return self.last if self.is_filed else UNKNOWN


def complaint_of(complaint_id: str, facts: Iterable[Told]) -> Complaint:
    """The complaint that the facts of one subject tell of, in their order."""
    complaint = Complaint(complaint_id)
    for fact in facts:
        complaint = _after(complaint, fact)
    return complaint


def _after(complaint: Complaint, fact: Told) -> Complaint:
    if fact.type == "esup.complaint.filed":
        return replace(complaint, is_filed=True, is_real_name=bool(fact.data.get("real_name")))
    if fact.type == "esup.complaint.notified":
        told = complaint.is_told_in_writing or bool(fact.data.get("written"))
        return replace(complaint, is_told_in_writing=told)
    if fact.type == "esup.complaint.refused":
        complaint = replace(complaint, is_refused=True)
    if complaint.last == "closed":
        return complaint
    return replace(complaint, last=_STATES_AFTER.get(fact.type, complaint.last))


def file(
    complaint: Complaint,
    *,
    kind: str,
    content: str,
    channel: str,
    real_name: bool,
    name: str | None = None,
    phone: str | None = None,
    department: str | None = None,
    case_no: str | None = None,
) -> Said:
    """Register a complaint at once, as it came; who complains and what is said are sealed before they are stored."""
    LIFE.check(complaint.complaint_id, complaint.state, "file")
    if real_name and not (name or "").strip():
        raise NoName
    return said(
        "esup.complaint.filed",
        about=_given(department=department, case_no=case_no),
        kind=words(kind, "投诉类型", "kind"),
        real_name=real_name,
        complainant=_given(name=name, phone=phone) or None,
        content=words(content, "投诉内容", "content"),
        channel=words(channel, "渠道", "channel"),
    )


def accept(complaint: Complaint) -> Said:
    """The complaint will be dealt with."""
    LIFE.check(complaint.complaint_id, complaint.state, "accept")
    return said("esup.complaint.accepted")


def refuse(complaint: Complaint, *, reason: str) -> Said:
    """The complaint will not be dealt with, for this reason."""
    LIFE.check(complaint.complaint_id, complaint.state, "refuse")
    return said("esup.complaint.refused", reason=words(reason, "不予受理的理由", "reason"))


def notify(complaint: Complaint, *, written: bool) -> Said:
    """The complainant was told of the decision, in writing or otherwise."""
    LIFE.check(complaint.complaint_id, complaint.state, "notify")
    return said("esup.complaint.notified", written=written)


def transfer(complaint: Complaint, *, to: str, due_on: date, today: date) -> Said:
    """Another office is to look into it and to report by a day."""
    LIFE.check(complaint.complaint_id, complaint.state, "transfer")
    return said("esup.complaint.transferred", to=words(to, "转办单位", "office"), due_on=day_ahead(due_on, today))


def report(complaint: Complaint, *, result: str) -> Said:
    """What came of it: told by the office it was transferred to, or found by the supervisor."""
    LIFE.check(complaint.complaint_id, complaint.state, "report")
    return said("esup.complaint.result_reported", result=words(result, "办理结果", "result"))


def feed_back(complaint: Complaint) -> Said:
    """The complainant was told what came of it."""
    LIFE.check(complaint.complaint_id, complaint.state, "feed_back")
    return said("esup.complaint.result_fed_back")


def close(complaint: Complaint, *, upheld: bool) -> Said:
    """End the complaint; nobody is left to be told of one that named nobody."""
    asked = "close" if complaint.is_real_name else "close_anonymous"
    LIFE.check(complaint.complaint_id, complaint.state, asked)
    if complaint.is_refused and upheld:
        raise RefusedCannotBeUpheld(complaint.complaint_id)
    if complaint.is_real_name and not complaint.is_told_in_writing:
        raise NoticeOwed(complaint.complaint_id)
    return said("esup.complaint.closed", upheld=upheld)


def _given(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}
