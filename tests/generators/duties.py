"""Cases whose law has clocks of its own: permits granted, penalties, measures, requests for information."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.generators.almanac import Almanac, about_breach, limit_of
from tests.generators.randomness import DAY, Chance, day_of, event, moment, start_of_day, text_of
from tests.generators.story import BLANKS, HOUR, MICRO, Histories, Story, any_start, blank_or, set_or_leave
from tests.generators.town import SUSPENSION_KINDS, Town, make_town, publish

REGIONS = {
    "320900": {"zone": "Asia/Shanghai", "calendar": "cn", "supervisor": "320900-D0"},
    "320901": {"zone": "Asia/Shanghai", "calendar": "cn", "supervisor": "320900-D1"},
    "320902": {"zone": "Europe/Amsterdam", "calendar": "cn", "supervisor": "320902-D2"},
    "321300": {"zone": "Asia/Shanghai", "calendar": "cn", "supervisor": "321300-D0", "profile": "suqian"},
}
WORK, DAYS = "work_day", "calendar_day"
PERMIT_LIMITS = (
    {"promised": {"n": 5, "unit": WORK}, "statutory": {"n": 10, "unit": WORK}},
    {"promised": {"n": 15, "unit": WORK}, "statutory": {"n": 20, "unit": WORK}},
    {"promised": {"n": 10, "unit": DAYS}, "statutory": {"n": 30, "unit": DAYS}},
    {"statutory": {"n": 1, "unit": "calendar_month"}},
    {"promised": {"n": 3, "unit": WORK}},
    {"promised": {"n": 48, "unit": "hour"}, "statutory": {"n": 96, "unit": "hour"}},
)
EXTENSIONS: dict[str, tuple[int, ...]] = {"penalty": (30, 60), "compulsion": (20, 30, 45), "other": (15, 20, 30)}
UNIT_OF = {"penalty": DAYS, "compulsion": DAYS, "other": WORK}


def make_duty_town(chance: Chance) -> Town:
    """Regions with supervisors and a profile, officers, and items of every class that owes something."""
    town = make_town(chance, REGIONS)
    for officer, department in [("bureau-o1", "320900-D0"), *((f"{one}-o1", one) for one in town.departments)]:
        data = {"officer": officer, "department": department, "posts": ["chief"]}
        at = start_of_day(any_start(chance), "UTC").replace(year=2025)
        told = event("esup.org.officer_assigned", officer, at, data, source="/org", event_id=f"{officer}@1")
        town.events.append(told)
    for department in town.departments:
        for number in range(6):
            _publish(chance, town, department, f"L{number}", "licence", "committed", chance.choice(PERMIT_LIMITS))
        for number, promised in enumerate(({"n": 0, "unit": WORK}, {"n": 0, "unit": WORK}, {"n": 1, "unit": WORK})):
            _publish(chance, town, department, f"I{number}", "licence", "immediate", {"promised": promised})
        for item_class in ("penalty", "compulsion", "other"):
            for number in range(4):
                _publish(chance, town, department, f"{item_class[0].upper()}{number}", item_class, "other", {})
    return town


def _publish(
    chance: Chance, town: Town, department: str, name: str, item_class: str, kind: str, limits: dict[str, Any]
) -> None:
    statutory = limits.get("statutory")
    unit = statutory["unit"] if statutory else UNIT_OF.get(item_class, WORK)
    largest = chance.choice(EXTENSIONS.get(item_class, (3, 5, 10)))
    item: dict[str, Any] = {
        "code": f"{department}-{name}",
        "version": 1,
        "class": item_class,
        "kind": kind,
        "name": f"事项{name}",
        "department": department,
        "effective_from": "2025-01-01",
        "basis": ["行政许可法"],
        "flow": [{"step": "review", "name": "审查", "post": "handler", "next": [], "limit": {"n": 3, "unit": WORK}}],
        "materials": [],
        "fees": [],
        "suspensions_allowed": chance.sample(SUSPENSION_KINDS, 7),
        **limits,
    }
    if item_class != "licence":
        item["suspensions_allowed"] += ["test", "third_party"] if chance.happens(0.75) else []
    if chance.happens(0.85):
        item["extension"] = {"max": {"n": largest, "unit": unit}, "approver_role": "head"}
        if chance.happens(0.2):
            item["extension"]["moves"] = "statutory"
    publish(town, item)


class DutyStory(Story):
    """A case of an item whose limits the story knows, so that its acts lie about their ends."""

    def __init__(self, histories: Histories, chance: Chance, almanac: Almanac, case_no: str, *letters: str) -> None:
        department = chance.choice(list(almanac.town.departments))
        item = f"{department}-{chance.choice(letters)}"
        super().__init__(chance, almanac.town, case_no, department, item)
        self.histories, self.almanac = histories, almanac
        self.version = almanac.town.items[item][0]

    def aim(self, codes: str) -> None:
        """Remember for which rules the case was made."""
        self.histories.aim(codes, self.case_no)

    def breach(self, opened: datetime, n: int, unit: str = WORK, **more: Any) -> datetime:
        """The end of a limit that opened at a moment."""
        return self.almanac.breach(self.department, opened, limit_of(n, unit, **more))

    def act(self, kind: str, opened: datetime, breach: datetime, data: dict[str, Any] | None = None) -> datetime:
        """Something done about the end of its limit, sometimes told weeks late; the moment as it is told."""
        at, is_day = about_breach(self.chance, breach, self.zone, opened)
        delay = timedelta(days=self.chance.randrange(1, 60)) if self.chance.happens(0.12) else None
        return moment(self.tell(kind, at, data, is_day=is_day, delay=delay)["time"])


# Permits: T08, T11, T12, T14, T15, O01.


def tell_permit_duties(histories: Histories, chance: Chance, almanac: Almanac, number: int) -> None:
    """A permit: accepted or deemed so, suspended, extended, decided, delivered and published about each edge."""
    letters = ("I0", "I1", "I2") if chance.happens(0.25) else tuple(f"L{one}" for one in range(6))
    story = DutyStory(histories, chance, almanac, f"XK-{number:05}", *letters)
    accepted = _tell_acceptance(story)
    if story.version["kind"] == "immediate":
        story.aim("T08")
    limit = story.version.get("statutory") or story.version["promised"]
    promised = story.version.get("promised") or limit
    if chance.happens(0.45):
        edges = [story.breach(accepted, one["n"], one["unit"]) for one in (promised, limit)]
        _tell_suspensions(story, accepted, edges)
    if chance.happens(0.2):
        _tell_review(story, accepted)
    breach = story.breach(accepted, limit["n"], limit["unit"])
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        tell_extension(story, accepted, breach, chance.choice(("case", None)), limit["unit"])
    _tell_end(story, accepted, breach, "granted", (10, 15))
    histories.events += story.events


def _tell_acceptance(story: DutyStory) -> datetime:
    """The application, and an acceptance soon after it, or none."""
    chance, received = story.chance, any_start(story.chance)
    data = {"applicant": {"kind": "citizen"}, "channel": "window", "materials": ["M1"]}
    story.tell("applied", received, story.stated | data)
    if chance.happens(0.1):
        return received
    accepted = received + timedelta(days=chance.randrange(0, 3), seconds=chance.randrange(1, 9999))
    is_day = chance.happens(0.1) and start_of_day(accepted, story.zone) > received
    told = story.tell("accepted", accepted, story.stated | {"officer": "u1", "document": "书"}, is_day=is_day)
    return moment(told["time"])


def _tell_review(story: DutyStory, accepted: datetime) -> None:
    """A step, perhaps lengthened, finished about its third day."""
    started = {"step": "review", "post": "handler", "officer": "u2"}
    story.tell("step_started", accepted + MICRO, started)
    breach = story.breach(accepted + MICRO, 3)
    for _ in range(story.chance.choice((0, 1, 2))):
        tell_extension(story, accepted + HOUR, breach, "review", WORK)
    if story.chance.happens(0.5):
        story.act("step_finished", accepted + HOUR, breach, started | {"action": "pass"})


def _tell_end(story: DutyStory, opened: datetime, breach: datetime, outcome: str, delivery: tuple[int, int]) -> None:
    """The decision about its limit, then the delivery and the publication about theirs."""
    chance = story.chance
    if chance.happens(0.05):
        story.act("withdrawn", opened, breach)
    if chance.happens(0.2):
        return
    if chance.happens(0.2):
        outcome = chance.choice(("refused", "not_penalised", "transferred", "other"))
    decided = story.act("decided", opened, breach, {"outcome": outcome, "officer": "u9", "decision_no": "1"})
    if chance.happens(0.06):
        story.correct(story.events[-1], decided + 40 * DAY, data={"outcome": chance.choice((outcome, "other"))})
    story.aim("T15-yellow T15-red O01")
    if chance.happens(0.8):
        late = story.breach(decided, chance.choice(delivery))
        story.act("delivered", decided, late, {"document": "送达回证"})
    published = story.breach(decided, 7)
    for _ in range(chance.choice((0, 1, 1, 2))):
        story.act("published", decided, published, {"channel": "credit"})
    if chance.happens(0.3):
        result = chance.choice(("revoked", "revoked", "changed", "unlawful"))
        story.act("overturned", decided, published, {"by": "litigation", "result": result})
    if chance.happens(0.2):
        story.tell("closed", decided + HOUR)


# Suspensions and extensions of every kind.


def _tell_suspensions(story: DutyStory, opened: datetime, edges: list[datetime]) -> None:
    """One or more suspensions: allowed or not, told or not, soon or about the promise, ended about the planned day."""
    chance = story.chance
    story.aim("T12")
    for number in range(chance.choice((1, 1, 2))):
        if chance.happens(0.35):
            started, is_day = about_breach(chance, chance.choice(edges), story.zone, opened)
        else:
            started, is_day = chance.after(opened, chance.choice((0.5, 3, 20))), False
        _tell_suspension(story, started, is_day, chance.choice(SUSPENSION_KINDS), f"S{number}")


def _tell_suspension(story: DutyStory, started: datetime, is_day: bool, kind: str, ref: str) -> None:
    chance = story.chance
    data: dict[str, Any] = {"kind": kind, "basis": "行政许可法 第四十五条", "approver": "u3"}
    data = set_or_leave(data, "ref", chance.choice((ref, ref, None)) if ref == "S0" else ref)
    data = set_or_leave(data, "told_applicant_at", blank_or(chance, 0.15, text_of(started)))
    if chance.happens(0.75):
        planned = day_of(started + timedelta(days=chance.randrange(0, 20)), story.zone)
        data["planned_end"] = planned.isoformat()
        story.aim("T14-yellow T14-red")
    told = story.tell("suspension_started", started, data, is_day=is_day)
    started = moment(told["time"])
    if chance.happens(0.06):
        words = chance.choice(
            ({"told_applicant_at": None}, {"told_applicant_at": text_of(started)}, {"kind": "hearing"})
        )
        story.correct(told, started + 20 * DAY, data=words)
    if chance.happens(0.75):
        end = started + chance.choice((HOUR, DAY, 5 * DAY, 30 * DAY))
        if "planned_end" in data:
            last = start_of_day(moment(f"{data['planned_end']}T12:00:00+00:00"), story.zone)
            end = chance.choice((last + DAY, last + DAY, story.breach(last, 1)))
        story.act("suspension_ended", started, end, {"ref": data.get("ref", kind)})


def tell_extension(story: DutyStory, opened: datetime, breach: datetime, of: str | None, unit: str) -> None:
    """An extension, lawful or lacking one thing, made about the end of what it lengthens."""
    chance = story.chance
    story.aim("T11")
    largest = story.version.get("extension", {"max": {"n": 5}})["max"]["n"]
    data: dict[str, Any] = {"n": chance.choice((1, 3, largest, largest, largest + 1)), "unit": unit, "approver": "u5"}
    data |= {"approver_role": "head", "reason": "案情复杂", "told_applicant_at": text_of(opened)}
    if chance.happens(0.3):
        name = chance.choice(("approver_role", "reason", "told_applicant_at", "unit"))
        data[name] = {"approver_role": "clerk", "unit": WORK if unit != WORK else DAYS}.get(name, chance.choice(BLANKS))
    data = {name: value for name, value in data.items() if value is not None}
    told_of = set_or_leave(data, "of", of)
    story.act("extended", opened, breach, told_of)
    if chance.happens(0.06):
        words = chance.choice(({"reason": None}, {"reason": "疑难"}, {"n": 1}, {"told_applicant_at": text_of(opened)}))
        story.correct(story.events[-1], opened + 70 * DAY, data=words)


# Penalties: T18, T15, O01, T11.


def tell_penalty_duties(histories: Histories, chance: Chance, almanac: Almanac, number: int) -> None:
    """A penalty: ninety days from its filing, longer by an extension, decided about the end."""
    story = DutyStory(histories, chance, almanac, f"CF-{number:05}", *(f"P{one}" for one in range(4)))
    story.aim("T18-prompt T18-red")
    filed = any_start(chance) - 60 * DAY
    told = story.tell("filed", filed, story.stated | {"officer": "u1"}, is_day=chance.happens(0.15))
    filed = moment(told["time"])
    breach = story.breach(filed, 90, DAYS)
    for _ in range(chance.choice((0, 0, 1, 2))):
        tell_extension(story, filed, breach, chance.choice(("case", None)), DAYS)
    if chance.happens(0.15):
        _tell_suspensions(story, filed, [breach])
    n = chance.choice((90, 90, 90 + story.version.get("extension", {"max": {"n": 0}})["max"]["n"]))
    _tell_end(story, filed, story.breach(filed, n, DAYS), "penalised", (7, 12))
    histories.events += story.events


# Measures: T20, T11.


def tell_measures(histories: Histories, chance: Chance, almanac: Almanac, number: int) -> None:
    """Things sealed, seized or frozen: thirty days each, longer by an extension or a test, lifted about the end."""
    story = DutyStory(histories, chance, almanac, f"QZ-{number:05}", *(f"C{one}" for one in range(4)))
    story.aim("T20-prompt T20-red")
    at = any_start(chance)
    for count in range(chance.choice((1, 1, 2, 3))):
        _tell_measure(story, at, count)
        at += chance.choice((MICRO, DAY, 3 * DAY))
    if chance.happens(0.3):
        for one in range(chance.choice((1, 2))):
            kind = chance.choice(("test", "test", "test", "appraisal"))
            _tell_suspension(story, chance.after(at, 40), chance.happens(0.1), kind, f"S{one}")
    if chance.happens(0.2):
        story.act("decided", at, story.breach(at, 30, DAYS, rolls=False), {"outcome": "other", "officer": "u9"})
    histories.events += story.events


def _tell_measure(story: DutyStory, at: datetime, count: int) -> None:
    chance = story.chance
    measure = chance.choices(("seal", "seize", "freeze", "enforce"), weights=(4, 4, 4, 1))[0]
    ref = chance.choice((f"{measure}-{count}", f"{measure}-{count}", None))
    data = story.stated | {"measure": measure, "officer": "u4"}
    told = story.tell("measure_taken", at, set_or_leave(data, "ref", ref), is_day=chance.happens(0.1))
    at, name = moment(told["time"]), ref or measure
    n = 30
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        of = name if chance.happens(0.9) else "other"
        tell_extension(story, at, story.breach(at, 30, DAYS, rolls=False), of, DAYS)
        n += chance.choice((0, story.events[-1]["data"]["n"]))
    if chance.happens(0.75):
        lifted = story.act("measure_lifted", at, story.breach(at, n, DAYS, rolls=False), {"ref": name})
        if chance.happens(0.1):
            story.tell("measure_taken", lifted + HOUR, set_or_leave(data, "ref", ref))


# Requests for information: T23, T11, T12.


def tell_request(histories: Histories, chance: Chance, almanac: Almanac, number: int) -> None:
    """A request: received by any way, confirmed or not, corrected, lengthened, paused for a third party, answered."""
    story = DutyStory(histories, chance, almanac, f"GK-{number:05}", *(f"O{one}" for one in range(4)))
    story.aim("T23-prompt T23-red")
    at = any_start(chance)
    data = story.stated | {"received_by": chance.choice(("window", "post", "plain_post", "online"))}
    received = at
    if data["received_by"] in ("plain_post", "online") or chance.happens(0.1):
        confirmed = start_of_day(at, story.zone) + timedelta(days=chance.randrange(0, 6))
        if chance.happens(0.85):
            data["confirmed_on"] = day_of(confirmed, story.zone).isoformat()
        received = confirmed if data["received_by"] in ("plain_post", "online") else at
    told = story.tell("disclosure_requested", at, data, is_day=chance.happens(0.1))
    if chance.happens(0.08):
        moved = day_of(received + 2 * DAY, story.zone).isoformat()
        story.correct(told, at + 20 * DAY, data={"confirmed_on": chance.choice((None, moved))})
    _tell_answer(story, max(received, moment(told["time"])), "confirmed_on" in data or received == at)
    histories.events += story.events


def _tell_answer(story: DutyStory, received: datetime, is_received: bool) -> None:
    chance, opened = story.chance, received
    for _ in range(chance.choice((0, 0, 1, 1, 2)) if is_received else 0):
        story.aim("T23-yellow")
        noticed = story.act(
            "correction_noticed", opened, story.breach(received, 7), {"items": ["M1"], "document": "书"}
        )
        if chance.happens(0.6):
            end = chance.choice((noticed + 3 * DAY, story.breach(opened, 20)))
            opened = story.act("correction_received", max(noticed, received + DAY), end, {"items": ["M1"]})
    breach = story.breach(opened, 20)
    if chance.happens(0.35):
        kind = chance.choice(("third_party", "third_party", "third_party", "hearing"))
        _tell_suspension(story, chance.after(opened, 25), chance.happens(0.1), kind, "S1")
    n = 20
    for _ in range(chance.choice((0, 0, 1, 2))):
        tell_extension(story, opened, breach, chance.choice(("case", None)), WORK)
        n += chance.choice((0, story.events[-1]["data"]["n"]))
    if chance.happens(0.75):
        story.act("decided", opened, story.breach(opened, n), {"outcome": "other", "officer": "u9"})
