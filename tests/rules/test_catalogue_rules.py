"""The catalogue of powers and its rules: versions, suspensions, cancellations and guides, in any order of arrival."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.oracle.facts import instant
from tests.rules.catalogue_town import (
    ITEM,
    Event,
    Found,
    Live,
    accepted,
    findings_of,
    found,
    guide,
    published,
    stopped,
    told,
)

NINE = "2026-09-07T09:00:00+08:00"
LATER = "2026-09-08T09:00:00+08:00"
LAST = "2026-12-31T00:00:00+08:00"
YELLOW_AT_NINE = "2026-09-07 09:00"
STEP = {"name": "办理", "post": "clerk"}


def codes(findings: list[Found]) -> list[str]:
    return [one.code for one in findings]


def step(name: str, days: int | None, *following: str, unit: str = "work_day") -> Event:
    limit = {} if days is None else {"limit": {"n": days, "unit": unit}}
    return {"step": name, "next": list(following), **STEP, **limit}


LONG_FLOW = [step("review", 8, "sign"), step("sign", 3)]


def test_each_is_silent_a_microsecond_before_and_fires_at_the_instant() -> None:
    long_ago = "2026-09-01T09:00:00+08:00"
    live = Live()
    events = [
        accepted("c1", NINE, item="K01"),
        stopped("cancelled", long_ago, "2026-09-02", code="K02"),
        published(NINE, "2026-09-07", code="K02"),
        published(NINE, "2026-09-07", code="K03", flow=LONG_FLOW),
        published(NINE, "2026-09-07", code="K04", statutory={"n": 9, "unit": "work_day"}),
        published(long_ago, "2026-09-01", code="O04"),
        guide(NINE, code="O04", phone=None),
    ]
    assert live.after(events, as_of="2026-09-07T08:59:59.999999+08:00") == []
    catalogue = [Found(code, "yellow", "correctable", code, YELLOW_AT_NINE) for code in ("K02", "K03", "K04", "O04")]
    assert live.after([], as_of=NINE) == [Found("K01", "red", "correctable", "c1", YELLOW_AT_NINE), *catalogue]


def test_a_version_that_comes_late_withdraws_what_was_found_without_it() -> None:
    live = Live()
    assert codes(live.after([accepted("c1", NINE)], as_of="2026-09-07T12:00:00+08:00")) == ["K01"]
    late = published("2026-09-01T09:00:00+08:00", "2026-09-07") | {"recordedtime": LATER}
    assert live.after([late], as_of="2026-09-09T00:00:00+08:00") == []


def test_a_version_that_comes_late_and_was_published_late_changes_nothing() -> None:
    live = Live()
    assert codes(live.after([accepted("c1", NINE)], as_of="2026-09-07T12:00:00+08:00")) == ["K01"]
    assert codes(live.after([published(LATER, "2026-09-01")], as_of="2026-09-09T00:00:00+08:00")) == ["K01"]


def test_a_suspension_that_comes_late_and_its_correction_are_derived_again() -> None:
    live = Live()
    lawful = [published("2026-09-01T09:00:00+08:00", "2026-09-01"), accepted("c1", NINE)]
    assert live.after(lawful, as_of="2026-09-07T12:00:00+08:00") == []
    late = stopped("suspended", "2026-09-06T09:00:00+08:00", "2026-09-07", id="stop", recordedtime=LATER)
    assert codes(live.after([late], as_of="2026-09-09T00:00:00+08:00")) == ["K01"]
    corrected = late | {"dataversion": 2, "recordedtime": "2026-09-10T09:00:00+08:00"}
    corrected["data"] = late["data"] | {"effective_from": "2026-09-08"}
    assert live.after([corrected], as_of="2026-09-11T00:00:00+08:00") == []


def test_a_cancellation_of_an_earlier_day_reaches_the_cases_of_that_day() -> None:
    events = [
        published("2026-09-01T09:00:00+08:00", "2026-09-01"),
        accepted("before", "2026-09-06T23:59:59+08:00"),
        accepted("after", NINE),
        stopped("cancelled", LATER, "2026-09-07"),
    ]
    assert found(events) == [Found("K01", "red", "correctable", "after", YELLOW_AT_NINE)]


def test_each_suspension_must_be_ended_by_a_version_of_its_day_or_later() -> None:
    events = [
        stopped("suspended", "2026-09-01T09:00:00+08:00", "2026-09-02"),
        published("2026-09-03T09:00:00+08:00", "2026-09-03"),
        accepted("between", "2026-09-03T10:00:00+08:00"),
        stopped("suspended", "2026-09-04T09:00:00+08:00", "2026-09-05"),
        accepted("suspended again", NINE),
    ]
    assert [one.subject for one in found(events)] == ["suspended again"]


def test_the_day_is_that_of_the_regions_clock() -> None:
    events = [
        published("2026-09-01T09:00:00+08:00", "2026-09-07"),
        accepted("the sixth in Utc and the seventh here", "2026-09-06T16:00:00+00:00"),
        accepted("the sixth", "2026-09-06T15:59:59.999999+00:00"),
    ]
    assert [one.subject for one in found(events)] == ["the sixth"]


def test_an_acceptance_known_to_the_day_lies_behind_a_publication_of_that_day() -> None:
    day = accepted("c1", "2026-09-07T00:00:00+08:00", precision="day")
    assert found([day, published("2026-09-07T17:00:00+08:00", "2026-09-07")]) == []
    assert codes(found([day, published("2026-09-08T00:00:00+08:00", "2026-09-07")])) == ["K01"]


def test_a_case_filed_and_later_accepted_is_judged_at_its_acceptance() -> None:
    data = {"item": ITEM, "department": "traffic", "officer": "u1"}
    filed = told("case.filed", "c1", NINE, data)
    version = published("2026-09-07T12:00:00+08:00", "2026-09-07")
    assert found([filed, version]) == [Found("K01", "red", "correctable", "c1", YELLOW_AT_NINE)]
    assert found([filed, version, accepted("c1", LATER)]) == []


def test_a_measure_alone_is_no_filing() -> None:
    data = {"item": ITEM, "department": "traffic", "measure": "seal", "officer": "u1"}
    assert found([told("case.measure_taken", "c1", NINE, data)]) == []


def test_a_later_version_that_is_right_mends_the_finding_and_does_not_remove_it() -> None:
    faults: dict[str, Any] = {"K03": {"flow": LONG_FLOW}, "K04": {"promised": None}}
    events = []
    for code, fault in faults.items():
        events.append(published(NINE, "2026-09-07", code=code, **fault))
        events.append(published(LATER, "2026-09-08", code=code, version=2, **fault))
        events.append(published("2026-09-09T09:00:00+08:00", "2026-09-09", code=code, version=3))
        events.append(published("2026-09-10T09:00:00+08:00", "2026-09-10", code=code, version=4, **fault))
    expected = [(code, verdict) for code in faults for verdict in ("correctable", "final", "final")]
    assert [(one.code, one.verdict) for one in found(events)] == expected


def test_a_corrected_version_removes_the_finding() -> None:
    live = Live()
    wrong = published(NINE, "2026-09-07", flow=LONG_FLOW)
    assert codes(live.after([wrong], as_of="2026-09-07T12:00:00+08:00")) == ["K03"]
    right = wrong | {"dataversion": 2, "recordedtime": LATER, "data": wrong["data"] | {"flow": LONG_FLOW[:1]}}
    assert live.after([right], as_of="2026-09-09T00:00:00+08:00") == []


def test_a_code_cancelled_again_mends_its_reuse() -> None:
    first, second = "2026-09-01T09:00:00+08:00", "2026-09-09T09:00:00+08:00"
    events = [stopped("cancelled", first, "2026-09-01"), published(NINE, "2026-09-07")]
    assert [one.verdict for one in found(events)] == ["correctable"]
    assert [one.verdict for one in found([*events, stopped("cancelled", second, "2026-09-09")])] == ["final"]


def test_a_guide_of_a_version_not_known_yet_is_judged_when_that_comes() -> None:
    live = Live()
    told_early = guide(NINE, version=2, promised={"n": 9, "unit": "work_day"})
    assert live.after([told_early], as_of="2026-09-07T12:00:00+08:00") == []
    after = live.after([published(LATER, "2026-09-08", version=2)], as_of="2026-09-09T00:00:00+08:00")
    assert after == [Found("O04", "yellow", "correctable", ITEM, "2026-09-08 09:00")]


def test_a_later_guide_of_the_same_channel_mends_an_earlier_one() -> None:
    events = [published("2026-09-01T09:00:00+08:00", "2026-09-01"), guide(NINE, place=" ")]
    assert [one.verdict for one in found([*events, guide(LATER, channel="hall")])] == ["correctable"]
    assert [one.verdict for one in found([*events, guide(LATER)])] == ["final"]


FEES = [{"fee": "F2", "standard": "10.00", "fixed": True}, {"fee": "F1", "standard": "5.00", "fixed": False}]
MATERIALS = [{"code": name, "name": name, "required": True} for name in ("M1", "M2")]
SAME: list[dict[str, Any]] = [
    {"promised": {"n": 10, "unit": "work_day", "prompt": 3}},
    {"fees": [{"fee": "F1", "standard": "5"}, {"fee": "F2", "standard": "10.0"}]},
    {"materials": [{"code": "M2", "name": "别名"}, {"code": "M1"}, {"code": "M1"}]},
]
OTHER: list[dict[str, Any]] = [
    {"promised": {"n": 10, "unit": "calendar_day"}},
    {"promised": "十个工作日"},
    {"statutory": {"n": 20.5, "unit": "work_day"}},
    {"fees": [{"fee": "F1", "standard": "5.001"}, {"fee": "F2", "standard": "10"}]},
    {"fees": [{"fee": "F1", "standard": "五元"}, {"fee": "F2", "standard": "10"}]},
    {"fees": []},
    {"materials": [*MATERIALS, {"code": "M3", "name": "M3", "required": False}]},
    {"materials": ["M1", "M2"]},
]


def test_a_guide_is_compared_field_by_field() -> None:
    told_of: dict[str, Any] = {"fees": FEES, "materials": MATERIALS}
    events = []
    for number, values in enumerate([*SAME, *OTHER]):
        code = f"{number:02d}"
        events.append(published("2026-09-01T09:00:00+08:00", "2026-09-01", code=code, **told_of))
        events.append(guide(NINE, code=code, **told_of | values))
    judged = [(one.code, int(one.subject)) for one in found(events)]
    assert judged == [("O04", number) for number in range(len(SAME), len(SAME) + len(OTHER))]


def scattered() -> list[Event]:
    """Everything that the rules speak of, corrections and late versions among it."""
    version = published("2026-09-01T09:00:00+08:00", "2026-09-01", id="v1", flow=LONG_FLOW)
    return [
        version,
        version | {"dataversion": 2, "recordedtime": LATER, "data": version["data"] | {"effective_from": "2026-09-06"}},
        accepted("too early", "2026-09-05T09:00:00+08:00"),
        accepted("in order", "2026-09-06T09:00:00+08:00"),
        stopped("suspended", NINE, "2026-09-07", sequence="1"),
        accepted("suspended", NINE, sequence="2"),
        published(LATER, "2026-09-08", version=2, statutory=None),
        accepted("again", LATER),
        guide(LATER, version=2),
        stopped("cancelled", "2026-09-10T09:00:00+08:00", "2026-09-11"),
        published("2026-09-10T09:00:00+08:00", "2026-09-11", version=3, sequence="9"),
        accepted("cancelled", "2026-09-14T09:00:00+08:00"),
    ]


@pytest.mark.parametrize("seed", ["spring", "autumn"])
def test_the_order_of_arrival_changes_nothing(seed: str) -> None:
    events = scattered()
    expected = found(events, as_of=LAST)
    assert codes(expected) == ["K01", "K01", "K01", "K02", "K03", "K04", "O04"]
    random.Random(seed).shuffle(events)
    live = Live()
    for start in range(0, len(events), 6):
        last = live.after(events[start : start + 6], as_of=LAST)
    assert last == expected


def test_a_correction_that_moves_a_version_to_another_code_reaches_the_cases_of_both() -> None:
    live = Live()
    version = published("2026-09-01T09:00:00+08:00", "2026-09-01", code="A")
    cases = [accepted("a", NINE, item="A"), accepted("b", NINE, item="B")]
    first = live.after([version, *cases], as_of="2026-09-07T12:00:00+08:00")
    assert [one.subject for one in first] == ["b"]
    moved = version | {"subject": "B", "dataversion": 2, "recordedtime": LATER}
    moved["data"] = version["data"] | {"code": "B"}
    second = live.after([moved], as_of="2026-09-09T00:00:00+08:00")
    assert [one.subject for one in second] == ["a"]


PARTS = {"hour": 5, "calendar_day": 120, "work_day": 168, "calendar_month": 3600, "calendar_year": 43800}


def longest(flow: list[Event]) -> int:
    """The longest path by trying them all."""
    limits = {one["step"]: one.get("limit") for one in flow}
    parts = {name: limit["n"] * PARTS[limit["unit"]] if limit else 0 for name, limit in limits.items()}
    following = {one["step"]: [name for name in one["next"] if name in limits] for one in flow}

    def walk(name: str, been: frozenset[str]) -> int:
        onward = [walk(other, been | {other}) for other in following[name] if other not in been]
        return parts[name] + max(onward, default=0)

    return max((walk(name, frozenset({name})) for name in limits), default=0)


def random_flow(chance: random.Random) -> list[Event]:
    names = [f"s{number}" for number in range(chance.randrange(0, 8))]
    flow = []
    for name in names:
        following = chance.sample([*names, "elsewhere"], k=min(len(names), chance.choice((0, 1, 1, 2, 3))))
        days = chance.choice((None, *range(6)))
        flow.append(step(name, days, *following, unit=chance.choice(list(PARTS))))
    return flow


def test_the_longest_path_is_the_longest_of_all_paths() -> None:
    chance = random.Random("paths")
    flows = [random_flow(chance) for _ in range(150)]
    events = [published(NINE, "2026-09-07", code=f"I{number}", flow=flow) for number, flow in enumerate(flows)]
    live = Live()
    live.after(events, as_of=LATER)
    _, rows = live.projector.query("select item, longest from item_paths join items using (item_id)")
    assert dict(rows) == {f"I{number}": longest(flow) for number, flow in enumerate(flows)}


def test_a_long_ladder_and_a_thicket_of_steps_are_walked_in_time() -> None:
    names = [f"s{number:02d}" for number in range(60)]
    ladder = [step(name, 1, *names[number + 1 : number + 3]) for number, name in enumerate(names)]
    thicket = [step(name, 1, *names[:30]) for name in names[:30]]
    live = Live()
    versions = [published(NINE, "2026-09-07", code=code, flow=flow) for code, flow in (("A", ladder), ("B", thicket))]
    live.after(versions, as_of=LATER)
    _, rows = live.projector.query("select item, longest / 168 from item_paths join items using (item_id) order by 1")
    assert rows == [("A", 60), ("B", 30)]


def test_what_an_officer_was_until_his_next_assignment() -> None:
    def assigned(time: str, **data: Any) -> Event:
        return told("org.officer_assigned", "u1", time, {"officer": "u1"} | data)

    events = [
        assigned("2026-09-03T09:00:00+08:00", department="traffic", posts=["chief"]),
        told("org.officer_disabled", "u1", "2026-09-02T09:00:00+08:00", {"officer": "u1"}),
        assigned("2026-09-01T09:00:00+08:00", department="traffic", posts=["clerk", "reviewer"]),
    ]
    live = Live()
    live.after(events, as_of=LATER)
    _, rows = live.projector.query(
        "select posts, is_enabled, until_ord is null, until_at from officer_assignments order by from_ord"
    )
    until = [at and int(at.timestamp() * 1_000_000) for *_, at in rows]
    assert [row[:3] for row in rows] == [
        (["clerk", "reviewer"], True, False),
        ([], False, False),
        (["chief"], True, True),
    ]
    assert until == [instant("2026-09-02T09:00:00+08:00"), instant("2026-09-03T09:00:00+08:00"), None]


def test_a_source_is_what_it_last_registered_as() -> None:
    def registered(time: str, kind: str) -> Event:
        return told("source.registered", "/v", time, {"source": "/v", "department": "traffic", "kind": kind})

    live = Live()
    live.after([registered(LATER, "vertical"), registered(NINE, "window")], as_of=LAST)
    assert live.projector.query("select * from sources")[1] == [("/v", "traffic", "vertical")]
    assert findings_of(live.projector) == []
