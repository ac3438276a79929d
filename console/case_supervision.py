"""What supervision did about a case, for a terminal: cards, tasks, complaints with their life, proposed exemptions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from console.case_report import CaseReport, Row
from console.case_words import (
    ACT_WORDS,
    CARD_FIELDS,
    CARD_STATE_WORDS,
    COMPLAINT_FIELDS,
    COMPLAINT_STATE_WORDS,
    ENDED_STATES,
    TASK_FIELDS,
    TASK_STATE_WORDS,
)
from console.messages import choose, say
from console.output import LEVEL_STYLES, LEVEL_WORDS, shown

MONITOR = "/esup/monitor"


def card_view(report: CaseReport, row: Row, zone: str) -> RenderableType:
    """One card: what it is for, where it stands, its days, and everything that was said of it."""
    colour = LEVEL_STYLES.get(row["level"], "")
    head = f"[{colour}]■ {say(LEVEL_WORDS[row['level']])}[/]  [bold]{rule_title(report, row['rule_id'])}[/]"
    return told_of(
        f"{head}  {state_text(row['state'], CARD_STATE_WORDS)}", grid_of(row, CARD_FIELDS, zone), row["life"], zone
    )


def task_view(row: Row, zone: str) -> RenderableType:
    """One task with what was asked, the day of the reply, and everything that was said of it."""
    head = f"[bold]{escape(str(row['text'] or row['task_id']))}[/]  {state_text(row['state'], TASK_STATE_WORDS)}"
    return told_of(head, grid_of(row, TASK_FIELDS, zone), row["life"], zone)


def complaint_view(row: Row, zone: str) -> RenderableType:
    """One complaint; who complained and of what stays sealed."""
    head = f"[bold]{escape(row['complaint_id'])}[/]  {state_text(row['state'], COMPLAINT_STATE_WORDS)}"
    return told_of(head, grid_of(row, COMPLAINT_FIELDS, zone), row["life"], zone)


def proposal_view(report: CaseReport, row: Row, zone: str) -> RenderableType:
    """One proposed exemption: the card, the ground, and the outages in which the duty's last time lay."""
    card = next((card for card in report.cards if card["card_id"] == row["card_id"]), {})
    title = rule_title(report, card.get("rule_id", ""))
    outages = ", ".join(str(name) for name in row["outages"])
    words = say("Art 25 ({ground}): its last time lay in {outages}", ground=row["ground"], outages=outages)
    breach = shown(datetime.fromisoformat(row["evidence"]["breaches_at"]), zone)
    proof = "  ".join(
        f"{say(name)} {value}" for name, value in (("Due", row["evidence"]["due_on"]), ("Breach", breach)) if value
    )
    lines = (f"[bold]{title}[/]  {escape(words)}", Padding(Text(proof, style="dim"), (0, 0, 0, 2)))
    return Group(*lines, Padding(Text(str(row["card_id"]), style="dim"), (0, 0, 0, 2)))


def rule_title(report: CaseReport, rule_id: str) -> str:
    """A rule's title, code and id."""
    rule = report.rules.get(rule_id, {})
    title = choose(rule.get("title_zh") or "", rule.get("title_en") or "")
    return escape(" ".join(part for part in (rule.get("code"), title, f"({rule_id})") if part))


def told_of(head: str, grid: Table, life: Sequence[Row], zone: str) -> RenderableType:
    """A heading, what is known of the thing, and its life."""
    parts: list[RenderableType] = [head, Padding(grid, (0, 0, 0, 2))]
    if life:
        parts.append(Padding(life_table(life, zone), (0, 0, 0, 2)))
    return Padding(Group(*parts), (0, 0, 1, 0))


def state_text(state: str, words: dict[str, str]) -> str:
    """Where it stands; what has ended is quieter."""
    style = "dim" if state in ENDED_STATES else "bold"
    return f"[{style}]{say(words[state]) if state in words else escape(state)}[/]"


def grid_of(row: Row, fields: Iterable[tuple[str, str]], zone: str) -> Table:
    """The fields that have a value, with their names."""
    grid = Table.grid(padding=(0, 2))
    for name, words in fields:
        if row.get(name) is not None:
            grid.add_row(Text(say(words), style="dim"), escape(shown(row[name], zone)))
    return grid


def life_table(life: Iterable[Row], zone: str) -> Table:
    """Each fact with its instant, its reason, and who said it; one that was learned of later says when."""
    table = Table.grid(padding=(0, 2))
    for act in life:
        said = Text(say(ACT_WORDS[act["act"]]) if act["act"] in ACT_WORDS else act["act"])
        if act["is_accepted"] is not None:
            said.append(f" {'✓' if act['is_accepted'] else '✗'}")
        reason = act["reason"] or ""
        if act["due_on"] is not None:
            reason = f"{reason} → {shown(act['due_on'], zone)}".strip()
        if act["recorded_at"] != act["occurred_at"]:
            said.append(f"  {say('known {moment}', moment=shown(act['recorded_at'], zone))}", style="yellow")
        by = "" if act["said_by"] == MONITOR else act["said_by"]
        table.add_row(Text(shown(act["occurred_at"], zone), style="dim"), said, Text(reason), Text(by, style="dim"))
    return table
