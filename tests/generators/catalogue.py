"""The catalogue at its edges: sums about the promise, promises about the law, codes that come back, guides that err."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from typing import Any

from tests.generators.powers import any_flow, any_item, day_after
from tests.generators.randomness import DAY, Chance, day_of, event, moment, start_of_day, text_of
from tests.generators.story import AROUND, HOUR, MICRO, Histories, Story, any_start, pause
from tests.generators.town import Town

PROMISES: tuple[dict[str, Any], ...] = (
    {"n": 5, "unit": "work_day"},
    {"n": 7, "unit": "calendar_day"},
    {"n": 8, "unit": "work_day"},
    {"n": 48, "unit": "hour"},
    {"n": 168, "unit": "hour"},
    {"n": 14, "unit": "calendar_day"},
    {"n": 10, "unit": "work_day"},
    {"n": 1, "unit": "calendar_month"},
    {"n": 30, "unit": "calendar_day"},
    {"n": 21, "unit": "calendar_day"},
    {"n": 15, "unit": "work_day"},
    {"n": 365, "unit": "calendar_day"},
    {"n": 1, "unit": "calendar_year"},
    {"n": 20, "unit": "work_day"},
    {"n": 28, "unit": "calendar_day"},
    {"n": 0, "unit": "work_day"},
)
LENGTHS = {"hour": 1 / 24, "calendar_day": 1, "calendar_month": 30, "work_day": 7 / 5}
BEFORE_ALL = moment("2025-06-01T00:00:00+08:00")


def tell_power(histories: Histories, chance: Chance, town: Town, number: int) -> None:
    """One code: a version, perhaps more, guides about them, perhaps its end and its coming back."""
    code = f"K{number:04}"
    department = chance.choice(list(town.departments))
    histories.aim("K02 K03 K04 O04", code)
    at = any_start(chance)
    item = any_entry(chance, code, 1, department, day_of(at, "Asia/Shanghai").isoformat())
    _publish(histories, item, at)
    for _ in range(chance.choice((0, 1, 1, 2))):
        _tell_guide(histories, chance, item, at)
    if chance.happens(0.3):
        later = any_entry(chance, code, 2, department, day_after(item["effective_from"], 30))
        _publish(histories, later, at + 25 * DAY)
        if chance.happens(0.2):
            _correct_entry(histories, chance)
    if chance.happens(0.3):
        _tell_end(histories, chance, item, at + 60 * DAY)


def any_entry(chance: Chance, code: str, version: int, department: str, effective_from: str) -> dict[str, Any]:
    """A version whose sums lie about its promise, and its promise about the law's limit."""
    item = any_item(chance, code, version, department, effective_from)
    promised = chance.choice((*PROMISES, None))
    item["promised"], item["statutory"] = promised, chance.choice((*PROMISES, None))
    if chance.happens(0.3):
        item["statutory"] = promised
    if promised and promised["unit"] in LENGTHS and chance.happens(0.6):
        _fill_flow(chance, item, promised)
    if chance.happens(0.1):
        item["flow"] = [step | {"next": [*step["next"], "a"]} for step in item["flow"]]
    return {name: value for name, value in item.items() if value is not None}


def _fill_flow(chance: Chance, item: dict[str, Any], promised: dict[str, Any]) -> None:
    """Limits in another unit whose sum is the promise, or one unit more."""
    unit = chance.choice(("hour", "calendar_day", "work_day", promised["unit"]))
    total = round(promised["n"] * LENGTHS[promised["unit"]] / LENGTHS[unit]) + chance.choice((0, 0, 1, -1))
    item["flow"] = flow = any_flow(chance, chance.choice(("line", "optional", "branch", "cycle", "loop", "single")))
    longest = [step for step in flow if len(flow) < 4 or step["step"] != "b" or flow[0]["next"] == ["b"]]
    for step in flow:
        step.pop("limit", None)
    for step in longest[1:]:
        if total > 1 and chance.happens(0.7):
            part = chance.randrange(0, total)
            step["limit"] = {"n": part, "unit": unit}
            total -= part
    if total > 0:
        longest[0]["limit"] = {"n": total, "unit": unit}


def _publish(histories: Histories, item: dict[str, Any], at: datetime) -> None:
    name = f"{item['code']}@{item['version']}@{len(histories.events)}"
    histories.events.append(event("esup.item.published", item["code"], at, item, source="/catalogue", event_id=name))


def _correct_entry(histories: Histories, chance: Chance) -> None:
    told = histories.events[-1]
    data = {**told["data"], "promised": chance.choice(PROMISES)}
    recorded = text_of(moment(told["time"]) + 9 * DAY)
    histories.events.append({**told, "dataversion": 2, "recordedtime": recorded, "data": data})


def _tell_guide(histories: Histories, chance: Chance, item: dict[str, Any], published: datetime) -> None:
    """A guide that tells what the version says, or not all of it, or something else."""
    version = item["version"] if chance.happens(0.93) else 7
    data = {"code": item["code"], "version": version, "channel": "政务服务网", "values": guide_values(chance, item)}
    if chance.happens(0.1):
        data["version"] = str(version)
    at = published + chance.choice((*AROUND, HOUR, DAY, -DAY))
    name = f"guide {item['code']} {len(histories.events)}"
    histories.events.append(event("esup.item.guide_published", item["code"], at, data, source="/guides", event_id=name))


def guide_values(chance: Chance, item: dict[str, Any]) -> dict[str, Any]:
    """The values of a version, and half the time one thing in them changed."""
    values: dict[str, Any] = {"phone": "0515-88888888", "place": "一号窗口"}
    for name in ("promised", "statutory", "fees", "materials"):
        values[name] = copy.deepcopy(item.get(name, {"n": 20, "unit": "work_day"} if chance.happens(0.3) else None))
    change = chance.choice(("none", "leave", "blank", "limit", "same limit", "fee", "same fee", "material", "order"))
    name = chance.choice(("promised", "statutory", "fees", "materials", "phone", "place"))
    if change == "leave":
        values.pop(name)
    elif change == "blank":
        values[name] = chance.choice((None, "", "\u3000", [])) if name in ("fees", "materials") else ""
    elif change == "limit" and values["promised"]:
        values["promised"] = values["promised"] | chance.choice(({"n": 3}, {"unit": "hour"}))
    elif change == "same limit" and values["promised"]:
        values["promised"] = values["promised"] | {"rolls": False, "prompt": 1}
    elif change.endswith("fee") and values["fees"]:
        _change_fee(chance, values["fees"][0], is_same=change == "same fee")
    elif change == "material":
        values["materials"] = [*values["materials"], {"code": "M8", "name": "另加", "required": False}][-4:]
    elif change == "order":
        values["materials"] = [one | {"name": "别名"} for one in reversed(values["materials"])]
        values["fees"].reverse()
    return values


def _change_fee(chance: Chance, fee: dict[str, Any], *, is_same: bool) -> None:
    if is_same:
        fee["standard"] = fee["standard"].rstrip("0").rstrip(".") if "." in fee["standard"] else fee["standard"] + ".0"
        fee["standard"] = fee["standard"] or "0"
        fee["fixed"] = not fee["fixed"]
    else:
        fee[chance.choice(("fee", "standard"))] = "77"


def _tell_end(histories: Histories, chance: Chance, item: dict[str, Any], at: datetime) -> None:
    """The code is cancelled, or only suspended, and perhaps published again about that."""
    kind = chance.choice(("cancelled", "cancelled", "cancelled", "suspended"))
    day = day_after(day_of(at, "Asia/Shanghai").isoformat(), chance.choice((0, 0, 5)))
    data = {"code": item["code"], "reason": "职能调整", "effective_from": day}
    source, name = chance.choice(("/catalogue", "/z", "/a")), f"{kind} {item['code']}"
    histories.events.append(event(f"esup.item.{kind}", item["code"], at, data, source=source, event_id=name))
    for version in (8, 9)[: chance.randrange(0, 3)]:
        again = item | {"version": version, "name": "换名", "effective_from": day_after(day, chance.choice((-1, 0, 1)))}
        _publish(histories, again, at + chance.choice((*AROUND, DAY, -DAY)))


def tell_stopped(histories: Histories, chance: Chance, town: Town, number: int) -> None:
    """A case accepted, deemed so or filed about the day on which its power begins, is stopped or goes on."""
    code, case_no = f"X{number:04}", f"ST-{number:04}"
    department = chance.choice(list(town.departments))
    story = Story(chance, town, case_no, department, code)
    histories.aim("K01", case_no)
    at, kind = any_start(chance), chance.choice(("accepted", "accepted", "filed", "both", "deemed", "none"))
    day = day_of(at, story.zone).isoformat()
    item = any_item(chance, code, 1, department, "2025-06-01") | {"class": chance.choice(("licence", "penalty"))}
    published = BEFORE_ALL
    if chance.happens(0.5):
        item["effective_from"] = day_after(day, chance.choice((-1, 0, 0, 0, 1)))
        # Whether an answer is owed at all is a question to the version of that moment: so there it is known.
        published = at + chance.choice((-MICRO, timedelta(0)) if kind == "deemed" else (*AROUND, -9 * DAY, HOUR))
    if chance.happens(0.95):
        _publish(histories, item, published)
    _tell_stop(histories, chance, item, start_of_day(at, story.zone), day)
    _tell_beginning(story, at, kind)
    histories.events += story.events


def _tell_stop(histories: Histories, chance: Chance, item: dict[str, Any], midnight: datetime, day: str) -> None:
    kind = chance.choices((None, "suspended", "cancelled"), weights=(3, 4, 2))[0]
    if kind is None:
        return
    stops = day_after(day, chance.choice((-3, -1, 0, 0, 1)))
    data = {"code": item["code"], "reason": "暂停", "effective_from": stops}
    at = midnight - 10 * DAY
    name = f"{kind} {item['code']}"
    histories.events.append(event(f"esup.item.{kind}", item["code"], at, data, source="/catalogue", event_id=name))
    if chance.happens(0.6):
        version = item | {"version": 2, "effective_from": day_after(stops, chance.choice((-1, 0, 0, 1, 2)))}
        _publish(histories, version, at + chance.choice((-DAY, HOUR, DAY)))


def _tell_beginning(story: Story, at: datetime, kind: str) -> None:
    """Accepted, filed, both, or deemed accepted."""
    chance = story.chance
    application = story.stated | {"applicant": {"kind": "citizen"}, "channel": "window"}
    if kind == "deemed":
        story.tell("applied", at, application | {"materials": ["M1"]})
        if chance.happens(0.4):
            accepted = story.stated | {"officer": story.officer("window"), "document": "书"}
            story.tell("accepted", at + timedelta(days=chance.randrange(8, 20)), accepted)
        return
    story.tell("applied", at - pause(chance) - MICRO, application)
    officer = {"officer": story.officer("window")}
    if kind in ("filed", "both"):
        story.tell("filed", at if kind == "filed" else at - 2 * DAY, story.stated | officer)
    if kind in ("accepted", "both"):
        story.tell("accepted", at, story.stated | officer | {"document": "书"}, is_day=chance.happens(0.1))
