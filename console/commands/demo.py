"""`esup demo`: a small city's month in a fresh home: found against planted, and what to try next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import typer

from console.bootstrap import HOME_FILES, Home, open_home
from console.clocks import move_clock_to
from console.commands.watch import watch_once
from console.demo_city import DemoCity, Planted
from console.errors import HomeInUse
from console.intake import import_files
from console.messages import choose, say
from console.options import HomeOption, example, home_path
from console.output import Format, page, print_rows, progress, table_of
from console.questions import rows_of
from console.settings import FILE_NAME, read_settings

DEMO = "demo"
CITY_FILE = "demo-city.ndjson"
FAILED = 1
FOUND = """
select case_no, rule_id, level
from findings
where verdict <> 'pending'
union
-- A prompt's finding goes when the duty is done; that it was sent stays.
select case_no, rule_id, 'prompt' as level
from prompts
order by all
"""
SUMS = """
select level, rule_id, count(*) as cards, count(*) filter (where state = 'issued') as still_open
from cards
group by all
order by all
"""
DAYS = """
select day, sum(handled) as handled, sum(closed) as closed, sum(near_limit) as near_limit,
    sum(overdue_or_abnormal) as overdue_or_abnormal, sum(tasks_issued) as tasks_issued
from daily_log
group by day
order by day desc
limit 7
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "demo",
        help=say("A small city's month in a fresh home: cards, daily log, and what to try next."),
        epilog=example("esup demo", "esup --home somewhere demo"),
    )(demo_command)


def demo_command(home: HomeOption = None) -> None:
    """Live through the demo city's month; 1 if what was found is not what was planted."""
    path = home_path(home)
    make_room(path)
    city = DemoCity()
    with open_home(path) as opened:
        opened.change(profile=DEMO)
        live_through(opened, city)
        complete = show(opened, city)
    if not complete:
        raise typer.Exit(FAILED)


def make_room(path: Path) -> None:
    """A home that an earlier demo made gives way; any other data stays, and the demo does not start."""
    if not path.exists():
        return
    if (path / FILE_NAME).is_file() and read_settings(path).profile == DEMO:
        for name in (*HOME_FILES, CITY_FILE, *(f"{name}-{part}" for name in HOME_FILES for part in ("wal", "shm"))):
            (path / name).unlink(missing_ok=True)
    elif any(path.iterdir()):
        raise HomeInUse(path=str(path))


def live_through(home: Home, city: DemoCity) -> None:
    """Import the month, then watch at the end of each of its days."""
    day, last = city.first_day, date.fromisoformat(city.until)
    import_files(home, [city.write(home.path / CITY_FILE)], None, historical=True, acknowledge=None)
    total = (last - day).days + 1
    with progress(say("Living through {days} days", days=total)) as advance:
        for number in range(total):
            at = home.moment((day + timedelta(days=number)).isoformat())
            assert at is not None
            move_clock_to(home, at, DEMO, quietly=True)
            watch_once(home)
            advance(number + 1, total)


def show(home: Home, city: DemoCity) -> bool:
    """Cards, the last days, found against planted; whether they agree."""
    out, zone, ask = page(), home.settings.zone, home.projector.query
    cases = rows_of(home.projector, "select count(*) as n from cases")[0]["n"]
    out.print(say("A city's month: {cases} cases until {day}.", cases=cases, day=city.until))
    for title, sql in ((say("Cards issued"), SUMS), (say("The daily log of its last week"), DAYS)):
        columns, rows = ask(sql)
        out.print(table_of(columns, rows, zone, title))
    found = {(row["case_no"], row["rule_id"], row["level"]) for row in rows_of(home.projector, FOUND)}
    complete = show_planted(city.planted, found, zone)
    show_next(city.planted)
    return complete


def show_planted(planted: Iterable[Planted], found: set[tuple[str, str, str]], zone: str) -> bool:
    """Each planted violation with what was found of it; whether nothing is missing and nothing more was found."""
    expected = {(entry.case_no, *pair) for entry in planted for pair in entry.expect}
    stories = {entry.case_no: choose(entry.story["zh"], entry.story["en"]) for entry in planted}
    rows = [
        (case_no, stories.get(case_no, say("not planted")), rule_id, level, (case_no, rule_id, level) in found)
        for case_no, rule_id, level in sorted(expected | found)
    ]
    print_rows(("case_no", "story", "rule_id", "level", "found"), rows, Format.table, zone, say("Planted and found"))
    missed, extra = len(expected - found), len(found - expected)
    verdict = say(
        "Planted {n}, missed {missed}, found but not planted {extra}.", n=len(expected), missed=missed, extra=extra
    )
    page().print(f"[{'green' if not missed + extra else 'bold red'}]{verdict}")
    return expected == found


def show_next(planted: Iterable[Planted]) -> None:
    """What a stranger may type next."""
    out = page()
    out.print()
    out.print(f"[bold]{say('What to try next')}")
    case_no = next(iter(planted)).case_no
    for command in (
        f"esup explain {case_no}",
        f"esup explain {case_no} --as-of 2026-09-10",
        'esup query "select * from cards order by issued_at"',
        "esup replay --as-of 2026-09-15",
        "esup rules list",
        "esup doctor",
    ):
        out.print(f"  {command}")
