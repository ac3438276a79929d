"""Random histories of licensing cases, with everything that makes deadlines hard: late, corrected, vague, repeated."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.generators.randomness import DAY, Chance, day_of, event, moment, start_of_day, text_of
from tests.generators.town import SUSPENSION_KINDS, Town

SOURCES = ("/320900/a", "/320900/b", "/320900/c")
FIRST, LAST = moment("2026-04-01T00:00:00+08:00"), moment("2026-12-20T00:00:00+08:00")
VAGUE_SHARE, LATE_SHARE, CORRECTED_SHARE, REPEATED_SHARE = 0.12, 0.15, 0.10, 0.05


class History:
    """The facts of one case as they are told, in the order of the world."""

    def __init__(self, chance: Chance, town: Town, case_no: str, item: str, department: str) -> None:
        self.chance, self.town, self.case_no = chance, town, case_no
        self.item, self.department = item, department
        self.zone = town.zone(department)
        self.has_sequence = chance.happens(0.6)
        self.events: list[dict[str, Any]] = []

    def tell(
        self, kind: str, after: datetime, days: float, data: dict[str, Any] | None = None, *, vague: bool = True
    ) -> datetime:
        """Add a fact within so many days after a moment; the moment at which the log says it happened."""
        chance = self.chance
        at = chance.after(after, days)
        if self.has_sequence and chance.happens(0.03):
            at = after
        if chance.happens(0.08):
            snapped = chance.snapped(at, self.zone)
            at = snapped if snapped > after else at
        number = len(self.events)
        told = event(
            f"esup.case.{kind}",
            self.case_no,
            at,
            data or {},
            source=chance.choice(SOURCES),
            event_id=f"{self.case_no}-{number}",
            zone=chance.choice((self.zone, "UTC")),
        )
        if self.has_sequence:
            told["sequence"] = f"{number:04}"
        if vague and chance.happens(VAGUE_SHARE):
            at = self._blur(told, at, after, may_precede=kind in ("decided", "step_finished"))
        self._record(told, at)
        self.events.append(told)
        return at

    def _blur(self, told: dict[str, Any], at: datetime, after: datetime, *, may_precede: bool) -> datetime:
        """Make a fact known to the day only, unless that would put it before what it follows."""
        midnight = start_of_day(at, self.zone)
        is_same_day = may_precede and midnight == start_of_day(after, self.zone)
        if midnight <= after and not is_same_day:
            return at
        told["time"], told["precision"] = text_of(midnight, self.zone), "day"
        return midnight if midnight > after else at

    def _record(self, told: dict[str, Any], at: datetime) -> None:
        """Most facts are known at once; some days or weeks later."""
        chance = self.chance
        recorded = max(at, moment(told["time"]))
        if chance.happens(LATE_SHARE):
            recorded = chance.after(recorded, chance.choice((1, 10, 40)))
        told["recordedtime"] = text_of(recorded)

    def correct(self) -> None:
        """Send some facts again with a higher version and other content."""
        for told in list(self.events):
            if self.chance.happens(CORRECTED_SHARE):
                for version in (2, 3)[: self.chance.randrange(1, 3)]:
                    self._correct(told, version)

    def _correct(self, told: dict[str, Any], version: int) -> None:
        chance, kind = self.chance, told["type"].removeprefix("esup.case.")
        data = dict(told["data"])
        corrected = {**told, "dataversion": version, "data": data}
        at = moment(told["time"])
        if kind == "suspension_started":
            data["told_applicant_at"] = told["time"]
            data["kind"] = chance.choice(SUSPENSION_KINDS) if "ref" in data else data["kind"]
        elif kind == "extended":
            data |= {"reason": "疑难", "told_applicant_at": told["time"], "n": chance.randrange(1, 10)}
        elif kind in ("decided", "step_finished"):
            at = start_of_day(chance.after(at, 5) + DAY, self.zone) if "precision" in told else chance.after(at, 8)
            corrected["time"] = text_of(at, self.zone)
            if kind == "step_finished" and chance.happens(0.15):
                corrected["subject"] = f"{self.case_no[:-1]}{chance.randrange(10)}"  # It belonged to another case.
        else:
            data["remark"] = f"version {version}"
        recorded = max(moment(told["recordedtime"]), at)
        corrected["recordedtime"] = text_of(chance.after(recorded, 30))
        self.events.append(corrected)


def tell_case(chance: Chance, town: Town, case_no: str) -> list[dict[str, Any]]:
    """One whole case."""
    item = chance.choice(list(town.items)) if not chance.happens(0.02) else "UNKNOWN"
    versions = town.items.get(item)
    department = versions[0]["department"] if versions else chance.choice(list(town.departments))
    history = History(chance, town, case_no, item, department)
    start = chance.after(FIRST, (LAST - FIRST) / DAY)
    accepted = _tell_opening(history, start)
    if accepted is not None:
        _tell_handling(history, accepted)
    history.correct()
    return history.events


def _tell_opening(history: History, start: datetime) -> datetime | None:
    """From the application to an acceptance, or to none."""
    chance = history.chance
    stated = {"item": history.item, "department": history.department, "applicant": {"kind": "citizen"}}
    if chance.happens(0.5):
        received = history.tell("applied", start, 0.5, stated | {"channel": "window", "materials": ["M1"]})
    else:
        applied = history.tell("applied", start, 0.5, stated | {"channel": "window"})
        received = history.tell("materials_received", applied, 3, {"materials": ["M1"]})
    while chance.happens(0.15):
        noticed = history.tell("correction_noticed", received, chance.choice((3, 12)), {"items": ["M2"]})
        history.events[-1]["recordedtime"] = text_of(max(noticed, moment(history.events[-1]["time"])))
        received = history.tell("correction_received", start_of_day(noticed + DAY, history.zone), 12, {"items": ["M2"]})
    outcome = chance.choices(("prompt", "late", "none", "refused", "withdrawn"), weights=(66, 16, 8, 5, 5))[0]
    if outcome == "none":
        return history.tell("decided", received, 60, _decision(), vague=False) and None if chance.happens(0.4) else None
    if outcome in ("refused", "withdrawn"):
        data = {"officer": "u1", "reason": "不属本机关"} if outcome == "refused" else {}
        history.tell("acceptance_refused" if outcome == "refused" else "withdrawn", received, 12, data)
        return None
    data = {"item": history.item, "department": history.department, "officer": "u1"}
    return history.tell("accepted", received, 3 if outcome == "prompt" else 25, data)


def _decision() -> dict[str, Any]:
    return {"outcome": "granted", "officer": "u9"}


def _tell_handling(history: History, accepted: datetime) -> None:
    """What happens between acceptance and the end, in no order of telling."""
    chance = history.chance
    days = chance.choice((1, 5, 20, 40, 60, 120))
    for _ in range(chance.choice((0, 0, 0, 1, 1, 2, 3))):
        tell_suspension(history, accepted, min(days, 40))
    for _ in range(chance.choice((0, 0, 1, 2))):
        tell_extension(history, accepted, min(days, 60))
    end = accepted + timedelta(days=days)
    for step in ("review", "inspect", "sign"):
        if chance.happens(0.6):
            end = max(end, _tell_step(history, accepted, days, step))
    if chance.happens(0.08):
        history.tell("withdrawn", end, 5)
        end += 6 * DAY
    if chance.happens(0.6):
        history.tell("decided", end, 10, _decision())


def _tell_step(history: History, accepted: datetime, days: float, step: str) -> datetime:
    """A step started, perhaps again while open, finished or not, perhaps opened again; the last moment told."""
    chance = history.chance
    data = {"step": step, "post": step, "officer": f"u{chance.randrange(9)}"}
    at = history.tell("step_started", accepted, days / 2, data)
    for _ in range(chance.choice((1, 1, 2))):
        if chance.happens(0.2):
            at = history.tell("step_started", at, days / 4, data)
        if chance.happens(0.25):
            return at
        at = history.tell("step_finished", at, chance.choice((1, days / 2)), data | {"action": "pass"})
        if chance.happens(0.2):
            at = history.tell("step_started", start_of_day(at + DAY, history.zone), days / 4, data)
    return at


def tell_suspension(history: History, after: datetime, days: float) -> None:
    """A suspension: allowed or not, told or not, ended, planned, both or open."""
    chance, number = history.chance, len(history.events)
    kind = chance.choice(SUSPENSION_KINDS)
    ref = f"S{number}"
    data: dict[str, Any] = {"kind": kind, "ref": ref, "basis": "行政许可法 第四十五条", "approver": "u3"}
    if chance.happens(0.85):
        data["told_applicant_at"] = text_of(after)
    planned = chance.choices(("none", "day", "instant"), weights=(5, 4, 1))[0]
    started = history.tell("suspension_started", after, days, data)
    if planned != "none":
        end = chance.after(started, chance.choice((3, 15, 40)))
        data["planned_end"] = day_of(end, history.zone).isoformat() if planned == "day" else text_of(end, history.zone)
    if chance.happens(0.65):
        history.tell("suspension_ended", started, chance.choice((3, 15, 40)), {"ref": ref})


def tell_extension(history: History, after: datetime, days: float) -> None:
    """An extension of the case or of a step, valid or lacking something the law asks for."""
    chance = history.chance
    versions = history.town.items.get(history.item) or [{}]
    allowed = versions[-1].get("extension")
    largest = allowed["max"] if allowed else {"n": 5, "unit": "work_day"}
    n = chance.randrange(1, largest["n"] + 1) + (20 if chance.happens(0.08) else 0)
    data: dict[str, Any] = {"n": n, "unit": largest["unit"], "approver": "u5"}
    data["approver_role"] = "head" if chance.happens(0.92) else "clerk"
    if chance.happens(0.92):
        data["reason"] = "案情复杂" if chance.happens(0.95) else "  "
    if chance.happens(0.92):
        data["told_applicant_at"] = text_of(after)
    if chance.happens(0.05):
        data["unit"] = "hour" if largest["unit"] != "hour" else "work_day"
    target = chance.choices(("case", None, "review"), weights=(4, 4, 2))[0]
    if target == "review" and _step_unit(versions[-1]) not in (None, largest["unit"]):
        target = "case"
    if target:
        data["of"] = target
    history.tell("extended", after, days, data)


def _step_unit(item: dict[str, Any]) -> str | None:
    """The unit of the review step's limit."""
    return next(
        (step["limit"]["unit"] for step in item.get("flow", []) if step["step"] == "review" and "limit" in step), None
    )


def tell_town_cases(chance: Chance, town: Town, count: int) -> list[dict[str, Any]]:
    """Many cases, arriving shuffled and some events twice."""
    events = [told for number in range(count) for told in tell_case(chance, town, f"SJ-{number:05}")]
    return arrive(chance, town.events + events)


def arrive(chance: Chance, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events in the order of a bad day: shuffled, and some of them twice."""
    arriving = events + [told for told in events if chance.happens(REPEATED_SHARE)]
    chance.shuffle(arriving)
    return arriving
