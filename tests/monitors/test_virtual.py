"""Simulated time against a slow engine that really stops at every instant: the same cards, prompts and daily logs."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from engine.clock import first_moment, local_day
from engine.facts import Fact
from monitors.virtual import simulate
from tests.engine_harness import rows_of
from tests.generators.cases import tell_case
from tests.generators.randomness import Chance
from tests.generators.town import Town, add_items, make_town
from tests.monitors.city import (
    SUPERVISION,
    TEN_OF_TWENTY,
    ZONE,
    City,
    accepted,
    at,
    card_id,
    case,
    data_of,
    decided,
    end_of,
    fact,
    item,
    office,
    region,
)

DAY = 86_400_000_000


def facts_of(events: list[dict[str, Any]]) -> list[Fact]:
    """Events of the generators as facts, in the order in which they became known, what concerns all first."""
    facts = [Fact(*(getattr(row, name) for name in Fact._fields)) for row in rows_of(events)]
    return sorted(facts, key=lambda one: (one.recorded_at, one.type.startswith("esup.case.")))


def small_town(chance: Chance) -> Town:
    """Departments and items of a town; its calendar stays the country's own."""
    town = make_town(chance)
    town.events = [event for event in town.events if event["type"].startswith("esup.org.")]
    add_items(chance, town, 6)
    return town


def window(facts: list[Fact], days: int) -> tuple[list[Fact], list[Fact], int]:
    """What is known from the beginning, what becomes known in the days after the first case, and the end of those."""
    begin = first_moment(local_day(min(known(one) for one in facts if is_case(one)), ZONE), ZONE)
    end = begin + days * DAY - 1
    return [one for one in facts if known(one) < begin], [one for one in facts if begin <= known(one) <= end], end


def known(one: Fact) -> int:
    """When a fact became known."""
    return one.occurred_at if one.recorded_at is None else one.recorded_at


def is_case(one: Fact) -> bool:
    """True of a case's own fact."""
    return one.type.startswith("esup.case.")


def watch_at_every_instant(city: City, told: list[Fact], until: int) -> None:
    """The slow reference: stops wherever something becomes known, comes true or triggers, and watches."""
    waiting, now = list(told), known(told[0])
    while True:
        city.tell(*[one for one in waiting if known(one) <= now])
        waiting = [one for one in waiting if known(one) > now]
        city.watch(now)
        following = [known(waiting[0])] if waiting else []
        following += [next_change(city, now), first_moment(local_day(now + DAY, ZONE), ZONE)]
        now = min(one for one in following if one > now)
        if now > until:
            break
    midnight = until + 1
    if first_moment(local_day(midnight, ZONE), ZONE) == midnight:
        city.monitor.seal_days_before(midnight)


def next_change(city: City, now: int) -> int:
    """The next instant at which a finding triggers or comes to exist, or a fact that is loaded already comes true."""
    sql = (
        "select min(epoch_us(due_at)) from (select greatest(triggers_at, exists_from) as due_at from finding_rows "
        f"union all select visible_at as due_at from awaited) where epoch_us(due_at) > {now}"
    )
    return int(city.rows(sql)[0][0] or 2**60)


def spoken(city: City) -> dict[str, list[tuple[Any, ...]]]:
    """All that was said, by kind: when it was said and of what."""
    said: dict[str, list[tuple[Any, ...]]] = {}
    for one in city.said():
        data = data_of(one)
        kept = {name: data[name] for name in sorted(data) if name not in ("position", "root", "cause")}
        said.setdefault(one.type, []).append((one.event_id, one.occurred_at, one.recorded_at, str(kept)))
    return {kind: sorted(rows) for kind, rows in said.items()}


def both(
    tmp_path: Path, public: list[Fact], told: list[Fact], until: int, **choices: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What simulated time says beside what the slow reference says."""
    results = []
    for name in ("quick", "slow"):
        city = City(tmp_path / name, now=known(told[0]), public=public, seals_days=True, **choices)
        if name == "quick":
            simulate(city.monitor, told, until)
        else:
            watch_at_every_instant(city, told, until)
        results.append(spoken(city))
        city.close()
    return results[0], results[1]


def assert_alike(quick: dict[str, Any], slow: dict[str, Any]) -> None:
    """Kind by kind, so that a difference names itself."""
    for kind in sorted(quick.keys() | slow.keys()):
        one, other = quick.get(kind, []), slow.get(kind, [])
        only = [row for row in one if row not in other][:3], [row for row in other if row not in one][:3]
        assert one == other, f"{kind}: only in simulated time {only[0]}, only in the reference {only[1]}"


def test_a_yellow_that_turns_red_is_issued_when_it_triggers(tmp_path: Path) -> None:
    told = [
        accepted("C", "2026-09-17 10:00"),
        accepted("L", "2026-09-18 10:00", known="2026-10-14 09:30"),
        decided("C", "2026-09-30 17:00", known="2026-10-16 09:00"),
    ]
    city = City(tmp_path, now=known(told[0]))
    simulate(city.monitor, sorted(told, key=known), end_of("2026-10-17"))
    issued = {
        data_of(one)["case_no"] + " " + data_of(one)["level"]: one.recorded_at
        for one in city.said("esup.card.issued")
        if data_of(one)["rule"] == "licensing.promise-passed"
    }
    assert issued == {"C yellow": at("2026-10-09 00:00"), "L yellow": at("2026-10-14 09:30")}
    withdrawn = [(data_of(one)["case_no"], one.recorded_at) for one in city.said("esup.card.withdrawn")]
    assert set(withdrawn) == {("C", at("2026-10-16 09:00"))}
    city.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["two", "five"])
def test_simulated_time_says_what_stopping_at_every_instant_says(tmp_path: Path, seed: str) -> None:
    chance = Chance(f"virtual {seed}")
    town = small_town(chance)
    events = list(town.events)
    for number in range(12):
        events += tell_case(chance, town, f"SJ-{number:05}")
    public, told, until = window(facts_of(events), 30)
    quick, slow = both(tmp_path, public, told, until)
    assert_alike(quick, slow)
    assert {"esup.day.sealed", "esup.card.issued", "esup.card.escalated"} <= quick.keys()


def yellow_of(case_no: str) -> str:
    """The first yellow card of a case whose promise has passed."""
    of = {"level": "yellow", "subject": case_no, "source": "/t", "event_id": f"{case_no}/accepted", "issue_no": 1}
    return card_id({"code": "T02", **of})


def in_the_hands_of_people() -> list[Fact]:
    """Cases that nobody decides in time, a task answered and returned, an appeal, a complaint, a decision told late."""
    yellow, other = yellow_of("C"), yellow_of("E")
    return [
        accepted("C", "2026-09-07 10:00"),
        accepted("E", "2026-09-07 11:00"),
        fact("complaint.filed", "TS", at("2026-09-22 09:00"), {"about": {"department": "D"}, "real_name": True}),
        fact("task.replied", yellow, at("2026-09-23 10:00"), {"text": "t", "rectified": False}),
        fact("card.appealed", other, at("2026-09-23 10:30"), {"ground": "g"}),
        fact("task.returned", yellow, at("2026-09-24 16:00"), {"reason": "r", "due_on": "2026-09-30"}),
        fact("complaint.refused", "TS", at("2026-09-28 09:00"), {"reason": " "}),
        fact("card.appeal_decided", other, at("2026-10-08 15:00"), {"accepted": True, "reason": "w"}),
        decided("C", "2026-09-28 17:00", known="2026-10-09 09:30"),
        fact("task.issued", "BY-HAND", at("2026-10-09 11:00"), {"card": yellow, "department": "D", "text": "x"}),
        fact("task.replied", "BY-HAND", at("2026-10-09 15:00"), {"text": "t", "rectified": False}),
    ]


@pytest.mark.slow
def test_cascades_in_simulated_time_are_those_of_stopping_at_every_instant(tmp_path: Path) -> None:
    """A card's task, its return and its closing, the supervisor's own duties: each at its instant, each in its turn."""
    public = [region(supervisor="B"), office("B"), office("D"), item("I", "D", TEN_OF_TWENTY)]
    told = sorted(in_the_hands_of_people(), key=known)
    quick, slow = both(tmp_path, public, told, end_of("2026-11-10"), codes=SUPERVISION)
    assert_alike(quick, slow)
    rules = {ast.literal_eval(row[3])["rule"] for row in quick["esup.card.issued"]}
    assert {f"supervision.{name}" for name in ("task-reply-late", "task-not-closed", "returned-task-late")} <= rules


def version(code: str, number: int, known_at: str, days: int, effective_from: str) -> Fact:
    """A later version of an item, with another promise, of whose publication one learns only later."""
    limits = {"promised": {"n": days, "unit": "work_day"}, "statutory": {"n": 20, "unit": "work_day"}}
    data = {**data_of(item(code, "D", limits)), "version": number, "effective_from": effective_from}
    published_at = at(f"{effective_from} 06:00")
    return fact(
        "item.published", code, published_at, data, known=max(at(known_at), published_at), name=f"{code}/{number}"
    )


def stopped(kind: str, code: str, known_at: str, effective_from: str) -> Fact:
    """An item suspended or cancelled, of which one learns only later."""
    data, stopped_at = {"code": code, "reason": "r", "effective_from": effective_from}, at(f"{effective_from} 06:00")
    return fact(f"item.{kind}", code, stopped_at, data, known=max(at(known_at), stopped_at))


def catalogue_at_work(chance: Chance) -> list[Fact]:
    """Items published, replaced, suspended and cancelled, some known days later, and their cases beside them."""
    items, days = ["I", "J"], [f"2026-09-{day:02}" for day in range(1, 19)]

    def moment(first: int, last: int) -> str:
        return f"{days[chance.randint(first, last)]} {chance.randint(7, 19):02}:{chance.randint(0, 59):02}"

    told = [accepted(f"C{n}", moment(0, 10), chance.choice([*items, "N"])) for n in range(12)]
    told += [decided(f"C{n}", moment(11, 17)) for n in range(0, 12, 3)]
    for number in range(2, 7):
        limit = chance.randint(2, 8)
        told.append(version(chance.choice(items), number, moment(5, 17), limit, chance.choice(days[:10])))
    told.append(version("N", 1, moment(8, 14), 5, days[0]))
    told.append(stopped("suspended", chance.choice(items), moment(4, 12), chance.choice(days[:8])))
    told.append(stopped("cancelled", chance.choice(items), moment(10, 16), chance.choice(days[:12])))
    told.append(fact("item.change_filed", "BG-1", at(moment(8, 9)), CHANGE | {"code": "I"}))
    told.append(fact("item.change_filed", "BG-2", at(moment(8, 9)), CHANGE))
    told.append(fact("item.change_reviewed", "BG-2", at(moment(12, 14)), {"change": "BG-2", "approved": True}))
    return sorted(told, key=lambda one: (known(one), is_case(one)))


CHANGE = {"change": "BG", "department": "D", "cause": "law", "caused_on": "2026-08-03"}
CATALOGUE = SUPERVISION | {"K01", "K02", "K05", "K06", "D01", "P15", "S06"}


THREE_OF_TWENTY = {"promised": {"n": 3, "unit": "work_day"}, "statutory": {"n": 20, "unit": "work_day"}}


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["two"])
def test_a_catalogue_that_changes_at_any_hour_holds_up_only_its_own_cases(tmp_path: Path, seed: str) -> None:
    public = [region(supervisor="B"), office("B"), office("D"), *(item(code, "D", THREE_OF_TWENTY) for code in "IJ")]
    told = catalogue_at_work(Chance(f"catalogue {seed}"))
    quick, slow = both(tmp_path, public, told, end_of("2026-09-19"), codes=CATALOGUE)
    assert_alike(quick, slow)
    assert {"esup.card.issued", "esup.card.withdrawn"} <= quick.keys()
    rules = {ast.literal_eval(row[3])["rule"] for row in quick["esup.card.issued"]}
    assert {"catalogue.unconfirmed-power", "catalogue.change-filed-late"} <= rules


HOURS = ("09:00", "10:00", "11:00")


def test_an_item_waits_for_its_cases_and_they_for_it(tmp_path: Path) -> None:
    """It is made stricter at noon, while one case is busy and the other is decided later; another item is made milder.

    A card is appealed on the day of its issue, and a task is answered that there never was.
    """
    hours = {"promised": {"n": 26, "unit": "hour"}, "statutory": {"n": 20, "unit": "work_day"}}
    public = [region(), office("D"), item("I", "D", TEN_OF_TWENTY), item("H", "D", hours)]
    steps = [case("step_finished", "A", f"2026-09-09 {hour}", step="s", name=f"A/{hour}") for hour in HOURS]
    told = [
        accepted("A", "2026-09-01 09:00"),
        accepted("B", "2026-09-01 09:00"),
        accepted("C", "2026-09-08 10:00", "H"),
        *steps,
        version("I", 2, "2026-09-09 12:00", 2, "2026-08-31"),
        decided("B", "2026-09-09 13:00"),
        version("H", 2, "2026-09-09 11:00", 9, "2026-08-31"),
        fact("card.appealed", yellow_of("B"), at("2026-09-09 12:30"), {"ground": "g"}),
        fact("card.appeal_decided", yellow_of("B"), at("2026-09-09 12:40"), {"accepted": True, "reason": "w"}),
        fact("task.replied", "NOBODY-KNOWS", at("2026-09-09 12:30"), {"text": "t", "rectified": False}),
    ]
    told = sorted(told, key=lambda one: (known(one), is_case(one)))
    quick, slow = both(tmp_path, public, told, end_of("2026-09-10"))
    assert_alike(quick, slow)
    assert [row[1] for row in quick["esup.card.withdrawn"]] == [at("2026-09-09 12:40")]
    late = {data["case_no"]: row[1] for row in quick["esup.card.issued"] if (data := ast.literal_eval(row[3]))}
    assert late == {"A": at("2026-09-09 12:00"), "B": at("2026-09-09 12:00")}
