"""Case histories at the sharp edges of procedure, papers, fees, discretion and risk: permits and penalties."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from tests.generators.powers import version_on
from tests.generators.randomness import DAY, Chance, day_of, moment, start_of_day
from tests.generators.story import (
    AROUND,
    BLANKS,
    HOUR,
    MICRO,
    POSTS,
    Histories,
    Story,
    any_start,
    blank_or,
    pause,
    set_or_leave,
)
from tests.generators.town import Town

REASONS = (
    "不符合第五条第二项规定",
    "九个字的理由不够长",
    "　九个字的理由不够长　",
    "𠀀𠀁𠀂𠀃𠀄𠀅𠀆𠀇𠀈",
    "材料不全",
    "申请材料不符合法定形式",
)
ALL_MATERIALS = ("M1", "M2", "M3", "M4", "M9")
ACTIONS = ("pass", "return", "veto", "other", None)


def tell_permit(histories: Histories, chance: Chance, town: Town, case_no: str) -> None:
    """An application, from its papers to its decision."""
    item = chance.choice([code for code, versions in town.items.items() if versions[0]["class"] != "penalty"])
    story = Story(chance, town, case_no, town.items[item][0]["department"], item)
    received = _tell_application(story, any_start(chance))
    received = _tell_notices(histories, story, received)
    accepted = _tell_answer(histories, story, received)
    if accepted is not None:
        version = version_on(town, item, day_of(accepted, story.zone))
        _tell_edges(histories, story, received, accepted, version)
        _tell_handling(histories, story, accepted + pause(chance), version)
    _correct_some(story)
    histories.events += story.events


def _tell_application(story: Story, at: datetime) -> datetime:
    """The application, with its papers or with papers that follow."""
    chance = story.chance
    handed_in = [code for code in ALL_MATERIALS if chance.happens(0.7)]
    data: dict[str, Any] = story.stated | {"applicant": {"kind": "citizen"}, "channel": "window"}
    if chance.happens(0.6):
        story.tell("applied", at, data | {"materials": handed_in})
        return at
    story.tell("applied", at, data | ({"materials": []} if chance.happens(0.3) else {}))
    at += pause(chance)
    story.tell("materials_received", at, {"materials": handed_in})
    if chance.happens(0.15):
        story.tell("materials_received", at + pause(chance), {"materials": [chance.choice(ALL_MATERIALS)]})
    return at


def _tell_notices(histories: Histories, story: Story, received: datetime) -> datetime:
    """Notices to correct before the acceptance: one says all, or a second asks for what the first could have named."""
    chance, at = story.chance, received
    count = chance.choices((0, 1, 2, 3), weights=(11, 3, 4, 2))[0]
    for number in range(count):
        at += pause(chance)
        items = chance.sample(ALL_MATERIALS, chance.randrange(1, 4))
        document = blank_or(chance, 0.15, "补正通知书")
        story.tell("correction_noticed", at, set_or_leave({"items": items}, "document", document))
        if chance.happens(0.6):
            at += pause(chance)
            story.tell("correction_received", at, {"items": items[: chance.randrange(1, 4)]})
        if number:
            histories.aim("P05", story.case_no)
    return at


def _tell_answer(histories: Histories, story: Story, received: datetime) -> datetime | None:
    """Accepted at once, late, never, or refused; the moment from which the case is handled."""
    chance = story.chance
    histories.aim("C01", story.case_no)
    outcome = chance.choices(("prompt", "late", "none", "refused"), weights=(70, 12, 10, 8))[0]
    document = blank_or(chance, 0.12, "通知书")
    if outcome == "refused":
        histories.aim("P08", story.case_no)
        reason = blank_or(chance, 0.1, chance.choice(REASONS))
        data = set_or_leave({"officer": story.officer("window")}, "reason", reason)
        story.tell("acceptance_refused", received + pause(chance), set_or_leave(data, "document", document))
        return None
    if outcome == "none":
        return received + timedelta(days=chance.randrange(0, 12))
    at = received + pause(chance) + timedelta(days=chance.randrange(8, 15)) * (outcome == "late")
    data = set_or_leave(story.stated | {"officer": story.officer("window")}, "document", document)
    data = set_or_leave(data, "post", chance.choice((None, None, "window", "chief", "")))
    is_day = chance.happens(0.08) and start_of_day(at, story.zone) > received
    story.tell("accepted", at, data, is_day=is_day)
    return start_of_day(at, story.zone) if is_day else at


def _tell_edges(
    histories: Histories, story: Story, received: datetime, accepted: datetime, version: dict[str, Any]
) -> None:
    """What comes about the instant of the acceptance or of the deeming: an act too early, a notice too late."""
    chance = story.chance
    if chance.happens(0.3):
        histories.aim("P01", story.case_no)
        at, is_day = _about(chance, accepted), chance.happens(0.15)
        steps = [step["step"] for step in version["flow"]] or ["a"]
        data = {"step": chance.choice(steps), "post": chance.choice(POSTS), "officer": story.officer()}
        if chance.happens(0.8):
            # A finish known to the day would leave the order of the steps of that day open.
            kind = "step_started" if is_day else chance.choice(("step_started", "step_finished"))
            story.tell(kind, at, data | {"ref": f"early{len(story.events)}"}, is_day=is_day)
        else:
            story.tell("decided", at, _decision(story, "granted"), is_day=is_day)
    if chance.happens(0.3):
        histories.aim("P06", story.case_no)
        at = _about(chance, accepted)
        if chance.happens(0.4):
            at = start_of_day(received, story.zone) + timedelta(days=chance.randrange(5, 11)) + chance.choice(AROUND)
        data = {"items": [chance.choice(ALL_MATERIALS)], "document": "补正通知书"}
        sequence = chance.choice((None, "", "9999")) if story.has_sequence else None
        story.tell("correction_noticed", at, data, is_day=chance.happens(0.15), sequence=sequence)
    if chance.happens(0.1):
        story.tell("correction_received", accepted + pause(chance), {"items": [chance.choice(ALL_MATERIALS)]})


def _about(chance: Chance, at: datetime) -> datetime:
    """A moment, a microsecond before or after it, hours before or after it."""
    return at + chance.choice((*AROUND, *AROUND, -5 * HOUR, 5 * HOUR, DAY, -DAY))


def _tell_handling(histories: Histories, story: Story, at: datetime, version: dict[str, Any]) -> None:
    """The steps, the fees and the decision."""
    chance, case_no = story.chance, story.case_no
    path = any_path(chance, version["flow"])
    histories.aim("P02 P09 R01", case_no)
    if any(action == "return" for _, action in path):
        histories.aim("P07", case_no)
    at = tell_steps(story, at, path, version)
    for _ in range(chance.choice((0, 0, 1, 2, 3))):
        histories.aim("F01 F02", case_no)
        _tell_fee(story, at + pause(chance), version)
    if chance.happens(0.75):
        histories.aim("C02 C03", case_no)
        outcome = chance.choices(("granted", "refused", "transferred"), weights=(7, 3, 1))[0]
        tell_decision(story, at + pause(chance), _decision(story, outcome))


def any_path(chance: Chance, flow: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    """A walk through the flow, now and then off it."""
    following = {step["step"]: step["next"] for step in flow}
    everything = [*following, "zz"]
    entries = [name for name in following if not any(name in after for after in following.values())]
    step = chance.choice(entries) if entries and chance.happens(0.94) else chance.choice(everything)
    path: list[tuple[str, str | None]] = []
    for _ in range(chance.randrange(1, 9)):
        action = chance.choices(ACTIONS, weights=(30, 9, 2, 2, 2))[0]
        path.append((step, action))
        onward = list(following.get(step, [])) + [name for name, _ in path] * (action == "return")
        if not onward:
            break
        step = chance.choice(everything) if chance.happens(0.05) else chance.choice(onward)
    return path


def tell_steps(story: Story, at: datetime, path: list[tuple[str, str | None]], version: dict[str, Any]) -> datetime:
    """Each step begun and finished, or only one of the two; the moment of the last."""
    chance = story.chance
    posts = {step["step"]: step["post"] for step in version["flow"]}
    has_refs = chance.happens(0.3)
    for number, (step, action) in enumerate(path):
        post = posts.get(step, "handler")
        data = {"step": step, "officer": story.officer(post)}
        data["post"] = chance.choice(POSTS) if chance.happens(0.04) else post
        if has_refs:
            data["ref"] = f"r{number}"
        is_vague = chance.happens(0.04)
        at += DAY if is_vague else pause(chance)
        is_open = chance.happens(0.06) and [name for name, _ in path].count(step) == 1
        if is_open or (not is_vague and chance.happens(0.7)):
            story.tell("step_started", at, data, is_day=is_vague)
        at += timedelta(0) if is_vague else pause(chance)
        if not is_open:
            story.tell("step_finished", at, _finish(story, data, action), is_day=is_vague)
        at += DAY * is_vague
        if chance.happens(0.12):
            story.tell("collectively_discussed", at + chance.choice(AROUND), {"members": ["u1", "u2"]})
            at += MICRO
    return at


def _finish(story: Story, data: dict[str, Any], action: str | None) -> dict[str, Any]:
    """What a finished step says: its action, a reason where it says no, a second officer now and then."""
    chance = story.chance
    data = set_or_leave(data, "action", action)
    data = set_or_leave(data, "second_officer", chance.choice((None, None, "u7", "", "\u3000")))
    if action == "veto":
        data = set_or_leave(data, "reason", blank_or(chance, 0.1, chance.choice(REASONS)))
    return data | {"opinion": "同意"}


def _tell_fee(story: Story, at: datetime, version: dict[str, Any]) -> None:
    """A fee about its standard: exactly, at the five parts in a hundred, a cent beyond; or one that is not listed."""
    chance = story.chance
    fees = version["fees"]
    if not fees or chance.happens(0.25):
        story.tell("fee_charged", at, {"fee": chance.choice(("FX", "F9")), "due": "5.00", "paid": "0.00"})
        return
    fee = chance.choice(fees)
    standard = Decimal(fee["standard"])
    cent = Decimal("0.01")
    part = (standard / 20).quantize(cent, rounding=ROUND_DOWN)
    offsets = (Decimal(0), Decimal(0), part, -part, part + cent, -part - cent, cent, -cent, -standard)
    paid = max(Decimal(0), standard + chance.choice(offsets))
    data = {"fee": fee["fee"], "due": fee["standard"], "paid": str(paid)}
    story.tell("fee_charged", at, set_or_leave(data, "relief_reason", chance.choice((*BLANKS[:3], "低保", "低保"))))


def _decision(story: Story, outcome: str) -> dict[str, Any]:
    """A decision with most of what it must have."""
    chance = story.chance
    data: dict[str, Any] = {"outcome": outcome, "officer": story.officer("director")}
    data = set_or_leave(data, "document", blank_or(chance, 0.12, "决定书"))
    data = set_or_leave(data, "decision_no", blank_or(chance, 0.12, f"决{story.case_no}"))
    if outcome == "refused":
        data = set_or_leave(data, "reason", blank_or(chance, 0.1, chance.choice(REASONS)))
    return data


def tell_decision(story: Story, at: datetime, data: dict[str, Any]) -> None:
    """A decision, and what of it is supplied later: about the end of the fifth working day."""
    chance = story.chance
    story.tell("decided", at, data, is_day=chance.happens(0.05))
    if all((data.get(name) or "").strip() for name in ("document", "decision_no")) and chance.happens(0.95):
        return
    for _ in range(chance.choice((0, 1, 1, 2))):
        later = start_of_day(at, story.zone) + timedelta(days=chance.randrange(2, 13)) + chance.choice(AROUND)
        of = "esup.case.decided" if chance.happens(0.9) else "esup.case.accepted"
        supplied = {"of": of, "document": "决定书"}
        supplied = set_or_leave(supplied, "decision_no", chance.choice((None, "", f"补{story.case_no}")))
        story.tell("document_supplied", max(later, at + MICRO), supplied)


def _correct_some(story: Story) -> None:
    """Some facts are told again, with the paper that was missing or without it."""
    chance = story.chance
    for told in list(story.events):
        if chance.happens(0.96):
            continue
        recorded = moment(told["recordedtime"]) + timedelta(days=chance.randrange(0, 60), minutes=1)
        kind = told["type"].removeprefix("esup.case.")
        data: dict[str, Any] = {"remark": "更正"}
        if kind in ("accepted", "correction_noticed", "decided"):
            data["document"] = chance.choice((*BLANKS, "补正文书", "补正文书"))
        if kind == "step_finished":
            data["action"] = chance.choice(ACTIONS)
        story.correct(told, recorded, data=data)


def tell_penalty(histories: Histories, chance: Chance, town: Town, case_no: str) -> None:
    """An offence, from its filing to its decision, with the acts that must come before."""
    item = chance.choice([code for code, versions in town.items.items() if versions[0]["class"] == "penalty"])
    story = Story(chance, town, case_no, town.items[item][0]["department"], item)
    at = any_start(chance)
    if chance.happens(0.3):
        at = start_of_day(moment("2021-07-14T12:00:00+08:00"), story.zone) + timedelta(days=chance.randrange(0, 3))
    kind = chance.choice(("citizen", "organisation"))
    if chance.happens(0.4):
        story.tell("offence_known", at, set_party(chance, story.stated, kind))
    filed = story.stated | {"officer": story.officer("chief")}
    if chance.happens(0.1):
        histories.aim("P08", case_no)
        refused = set_or_leave(filed, "reason", blank_or(chance, 0.1, chance.choice(REASONS)))
        story.tell("filing_refused", at, refused)
        histories.events += story.events
        return
    story.tell("filed", at, set_party(chance, filed, kind))
    if chance.happens(0.3):
        applicant = {"kind": chance.choice(("citizen", "organisation"))}
        story.tell("applied", at, story.stated | {"applicant": applicant, "channel": "window"})
    _tell_punishing(histories, story, at)
    _correct_some(story)
    histories.events += story.events


def set_party(chance: Chance, data: dict[str, Any], kind: str) -> dict[str, Any]:
    """The data with the party, mostly."""
    return data | {"party": {"kind": kind}} if chance.happens(0.75) else data


def _tell_punishing(histories: Histories, story: Story, filed: datetime) -> None:
    chance, town = story.chance, story.town
    histories.aim("P03 J02 C02 C03", story.case_no)
    if story.item and chance.happens(0.5) and filed.year > 2021:
        version = version_on(town, story.item, day_of(filed, story.zone))
        filed = tell_steps(story, filed, any_path(chance, version["flow"]), version)
        histories.aim("P02 R01 P09", story.case_no)
    decided = filed + pause(chance) + (MICRO if chance.happens(0.5) else timedelta(0))
    if chance.happens(0.5):
        decided = start_of_day(decided, story.zone) + DAY + chance.choice(AROUND)
    for kind, data in (
        ("legal_reviewed", {"officer": story.officer("chief")}),
        ("collectively_discussed", {"members": ["u1", "u2", "u3"]}),
        ("penalty_noticed", {"document": "告知书"}),
    ):
        if chance.happens(0.6):
            at = decided + chance.choice((-HOUR, -MICRO, timedelta(0), MICRO, HOUR))
            sequence = chance.choice((None, "", "9999")) if story.has_sequence else None
            story.tell(kind, at, data, is_day=chance.happens(0.1), sequence=sequence)
    outcome = "penalised" if chance.happens(0.85) else "not_penalised"
    tell_decision(story, decided, _penalty(story, outcome))


def _penalty(story: Story, outcome: str) -> dict[str, Any]:
    chance = story.chance
    data = _decision(story, outcome)
    amounts = ("200.00", "200.01", "3000.00", "3000.01", "50", "50.01", "1000.00", "1000.01", "", None, "0.00")
    data = set_or_leave(data, "amount", chance.choice(amounts))
    data = set_or_leave(data, "procedure", chance.choice((None, "ordinary", "summary", "summary", "hearing")))
    grounds = chance.choice((None, [], ["58"], ["57"], ["57", "58"], ["42"]))
    return data if grounds is None else data | {"grounds": grounds}
