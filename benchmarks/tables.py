"""Tables in Markdown, and figures in them."""

from __future__ import annotations

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; figures stand to the right."""
    columns = list(zip(*rows, strict=True)) or [() for _ in head]
    marks = ["---:" if cells and all(_is_figure(cell) for cell in cells) else "---" for cells in columns]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, marks, *rows)) + "\n"


def _is_figure(cell: str) -> bool:
    return cell == "–" or cell[:1].isdigit()


def whole(value: float | None) -> str:
    """A figure without a fraction."""
    return "–" if value is None else f"{value:,.0f}"


def seconds(value: float | None) -> str:
    """Seconds."""
    return "–" if value is None else f"{value:,.2f}"


def milliseconds(value: float | None) -> str:
    """Milliseconds, with a fraction where they are few."""
    return "–" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
