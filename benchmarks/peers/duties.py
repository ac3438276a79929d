"""Runs duties.sql, section by section, on whichever engine executes SQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.peers.answer import Answer, DailyRow, answered
from benchmarks.peers.fold import LOCAL_OFFSET

TABLES = ("events", "items", "item_steps", "item_pauses", "days")
ROUNDS = ("answers", "bases", "extended", "steps")
"""The sections that make limits, which are counted at once."""
COUNTING = ("plain", "paused", "counted")
_SECTION = re.compile(r"^-- section: (\w+)\n", re.MULTILINE)
_TABLE = re.compile(r"create temp table (\w+)")
Execute = Callable[[str], Sequence[tuple[Any, ...]]]


def ask(execute: Execute, as_of: int, made: Callable[[str], None] = lambda _: None) -> Answer:
    """The answer of an engine; `made` is told of each temporary table, for engines that want to look at it."""
    sections = _sections(as_of)
    for name, text in sections.items():
        if name in (*COUNTING, "by_rule", "daily"):
            continue
        execute(text)
        if table := _TABLE.match(text):
            made(table[1])
        if name in ROUNDS:
            for counting in COUNTING:
                execute(sections[counting].replace("{limits}", name))
                made(f"{name}_{counting}")
    by_rule = execute(sections["by_rule"])
    daily: list[DailyRow] = [tuple(row) for row in execute(sections["daily"])]
    return answered(
        {rule: limits for rule, limits, _, _ in by_rule},
        {rule: int(days) for rule, _, days, _ in by_rule},
        {rule: breaches for rule, *_, breaches in by_rule},
        daily,
    )


def _sections(as_of: int) -> dict[str, str]:
    local = datetime(1970, 1, 1) + timedelta(microseconds=as_of + LOCAL_OFFSET)
    _, *parts = _SECTION.split((Path(__file__).parent / "duties.sql").read_text("utf-8"))
    return {
        name: text.strip().rstrip(";").replace("{as_of}", local.isoformat(" "))
        for name, text in zip(parts[::2], parts[1::2], strict=True)
    }
