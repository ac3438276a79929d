"""A case report for a terminal: what happened, what was owed and how its day was counted, what followed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from console.calendar_strip import StripDay, calendar_strip, legend
from console.case_report import CaseReport, Row
from console.case_supervision import card_view, complaint_view, proposal_view, rule_title, task_view
from console.case_words import (
    HEAD_FIELDS,
    STATE_STYLES,
    STATE_WORDS,
    SUSPENSION_COLUMNS,
    TRAJECTORY_COLUMNS,
    UNIT_WORDS,
)
from console.messages import say, word
from console.output import LEVEL_STYLES, LEVEL_WORDS, report_page, shown
from engine.clock import format_instant

LOOKS_BY_REASON = {
    "opening day": "opening",
    "counted": "counted",
    "counted, calendar not yet noticed": "unknown",
    "not a working day": "rest",
    "suspended": "suspended",
    "rolled": "rolled",
}


def print_report(report: CaseReport, as_of: int, zone: str) -> None:
    """Print the whole report on a page."""
    out = report_page()
    out.print(head_panel(report, as_of, zone))
    for title, parts in (
        (word("What happened"), [trajectory(report, zone)] if report.steps else []),
        (word("Suspensions"), [rows_table(report.suspensions, SUSPENSION_COLUMNS, zone)] if report.suspensions else []),
        (word("What was owed, and until when"), [obligation_view(report, row, zone) for row in report.obligations]),
        (word("What was found"), [finding_view(report, row, zone) for row in report.findings]),
        (word("What was issued"), [card_view(report, row, zone) for row in report.cards]),
        (word("Tasks"), [task_view(row, zone) for row in report.tasks]),
    ):
        print_section(title, parts)
    for title, parts in (
        (word("Complaints"), [complaint_view(row, zone) for row in report.complaints]),
        (word("Exemptions proposed"), [proposal_view(report, row, zone) for row in report.exemption_proposals]),
    ):
        if parts:
            print_section(title, parts)


def print_section(title: str, parts: Sequence[RenderableType]) -> None:
    """A titled section; one without content says so."""
    out = report_page()
    out.print()
    out.print(Rule(f"[bold]{say(title)}", align="left", style="dim"))
    for part in parts or [Text(say("Nothing."), style="dim")]:
        out.print(Padding(part, (0, 0, 0, 2)))


def head_panel(report: CaseReport, as_of: int, zone: str) -> Panel:
    """What the case is, and the moment from which it is seen."""
    grid = Table.grid(padding=(0, 3))
    for name, words in HEAD_FIELDS:
        value = report.head.get(name)
        if value is not None:
            grid.add_row(Text(say(words), style="dim"), escape(shown(value, zone)))
    moment = say("as of {moment}", moment=format_instant(as_of, zone)[:19].replace("T", " "))
    title = f"[bold]{say('Case')} {escape(report.case_no)}"
    return Panel(grid, title=title, subtitle=moment, expand=False, padding=(1, 2))


def trajectory(report: CaseReport, zone: str) -> Table:
    """The facts in the order of the world; one that was learned of later says when."""
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for words in TRAJECTORY_COLUMNS:
        table.add_column(say(words))
    for step in report.steps:
        known_later = step["recorded_at"] != step["occurred_at"]
        fact = Text(str(step["type"]).removeprefix("esup.case."))
        if known_later:
            fact.append(f"  {say('known {moment}', moment=shown(step['recorded_at'], zone))}", style="yellow")
        who = " / ".join(str(step[name]) for name in ("post", "officer") if step.get(name))
        cells = (shown(step["occurred_at"], zone), fact, step.get("step") or "", who, step.get("action") or "")
        table.add_row(*cells, Text(str(step["position"]), style="dim"))
    return table


def obligation_view(report: CaseReport, row: Row, zone: str) -> RenderableType:
    """One obligation: its rule and state, its instants, and the proof of its due day."""
    style = STATE_STYLES.get(row["state"], "")
    title = f"[{style}]● {say(STATE_WORDS[row['state']])}[/]  [bold]{rule_title(report, row['rule_id'])}"
    lines: list[RenderableType] = [title, Padding(instants(row, zone), (0, 0, 0, 2))]
    basis = report.rules.get(row["rule_id"], {}).get("basis")
    if basis:
        lines.append(Padding(Text(f"{say('By law:')} {shown(basis, zone)}", style="dim"), (0, 0, 0, 2)))
    if row["provisional"]:
        lines.append(Padding(Text(say("Provisional: it rests on days without a notice."), style="yellow"), (0, 2)))
    days = strip_days(row["proof"])
    if days:
        lines += [Padding(calendar_strip(days, row["due_on"]), (0, 0, 0, 2)), Padding(legend(days), (0, 0, 0, 2))]
    return Padding(Group(*lines), (0, 0, 1, 0))


def instants(row: Row, zone: str) -> Table:
    """Opening, limit, due day, prompt, breach, and what ended it."""
    grid = Table.grid(padding=(0, 2))
    limit = f"{row['n']} {say(UNIT_WORDS[row['unit']])}" if row["n"] is not None else say(UNIT_WORDS[row["unit"]])
    for words, value in (
        (word("Opened"), shown(row["opened_at"], zone)),
        (word("Limit"), limit),
        (word("Due"), shown(row["due_on"], zone) if row["due_on"] else None),
        (word("Prompt"), optional(row["prompts_at"], zone)),
        (word("Breach"), optional(row["breaches_at"], zone)),
        (word("Done"), optional(row["discharged_at"], zone)),
        (word("No longer owed"), optional(row["voided_at"], zone)),
    ):
        if value:
            grid.add_row(Text(say(words), style="dim"), escape(str(value)))
    return grid


def optional(value: datetime | None, zone: str) -> str | None:
    """An instant as people read it, or nothing."""
    return None if value is None else value.astimezone(ZoneInfo(zone)).isoformat(" ", "seconds")[:19]


def strip_days(proof: Iterable[Row]) -> list[StripDay]:
    """The days of a proof as the strip draws them."""
    return [StripDay(row["day"], look_of(row), row.get("number")) for row in proof]


def look_of(row: Row) -> str:
    """How a proof's day looks: after its reason."""
    return LOOKS_BY_REASON[row["reason"]]


def finding_view(report: CaseReport, row: Row, zone: str) -> RenderableType:
    """One finding with its evidence."""
    style = LEVEL_STYLES.get(row["level"], "")
    head = f"[{style}]■ {say(LEVEL_WORDS[row['level']])}[/]  [bold]{rule_title(report, row['rule_id'])}"
    facts = f"{shown(row['triggers_at'], zone)}  {row['verdict']}  {row.get('officer') or row.get('department') or ''}"
    lines: list[RenderableType] = [head, Padding(Text(facts), (0, 0, 0, 2))]
    if row.get("evidence") is not None:
        lines.append(Padding(Text(evidence_text(row["evidence"]), style="dim"), (0, 0, 0, 2)))
    return Group(*lines)


def evidence_text(evidence: Any) -> str:
    """Evidence as name and value, what is empty left out; a text that is no mapping stands as it is."""
    try:
        told = orjson.loads(evidence) if isinstance(evidence, str) else evidence
    except orjson.JSONDecodeError:
        return str(evidence)
    if not isinstance(told, dict):
        return str(evidence)
    return "  ".join(f"{name}: {value}" for name, value in told.items() if value is not None)


def rows_table(rows: Sequence[Row], columns: Sequence[tuple[str, str]], zone: str) -> Table:
    """Some columns of some rows, with headings for people."""
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for _, words in columns:
        table.add_column(say(words), overflow="fold")
    for row in rows:
        table.add_row(*(cell(name, row.get(name), zone) for name, _ in columns))
    return table


def cell(name: str, value: Any, zone: str) -> Text:
    """A cell; levels have their colour and name."""
    if name == "level" and value in LEVEL_WORDS:
        return Text(say(LEVEL_WORDS[value]), style=LEVEL_STYLES[value])
    return Text(shown(value, zone))
