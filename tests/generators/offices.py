"""Changes of the catalogue, complaints, cards and tasks, each told with what is owed on it at its edge."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import md5
from typing import Any

from tests.generators.almanac import Almanac, about_breach, limit_of
from tests.generators.randomness import DAY, Chance, day_of, event, moment, start_of_day, text_of
from tests.generators.story import AROUND, BLANKS, HOUR, MICRO, Histories, any_start, set_or_leave
from tests.generators.town import Town

MONITOR = "/esup/monitor"


@dataclass
class Desk:
    """One subject's facts, in the order of telling."""

    chance: Chance
    almanac: Almanac
    name: str
    zone: str
    source: str
    events: list[dict[str, Any]] = field(default_factory=list)

    def tell(
        self,
        kind: str,
        at: datetime,
        data: dict[str, Any] | None = None,
        *,
        is_day: bool = False,
        subject: str | None = None,
        source: str | None = None,
    ) -> dict[str, Any]:
        """Add a fact; most are known at once, some weeks later."""
        number = len(self.events)
        at = start_of_day(at, self.zone) if is_day else at
        told = event(
            f"esup.{kind}",
            subject or self.name,
            at,
            data or {},
            source=source or self.source,
            event_id=f"{self.name}-{number:03}",
            zone=self.chance.choice((self.zone, "UTC")),
        )
        late = timedelta(days=self.chance.randrange(1, 50)) if self.chance.happens(0.1) else timedelta(0)
        told["recordedtime"] = text_of(at + late + DAY * is_day)
        told["sequence"] = f"{number:04}"
        if is_day:
            told["precision"] = "day"
        self.events.append(told)
        return told

    def act(self, kind: str, opened: datetime, breach: datetime, data: dict[str, Any] | None = None) -> datetime:
        """Something done about the end of its limit; the moment at which it was."""
        at, is_day = about_breach(self.chance, breach, self.zone, opened)
        self.tell(kind, at, data, is_day=is_day)
        return at

    def correct(self, told: dict[str, Any], **data: Any) -> None:
        """Tell a fact again, with other words."""
        recorded = moment(told["recordedtime"]) + timedelta(days=self.chance.randrange(1, 40))
        words = {name: value for name, value in {**told["data"], **data}.items() if value is not None}
        self.events.append({**told, "dataversion": 2, "recordedtime": text_of(recorded), "data": words})


def any_department(chance: Chance, town: Town) -> str:
    """One of the town's departments."""
    return chance.choice(list(town.departments))


# Changes of the catalogue.


def tell_change(histories: Histories, chance: Chance, almanac: Almanac, number: int) -> None:
    """A change: filed about the end of its ten (twenty) working days, or before its cause, reviewed, adjusted."""
    town, name = almanac.town, f"BG-{number:05}"
    department = any_department(chance, town)
    is_suqian = town.regions[town.departments[department]].get("profile") == "suqian"
    desk = Desk(chance, almanac, name, town.zone(department), f"/{department}/office")
    caused = start_of_day(any_start(chance), desk.zone)
    breach = almanac.breach(department, caused, limit_of(20 if is_suqian else 10))
    data = {
        "change": name,
        "department": department,
        "cause": "law",
        "caused_on": day_of(caused, desk.zone).isoformat(),
    }
    filed, is_day = about_breach(chance, breach, desk.zone, caused)
    if chance.happens(0.1):
        filed, is_day = caused - chance.choice((MICRO, DAY, 9 * DAY)), False
    told = desk.tell("item.change_filed", filed, data, is_day=is_day)
    filed = start_of_day(filed, desk.zone) if is_day else filed
    histories.aim("K05 K06-prompt K06-yellow" + (" K05-suqian" if is_suqian else ""), name)
    if chance.happens(0.1):
        moved = day_of(caused + chance.choice((DAY, -DAY, 9 * DAY)), desk.zone)
        desk.correct(told, caused_on=moved.isoformat())
    if chance.happens(0.85):
        n = chance.choice((10, 12) if is_suqian else (3, 5))
        _tell_review(histories, desk, department, filed, almanac.breach(department, filed, limit_of(n)))
    histories.events += desk.events


def _tell_review(histories: Histories, desk: Desk, department: str, filed: datetime, breach: datetime) -> None:
    """A review, often an approving one that states its day; sometimes more of them."""
    chance = desk.chance
    at, is_day = about_breach(chance, breach, desk.zone, filed)
    for _ in range(chance.choices((1, 2, 3), weights=(7, 3, 1))[0]):
        at = start_of_day(at, desk.zone) if is_day else at
        approved = chance.happens(0.8)
        effective = day_of(at + timedelta(days=chance.randrange(0, 12)), desk.zone)
        data = set_or_leave({"change": desk.name, "approved": approved}, "effective_from", None)
        if chance.happens(0.8):
            data["effective_from"] = effective.isoformat()
        told = desk.tell("item.change_reviewed", at, data, is_day=is_day)
        if chance.happens(0.06):
            desk.correct(told, approved=not approved)
        histories.aim("K07a K07b", desk.name)
        if chance.happens(0.6):
            _tell_adjustment(desk, department, at, start_of_day(moment(f"{effective}T12:00:00+00:00"), desk.zone) + DAY)
        at, is_day = at + chance.choice((timedelta(0), MICRO, HOUR, DAY, 3 * DAY, 20 * DAY)), False


def _tell_adjustment(desk: Desk, department: str, reviewed: datetime, effective: datetime) -> None:
    """An adjustment about the second working day or about the day of the change's effect."""
    chance = desk.chance
    breach = desk.almanac.breach(department, reviewed, limit_of(2)) if chance.happens(0.5) else effective
    desk.act("item.change_adjusted", reviewed, breach, {"change": desk.name, "effective_from": "2026-12-01"})


# Complaints.


def tell_complaint(histories: Histories, chance: Chance, almanac: Almanac, number: int) -> None:
    """A complaint: decided about its fifth day or never, and the complainant told before, in time or late."""
    town, name = almanac.town, f"TS-{number:05}"
    department = any_department(chance, town)
    supervisor = almanac.supervisor(department)
    desk = Desk(chance, almanac, name, town.zone(supervisor), f"/{supervisor}/office")
    filed, is_real = any_start(chance), chance.happens(0.7)
    about = {"department": department}
    if chance.happens(0.2):
        about = {"case_no": f"TC-{number:05}"}
        data = {"item": "X", "department": department, "applicant": {"kind": "citizen"}, "channel": "window"}
        desk.tell("case.applied", filed - DAY, data, subject=about["case_no"])
    data = {"about": about, "kind": "delay", "real_name": is_real, "channel": "web", "content": "等了很久"}
    filed_told = desk.tell("complaint.filed", filed, data, is_day=chance.happens(0.1))
    filed = moment(filed_told["time"])
    histories.aim("M01", name)
    if chance.happens(0.3):
        desk.tell("complaint.notified", filed + HOUR, {"written": True})
    if chance.happens(0.2):
        desk.tell("complaint.transferred", filed + HOUR, {"to": department, "due_on": "2026-12-01"})
    if chance.happens(0.85):
        breach = almanac.breach(supervisor, filed, limit_of(5))
        _tell_complaint_decision(histories, desk, supervisor, filed, breach, is_real)
    if chance.happens(0.08):
        desk.correct(filed_told, real_name=not is_real)
    histories.events += desk.events


def _tell_complaint_decision(
    histories: Histories, desk: Desk, supervisor: str, filed: datetime, breach: datetime, is_real: bool
) -> None:
    chance = desk.chance
    at, is_day = about_breach(chance, breach, desk.zone, filed)
    at = start_of_day(at, desk.zone) if is_day else at
    histories.aim("M02-told" if is_real else "M02-nameless", desk.name)
    if chance.happens(0.5):
        told = desk.tell("complaint.accepted", at, {}, is_day=is_day)
    else:
        histories.aim("M02-reason", desk.name)
        reason = chance.choice((*BLANKS, *["不属于本机关职权"] * 6))
        told = desk.tell("complaint.refused", at, set_or_leave({}, "reason", reason), is_day=is_day)
        if chance.happens(0.15):
            desk.correct(told, reason=chance.choice((*BLANKS, "依法不予受理")))
    again = desk.almanac.breach(supervisor, at, limit_of(5))
    for _ in range(chance.choice((0, 1, 1, 2))):
        desk.act("complaint.notified", at, again, {"written": chance.happens(0.75)})
    if chance.happens(0.2):
        desk.tell("complaint.closed", at + chance.choice((MICRO, 9 * DAY)), {"upheld": False})


# Tasks.

REPLY_LIMITS: tuple[dict[str, Any], ...] = (
    {"n": 1, "unit": "work_day"},
    {"n": 3, "unit": "work_day"},
    {"n": 10, "unit": "work_day", "prompt": 9},
    {"n": 10, "unit": "calendar_day"},
    {"n": 10, "unit": "calendar_day", "rolls": False},
    {"n": 24, "unit": "hour"},
    {"n": 0, "unit": "work_day"},
)


def tell_task(histories: Histories, chance: Chance, almanac: Almanac, number: int) -> None:
    """A task: replied about its limit, returned more than once, closed about its twentieth or thirtieth day."""
    town, name = almanac.town, f"DB-{number:05}"
    department = any_department(chance, town)
    desk = Desk(chance, almanac, name, town.zone(department), "/bureau/desk")
    issued = any_start(chance)
    data: dict[str, Any] = {"department": department, "text": "请说明情况"}
    limit = {"n": 5, "unit": "work_day"}
    if chance.happens(0.3):
        limit = data["reply_limit"] = chance.choice(REPLY_LIMITS)
    if chance.happens(0.5):
        data["card"] = digest("TK", str(number))
        _tell_task_card(desk, department, data["card"], issued - chance.choice((MICRO, HOUR, DAY)))
    told = desk.tell("task.issued", issued, data, is_day=chance.happens(0.08))
    issued = moment(told["time"])
    histories.aim("S01-prompt S01-yellow S03-yellow S03-red", name)
    breach = almanac.breach(department, issued, limit_of(limit["n"], limit["unit"], rolls=limit.get("rolls", True)))
    for _ in range(chance.choice((0, 1, 1, 2))):
        desk.act("task.replied", issued, breach, {"text": "已整改", "rectified": chance.happens(0.5)})
    for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
        _tell_return(histories, desk, issued + chance.choice((HOUR, 3 * DAY, 20 * DAY)))
    if chance.happens(0.7):
        n = chance.choice((5, 20, 20, 30, 30))
        closed = almanac.breach(almanac.supervisor(department), issued, limit_of(n))
        desk.act("task.closed", issued, closed, {"opinion": "同意"})
    histories.events += desk.events


def _tell_return(histories: Histories, desk: Desk, at: datetime) -> None:
    """A return with a stated day, replied to at the same instant, about the day, or replaced before it."""
    chance = desk.chance
    histories.aim("S04", desk.name)
    due = start_of_day(at, desk.zone) + timedelta(days=chance.randrange(0, 8))
    data = {"reason": "不够具体", "due_on": day_of(due + 12 * HOUR, desk.zone).isoformat()}
    told = desk.tell("task.returned", at, data)
    if chance.happens(0.15):
        reply = desk.tell("task.replied", at, {"text": "再报", "rectified": True})
        reply["sequence"] = chance.choice(("0000", told["sequence"], "9999"))
    if chance.happens(0.5):
        desk.act("task.replied", at, due + DAY, {"text": "再报", "rectified": False})
    if chance.happens(0.3):
        later = {"reason": "仍不具体", "due_on": day_of(due + 3 * DAY, desk.zone).isoformat()}
        desk.act("task.returned", at, due + DAY, later)
    if chance.happens(0.1):
        desk.act("task.closed", at, due + DAY, {"opinion": "同意"})


def _tell_task_card(desk: Desk, department: str, card: str, at: datetime) -> None:
    """The card that a task names, and its withdrawal, exemption or rectification."""
    chance = desk.chance
    data = _card(chance, department, card, "yellow", "department") | {"n": None, "unit": None, "opens_task": True}
    desk.tell("card.issued", at, {name: value for name, value in data.items() if value is not None}, subject=card)
    end = chance.choice((None, "withdrawn", "exempted", "rectified"))
    if end:
        _end_card(desk, department, card, end, at + chance.choice((2 * HOUR, 3 * DAY, 50 * DAY)))


# Cards.


def digest(*words: str) -> str:
    """An id made of words, as cards and findings have it."""
    return md5("\n".join(words).encode(), usedforsecurity=False).hexdigest()


def _card(chance: Chance, department: str, name: str, level: str, on: str) -> dict[str, Any]:
    """What a card says of itself."""
    subject = {"department": "case", "supervisor": "task"}.get(on, on)
    rule, subject_id = "content.acceptance-paper-missing", f"{subject}-{name}"
    return {
        "code": "C01",
        "rule": rule,
        "finding": digest(rule, level, subject_id, "/somewhere", name),
        "occurrence": {"source": "/somewhere", "id": name},
        "subject_kind": subject,
        "subject_id": subject_id,
        "case_no": f"KC-{name}" if subject == "case" else None,
        "department": department,
        "on": on,
        "level": level,
        "issue_no": 1,
        "n": chance.choice((1, 2, 3, 5)) if level == "yellow" else None,
        "unit": "work_day" if level == "yellow" else None,
    }


def _end_card(desk: Desk, department: str, card: str, kind: str, at: datetime) -> None:
    chance = desk.chance
    data: dict[str, Any] = {"card": card, "reason": "更正"}
    if kind == "escalated":
        data["what"] = "own_red"
    if kind == "exempted":
        officer = f"{department}-o1" if chance.happens(0.15) else chance.choice(("bureau-o1", "nobody"))
        data = {"ground": "3", "evidence": "证明", "officer": officer}
    told = desk.tell(f"card.{kind}", at, data, subject=card, source="/bureau/desk" if kind == "exempted" else MONITOR)
    if kind == "rectified" and chance.happens(0.1):
        desk.correct(told, times=1)


def tell_card(histories: Histories, chance: Chance, almanac: Almanac, number: int) -> None:
    """A card, yellow with its window or red without its task, and what ends it about its last day."""
    town, name = almanac.town, digest("KP", str(number))
    department = any_department(chance, town)
    desk = Desk(chance, almanac, name, town.zone(department), MONITOR)
    level = chance.choice(("yellow", "red"))
    on = chance.choices(("department", "task", "card", "complaint", "supervisor"), weights=(6, 1, 1, 1, 1))[0]
    data = _card(chance, department, name, level, on)
    if level == "yellow" and chance.happens(0.1):
        data |= {"n": None, "unit": None}
    opens_task = on == "department" and chance.happens(0.3)
    data = {key: value for key, value in (data | {"opens_task": opens_task}).items() if value is not None}
    at = any_start(chance)
    told = desk.tell("card.issued", at, data)
    told["recordedtime"] = told["time"]
    if opens_task:
        text = {"card": name, "department": department, "text": "督办"}
        desk.tell("task.issued", at, text)
    histories.aim("S05" if level == "yellow" else "S02", data["subject_id"])
    office, n = (department, data.get("n", 5)) if level == "yellow" else (almanac.supervisor(department), 5)
    _tell_end_of_card(desk, department, level, at, almanac.breach(office, at, limit_of(n)), number)
    histories.events += desk.events


def _tell_end_of_card(desk: Desk, department: str, level: str, at: datetime, breach: datetime, number: int) -> None:
    chance = desk.chance
    for _ in range(chance.choice((0, 1, 1, 1, 2))):
        kinds = ("withdrawn", "exempted", "rectified", "escalated" if level == "yellow" else "launched")
        kind = chance.choices(kinds, weights=(1, 2, 2, 2))[0]
        ended, is_day = about_breach(chance, breach, desk.zone, at)
        if kind == "launched":
            named = desk.name if chance.happens(0.85) else digest("another")
            text = {"card": named, "department": department, "text": "督办"}
            subject = f"DK-{number:05}-{len(desk.events)}"
            desk.tell("task.issued", ended, text, subject=subject, source="/bureau/desk", is_day=is_day)
        else:
            _end_card(desk, department, desk.name, kind, ended)
    if chance.happens(0.1):
        desk.tell("card.appealed", at + chance.choice(AROUND) + MICRO, {"ground": "不服"})
