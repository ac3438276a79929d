"""The rules of procedure and of risk points as facts come in: in time, late, corrected, and in any order."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pytest

from engine.lawfiles import RULES_FOLDER
from engine.rulebook import load_pack, load_rule
from projections.projector import Projector
from tests.engine_harness import ListedLog, projector_of
from tests.oracle.facts import instant
from tests.rules.catalogue_town import Event, told

RULES = {
    "procedure.handled-before-acceptance": "P01",
    "procedure.out-of-order": "P02",
    "procedure.corrected-again": "P05",
    "procedure.corrected-after-acceptance": "P06",
    "procedure.returned-repeatedly": "P07",
    "risk.point-without-control": "R01",
    "licensing.accept-or-refuse": "T06",
}
ITEM, DEPARTMENT = "320900-XK-0001", "traffic"
LAST = "2026-12-31T00:00:00+08:00"
FLOW: list[Event] = [
    {"step": "register", "next": ["review"]},
    {"step": "review", "next": ["approve", "hear"]},
    {"step": "hear", "next": ["approve"]},
    {"step": "approve", "next": [], "mandatory": True, "risk": {"level": "high", "control_step": "review"}},
]


class Found(NamedTuple):
    """A finding: its rule's code, level and verdict, the fact that completed it, and the minute it became true."""

    code: str
    level: str
    verdict: str
    fact: str
    triggers_at: str


def day(number: int, clock: str = "10:00:00") -> str:
    """An instant of September 2026."""
    return f"2026-09-{number:02d}T{clock}+08:00"


def at(number: int, clock: str = "10:00") -> str:
    """The same as findings show it."""
    return f"2026-09-{number:02d} {clock}"


def fact(kind: str, id: str, time: str, data: Event | None = None, case_no: str = "c1", **envelope: Any) -> Event:
    """A fact of a case with what its type demands."""
    base: dict[str, Event] = {
        "applied": {"item": ITEM, "department": DEPARTMENT, "applicant": {"kind": "citizen"}, "channel": "window"},
        "accepted": {"item": ITEM, "department": DEPARTMENT, "officer": "u1"},
        "decided": {"outcome": "granted", "officer": "u1"},
    }
    said = base.get(kind, {}) | (data or {})
    return told(f"case.{kind}", case_no, time, said, **{"id": id} | envelope)


def step(name: str, id: str, time: str, action: str = "pass", kind: str = "step_finished", **envelope: Any) -> Event:
    """A step, finished unless told otherwise."""
    return fact(kind, id, time, {"step": name, "post": "clerk", "officer": "u1", "action": action}, **envelope)


def known(event: Event, time: str) -> Event:
    """The same fact, known only then."""
    return event | {"recordedtime": time}


def corrected(event: Event, recorded: str, time: str | None = None, **data: Any) -> Event:
    """The fact in its next data version."""
    again = {"dataversion": event.get("dataversion", 1) + 1, "recordedtime": recorded, "data": event["data"] | data}
    return event | again | {"time": time or event["time"]}


def town() -> list[Event]:
    """The rules, a region, its department and an item, long known; the week of a licence's answer."""
    long_ago = "2026-01-01T00:00:00+08:00"
    item = {"code": ITEM, "version": 1, "class": "licence", "kind": "committed", "name": "道路运输经营许可"}
    item |= {"department": DEPARTMENT, "effective_from": "2026-01-01", "basis": [], "fees": []}
    item |= {"flow": [{"name": "办理", "post": "clerk"} | entry for entry in FLOW], "suspensions_allowed": []}
    item |= {"materials": [{"code": "M3", "name": "身份证明", "required": True}]}
    region = {"code": "320900", "name": "盐城市", "level": "city"}
    department = {"code": DEPARTMENT, "name": "交通运输局", "region": "320900"}
    days = [{"date": f"2026-09-{number:02d}", "working": number % 7 not in (5, 6)} for number in range(1, 31)]
    notice = {"notice": "2026-09", "published_on": "2026-01-01", "days": days}
    return [
        *_rules(),
        told("org.region_registered", "320900", long_ago, region),
        told("org.department_registered", DEPARTMENT, long_ago, department),
        told("calendar.noticed", "cn", long_ago, notice),
        told("item.published", ITEM, long_ago, item),
    ]


def _rules() -> Iterable[Event]:
    for rule_id in RULES:
        pack, _, slug = rule_id.partition(".")
        folder = RULES_FOLDER / pack
        rule = load_rule(folder / f"{slug}.yaml", load_pack(folder / "pack.yaml"))
        yield told("rule.published", rule_id, "2010-08-01T00:00:00+08:00", rule.normalised, source="/esup/rules")


def findings_of(projector: Projector, case_no: str = "c1") -> list[Found]:
    """The findings of a case as they stand, but for the clock that deems acceptances."""
    _, rows = projector.query(
        "select rule_id, level, verdict, occurrence_id, "
        "strftime(timezone('Asia/Shanghai', triggers_at), '%Y-%m-%d %H:%M') from findings where case_no = ?",
        [case_no],
    )
    return sorted(Found(RULES[row[0]], *row[1:]) for row in rows if RULES[row[0]] != "T06")


class Live:
    """Projections that follow a log batch by batch; each update must say what a rebuild says."""

    def __init__(self) -> None:
        self.log = ListedLog()
        self.projector = Projector.in_memory(self.log)
        self.log.append(town())
        self.projector.update(instant(day(1)))

    def after(self, events: Sequence[Event], as_of: str) -> list[Found]:
        """What is found once these events too have come."""
        self.log.append(events)
        self.projector.update(instant(as_of))
        rebuilt = Projector.in_memory(self.log)
        rebuilt.update(instant(as_of))
        assert self.projector.canonical_hash() == rebuilt.canonical_hash()
        rebuilt.close()
        return findings_of(self.projector)


def codes(findings: Iterable[Found]) -> list[str]:
    return [one.code for one in findings]


SHOWN = {
    "P01": [step("review", "early", day(7)), fact("accepted", "now", day(8))],
    "P02": [fact("accepted", "a", day(7)), step("hear", "now", day(8))],
    "P05": [
        fact("applied", "a", day(7), {"materials": ["M1", "M2"]}),
        fact("correction_noticed", "n1", day(7, "11:00:00"), {"items": ["M1"]}),
        fact("correction_noticed", "now", day(8), {"items": ["M2"]}),
    ],
    "P06": [fact("accepted", "a", day(7)), fact("correction_noticed", "now", day(8), {"items": ["M1"]})],
    "P07": [step("register", "r1", day(7), "return"), step("register", "now", day(8), "return")],
    "R01": [fact("accepted", "a", day(7)), step("approve", "now", day(8))],
}


@pytest.mark.parametrize("code", SHOWN)
def test_each_is_silent_a_microsecond_before_and_fires_at_the_instant(code: str) -> None:
    live = Live()
    before = live.after([event for event in SHOWN[code] if event["id"] != "now"], as_of=day(8, "09:59:59.999999"))
    assert code not in codes(before)
    after = live.after([event for event in SHOWN[code] if event["id"] == "now"], as_of=day(8))
    assert [(one.fact, one.triggers_at) for one in after if one.code == code] == [("now", at(8))]


def test_a_control_that_follows_ends_the_condition_and_leaves_the_finding() -> None:
    live = Live()
    lawful = [fact("accepted", "a", day(7)), step("register", "s1", day(7, "11:00:00"))]
    wrong = live.after([*lawful, step("approve", "s2", day(8))], as_of=day(8, "12:00:00"))
    assert Found("R01", "yellow", "correctable", "s2", at(8)) in wrong
    after = live.after([step("review", "s3", day(9))], as_of=day(9, "12:00:00"))
    assert Found("R01", "yellow", "final", "s2", at(8)) in after


def test_a_control_that_comes_late_withdraws_the_finding() -> None:
    live = Live()
    wrong = [fact("accepted", "a", day(7)), step("approve", "s2", day(8))]
    assert "R01" in codes(live.after(wrong, as_of=day(8, "12:00:00")))
    late = known(step("review", "s1", day(7, "12:00:00")), day(9))
    assert "R01" not in codes(live.after([late], as_of=day(9, "12:00:00")))


@pytest.mark.parametrize("control", ["second_officer", "collectively_discussed"])
def test_a_control_of_another_kind_rectifies_when_it_follows(control: str) -> None:
    guarded = {"step": "approve", "next": [], "risk": {"level": "high", "control_step": control}}
    events = [event for event in town() if event["type"] != "esup.item.published"]
    item = next(event for event in town() if event["type"] == "esup.item.published")
    item["data"]["flow"] = [{"name": "办理", "post": "clerk"} | guarded]
    again = step("approve", "s2", day(9), "other")
    again["data"]["second_officer"] = "u2"
    later = {"second_officer": again, "collectively_discussed": fact("collectively_discussed", "s2", day(9))}
    told_so_far = [*events, item, fact("accepted", "a", day(7)), step("approve", "s1", day(8))]
    verdicts = []
    for facts in (told_so_far, [*told_so_far, later[control]], [*told_so_far, again | {"id": "x", "time": day(7)}]):
        projector = projector_of(facts)
        projector.rebuild(instant(LAST))
        verdicts.append([one.verdict for one in findings_of(projector) if one.code == "R01"])
    assert verdicts == [["correctable"], ["final"], ["correctable"]]


def test_a_path_is_read_from_what_was_finished_as_soon_as_a_step_is() -> None:
    live = Live()
    started = [fact("accepted", "a", day(7)), step("hear", "s1", day(8), kind="step_started")]
    assert live.after(started, as_of=day(8, "12:00:00")) == [Found("P02", "yellow", "correctable", "s1", at(8))]
    assert live.after([step("register", "s2", day(9))], as_of=day(9, "12:00:00")) == []
    after = live.after([step("hear", "s3", day(10))], as_of=day(10, "12:00:00"))
    assert after == [Found("P02", "yellow", "correctable", "s3", at(10))]


def test_a_step_that_comes_late_mends_the_path_or_shows_an_earlier_misfit() -> None:
    live = Live()
    told_first = [fact("accepted", "a", day(7)), step("register", "s1", day(8)), step("approve", "s3", day(10))]
    skipped = live.after(told_first, as_of=day(10, "12:00:00"))
    assert Found("P02", "yellow", "correctable", "s3", at(10)) in skipped
    assert live.after([known(step("review", "s2", day(9)), day(11))], as_of=day(11, "12:00:00")) == []
    after = live.after([known(step("hear", "s0", day(7, "12:00:00")), day(12))], as_of=day(12, "12:00:00"))
    assert after == [Found("P02", "yellow", "correctable", "s0", at(7, "12:00"))]


def test_a_summary_decision_withdraws_what_the_path_had_shown() -> None:
    live = Live()
    assert codes(live.after([fact("accepted", "a", day(7)), step("hear", "s1", day(8))], as_of=day(8))) == ["P02"]
    summary = fact("decided", "d", day(9), {"procedure": "summary"})
    assert live.after([summary], as_of=day(9)) == []
    ordinary = corrected(summary, day(10), procedure="ordinary")
    red = live.after([ordinary], as_of=day(10))
    assert red == [Found("P02", "red", "correctable", "d", at(9)), Found("P02", "yellow", "correctable", "s1", at(8))]


def test_a_mandatory_step_that_comes_late_withdraws_the_red() -> None:
    live = Live()
    path = [step("register", "s1", day(8)), step("review", "s2", day(9)), fact("decided", "d", day(11))]
    red = live.after([fact("accepted", "a", day(7)), *path], as_of=day(11))
    assert red == [Found("P02", "red", "correctable", "d", at(11))]
    assert live.after([known(step("approve", "s3", day(10)), day(14))], as_of=day(14)) == []


def test_a_corrected_first_notice_that_names_all_withdraws_the_second() -> None:
    live = Live()
    first = fact("correction_noticed", "n1", day(8), {"items": ["M1"]})
    second = fact("correction_noticed", "n2", day(9), {"items": ["M3"]})
    told_first = [fact("applied", "a", day(7), {"materials": ["M1"]}), first, second]
    assert live.after(told_first, as_of=day(9)) == [Found("P05", "yellow", "correctable", "n2", at(9))]
    assert live.after([corrected(first, day(10), items=["M1", "M3"])], as_of=day(10)) == []
    earlier = known(fact("correction_noticed", "n0", day(7, "12:00:00"), {"items": ["M1"]}), day(11))
    assert codes(live.after([earlier], as_of=day(11))) == ["P05", "P05"]


def test_an_acceptance_corrected_to_a_later_time_withdraws_what_followed_the_wrong_one() -> None:
    live = Live()
    acceptance = fact("accepted", "a", day(7))
    told_first = [
        acceptance,
        fact("correction_noticed", "n1", day(8), {"items": ["M1"]}),
        step("register", "s", day(8)),
    ]
    assert live.after(told_first, as_of=day(8)) == [Found("P06", "yellow", "correctable", "n1", at(8))]
    assert live.after([corrected(acceptance, day(9), time=day(8, "10:30:00"))], as_of=day(9)) == []
    earlier = known(step("review", "early", day(8, "10:15:00")), day(10))
    assert live.after([earlier], as_of=day(10)) == [Found("P01", "yellow", "correctable", "a", at(8, "10:30"))]


def test_a_return_that_comes_late_is_counted_in_its_place() -> None:
    live = Live()
    returns = [step("register", f"r{number}", day(number), "return") for number in (8, 9)]
    assert live.after(returns, as_of=day(9)) == [Found("P07", "prompt", "correctable", "r9", at(9))]
    after = live.after([known(step("register", "r7", day(7), "return"), day(10))], as_of=day(10))
    prompt, yellow = (Found("P07", level, "correctable", name, time) for level, name, time in RETURNED)
    assert after == [prompt, yellow]


RETURNED = (("prompt", "r8", at(8)), ("yellow", "r9", at(9)))


def test_an_answer_that_comes_late_undoes_the_deemed_acceptance_and_what_it_showed() -> None:
    live = Live()
    told_first = [
        step("review", "early", day(6)),
        fact("applied", "m", day(7), {"materials": ["M1", "M3"]}),
        fact("correction_noticed", "n1", day(15), {"items": ["M1"]}),
    ]
    deemed = live.after(told_first, as_of=day(15))
    assert [(one.code, one.fact, one.triggers_at) for one in deemed] == [
        ("P01", "m", at(15, "00:00")),
        ("P02", "early", at(15, "00:00")),
        ("P06", "n1", at(15)),
    ]
    assert live.after([known(fact("acceptance_refused", "r", day(8)), day(16))], as_of=day(16)) == []


STEPS = ("register", "review", "hear", "approve", "dinner")


def random_case(chance: random.Random, case_no: str) -> list[Event]:
    """A case in which anything may happen in any order, some of it at one instant, some known to the day."""
    events = [fact("applied", f"{case_no}-a", day(7), {"materials": ["M1", "M2"]}, case_no=case_no)]
    for number in range(chance.randrange(3, 12)):
        kind = chance.choice(("step", "step", "step", "step", "started", "accepted", "decided", "notice", "discussed"))
        time, id = (
            day(chance.randrange(7, 12), chance.choice(("00:00:00", "09:00:00", "10:00:00"))),
            f"{case_no}-{number}",
        )
        envelope: Event = {"case_no": case_no, "sequence": str(chance.randrange(3))}
        if time.endswith("00:00:00+08:00") and chance.random() < 0.5:
            envelope["precision"] = "day"
        if kind in ("step", "started"):
            action = chance.choice(("pass", "pass", "return"))
            finished = "step_finished" if kind == "step" else "step_started"
            events.append(step(chance.choice(STEPS), id, time, action, finished, **envelope))
        elif kind == "notice":
            items = chance.sample(("M1", "M2", "M3", "M4"), 2)
            events.append(fact("correction_noticed", id, time, {"items": items}, **envelope))
        else:
            kind = "collectively_discussed" if kind == "discussed" else kind
            events.append(fact(kind, id, time, **envelope))
    return events


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_any_order_of_arrival_in_any_batches_ends_alike(seed: int) -> None:
    chance = random.Random(seed)
    names = [f"r{number}" for number in range(60)]
    events = [known(event, day(12)) for name in names for event in random_case(chance, name)]
    ended = []
    for _ in range(2):
        chance.shuffle(events)
        live, waiting = Live(), list(events)
        while waiting:
            size = chance.choice((1, 20, 150))
            live.log.append(waiting[:size])
            live.projector.update(instant(day(13)))
            waiting = waiting[size:]
        whole = projector_of([*town(), *events])
        whole.rebuild(instant(day(13)))
        ended += [[findings_of(one, name) for name in names] for one in (live.projector, whole)]
    assert ended[0] == ended[1] == ended[2] == ended[3]
    assert {one.code for case in ended[0] for one in case} == set(RULES.values()) - {"T06"}
