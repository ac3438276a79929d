"""The figures of a run as a page with pictures: the goals first, each met or not, then a chapter for each part."""

from __future__ import annotations

import json
import os
import platform
import re
import sqlite3
from dataclasses import asdict
from pathlib import Path

import duckdb

from benchmarks.chapters import chapters
from benchmarks.goals import Goal, Kept, goals, number
from benchmarks.measures import Settings
from benchmarks.tables import table
from engine.clock import SystemClock, format_instant

_NUMBERS = re.compile(r"\[[-+.,\deE\s]+\]")
"""A list of numbers, which is put on one line."""
_OPENING = """# Performance · 性能

Measured by `{command}` on {day}. Machine: {machine}.{mixed}

A city's log holds some eleven events a case: applied for with materials, accepted, two or three steps, decided,
delivered, published, closed; some late, suspended, extended, corrected; penalties, seizures, complaints, tasks, changes
of the catalogue; and each core rule broken in some (`benchmarks/city_log.py`). All rules are on. Each measure had a
process of its own; peak memory is that process's. What is compared was measured in one run on one machine.

{headline}
"""


def machine() -> dict[str, str]:
    """What the figures depend on, and the day."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": f"{_processor()}, {os.cpu_count()} threads",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "libraries": f"DuckDB {duckdb.__version__}, SQLite {sqlite3.sqlite_version}",
        "day": format_instant(SystemClock().now(), "Asia/Shanghai")[:10],
    }


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def write(folder: Path, kept: Kept, settings: Settings, about: dict[str, str] | None = None) -> None:
    """The page, its figures and its pictures."""
    from benchmarks.pictures import draw

    folder.mkdir(parents=True, exist_ok=True)
    about = about or machine()
    (folder / "performance.md").write_text(page(kept, settings, about), "utf-8")
    told = {"machine": about, "settings": asdict(settings), "figures": kept}
    text = _NUMBERS.sub(lambda found: " ".join(found[0].split()), json.dumps(told, indent=1, ensure_ascii=False))
    (folder / "performance.json").write_text(text + "\n", "utf-8")
    draw(folder / "performance", kept)


def page(kept: Kept, settings: Settings, about: dict[str, str] | None = None) -> str:
    """The whole page in Markdown."""
    about = about or machine()
    each = goals(kept)
    opening = _OPENING.format(
        command=command(settings),
        day=about["day"],
        machine="; ".join(text for name, text in about.items() if name != "day"),
        mixed=_mixed(kept),
        headline=_headline(each),
    )
    parts = [opening, "## Goals · 目标\n", _goals_table(each), _missed(each)]
    if any("peak_mib" in figures for sizes in kept.values() for figures in sizes.values()):
        parts.append("![Peak memory](performance/memory.svg)\n")
    return "\n".join([*parts, *chapters(kept)])


def wrong(kept: Kept) -> list[str]:
    """What fails a run whatever its speed: something found that was not planted, or not found that was."""
    found = [f"detection at {size:,}" for size, one in kept.get("detection.city", {}).items() if not one["is_exact"]]
    lost = [
        f"{name} at {size:,}: {one['missed']} cards missed, {one['not_planted']} not planted"
        for name in ("live.500", "live.5000")
        for size, one in kept.get(name, {}).items()
        if one["missed"] or one["not_planted"]
    ]
    return found + lost


def command(settings: Settings) -> str:
    """What to type for the same measurement."""
    said = ["python -m benchmarks --write"]
    options = {"cases": "sizes"}
    for name, value in asdict(settings).items():
        if value != getattr(Settings(), name):
            values = value if isinstance(value, tuple) else (value,)
            said += [f"--{options.get(name, name).replace('_', '-')}", *map(str, values)]
    return " ".join(said)


def _mixed(kept: Kept) -> str:
    versions = {figures["code"] for sizes in kept.values() for figures in sizes.values()}
    if len(versions) < 2:
        return ""
    return f"\n\n**These figures are of {len(versions)} versions of the code: the run was stopped and went on.**"


def _headline(each: list[Goal]) -> str:
    met, measured = sum(goal.is_met is True for goal in each), sum(goal.is_met is not None for goal in each)
    chosen = {goal.name: _values(goal) for goal in each if goal.values}
    zh = [f"**{measured} 项目标中 {met} 项达到。**"]
    en = [f"**{met} of {measured} goals are met.**"]
    for name, told_zh, told_en in _HEADLINES:
        if name in chosen:
            zh.append(told_zh.format(chosen[name]))
            en.append(told_en.format(chosen[name]))
    return f"{' '.join(en)}\n\n{zh[0]}{''.join(zh[1:])}"


_HEADLINES = (
    (
        "ingest-over-sqlite",
        "入库全程为 sqlite3 批量插入的 {}；",
        "Ingest end to end runs at {} of plain sqlite3 batches.",
    ),
    ("rebuild-over-duckdb", "全量重建为手写 DuckDB 的 {}；", "A rebuild runs at {} of hand-written DuckDB SQL."),
    ("live", "每秒 5,000 条时由入库到见牌 p99 {}；", "At 5,000 events/s a card is visible within {} (p99)."),
    ("memory", "内存峰值 {}；", "Memory peaks at {}."),
    ("recall", "查全率 {}，", "Recall is {},"),
    ("precision", "查准率 {}。", "precision {}."),
)


def _goals_table(each: list[Goal]) -> str:
    marks = {True: "met · 达到", False: "**missed · 未达到**", None: "not measured · 未测"}
    rows = [[f"{goal.zh}<br>{goal.en}", goal.bound, _values(goal) or "–", marks[goal.is_met]] for goal in each]
    return table(["goal", "bound", "figure", ""], rows)


def _values(goal: Goal) -> str:
    return "; ".join(f"{_value(value)} {goal.unit}".strip() + (f" ({of})" if of else "") for of, value in goal.values)


def _value(value: float) -> str:
    return "∞" if value == float("inf") else number(value)


def _missed(each: list[Goal]) -> str:
    missed = [goal for goal in each if goal.is_met is False]
    if not missed:
        return ""
    told = ["### What was missed, and what was tried · 未达到者\n"]
    for goal in missed:
        told.append(f"**{goal.en}** ({_values(goal)})\n")
        told += [f"- {note}" for note in goal.notes] or ["- (no profile is written down yet)"]
        told.append("")
    return "\n".join(told)
