"""What follows from cards: the tasks they open, what people do with them, and what supervision finds in that.

A card's id is known to everybody beforehand, and a task has the id of its card; so departments answer tasks that the
engine has yet to issue, and what they leave undone can be reckoned here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from console.city.calendar import midnight, moment
from console.city.scene import DAY, Fact, Finding, Scene
from console.city.truth import WINDOWS

MONITOR = "/esup/monitor"
ON_SUPERVISION = ("S01", "S02", "S03", "S04", "S05", "M01", "M02")
"""Rules whose cards are about tasks, cards, complaints or the supervisor: they open no task."""
REPLY_DAYS, REPLY_NEAR, LAUNCH_DAYS = 5, 4, 5
CLOSING = {"yellow": 20, "red": 30}
ENOUGH = {"yellow": 3, "red": 2}
OFTEN_WITHIN = timedelta(days=90)


@dataclass
class Card:
    """A card that must be issued, and the task that it opens."""

    finding: Finding
    issued: Fact
    opens_task: bool
    awaits_task: bool
    """A red card on a department that opened no task: the supervisor is to launch one."""

    @property
    def id(self) -> str:
        """The id of the card, and of its task."""
        return self.issued.subject


@dataclass
class Supervision:
    """What supervision finds in one scene, card after card."""

    scene: Scene
    cards: list[Card] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def follow(self) -> None:
        """Issue a card for every finding, let people answer, and issue cards for what they left undone."""
        waiting, by_hand = list(self.scene.findings), 0
        while True:
            before = len(self.findings)
            for finding in waiting:
                self.card(finding)
            tasks = self.facts("task.issued")
            for fact in tasks[by_hand:]:
                self.task(fact, fact.data["department"])
            waiting, by_hand = self.findings[before:], len(tasks)
            if not waiting:
                return

    def card(self, finding: Finding) -> None:
        """A card, if the finding has one in time; what people do with it, and what follows."""
        if finding.level not in ("yellow", "red") or finding.issued_at >= self.scene.end:
            return
        card = self.issue(finding)
        self.cards.append(card)
        life = self.scene.lives.get(card.id)
        if life is not None:
            life(finding)
        else:
            self.answer(card)
        if self.is_withdrawn(card):
            return
        self.correction(card)
        if card.opens_task:
            opened = self.said(f"task/{card.id}", card.id, card.issued.at)
            self.task(opened, finding.department)
        elif card.awaits_task:
            self.launch(card)

    def issue(self, finding: Finding) -> Card:
        """The card of a finding."""
        at, setting = finding.issued_at, self.scene.setting
        issued = self.said(f"issued/{finding.card_id}", finding.card_id, at)
        is_on_department = finding.code not in ON_SUPERVISION and finding.department != setting.supervisor
        is_untasked = setting.regions.get(finding.department) == setting.untasked_region and finding.level == "red"
        return Card(finding, issued, is_on_department and not is_untasked, is_on_department and is_untasked)

    def answer(self, card: Card) -> None:
        """What usually happens: the task is launched if need be, replied to, reviewed and closed in good time."""
        scene, task, at = self.scene, card.id, card.issued.at

        def on(day: int, clock: str) -> datetime:
            return moment(scene.calendar.after(at.date(), day), clock)

        if card.awaits_task:
            task = f"DB-{card.id[:12]}"
            scene.tell(task, "task.issued", on(2, "09:30"), {
                "card": card.id, "department": card.finding.department, "text": "请核查并说明情况。",
            })  # fmt: skip
        elif not card.opens_task:
            return
        text = "已核实原因，责成承办人整改并举一反三。"
        scene.tell(task, "task.replied", on(3 if card.awaits_task else 2, "15:00"), {"text": text, "rectified": True})
        scene.tell(task, "task.first_reviewed", on(4, "10:00"), {"passed": True, "opinion": "整改到位"})
        scene.tell(task, "task.closed", on(6, "10:30"), {"opinion": "同意办结"})

    def correction(self, card: Card) -> None:
        """S05: a yellow card is to be rectified within its rule's window, unless it is exempted or replaced before."""
        finding = card.finding
        window = WINDOWS.get(finding.code) if finding.level == "yellow" else None
        if window is None:
            return
        breach = self.scene.calendar.breach(card.issued.at, window)
        ends = [fact.at for fact in self.facts("card.exempted", card.id)]
        ends += [max(finding.ended_at, card.issued.at)] if finding.ended_at else []
        ends += [other.issued_at for other in self.scene.findings if is_own_red(other, finding)]
        if not any(end < breach for end in ends):
            self.find("S05", "red", finding.subject, finding.department, card.issued, breach)

    def launch(self, card: Card) -> None:
        """S02: the supervisor launches a task for a red card that opened none."""
        tasked = [fact.at for fact in self.facts("task.issued") if fact.data.get("card") == card.id]
        exempted = [fact.at for fact in self.facts("card.exempted", card.id)]
        breach = self.scene.calendar.breach(card.issued.at, LAUNCH_DAYS)
        if not any(end < breach for end in (*tasked, *exempted)):
            subject, supervisor = card.finding.subject, self.scene.supervisor
            self.find("S02", "yellow", subject, supervisor, card.issued, breach, min(tasked, default=None))

    def task(self, issued: Fact, department: str) -> None:
        """S01, S03, S04: a task is replied to, replied to again when it was returned, and closed."""
        calendar, task = self.scene.calendar, issued.subject
        replied, closed, returned = (
            sorted((fact for fact in self.facts(f"task.{kind}", task)), key=lambda fact: fact.at)
            for kind in ("replied", "closed", "returned")
        )
        ends = [fact.at for fact in (*replied[:1], *closed[:1])]
        ended = min(ends, default=None)
        limit = issued.data.get("reply_limit", {})
        usual_near = midnight(calendar.after(issued.at.date(), REPLY_NEAR))
        near = calendar.prompt(issued.at, limit["n"]) if limit else usual_near
        breach = calendar.breach(issued.at, limit.get("n", REPLY_DAYS))
        if ended is None or ended > near:
            self.find("S01", "prompt", task, department, issued, near)
        if ended is None or ended >= breach:
            self.find("S01", "yellow", task, department, issued, breach, ended)
        for level, days in CLOSING.items():
            late = calendar.breach(issued.at, days)
            if not closed or closed[0].at >= late:
                done = closed[0].at if closed else None
                self.find("S03", level, task, self.scene.supervisor, issued, late, done)
        for place, fact in enumerate(returned):
            self.returned(fact, returned[place + 1 :], replied, closed, department)

    def returned(
        self, fact: Fact, later: Sequence[Fact], replied: Sequence[Fact], closed: Sequence[Fact], department: str
    ) -> None:
        """S04: a returned task is replied to by the day that the return sets."""
        breach = midnight(date.fromisoformat(str(fact.data["due_on"]))) + DAY
        ends = [other.at for other in (*later, *replied, *closed) if other.at > fact.at]
        if not any(end < breach for end in ends):
            self.find("S04", "red", fact.subject, department, fact, breach, min(ends, default=None))

    def is_withdrawn(self, card: Card) -> bool:
        """Whether the card was appealed against with success: nothing is owed for it, from its issue on."""
        return any(fact.data.get("accepted") for fact in self.facts("card.appeal_decided", card.id)) or bool(
            self.facts("card.withdrawn", card.id)
        )

    def is_counted(self, card: Card) -> bool:
        """Whether the card counts against the post that has it."""
        return not self.is_withdrawn(card) and not self.facts("card.exempted", card.id)

    def facts(self, kind: str, subject: str | None = None) -> list[Fact]:
        """The facts of a kind that become known in time."""
        return [
            fact for fact in self.scene.facts
            if fact.kind == kind and fact.known < self.scene.end and subject in (None, fact.subject)
        ]  # fmt: skip

    def find(
        self, code: str, level: str, subject: str, department: str, fact: Fact, at: datetime,
        ended_at: datetime | None = None,
    ) -> None:  # fmt: skip
        """Something that supervision finds, if it is in time."""
        if at < self.scene.end:
            self.findings.append(Finding(code, level, subject, department, fact, at, max(at, fact.known), ended_at))

    @staticmethod
    def said(event_id: str, subject: str, at: datetime) -> Fact:
        """What the monitor itself says of a card."""
        return Fact(subject, event_id.partition("/")[0], at, at, MONITOR, event_id, {})


def is_own_red(other: Finding, yellow: Finding) -> bool:
    """Whether a finding is the red of the same rule, subject and occurrence, which replaces a yellow one."""
    same = (other.code, other.subject, other.fact.event_id) == (yellow.code, yellow.subject, yellow.fact.event_id)
    return same and other.level == "red"


def repeat_offenders(supervisions: Iterable[Supervision]) -> Iterator[tuple[Scene, Finding]]:
    """S06: of one rule, post and level, each run of ninety days with three yellow or two red cards."""
    piles: dict[tuple[str, str, str, str], list[tuple[Fact, Scene]]] = defaultdict(list)
    for supervision in supervisions:
        scene = supervision.scene
        for card in supervision.cards:
            if supervision.is_counted(card):
                finding = card.finding
                pile = piles[finding.code, finding.department, scene.post_of(finding), finding.level]
                pile.append((card.issued, scene))
    for (_, department, post, level), pile in sorted(piles.items()):
        pile.sort(key=lambda each: (each[0].at, each[0].event_id))
        over = None
        for (issued, scene), (last, _) in zip(pile, pile[ENOUGH[level] - 1 :], strict=False):
            if (over is None or issued.at > over) and last.at <= issued.at + OFTEN_WITHIN:
                over = issued.at + OFTEN_WITHIN
                yield scene, Finding("S06", "risk", f"{department}/{post}", department, issued, last.at, last.at)
