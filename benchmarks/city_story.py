"""One case as a story that can be changed before it is told, and the ways in which cases of a city go wrong.

A breach takes a lawful story and changes what one rule is about; most of them get a card at once, as the monitor would
have given it, and a task, which not every department answers in time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from benchmarks.city_facts import DAY, HOUR, MINUTE, SECOND, fact, officer, source
from benchmarks.city_office import Licence, observed
from engine.facts import Fact
from monitors.decide import issue_cards, rectify_cards

COPIED = "申请材料与现场核查情况不符，不予许可"


@dataclass
class Part:
    """One fact of a case."""

    kind: str
    at: int
    data: dict[str, Any]
    known: int | None = None


class Card(NamedTuple):
    """The card that a breach gets: its rule and on which part of the story it rests."""

    rule_id: str
    code: str
    level: str
    part: str
    window: int | None = None


@dataclass
class Story:
    """The parts of a case by their names, and what follows from them."""

    number: int
    department: str
    days: list[int]
    item: Licence | None = None
    parts: dict[str, Part] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)
    others: list[Fact] = field(default_factory=list)

    @property
    def case_no(self) -> str:
        """The number of the case."""
        return f"SJ-2026-{self.number:08d}"

    def add(self, part: str, kind: str, at: int, data: dict[str, Any]) -> None:
        """One more part."""
        self.parts[part] = Part(kind, at, data)

    def officer(self, post: str) -> str:
        """The officer of the department who holds this post for the case."""
        return officer(self.department, post, self.number)

    def working_days_after(self, at: int, n: int) -> int:
        """An instant so many working days later, or, where the calendar ends, behind the end of the log."""
        place = next((place for place, day in enumerate(self.days) if day > at), len(self.days)) + n
        return self.days[min(place, len(self.days) - 1)] + 15 * HOUR

    def facts(self) -> list[Fact]:
        """All that is told of the case, its cards and its tasks."""
        sender = source(self.department)
        told = [
            fact(self.case_no, f"esup.case.{part.kind}", part.at, name, part.data, sender, part.known)
            for name, part in self.parts.items()
        ]
        for card in self.cards:
            told += self._carded(card)
        return told + self.others

    def _carded(self, card: Card) -> list[Fact]:
        part, yellow = self.parts[card.part], card.level == "yellow"
        row: dict[str, Any] = {
            "rule_id": card.rule_id, "rule_version": 1, "code": card.code, "title_zh": "预警", "title_en": "Warning",
            "level": card.level, "subject_kind": "case", "subject": self.case_no, "case_no": self.case_no,
            "department": self.department, "officer": part.data.get("officer"), "source": source(self.department),
            "event_id": f"{self.case_no}-{card.part}", "issue_no": 1, "is_proposal": False, "on_what": "department",
            "window_n": card.window, "at": part.at + MINUTE, "recorded_at": part.at + MINUTE,
        }  # fmt: skip
        row |= {"opens_task": yellow or self.number % 4 > 0, "triggers_at": _utc(part.at), "finding_id": _finding(row)}
        row["card_id"] = _card_id(row)
        told = list(issue_cards([row]))
        if yellow and self.number % 2:
            ended = self.working_days_after(part.at, 1)
            mended = {**row, "ended_at": _utc(ended), "mended_at": ended, "times": 1}
            told += rectify_cards([mended | {"dataversion": 1, "recorded_at": ended, "at": ended}])
        return told + (self._task(told[0].stream, part.at) if row["opens_task"] else [])

    def _task(self, card: str, issued: int) -> list[Fact]:
        """One task in four is not answered, one in four sent back in vain, one in four closed late."""
        sender, fate = source(self.department), self.number // 4 % 4
        stages: dict[str, tuple[int, dict[str, Any]]] = {
            "replied": (3, {"text": "已整改", "rectified": True}),
            "first_reviewed": (5, {"passed": fate != 2, "opinion": "已阅"}),
        }
        if fate == 1:
            stages = {}
        elif fate == 2:
            stages["returned"] = (6, {"reason": "未说明原因", "due_on": _utc(self.working_days_after(issued, 9))[:10]})
        stages["closed"] = (24 if fate == 3 else 15, {"opinion": "办结"})
        return [
            fact(card, f"esup.task.{kind}", self.working_days_after(issued, later), f"task-{kind}", data, sender)
            for kind, (later, data) in stages.items()
        ]


def _finding(row: dict[str, Any]) -> str:
    names = ("rule_id", "level", "subject", "source", "event_id")
    return hashlib.md5("\n".join(row[name] for name in names).encode()).hexdigest()


def _card_id(row: dict[str, Any]) -> str:
    named = (row[name] for name in ("code", "level", "subject", "source", "event_id", "issue_no"))
    return hashlib.sha256("\n".join(map(str, named)).encode()).hexdigest()[:32]


def _utc(at: int) -> str:
    return datetime.fromtimestamp(at / SECOND, UTC).isoformat()


def _no_paper(story: Story) -> None:
    del story.parts["accepted"].data["document"]
    story.cards.append(Card("content.acceptance-paper-missing", "C01", "yellow", "accepted", 2))


def _no_decision_no(story: Story) -> None:
    del story.parts["decided"].data["decision_no"]
    if story.number % 2:
        at = story.working_days_after(story.parts["decided"].at, 2)
        supplied = {"of": "esup.case.decided", "document": "XK", "decision_no": f"D-{story.case_no}"}
        story.add("supplied", "document_supplied", at, supplied)


def _no_material(story: Story) -> None:
    story.parts["applied"].data["materials"] = ["M1", "M2"]


def _unknown_fee(story: Story) -> None:
    fee = {"fee": "F9", "due": "80.00", "paid": "80.00"}
    story.add("fee", "fee_charged", story.parts["accepted"].at + 10 * MINUTE, fee)
    story.cards.append(Card("content.fee-without-basis", "F01", "red", "fee"))


def _wrong_fee(story: Story) -> None:
    if "fee" in story.parts:
        story.parts["fee"].data["paid"] = "150.00"
        story.cards.append(Card("content.fee-off-standard", "F02", "yellow", "fee", 3))


def _before_acceptance(story: Story) -> None:
    """The case is reviewed, and approval begins, while nobody has accepted."""
    accepted = story.parts["accepted"]
    accepted.at += 3 * HOUR
    for part, earlier in (("review+", 50), ("review", 40), ("approve+", 30)):
        story.parts[part].at = accepted.at - earlier * MINUTE
    story.cards.append(Card("procedure.handled-before-acceptance", "P01", "yellow", "accepted", 3))


def _jumped(story: Story) -> None:
    for part in ("review+", "review"):
        del story.parts[part]


def _noticed_again(story: Story) -> None:
    at = story.parts["applied"].at
    for nth, code in (("1", "M9"), ("2", "M2")):
        notice = {"items": [code], "document": f"BZ-{story.number}-{nth}"}
        story.add(f"notice{nth}", "correction_noticed", at + int(nth) * 5 * MINUTE, notice)


def _noticed_late(story: Story) -> None:
    notice = {"items": ["M9"], "document": f"BZ-{story.number}"}
    story.add("notice", "correction_noticed", story.parts["accepted"].at + 20 * MINUTE, notice)
    story.cards.append(Card("procedure.corrected-after-acceptance", "P06", "yellow", "notice", 2))


def _returned(story: Story) -> None:
    """Approval sends the case back three times within the hour, and each time it is reviewed again."""
    at, approve, review = story.parts["approve+"].at, story.parts["approve"].data, story.parts["review"].data
    for nth in range(3):
        for place, (step, data, action) in enumerate((("approve", approve, "return"), ("review", review, "pass"))):
            begun = at + (nth * 6 + place * 3) * MINUTE + MINUTE
            bare = {name: data[name] for name in ("step", "post", "officer")}
            if nth or place:
                story.add(f"{step}+{nth}", "step_started", begun, bare)
            story.add(f"{step}{nth}", "step_finished", begun + MINUTE, {**data, "action": action})
    last = story.parts["approve"].data
    again = {name: last[name] for name in ("step", "post", "officer")}
    story.add("approve+3", "step_started", at + 20 * MINUTE, again)
    story.parts["approve"].at = max(story.parts["approve"].at, at + 25 * MINUTE)


def _refused_shortly(story: Story) -> None:
    refuse(story, "不符合")
    story.cards.append(Card("procedure.negative-without-reasons", "P08", "yellow", "decided", 2))


def _strange_officer(story: Story) -> None:
    story.parts["approve"].data["officer"] = "nobody"
    story.cards.append(Card("procedure.wrong-account", "P09", "red", "approve"))


def _begun_before_application(story: Story) -> None:
    story.parts["review+"].at = story.parts["applied"].at - HOUR


def _no_control(story: Story) -> None:
    for part in ("inspect+", "inspect"):
        story.parts.pop(part, None)


def _not_delivered(story: Story) -> None:
    story.parts["delivered"].at = story.working_days_after(story.parts["decided"].at, 12)


def _not_published(story: Story) -> None:
    story.parts["published"].at = story.working_days_after(story.parts["decided"].at, 9)


def _changed_later(story: Story) -> None:
    """Whoever approved is said to have been somebody else, long after."""
    part = story.parts["approve"]
    known = story.working_days_after(part.at, 20)
    data = {**part.data, "officer": officer(story.department, "approver", story.number + 1)}
    changed = fact(story.case_no, "esup.case.step_finished", part.at, "approve", data, source(story.department), known)
    story.others.append(changed._replace(dataversion=2))


def _seen_elsewhere(story: Story) -> None:
    decided = story.parts["decided"]
    story.others.append(observed(story.number, decided.at + 2 * DAY, story.department, decided.data["decision_no"]))


def refuse(story: Story, reason: str) -> None:
    """The licence is refused: nothing is published."""
    story.parts["decided"].data |= {"outcome": "refused", "reason": reason}
    story.parts.pop("published", None)


def backfill(story: Story, at: int) -> None:
    """Everything up to the end is uploaded in one evening."""
    for place, part in enumerate(story.parts.values()):
        part.known = max(at + (story.number % 6 * 4 * MINUTE) + place * SECOND, part.at)


BREACHES: tuple[tuple[float, Callable[[Story], None]], ...] = (
    (0.002, _no_paper),
    (0.002, _no_decision_no),
    (0.0015, _no_material),
    (0.002, _unknown_fee),
    (0.01, _wrong_fee),
    (0.0015, _before_acceptance),
    (0.0015, _jumped),
    (0.0015, _noticed_again),
    (0.0015, _noticed_late),
    (0.0015, _returned),
    (0.0015, _refused_shortly),
    (0.0015, _strange_officer),
    (0.0015, _begun_before_application),
    (0.006, _no_control),
    (0.002, _not_delivered),
    (0.002, _not_published),
    (0.002, _changed_later),
    (0.002, _seen_elsewhere),
)
"""The share of the licence cases that each breach is tried on; those of fees and risks find only some to break."""
