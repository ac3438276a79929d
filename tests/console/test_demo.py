"""The demo, through the real command: everything planted is found, at its instant, and nothing else."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from console import demo_report
from console.bootstrap import Home, open_home
from console.commands import demo
from console.demo_city import DemoCity
from console.demo_report import found_in, planted_in
from console.output import report_page
from projections.canonical import canonical_hash
from replay.as_of import replay
from tests.console.conftest import Esup

ZONE = ZoneInfo("Asia/Shanghai")
Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def city() -> DemoCity:
    return DemoCity()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home after the demo, and what the demo printed."""
    path = tmp_path_factory.mktemp("demo") / "home"
    patch = pytest.MonkeyPatch()
    patch.setenv("ESUP_LANG", "en")
    patch.setenv("COLUMNS", "110")
    printed = StringIO()
    with redirect_stdout(printed):
        demo.demo_command(home=path, write=path.parent / "month")
    patch.undo()
    return path, printed.getvalue()


@pytest.fixture(scope="module")
def home(lived: tuple[Path, str]) -> Iterator[Home]:
    with open_home(lived[0], create=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def ask(home: Home) -> Ask:
    return lambda sql: home.projector.query(sql)[1]


@pytest.mark.slow
def test_all_that_was_planted_was_found_at_its_instant_and_nothing_else(home: Home, city: DemoCity) -> None:
    found, planted = found_in(home.projector, city.zone), planted_in(city.planted)
    assert not planted - found, "missed"
    assert not found - planted, "found, but not planted"


@pytest.mark.slow
def test_the_cards_have_the_ids_that_anybody_can_compute(ask: Ask, city: DemoCity) -> None:
    assert {card_id for _, truth in city.planted for card_id in truth.cards} == {
        card for (card,) in ask("select card_id from cards")
    }


@pytest.mark.slow
def test_each_red_card_replaced_the_yellow_one(ask: Ask, city: DemoCity) -> None:
    replaced = ask(
        "select yellow.subject_id = red.subject_id, red.level, red.issued_at = red.triggers_at, "
        "red.rule_id in (yellow.rule_id, 'supervision.yellow-not-corrected') "
        "from cards as yellow inner join cards as red on yellow.replaced_by = red.card_id"
    )
    assert set(replaced) == {(True, "red", True, True)}
    escalated = [card for _, truth in city.planted for card in truth.cards.values() if card.is_escalated]
    assert len(replaced) == len(escalated)


@pytest.mark.slow
def test_every_withdrawn_or_exempted_card_says_why(ask: Ask) -> None:
    reasons = ask("select state, reason from cards where state in ('withdrawn', 'exempted')")
    assert {state for state, _ in reasons} == {"withdrawn", "exempted"}
    assert all(reason for _, reason in reasons)


@pytest.mark.slow
def test_a_task_that_nobody_answers_is_left(ask: Ask) -> None:
    assert ask(
        "select count(*) > 0 from tasks where state = 'issued' and issued_at < timestamptz '2026-09-02 00:00:00+08'"
    ) == [(True,)]


@pytest.mark.slow
def test_the_daily_log_has_every_department_on_every_day(ask: Ask, city: DemoCity) -> None:
    days = [date(2026, 8, 31) + timedelta(days=number) for number in range(31)]
    departments = [department["code"] for department in city.recipe["departments"]]
    told = ask("select day, department from daily_log where day >= date '2026-08-31'")
    assert sorted(told) == sorted((day, department) for day in days for department in departments)


@pytest.mark.slow
def test_the_daily_log_counts_what_the_events_tell(lived: tuple[Path, str], ask: Ask, city: DemoCity) -> None:
    told = ask(
        "select day, department, handled, closed, tasks_issued, tasks_replied from daily_log "
        "where handled + closed + tasks_issued + tasks_replied > 0"
    )
    events = (lived[0].parent / "month" / "demo-city.ndjson").read_bytes().splitlines()
    counted = counted_by_hand(map(orjson.loads, events), city)
    assert {(row[0], row[1]): row[2:] for row in told} == counted


@pytest.mark.slow
def test_the_daily_log_counts_breaches_that_run_and_cards_that_live(ask: Ask, city: DemoCity) -> None:
    of_cases = {case.number for case, _ in city.planted if case.kind == "case"}
    cards = [card for _, truth in city.planted for card in truth.cards.values() if card.finding.subject in of_cases]
    # What a late report or an appeal undid is another matter: its breach was there until then, and never had been.
    left_out = {card.finding.department for card in cards if card.state == "withdrawn"}
    troubled: dict[tuple[date, str], set[str]] = defaultdict(set)
    for card in cards:
        end = card.settled_at or city.end
        for day in (card.issued_at.date() + timedelta(days=number) for number in range(31)):
            if day < end.date():
                troubled[day, card.finding.department].add(card.finding.subject)
    told = ask("select day, department, overdue_or_abnormal from daily_log where overdue_or_abnormal > 0")
    assert {(day, department): count for day, department, count in told if department not in left_out} == {
        (day, department): len(cases) for (day, department), cases in troubled.items() if department not in left_out
    }


@pytest.mark.slow
def test_the_month_that_was_lived_equals_the_month_replayed(home: Home) -> None:
    until = home.settings.watched_at
    assert until is not None
    home.projector.update(until)
    past = replay(home.log, until)
    try:
        assert canonical_hash(past.store) == canonical_hash(home.projector.store)
    finally:
        past.close()
    assert home.log.verify().is_intact


@pytest.mark.slow
def test_no_person_stands_in_clear_in_the_home(lived: tuple[Path, str], ask: Ask, city: DemoCity) -> None:
    applicants = [event["data"]["applicant"] for event in city.events() if event["type"] == "esup.case.applied"]
    secrets = {applicant[name].encode() for applicant in applicants for name in ("name", "id_no", "phone")}
    files = {file: file.read_bytes() for file in lived[0].rglob("*") if file.is_file()}
    assert {"log.sqlite", "keys.sqlite", "projections.duckdb", "truth.json"} <= {file.name for file in files}
    assert not {(file.name, secret) for file, content in files.items() for secret in secrets if secret in content}
    # Not even packed: what the log and the projections hold of an application names a reference instead.
    told = ask("select data -> 'applicant' from facts where type = 'esup.case.applied'")
    assert len(told) == len(applicants)
    assert {tuple(sorted(orjson.loads(applicant))) for (applicant,) in told} == {("kind", "person")}


@pytest.mark.slow
def test_nothing_is_left_beside_the_home_s_own_files(lived: tuple[Path, str]) -> None:
    names = {file.name for file in lived[0].iterdir()}
    assert not {name for name in names if name.startswith("history-") or name.endswith(".ndjson")}


@pytest.mark.slow
def test_the_report_tells_it_all(lived: tuple[Path, str], city: DemoCity) -> None:
    printed = lived[1]
    assert "missed 0, found but not planted 0" in printed
    codes = {finding.code for _, truth in city.planted for finding in truth.findings}
    assert all(re.search(rf"^{code} .*✓$", printed, re.M) for code in codes)
    assert "esup --home" in printed
    assert max(map(len, printed.partition("What to try next")[0].splitlines())) <= 110


@pytest.mark.slow
def test_the_home_can_be_looked_at_and_the_demo_run_over_it_only(
    lived: tuple[Path, str], home: Home, esup: Esup, city: DemoCity
) -> None:
    home.close()  # the module's last test: one process at a time holds the projections
    deemed = demo_report.first_with("T06", city.planted)
    explained = esup("--home", lived[0], "explain", deemed, "--as-of", "2026-09-17")
    assert explained.code == 0, explained.err
    assert "T06" in explained.out
    demo.make_room(lived[0])
    assert not list(lived[0].iterdir())


def test_a_missed_and_an_unplanted_finding_are_told(city: DemoCity, capsys: pytest.CaptureFixture[str]) -> None:
    found = planted_in(city.planted)
    extra = next(iter(found))
    del found[extra]
    found[extra._replace(subject="SF-2026-9999")] += 1
    assert not demo_report.show_planted(report_page(), city.planted, found, {})
    told = capsys.readouterr().out
    assert "✗" in told
    assert "SF-2026-9999" in told


def test_the_demo_overwrites_nothing(esup: Esup, tmp_path: Path) -> None:
    esup("query", "select 1")
    done = esup("demo")
    assert done.code == 2
    assert "not overwritten" in done.err
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "letter.txt").write_text("mine")
    assert esup("--home", "papers", "demo").code == 2


def counted_by_hand(events: Iterator[dict[str, Any]], city: DemoCity) -> dict[tuple[date, str], tuple[int, ...]]:
    """What each department's day was, from the events alone: what became known after the day's end is not in it."""
    of_case: dict[str, str] = {}
    touched: dict[tuple[date, str], set[str]] = defaultdict(set)
    closed: Counter[tuple[date, str]] = Counter()
    replied: Counter[tuple[date, str]] = Counter()
    by_hand: Counter[tuple[date, str]] = Counter()
    answered: set[str] = set()
    for event in events:
        at, known = (datetime.fromisoformat(event[name]).astimezone(ZONE).date() for name in ("time", "recordedtime"))
        department = event["source"].split("/")[2]
        if event["type"].startswith("esup.case."):
            of_case[event["subject"]] = department
        if at == known and event["type"].startswith("esup.case."):
            touched[at, of_case[event["subject"]]].add(event["subject"])
            closed[at, of_case[event["subject"]]] += event["type"] == "esup.case.closed"
        by_hand[at, department] += at == known and event["type"] == "esup.task.issued"
        if event["type"] == "esup.task.replied" and event["subject"] not in answered:
            answered.add(event["subject"])
            replied[at, department] += at == known
    issued = Counter(
        (card.issued_at.date(), card.finding.department)
        for _, truth in city.planted
        for card in truth.cards.values()
        if card.opens_task
    )
    issued += by_hand
    days = {*touched, *issued, *replied}
    told = {day: (len(touched[day]), closed[day], issued[day], replied[day]) for day in days if day[0] <= city.last_day}
    return {day: counts for day, counts in told.items() if any(counts)}
