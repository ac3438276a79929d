"""The past of one case out of a large home is the past that a replay of everything shows of it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from console.case_report import ASKED, report_from
from console.city.city import EVENTS_FILE
from console.city.city import City as MadeUpCity
from console.errors import UnknownCase
from console.questions import Asked
from engine.calendar import calendar_facts
from engine.clock import SystemClock
from engine.intake.pipeline import Intake
from engine.log import EventLog
from engine.persons import Persons
from engine.rulebook import load_rulebook
from monitors.virtual import simulate
from projections.projector import Projector
from replay.as_of import replay
from replay.of_case import replay_case
from tests.generators.randomness import Chance
from tests.monitors.city import (
    LONG_AGO,
    SUPERVISION,
    TEN_OF_TWENTY,
    City,
    accepted,
    at,
    case,
    decided,
    end_of,
    fact,
    item,
    office,
    region,
)
from tests.monitors.test_virtual import in_the_hands_of_people, known, stopped, version

Moment = tuple[int, int]
"""As of when, and as known when."""


def told_of(case: Asked, case_no: str) -> dict[str, Any] | str:
    """Everything that is told of a case, or that nothing is."""
    try:
        return report_from(case, case_no).as_document()
    except UnknownCase as error:
        return str(error)


def assert_alike(
    present: Projector, log: EventLog, cases: Iterable[str], moments: Iterable[Moment]
) -> dict[str, list[str]]:
    """Case by case, moment by moment: the past of the case, the replay looked at for it alone, and all of the replay.

    What is told must not be the same throughout.
    """
    seen: dict[str, list[str]] = {}
    chosen = list(cases)
    before = present.canonical_hash()
    for as_of, known_at in moments:
        whole = replay(log, as_of, known_at)
        for case_no in chosen:
            with (
                closing(replay_case(present, case_no, ASKED, as_of, known_at)) as past,
                closing(whole.of_case(case_no, ASKED)) as looked_at,
            ):
                assert past.as_of == looked_at.as_of == as_of
                told = told_of(past, case_no)
                assert told == told_of(whole, case_no), (case_no, as_of, known_at)
                assert told == told_of(looked_at, case_no)
            seen.setdefault(case_no, []).append(str(told))
        whole.close()
    assert any(len(set(told)) > 1 for told in seen.values())
    assert present.canonical_hash() == before
    return seen


def test_cards_tasks_and_a_fact_that_moved_to_another_case(tmp_path: Path) -> None:
    """Two cases in the hands of people; the decision of one is later known to be that of the other.

    And a step of September that is imported in October changes no sealed day.
    """
    public = [region(supervisor="B"), office("B"), office("D"), item("I", "D", TEN_OF_TWENTY)]
    moved = decided("E", "2026-09-28 17:00", known="2026-10-12 09:30", name="C/decided", version=2)
    told = sorted([*in_the_hands_of_people(), moved], key=known)
    city = City(tmp_path, now=known(told[0]), public=public, seals_days=True, codes=SUPERVISION)
    simulate(city.monitor, told, end_of("2026-10-20"))
    city.tell(case("step_finished", "C", "2026-09-16 10:00", step="s", post="p", officer="u2"))
    city.projector.update(city.projector.as_of)
    days = ("2026-09-21 12:00", "2026-09-25 12:00", "2026-10-09 12:00", "2026-10-13 12:00")
    moments = [(at(day), at(later)) for day in days for later in days if day <= later]
    assert_alike(city.projector, city.log, ("C", "E", "NOBODY"), moments)
    city.close()


def test_the_catalogue_as_it_was_known_then(tmp_path: Path) -> None:
    """A promise, a holiday, stops and an office's region that came to be known later; promise and office were no such.

    What is known later counts from the beginning, so that it alone tells one moment from another.
    """
    city = City(tmp_path)
    city.tell(
        accepted("C", "2026-09-07 10:00"), accepted("E", "2026-09-08 10:00", "J"), decided("E", "2026-09-22 09:00")
    )
    holiday = {"date": "2026-09-14", "working": False, "name": "n"}
    notice = {"calendar": "cn", "region": "R", "notice": "n", "published_on": "2026-09-01", "days": [holiday]}
    second = version("I", 2, "2026-10-12 09:00", 5, "2026-09-01")
    filed = fact("item.change_filed", "FILED", second.occurred_at, {"code": "I"}, known=at("2026-10-17 09:00"))
    city.tell(
        second,
        fact("calendar.noticed", "cn", at("2026-09-01 09:00"), notice, known=at("2026-10-13 09:00")),
        stopped("suspended", "I", "2026-10-14 09:00", "2026-09-02"),
        office("D")._replace(body=office("D", of="R2").body, dataversion=2, recorded_at=at("2026-10-15 09:00")),
        stopped("cancelled", "J", "2026-10-16 09:00", "2026-09-03"),
        filed._replace(event_id=second.event_id, dataversion=2),
        item("K", "D", TEN_OF_TWENTY)._replace(recorded_at=at("2026-10-18 09:00")),
        filed._replace(
            event_id=office("D").event_id, occurred_at=LONG_AGO, dataversion=3, recorded_at=at("2026-10-19 09:00")
        ),
    )
    city.projector.update(at("2026-10-20 12:00"))
    days = ("2026-09-25 12:00", *(f"2026-10-{day} 12:00" for day in range(12, 19)))
    moments = [(at("2026-09-25 12:00"), at(day)) for day in days]
    told = assert_alike(city.projector, city.log, ("C", "E"), moments)
    assert len(set(told["C"])) > 4 and len(set(told["E"])) > 1
    city.close()


def test_what_was_public_until_it_was_corrected_to_be_of_a_case(tmp_path: Path) -> None:
    """A version of the item with a shorter promise, and then there never was one."""
    city = City(tmp_path)
    second = version("I", 2, "2026-09-01 09:00", 5, "2026-09-01")
    step = case("applied", "OTHER", "2026-09-02 10:00", known="2026-10-12 09:00", item="I", department="D")
    city.tell(accepted("C", "2026-09-07 10:00"), second, step._replace(event_id=second.event_id, dataversion=2))
    city.projector.update(at("2026-10-20 12:00"))
    moments = [(at("2026-09-25 12:00"), at(day)) for day in ("2026-09-25 12:00", "2026-10-13 12:00")]
    assert_alike(city.projector, city.log, ["C"], moments)
    city.close()


def test_an_outage_that_was_corrected_to_be_none(tmp_path: Path) -> None:
    """It excused the card as long as nobody knew better."""
    city = City(tmp_path)
    data = {"from": "2026-09-20T08:00:00+08:00", "to": "2026-09-20T14:00:00+08:00", "ground": "平台故障"}
    city.tell(accepted("C", "2026-09-07 10:00"), fact("outage.declared", "OUT", at("2026-09-20 09:00"), data, name="O"))
    city.watch("2026-09-22 00:00")
    filed = fact("item.change_filed", "FILED", at("2026-09-20 09:00"), {"code": "I"}, known=at("2026-10-12 09:00"))
    city.tell(filed._replace(event_id="O", dataversion=2))
    city.projector.update(at("2026-10-20 12:00"))
    moments = [(at("2026-09-25 12:00"), at(day)) for day in ("2026-09-25 12:00", "2026-10-13 12:00")]
    assert_alike(city.projector, city.log, ["C"], moments)
    city.close()


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> EventLog:
    """A year of a city that breaks every core rule, as its facts came in."""
    folder = tmp_path_factory.mktemp("year")
    MadeUpCity(2_000, 31).write(folder)
    log = EventLog.open(folder / "log.sqlite", SystemClock())
    law = [*calendar_facts(), *load_rulebook().facts()]
    log.append_batch(sorted(law, key=lambda one: one.recorded_at or 0))
    with Persons.open(folder / "keys.sqlite") as persons:
        log.append_batch(
            [one.fact for one in Intake(folder / EVENTS_FILE, persons, SystemClock(), historical=True).taken()]
        )
    return log


@pytest.mark.slow
def test_any_case_of_a_year_on_any_day(year: EventLog) -> None:
    present, chance = Projector.in_memory(year), Chance("any case")
    present.update(end_of("2025-12-31"))
    rows = present.query(
        "select distinct case_no, type not like 'esup.case.%' or dataversion > 1 from events order by all"
    )[1]
    cases = [chance.sample(sorted(no for no, is_tied in rows if no and is_tied == tied), 6) for tied in (True, False)]
    moments = [("2025-04-18", "2025-04-18"), ("2025-08-20", "2025-10-09"), ("2025-11-28", "2025-11-28")]
    assert_alike(present, year, [*cases[0], *cases[1]], [(end_of(day), end_of(later)) for day, later in moments])
    present.close()


def test_what_is_found_across_cases_is_found_of_no_single_case() -> None:
    """Else the past of one case, replayed without the others, would lack it."""
    across = [clause for rule in load_rulebook().rules for clause in rule.clauses if clause.get("gather_sql")]
    assert across
    assert all("cast(null as text) as case_no" in clause["sql"] for clause in across)
