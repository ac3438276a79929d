"""`docs/reference/tables.md`: every table that people may query, column by column."""

from collections.abc import Iterator

from console.reference.words import meaning
from projections.model import Model
from projections.projector import Projector

CONTRACT = (
    "rules", "cases", "steps", "obligations", "deadline_days", "suspensions", "findings", "prompts", "cards", "tasks",
    "complaints", "exemption_proposals", "daily_log", "quarantine",
)  # fmt: skip
_HEAD = """# 表 · Tables

由 `make docs` 生成，勿手改。Written by `make docs`; do not edit.

分析员可依赖的表在前；其后是它们所由推导的关系，可查，但会变。
The tables that analysts may rely on come first; behind them the relations they follow from, which may change.
"""


def tables_page() -> str:
    """The page of all tables."""
    projector = Projector.in_memory()
    try:
        projector.rebuild(0)
        models = {model.name: model for model in projector.models}
        inside = [name for name in models if name not in CONTRACT and _is_kept(projector, models[name])]
        parts = [_HEAD]
        parts += ["\n".join(_table(projector, models[name])) for name in CONTRACT]
        parts += ["## 推导用的关系 · Relations inside\n", "\n".join(_inside(models, inside))]
        return "\n".join(parts).rstrip() + "\n"
    finally:
        projector.close()


def _is_kept(projector: Projector, model: Model) -> bool:
    """Whether the relation can still be read when a derivation is over."""
    if model.refresh in ("macro", "scalar", "scratch", "load"):
        return False
    return not set(model.reads(name for name, other in _by_name(projector).items() if other.refresh == "scratch"))


def _by_name(projector: Projector) -> dict[str, Model]:
    return {model.name: model for model in projector.models}


def _table(projector: Projector, model: Model) -> Iterator[str]:
    yield f"## `{model.name}`\n"
    yield f"{model.sentence}\n"
    yield f"一行一个 · one row for each: `{model.grain}`\n"
    yield "| 列 · column | 类型 · type | 含义 · meaning |"
    yield "|---|---|---|"
    for column, kind, *_ in projector.store.rows(f"describe {model.name}"):
        yield f"| `{column}` | `{kind}` | {meaning(column)} |"
    yield ""


def _inside(models: dict[str, Model], names: list[str]) -> Iterator[str]:
    folder = ""
    for name in sorted(names, key=lambda name: (models[name].folder, name)):
        if models[name].folder != folder:
            folder = models[name].folder
            yield f"### `{folder}`\n"
            yield "| 关系 · relation | 一行一个 · grain | 含义 · meaning |"
            yield "|---|---|---|"
        yield f"| `{name}` | `{models[name].grain}` | {models[name].sentence} |"
        following = [other for other in names if models[other].folder == folder]
        if name == max(following):
            yield ""
