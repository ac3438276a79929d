"""What the demo shows: the city, its cards, a day's log, found against planted, and what to try next."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from console.bootstrap import Home
from console.demo_city import DemoCity, Planted
from console.messages import language, say, word
from console.options import DEFAULT_HOME
from console.output import LEVEL_STYLES, report_page
from console.questions import rows_of
from projections.projector import Projector

CODES = "(select distinct rule_id, code, title_zh, title_en from rules)"
FOUND = f"""
select 'finding' as kind, case_no, code, findings.level, triggers_at, null as issued_at, '' as state
from findings inner join {CODES} as titles on findings.rule_id = titles.rule_id
where verdict <> 'pending'
union all
-- A prompt's finding goes when the duty is done; that it was sent stays.
select 'prompt', case_no, code, 'prompt', triggers_at, null, ''
from prompts inner join {CODES} as titles on prompts.rule_id = titles.rule_id
union all
select 'card', case_no, code, cards.level, triggers_at, issued_at, state
from cards inner join {CODES} as titles on cards.rule_id = titles.rule_id
"""
CARDS = f"""
select department, code, title_zh, title_en,
    count(*) filter (where level = 'yellow') as yellow, count(*) filter (where level = 'red') as red,
    count(*) filter (where state = 'rectified') as rectified, count(*) filter (where state = 'escalated') as escalated,
    count(*) filter (where state = 'withdrawn') as withdrawn, count(*) filter (where state = 'issued') as still_open
from cards
inner join {CODES} as titles on cards.rule_id = titles.rule_id
group by all
order by department, code
"""
BUSIEST_DAY = "select day from daily_log group by day order by sum(tasks_issued) desc, day limit 1"
DAY = "select * from daily_log where day = ? order by region, department"
CARD_COLUMNS = {
    "yellow": word("Yellow"), "red": word("Red"), "rectified": word("Rectified"), "escalated": word("To red"),
    "withdrawn": word("Withdrawn"), "still_open": word("Open"),
}  # fmt: skip
DAY_COLUMNS = {
    "handled": word("Handled"), "closed": word("Closed"), "closed_early": word("Closed early"),
    "near_limit": word("Near limit"), "overdue_or_abnormal": word("Overdue"), "tasks_issued": word("Tasks issued"),
    "tasks_replied": word("Tasks replied"),
}  # fmt: skip
MARKS = {"yellow": ("黄", "Y"), "red": ("红", "R"), "prompt": ("示", "P")}


class Told(NamedTuple):
    """One thing that was, or must be, found: all of it must agree."""

    kind: str
    case_no: str
    code: str
    level: str
    triggers_at: datetime
    issued_at: datetime | None
    state: str


def show(home: Home, city: DemoCity) -> bool:
    """The whole report; whether all that was planted was found, and nothing else."""
    out = report_page()
    found = found_in(home.projector, city.zone)
    show_city(out, home, city)
    names = {each["code"]: str(each["name"]).removeprefix(city.name) for each in city.recipe["departments"]}
    show_cards(out, home.projector, names)
    show_day(out, home.projector, names)
    is_complete = show_planted(out, city.planted, found)
    show_next(out, home.path, city.planted)
    return is_complete


def found_in(projector: Projector, zone: ZoneInfo) -> Counter[Told]:
    """What the engine found and issued."""
    rows = (Told(**row) for row in rows_of(projector, FOUND))
    return Counter(
        row._replace(
            triggers_at=row.triggers_at.astimezone(zone),
            issued_at=None if row.issued_at is None else row.issued_at.astimezone(zone),
        )
        for row in rows
    )


def planted_in(planted: Iterable[Planted]) -> Counter[Told]:
    """What must be found and issued."""
    told: Counter[Told] = Counter()
    for case, truth in planted:
        for kind, findings in (("finding", truth.findings), ("prompt", truth.prompts.values())):
            told.update(Told(kind, case.number, each.code, each.level, each.triggers_at, None, "") for each in findings)
        for card in truth.cards.values():
            told[Told("card", case.number, card.code, card.level, card.triggers_at, card.issued_at, card.state)] += 1
    return told


def show_city(out: Console, home: Home, city: DemoCity) -> None:
    """What came in."""
    counts = rows_of(home.projector, "select type like 'esup.case.%' as is_case, count(*) as n from facts group by all")
    events = {row["is_case"]: row["n"] for row in counts}
    out.print()
    out.rule(f"[bold]{city.name} · {city.first_day:%Y-%m}[/]", align="left", style="dim")
    out.print(
        say(
            "{departments} departments, {items} items, {officers} officers; {cases} cases with {events} facts came in.",
            departments=len(city.recipe["departments"]),
            items=len(city.items),
            officers=sum(len(names) for d in city.recipe["departments"] for names in d["officers"].values()),
            cases=len(city.cases),
            events=events.get(True, 0),
        )
    )


def show_cards(out: Console, projector: Projector, names: dict[str, str]) -> None:
    """Cards by department and rule, with what became of them."""
    table = plain_table(say("Cards issued"), [say("Department"), say("Rule")], CARD_COLUMNS)
    rows = rows_of(projector, CARDS)
    last = None
    for row in rows:
        rule = f"{row['code']} {row['title_en'] if language() == 'en' else row['title_zh']}"
        name = names[row["department"]]
        table.add_row(
            f"[dim]{name}[/]" if last == name else name, rule, *(number(row[column], column) for column in CARD_COLUMNS)
        )
        last = name
    table.add_section()
    sums = (number(sum(row[column] for row in rows), column) for column in CARD_COLUMNS)
    table.add_row(say("Sum"), "", *sums, style="bold")
    out.print()
    out.print(table)


def show_day(out: Console, projector: Projector, names: dict[str, str]) -> None:
    """The sealed log of the day on which most tasks were issued."""
    day: date = rows_of(projector, BUSIEST_DAY)[0]["day"]
    table = plain_table(say("The daily log of {day}", day=day.isoformat()), [say("Department")], DAY_COLUMNS)
    for row in rows_of(projector, DAY, day):
        table.add_row(names[row["department"]], *(number(row[column], column) for column in DAY_COLUMNS))
    out.print()
    out.print(table)


def plain_table(title: str, names: Iterable[str], numbers: dict[str, str]) -> Table:
    """A table of names and counts."""
    table = Table(
        box=SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False, show_edge=False,
        collapse_padding=True,
    )  # fmt: skip
    for name in names:
        table.add_column(name, no_wrap=True)
    for heading in numbers.values():
        table.add_column(say(heading), justify="right")
    return table


def number(count: int, column: str) -> str:
    """A count as a cell: nothing is a dot, cards have their colour."""
    style = {"yellow": "bold yellow", "red": "bold red", "overdue_or_abnormal": "yellow"}.get(column)
    return "[dim]·[/]" if not count else f"[{style}]{count}[/]" if style else str(count)


def show_planted(out: Console, planted: list[Planted], found: Counter[Told]) -> bool:
    """Each planted case with what had to be found in it; whether nothing is missing and nothing more was found."""
    expected = planted_in(planted)
    missed, extra = expected - found, found - expected
    table = plain_table(say("Planted and found"), [say("Case"), say("What was planted"), say("Must be found"), ""], {})
    table.columns[1].no_wrap = False
    for case, truth in sorted(planted, key=lambda entry: not entry.truth.cards):
        is_right = not any(told.case_no == case.number for told in (*missed, *extra))
        story = case.story.get("en" if language() == "en" else "zh") or say("not planted")
        table.add_row(case.number, story, marks(Planted(case, truth)), "[green]✓[/]" if is_right else "[bold red]✗[/]")
    out.print()
    out.print(table)
    out.print()
    for title, differing in ((say("Missed"), missed), (say("Found, but not planted"), extra)):
        for told in sorted(differing, key=str):
            out.print(f"[bold red]{title}[/] {escape(' '.join(str(value) for value in told if value))}")
    verdict = say(
        "Findings, prompts and cards: planted {n}, missed {missed}, found but not planted {extra}.",
        n=expected.total(),
        missed=missed.total(),
        extra=extra.total(),
    )
    out.print(f"[bold {'red' if missed or extra else 'green'}]{verdict}[/]")
    return not missed and not extra


def marks(entry: Planted) -> str:
    """What must be found in a case, in the order in which it triggers; a withdrawn card is struck out."""
    told = [(finding.triggers_at, finding.code, "prompt", "") for finding in entry.truth.prompts.values()]
    told += [(card.triggers_at, card.code, card.level, card.state) for card in entry.truth.cards.values()]
    return " ".join(mark(*each[1:]) for each in sorted(told)) or f"[dim]{say('silence')}[/]"


def mark(code: str, level: str, state: str) -> str:
    """A rule's code with its level, in its colour."""
    style = LEVEL_STYLES[level] + (" strike" if state == "withdrawn" else "")
    return f"[{style}]{code}{MARKS[level][language() == 'en']}[/]"


def show_next(out: Console, home: Path, planted: list[Planted]) -> None:
    """What a stranger may type next."""
    esup = "esup" if home == Path(os.environ.get("ESUP_HOME", DEFAULT_HOME)) else f"esup --home {home}"
    deemed = next(case.number for case, truth in planted if any(card.code == "T06" for card in truth.cards.values()))
    wrong = next((case, card) for case, truth in planted for card in truth.cards.values() if card.state == "withdrawn")
    case_no, before = wrong[0].number, f"{wrong[1].issued_at:%Y-%m-%d}"
    told = [
        (f"{esup} explain {deemed}", say("why this case has its cards, day by day")),
        (f"{esup} explain {case_no}", say("a card withdrawn, for the report came late")),
        (
            f"{esup} explain {case_no} --as-of {before}",
            say("the same, as it stood before"),
        ),
        (f'{esup} query "select department, state, count(*) from cards group by all"', say("any question, in SQL")),
        (f"{esup} rules list", say("the rules, with the law behind each")),
    ]
    out.print()
    out.print(f"[bold]{say('What to try next')}[/]")
    width = max(len(command) for command, _ in told)
    for command, why in told:
        out.print(f"  [cyan]{escape(command.ljust(width))}[/]  [dim]# {why}[/]", soft_wrap=True)
