"""`docs/rules.md`: the rule base as people read it, every rule with its law, levels, windows and examples."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from engine.lawfiles import RULES_FOLDER
from engine.rulebook import Pack, Rule, load_rulebook

_HEAD = """# 监察规则库 · The rule base

由 `make docs` 生成，勿手改。Written from `rules/` by `make docs`; do not edit.
"""
_LEVELS = {"prompt": "提醒 prompt", "yellow": "黄牌 yellow", "red": "红牌 red", "risk": "风险 risk"}
_UNITS = {
    "work_day": "个工作日 working days", "calendar_day": "日 calendar days", "calendar_month": "个月 months",
    "calendar_year": "年 years", "hour": "小时 hours",
}  # fmt: skip
_SOURCES = {
    "item.promised": "事项承诺时限 the item's promise",
    "item.statutory": "事项法定时限 the item's statutory limit",
    "step": "环节时限 the step's limit",
    "deadline": "事实所载之日 a day that the fact states",
    "fact": "事实所载时限 the limit that the fact carries",
}


def rules_page() -> str:
    """The page of all rules, pack by pack, with a table of contents by code."""
    book = load_rulebook()
    packs = {pack.name: pack for pack in book.packs}
    parts = [_HEAD, "\n".join(_contents(book.rules))]
    for name, rules in groupby(book.rules, key=lambda rule: rule.pack.name):
        parts.append(f"## {_of_pack(packs[name])}\n")
        parts += ["\n".join(_rule(rule)) for rule in rules]
    return "\n".join(parts).rstrip() + "\n"


def _contents(rules: tuple[Rule, ...]) -> Iterator[str]:
    yield "| 号 · code | 规则 · rule | 级别 · levels | 整改期 · window | 文件 · file |"
    yield "|---|---|---|---|---|"
    for rule in sorted(
        rules, key=lambda rule: (rule.normalised["code"] is None, rule.normalised["code"], rule.rule_id)
    ):
        law = rule.normalised
        title = f"{law['title_zh']} · {law['title_en']}"
        yield f"| {law['code'] or '–'} | {title} | {_levels(rule)} | {_window(rule)} | `rules/{rule.file}` |"
    yield ""


def _of_pack(pack: Pack) -> str:
    return f"{pack.title_zh} · {pack.title_en}"


def _rule(rule: Rule) -> Iterator[str]:
    law = rule.normalised
    yield f"### {law['code'] + ' ' if law['code'] else ''}{law['title_zh']} · {law['title_en']}\n"
    yield f"{_words(rule)}\n"
    yield f"- 标识 · id: `{rule.rule_id}`，版本 · version {rule.version}，{rule.published_on} 公布 · published"
    for clause in rule.clauses:
        yield f"- {_clause(clause)}"
    for entry in law["basis"]:
        yield f"- 自 · from {entry['from']}: " + "；".join(f"{text['title']} ({text['en']})" for text in entry["texts"])
    yield f"- 核对 · verified: {law['verified_on']}；示例 · examples: {len(rule.examples)}\n"


def _words(rule: Rule) -> str:
    """The rule in words: the comment that its file opens with."""
    lines = []
    for line in (RULES_FOLDER / rule.file).read_text(encoding="utf-8").splitlines():
        if not line.startswith(("#", "---")):
            break
        lines.append(line.lstrip("#- "))
    return "\n".join(line for line in lines if line)


def _clause(clause: dict[str, Any]) -> str:
    named = [_LEVELS[level] for level in _levels_of(clause)] or ["只计时 a clock only"]
    parts = ["、".join(named)]
    if clause["applies_to"]["class"]:
        parts.append("类别 · class " + ", ".join(clause["applies_to"]["class"]))
    if clause["owed_by"] == "supervisor":
        parts.append("由监察机关负责 owed by the supervisor")
    if clause["across"]:
        parts.append(f"跨办件 across the cases of: {clause['across']}")
    if clause["of"]:
        parts.append(f"其义务见 of `{clause['of']}`")
    parts += [_limit(limit) for limit in clause["limits"]]
    if clause["window_n"]:
        parts.append(f"整改 rectify in {clause['window_n']} 个工作日 working days")
    return "；".join(parts)


def _limit(limit: dict[str, Any]) -> str:
    if limit["repealed"]:
        return f"自 · from {limit['from']} 废止 repealed"
    number = f"{limit['n']} {_UNITS[limit['unit']]}" if limit["n"] is not None and limit["source"] != "deadline" else ""
    words = [number if limit["source"] == "rule" else _SOURCES[limit["source"]]]
    if number and limit["source"] == "fact":
        words.append(f"无则 else {number}")
    if limit["prompt"]:
        words.append(f"第 {limit['prompt']} 日提醒 prompt on day {limit['prompt']}")
    if limit["paused_by"]:
        words.append(f"仅 {limit['paused_by']} 中止扣除 paused by {limit['paused_by']} alone")
    if limit["extension_max"]:
        words.append(f"可延长至多 {limit['extension_max']} extension at most")
    words += [f"{entry['profile']}: {entry['n']}" for entry in limit["profiles"]]
    return f"自 · from {limit['from']}: " + "，".join(words)


def _levels_of(clause: dict[str, Any]) -> list[str]:
    given = clause["several_levels"] or [level for level in clause["levels"].values() if level]
    return [level for level in _LEVELS if level in given]


def _levels(rule: Rule) -> str:
    given = {level for clause in rule.clauses for level in _levels_of(clause)}
    return " / ".join(level for level in _LEVELS if level in given)


def _window(rule: Rule) -> str:
    windows = {clause["window_n"] for clause in rule.clauses if clause["window_n"]}
    return " / ".join(map(str, sorted(windows))) or "–"
