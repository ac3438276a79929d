"""What shows only in the records or across cases: batches, copied reasons, late uploads, impossible times, changes."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from tests.generators.powers import POSTS, add_department, any_flow, any_item, assign, disable
from tests.generators.randomness import DAY, Chance, event, moment, start_of_day, text_of
from tests.generators.story import AROUND, HOUR, MICRO, Histories, Story, any_start, pause
from tests.generators.town import Town, publish

MONTH = 30 * DAY
UPLOADED = ("vertical", "self_built")


def own_item(chance: Chance, town: Town, department: str, code: str, **changes: Any) -> str:
    """An item made for one case or batch."""
    publish(town, any_item(chance, code, 1, department, "2025-01-01") | changes)
    return code


def tell_copied(histories: Histories, chance: Chance, town: Town, batch: int) -> None:
    """One officer gives the same reason in several cases, about thirty days long."""
    department = chance.choice(list(town.departments))
    officer = f"copy{batch}"
    histories.aim("P08-officer", officer)
    assign(town, officer, department, ["chief"], "2025-01-01T00:00:00+08:00")
    reason = "申请材料不符合法定形式，依法不予受理" if chance.happens(0.8) else "不予受理"
    first = any_start(chance)
    count = chance.choice((3, 4, 5, 5, 6, 7, 10, 11))
    offsets = sorted(chance.random() * chance.choice((20, 30, 40)) for _ in range(count))
    moments = [first + timedelta(days=offset) for offset in offsets]
    if count >= 5 and chance.happens(0.6):
        moments[4] = moments[0] + MONTH + chance.choice(AROUND)
        moments[1:4] = [moments[0] + DAY * number for number in (1, 1, 29)]
    for number, at in enumerate(moments):
        case_no = f"CP-{batch:03}-{number if chance.happens(0.9) else max(0, number - 1):02}"
        told = reason if chance.happens(0.95) else "另有理由：本机关不具有管辖权"
        _tell_no(histories, chance, town, case_no, department, at, officer, f"\u3000{told} " * 1, number)


def _tell_no(
    histories: Histories,
    chance: Chance,
    town: Town,
    case_no: str,
    department: str,
    at: datetime,
    officer: str,
    reason: str,
    number: int,
) -> None:
    story = Story(chance, town, case_no, department, "X")
    kind = chance.choice(("acceptance_refused", "filing_refused", "step_finished", "decided"))
    application = story.stated | {"applicant": {"kind": "citizen"}, "channel": "window"}
    story.tell("applied", at - HOUR, application)["id"] = f"{case_no}-applied{number}"
    data: dict[str, Any] = {"officer": officer, "reason": reason}
    if kind == "step_finished":
        data |= {"step": "a", "post": "chief", "action": "veto" if chance.happens(0.95) else "return"}
    elif kind == "decided":
        data |= {"outcome": "refused", "document": "决定书", "decision_no": f"决{case_no}-{number}"}
    elif kind == "filing_refused":
        data |= story.stated
    told = story.tell(kind, at, data)
    told["id"] = f"{case_no}-no{number}"
    histories.events += story.events


def tell_backfill(histories: Histories, chance: Chance, town: Town, batch: int) -> None:
    """Cases of one department put on record in one hour, long after they happened, or not quite so."""
    department = add_department(town, f"BF{batch:03}")
    histories.aim("P15", department)
    recorded = start_of_day(any_start(chance), "Asia/Shanghai") + chance.random() * 10 * HOUR
    item = own_item(chance, town, department, f"BF-{batch:03}")
    is_odd = chance.happens(0.5)
    for number in range(chance.choice((3, 4, 4, 5, 5, 5, 6, 10, 11))):
        story = Story(chance, town, f"BF-{batch:03}-{number:02}", department, item)
        story.source = f"/{department}/platform"
        begin = recorded + chance.choice((timedelta(0), timedelta(0), timedelta(minutes=chance.randrange(60))))
        if number > 5:
            begin += 3 * HOUR
        _backfill(story, begin, recorded, is_odd and number in (1, 4))
        histories.events += story.events


def _backfill(story: Story, begin: datetime, first: datetime, is_odd: bool) -> None:
    chance = story.chance
    story.tell("applied", begin - 5 * DAY, story.stated | {"applicant": {"kind": "citizen"}, "channel": "window"})
    for step in ("a", "b")[: chance.randrange(1, 3)]:
        data = {"step": step, "post": "handler", "officer": story.officer("handler"), "action": "pass"}
        at, delay = begin - 3 * DAY, 3 * DAY
        edge = chance.choice((None, "age", "span", "vague")) if is_odd else None
        if edge == "age":
            delay = DAY + chance.choice(AROUND)
            at = begin - delay
        elif edge == "span":
            at = first + HOUR + chance.choice(AROUND) - delay
        told = story.tell("step_finished", at, data, delay=delay, is_day=edge == "vague")
        if edge == "vague":
            told["recordedtime"] = text_of(max(start_of_day(at, story.zone) + 2 * DAY + chance.choice(AROUND), at))
        if chance.happens(0.1):
            story.correct(told, begin + DAY, data={"remark": "更正"})


def tell_offline(histories: Histories, chance: Chance, town: Town, number: int) -> None:
    """A case that came to be known after its decision, and a register that shows a decision."""
    department = chance.choice(list(town.departments))
    case_no = f"OF-{number:04}"
    histories.aim("P14", case_no)
    story = Story(chance, town, case_no, department, "X")
    decided = any_start(chance)
    known = decided + DAY + chance.choice((*AROUND, HOUR, -HOUR))
    is_day = chance.happens(0.1)
    known += DAY * is_day
    last = known + chance.choice((HOUR, HOUR + MICRO, HOUR - MICRO, timedelta(0), 2 * HOUR))
    applied = decided - 3 * DAY
    data = story.stated | {"applicant": {"kind": "citizen"}, "channel": "window"}
    story.tell("applied", applied, data, delay=known - applied)
    decision = {"outcome": "granted", "officer": story.officer(), "document": "书", "decision_no": f"OF{number}"}
    told = story.tell("decided", decided, decision, is_day=is_day)
    told["recordedtime"] = text_of(last)
    if chance.happens(0.3):
        story.tell("delivered", decided + HOUR, {}, delay=known - decided + chance.choice((timedelta(0), 9 * HOUR)))
    if chance.happens(0.1):
        story.correct(told, last + DAY, data={"remark": "更正"})
    histories.events += story.events
    _tell_register(histories, chance, town, department, decided, number)


def _tell_register(
    histories: Histories, chance: Chance, town: Town, department: str, decided: datetime, number: int
) -> None:
    shown = f"OF{number}" if chance.happens(0.8) else f"NO{number}"
    named = department if chance.happens(0.7) else add_department(town, f"RG{number:04}")
    histories.aim("P14-register", f"OB-{number}")
    at = decided + chance.choice((*AROUND, HOUR, DAY, 9 * DAY))
    data = {"department": named, "decision_no": shown, "seen_in": "公示网", "seen_on": "2026-05-01"}
    name = f"OB-{number}"
    told = event("esup.register.observed", name, at, data, source="/observer", event_id=name)
    told["recordedtime"] = text_of(at + 12 * DAY)
    histories.events.append(told)


def tell_uploads(histories: Histories, chance: Chance, town: Town, number: int) -> None:
    """What a department's systems told of one day: about one in a hundred of it late, by about 24 hours."""
    region = chance.choice(("320900", "320902"))
    department = add_department(town, f"UP{number:03}", region)
    histories.aim("D01-department", department)
    total = chance.choice((99, 100, 100, 101, 5, 20))
    late = chance.choice((0, 1, 1, 2)) if total < 190 else 2
    day = start_of_day(any_start(chance), town.zone(department))
    for index in range(total):
        if index % 20 == 0:
            story = Story(chance, town, f"UP-{number:03}-{index // 20:02}", department, "X")
            story.source = f"/{department}/{chance.choice(UPLOADED)}"
            histories.aim("D01", story.case_no)
        at = day + chance.choice((timedelta(0), DAY - MICRO, chance.random() * (DAY - MICRO)))
        delay = DAY + chance.choice((timedelta(0), MICRO, HOUR)) if index < late else chance.choice((HOUR, DAY - MICRO))
        is_day = chance.happens(0.03)
        told = story.tell("other", at, {"what": "上传"}, delay=delay, is_day=is_day)
        if is_day:
            told["recordedtime"] = text_of(day + DAY + delay)
        if index % 20 == 19 or index == total - 1:
            if chance.happens(0.2):
                story.correct(told, moment(told["recordedtime"]) + 5 * DAY, data={"remark": "更正"})
            histories.events += story.events


def tell_impossible(histories: Histories, chance: Chance, town: Town, number: int) -> None:
    """Steps that end about their begin, and an application about the first fact of its case."""
    department = chance.choice(list(town.departments))
    story = Story(chance, town, f"TI-{number:04}", department, own_item(chance, town, department, f"TI-{number:04}"))
    histories.aim("D03", story.case_no)
    at = any_start(chance)
    applied = at + (chance.choice((*AROUND, -HOUR, HOUR)) if chance.happens(0.5) else -DAY)
    data = story.stated | {"applicant": {"kind": "citizen"}, "channel": "window"}
    story.tell("applied", applied, data, is_day=chance.happens(0.15))
    for name in ("a", "b"):
        refs: tuple[str | None, ...] = chance.choice(
            ((None,), (None,), ("r1", "r2"), ("r1",), (None, None), ("", "x"), ("only",))
        )
        for ref in refs:
            data = {"step": name, "post": "handler", "officer": story.officer("handler")}
            data |= {} if ref is None else {"ref": f"{name}{ref}" if ref else ""}
            bare = {key: value for key, value in data.items() if key != "ref"}
            started = bare if chance.happens(0.1) else data
            story.tell("step_started", at, started, is_day=chance.happens(0.08))
            data = bare if chance.happens(0.1) else data
            ended = at + chance.choice((*AROUND, HOUR, -HOUR, -DAY))
            story.tell("step_finished", ended, data, is_day=chance.happens(0.08))
            at += pause(chance) + MICRO
    histories.events += story.events


def tell_changed(histories: Histories, chance: Chance, town: Town, number: int) -> None:
    """A step's facts told again about the end of its limit, with the officer, the opinion or the time changed."""
    department = chance.choice(list(town.departments))
    hours = chance.choice((8, 24))
    flow = any_flow(chance, "line")
    flow[0]["limit"] = {"n": hours, "unit": "hour"}
    item = own_item(chance, town, department, f"DC-{number:04}", flow=flow)
    story = Story(chance, town, f"DC-{number:04}", department, item)
    histories.aim("D04", story.case_no)
    at = any_start(chance)
    story.tell("accepted", at, story.stated | {"officer": story.officer("window"), "document": "受理书"})
    data = {"step": "a", "post": flow[0]["post"], "officer": story.officer(flow[0]["post"]), "opinion": "同意"}
    begin = at + HOUR
    started = story.tell("step_started", begin, data, delay=HOUR)
    finished = story.tell("step_finished", begin + HOUR, data | {"action": "pass"}, delay=HOUR)
    limit = begin + hours * HOUR
    if chance.happens(0.4):
        limit = _tell_card(histories, story, begin, limit)
    for told in (started, finished):
        if chance.happens(0.6):
            _change(story, told, limit, is_start=told is started)
    histories.events += story.events


def _tell_card(histories: Histories, story: Story, begin: datetime, limit: datetime) -> datetime:
    """A card on the case before the step's limit, standing or ended again; the instant about which facts change."""
    chance, level = story.chance, story.chance.choice(("yellow", "red"))
    parts = ("C01", level, story.case_no, story.source, f"{story.case_no}-000", "1")
    card = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
    issued, ended = begin + 3 * HOUR, begin + 5 * HOUR
    about = {"case_no": story.case_no, "department": story.department, "level": level}
    occurrence = {"occurrence": {"source": story.source, "id": f"{story.case_no}-000"}, "issue_no": 1}
    named = {"rule": "content.acceptance-paper-missing", "code": "C01", "subject_kind": "case"}
    data = about | occurrence | named | {"subject_id": story.case_no, "on": "case", "opens_task": False}
    finding = hashlib.md5("\n".join(("content.acceptance-paper-missing", *parts[1:5])).encode(), usedforsecurity=False)
    data |= {
        "finding": finding.hexdigest(),
        "rule_version": 1,
        "triggers_at": text_of(begin),
        "title": {"zh": "卡", "en": "card"},
    }
    _say_of_card(histories, "issued", card, issued, data)
    kind = chance.choice((None, "withdrawn", "exempted", "rectified", "appealed"))
    if kind is not None:
        said: dict[str, Any] = {"reason": "误发", "ground": "3", "evidence": "公告", "officer": "s1", "card": card}
        _say_of_card(histories, kind, card, ended, about | said)
    return chance.choice((issued, ended, limit))


def _say_of_card(histories: Histories, kind: str, card: str, at: datetime, data: dict[str, Any]) -> None:
    name = f"{kind}/{card}"
    histories.events.append(event(f"esup.card.{kind}", card, at, data, source="/esup/monitor", event_id=name))


def _change(story: Story, told: dict[str, Any], limit: datetime, *, is_start: bool) -> None:
    chance = story.chance
    recorded = limit + chance.choice((*AROUND, -3 * HOUR, 3 * HOUR, 9 * DAY))
    versions = chance.choice(((2,), (2,), (2, 3), (3, 2)))
    for number, version in enumerate(versions):
        data: dict[str, Any] = chance.choice(
            ({"remark": "x"}, {"officer": f"{story.department}-o2"}, {"opinion": "不同意"}, {"opinion": None}, {})
        )
        changes: dict[str, Any] = {"data": data}
        if not is_start and chance.happens(0.3):
            changes["at"] = moment(told["time"]) + chance.choice((MICRO, HOUR))
        story.correct(told, recorded + number * HOUR, version=version, **changes)


def tell_returns(histories: Histories, chance: Chance, town: Town, number: int) -> None:
    """A step that returns the case once, twice, three or four times, by ref or without, and another that does too."""
    department = chance.choice(list(town.departments))
    flow = any_flow(chance, "cycle")
    item = own_item(chance, town, department, f"RT-{number:04}", flow=flow)
    story = Story(chance, town, f"RT-{number:04}", department, item)
    histories.aim("P07", story.case_no)
    at = any_start(chance)
    story.tell("accepted", at, story.stated | {"officer": story.officer("window"), "document": "书"})
    for index in range(chance.choice((1, 2, 2, 3, 3, 4))):
        for step in ("b", "c"):
            at += pause(chance)
            action = chance.choices(("return", "pass", "other"), weights=(8, 2, 1))[0] if step == "c" else "pass"
            data = {"step": step, "post": "handler", "officer": story.officer("handler"), "action": action}
            told = story.tell("step_finished", at, data | ({"ref": f"{step}{index}"} if chance.happens(0.5) else {}))
            if step == "c" and chance.happens(0.08):
                story.correct(told, at + 20 * DAY, data={"action": chance.choice(("pass", "return"))})
    histories.events += story.events


def tell_officers(histories: Histories, chance: Chance, town: Town, number: int) -> None:
    """An officer who is assigned, moved, closed or opened again about the moment at which he acts."""
    department = chance.choice(list(town.departments))
    flow = any_flow(chance, "line")
    item = own_item(chance, town, department, f"OA-{number:04}", flow=flow)
    story = Story(chance, town, f"OA-{number:04}", department, item)
    histories.aim("P09", story.case_no)
    at = any_start(chance)
    officer = f"act{number}"
    post = chance.choice((flow[1]["post"], flow[1]["post"], chance.choice(POSTS)))
    story.tell("accepted", at, story.stated | {"officer": story.officer("window"), "document": "书"})
    acted = at + 5 * HOUR
    for moved in [acted - 9 * HOUR] * chance.happens(0.7) + [acted + chance.choice((*AROUND, HOUR, -HOUR))]:
        local = text_of(moved, story.zone)
        if chance.happens(0.3):
            disable(town, officer, local)
        else:
            where = department if chance.happens(0.8) else chance.choice(list(town.departments))
            assign(town, officer, where, chance.choice(([post], ["window", post], [])), local)
    data = {"step": "b", "post": post, "officer": officer, "action": "pass"}
    kind = chance.choice(("step_started", "step_finished", "evidence_preserved", "accepted"))
    data = data if kind.startswith("step") else {"officer": officer}
    if kind == "accepted":
        data = story.stated | {"officer": officer, "post": post, "document": "书"}
    story.tell(kind, acted, data, is_day=chance.happens(0.1))
    histories.events += story.events
