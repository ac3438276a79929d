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
from console.demo_city import TRUTH_FILE, DemoCity, Planted
from console.messages import language, say, word
from console.options import DEFAULT_HOME
from console.output import report_page
from console.questions import rows_of
from projections.projector import Projector

CODES = "(select distinct rule_id, code, title_zh, title_en from rules)"
FOUND = f"""
select 'finding' as kind, subject_id as subject, code, findings.level, triggers_at, null as issued_at, '' as state
from findings inner join {CODES} as titles on findings.rule_id = titles.rule_id
where verdict <> 'pending'
union all
-- A prompt's finding goes when the duty is done; that it was sent stays.
select 'prompt', subject_id, code, 'prompt', triggers_at, null, ''
from prompts inner join {CODES} as titles on prompts.rule_id = titles.rule_id
union all
select 'card', subject_id, code, cards.level, triggers_at, issued_at, state
from cards inner join {CODES} as titles on cards.rule_id = titles.rule_id
"""
CARDS = """
with tasked as (
    select department, count(*) as tasks, count(replied_at) as answered from tasks group by department
)
select
    department,
    count(*) filter (where level = 'yellow') as yellow, count(*) filter (where level = 'red') as red,
    count(*) filter (where state = 'rectified') as rectified, count(*) filter (where state = 'escalated') as escalated,
    count(*) filter (where state = 'exempted') as exempted, count(*) filter (where state = 'withdrawn') as withdrawn,
    count(*) filter (where state = 'issued') as still_open,
    coalesce(any_value(tasks), 0) as tasks, coalesce(any_value(answered), 0) as answered
from cards
left join tasked using (department)
group by department
order by department
"""
TITLES = "select distinct code, title_zh, title_en from rules where code is not null order by code"
BUSIEST_DAY = "select day from daily_log group by day order by sum(tasks_issued) desc, day limit 1"
DAY = "select * from daily_log where day = ? order by region, department"
CARD_COLUMNS = {
    "yellow": word("Yellow"), "red": word("Red"), "rectified": word("Rectified"), "escalated": word("To red"),
    "exempted": word("Exempted"), "withdrawn": word("Withdrawn"), "still_open": word("Open"), "tasks": word("Tasks"),
    "answered": word("Answered"),
}  # fmt: skip
DAY_COLUMNS = {
    "handled": word("Handled"), "closed": word("Closed"), "closed_early": word("Closed early"),
    "near_limit": word("Near limit"), "overdue_or_abnormal": word("Overdue"), "tasks_issued": word("Tasks issued"),
    "tasks_replied": word("Tasks replied"),
}  # fmt: skip
RULE_COLUMNS = (
    word("Planted"), word("Just not"), word("Found"), word("Missed"), word("Extra"),
)  # fmt: skip
SAID = ("prompt", "card")
"""What counts as one thing planted; the finding behind it must agree too."""


class Told(NamedTuple):
    """One thing that was, or must be, found: all of it must agree."""

    kind: str
    subject: str
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
    is_complete = show_planted(out, city.planted, found, titles_in(home.projector))
    show_next(out, home.path, city.planted)
    return is_complete


def titles_in(projector: Projector) -> dict[str, str]:
    """What each rule is called."""
    return {row["code"]: row["title_en" if language() == "en" else "title_zh"] for row in rows_of(projector, TITLES)}


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
    for _, truth in planted:
        for kind, findings in (("finding", truth.findings), ("prompt", truth.prompts.values())):
            told.update(
                Told(kind, each.subject, each.code, each.level, each.triggers_at, None, "") for each in findings
            )
        for card in truth.cards.values():
            of = card.finding
            told[Told("card", of.subject, of.code, of.level, of.triggers_at, card.issued_at, card.state)] += 1
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
    """Cards by department with what became of them, and the tasks that they opened."""
    table = plain_table(say("Cards and tasks"), [say("Department")], CARD_COLUMNS)
    rows = rows_of(projector, CARDS)
    for row in rows:
        counts = (number(row[column], column) for column in CARD_COLUMNS)
        table.add_row(names.get(row["department"], row["department"]), *counts)
    table.add_section()
    sums = (number(sum(row[column] for row in rows), column) for column in CARD_COLUMNS)
    table.add_row(say("Sum"), *sums, style="bold")
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


def show_planted(out: Console, planted: list[Planted], found: Counter[Told], titles: dict[str, str]) -> bool:
    """What was planted and found, rule by rule; whether nothing is missing and nothing more was found."""
    expected = planted_in(planted)
    missed, extra = expected - found, found - expected
    out.print()
    out.print(rules_table(planted, found, titles))
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
    out.print(say("Every story that was planted, with its instants, is in {file}.", file=TRUTH_FILE), style="dim")
    return not missed and not extra


def rules_table(planted: list[Planted], found: Counter[Told], titles: dict[str, str]) -> Table:
    """Each rule with its violations and near misses, and a matter to look at."""
    expected = planted_in(planted)
    missed, extra = by_rule(expected - found), by_rule(found - expected)
    said, heard = by_rule(spoken(expected)), by_rule(spoken(found))
    near = Counter(code for codes in near_misses(planted).values() for code in codes)
    table = plain_table(say("Planted and found"), [say("Rule")], {name: name for name in RULE_COLUMNS})
    table.add_column(say("For example"), no_wrap=True)
    table.add_column("")
    for code in sorted({*said, *heard, *missed, *extra, *near}):
        counts = (said[code], near[code], heard[code], missed[code], extra[code])
        is_right = not missed[code] and not extra[code]
        mark = "[green]✓[/]" if is_right else "[bold red]✗[/]"
        cells = ("[dim]·[/]" if not count else str(count) for count in counts)
        table.add_row(f"{code} {titles.get(code, '')}", *cells, example_of(code, planted), mark)
    return table


def by_rule(told: Counter[Told]) -> Counter[str]:
    """How many of these each rule has."""
    counts: Counter[str] = Counter()
    for each, count in told.items():
        counts[each.code] += count
    return counts


def spoken(told: Counter[Told]) -> Counter[Told]:
    """Prompts and cards; of what leads to neither, the findings."""
    return Counter({each: n for each, n in told.items() if each.kind in SAID or each.level == "risk"})


def near_misses(planted: list[Planted]) -> dict[str, list[str]]:
    """The rules that each story of the recipe only just does not break."""
    return {case.story["en"]: case.entry["near"] for case, _ in planted if case.entry.get("near")}


def example_of(code: str, planted: list[Planted]) -> str:
    """A matter in which a rule finds something; a case, if there is one."""
    subjects = [
        (case.kind != "case", case.number)
        for case, truth in planted
        if any(finding.code == code for finding in (*truth.findings, *truth.prompts.values()))
    ]
    return min(subjects)[1] if subjects else ""


def show_next(out: Console, home: Path, planted: list[Planted]) -> None:
    """What a stranger may type next."""
    esup = "esup" if home == Path(os.environ.get("ESUP_HOME", DEFAULT_HOME)) else f"esup --home {home}"
    deemed, left = (first_with(code, planted) for code in ("T06", "S03"))
    cards = [card for _, truth in planted for card in truth.cards.values() if card.state == "withdrawn"]
    wrong = next(card for card in cards if not any(told.kind == "appealed" for told in card.told))
    case_no, before = wrong.finding.subject, f"{wrong.issued_at:%Y-%m-%d}"
    told = [
        (f"{esup} explain {deemed}", say("why this case has its cards, day by day")),
        (f"{esup} explain {left}", say("a card whose task nobody answers, step by step")),
        (f"{esup} tasks --state issued", say("the tasks that wait for an answer")),
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


def first_with(code: str, planted: list[Planted]) -> str:
    """The first case in which a rule finds something."""
    return next(
        case.number for case, truth in planted if case.kind == "case" and any(f.code == code for f in truth.findings)
    )
