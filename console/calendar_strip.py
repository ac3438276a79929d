"""A deadline proof as a calendar: each day counted, or why it was not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from rich.table import Table
from rich.text import Text

from console.messages import say, word

WEEKDAYS = (word("Mon"), word("Tue"), word("Wed"), word("Thu"), word("Fri"), word("Sat"), word("Sun"))
WEEKS_SHOWN_MAX = 30
LOOKS = {
    "counted": ("green", word("Counted")),
    "opening": ("bold cyan", word("Opening day, not counted")),
    "rest": ("dim", word("Not a working day")),
    "suspended": ("magenta", word("Suspended")),
    "rolled": ("yellow", word("Moved to the next working day")),
    "unknown": ("bold yellow", word("No notice yet: provisional")),
    "due": ("bold reverse", word("Due")),
}


class StripDay(NamedTuple):
    """A day of a proof: what it is in the count, and its number if it was counted."""

    day: date
    look: str
    number: int | None


def calendar_strip(days: Sequence[StripDay], due_on: date | None) -> Table:
    """Weeks below each other, Monday first; a counted day shows its number below its date."""
    table = Table(box=None, padding=(0, 1), show_header=True, header_style="dim")
    table.add_column("")
    for name in WEEKDAYS:
        table.add_column(say(name), justify="center", min_width=7)
    known = {entry.day: entry for entry in days}
    label = ""
    for monday in weeks(days)[:WEEKS_SHOWN_MAX]:
        month = f"{monday + timedelta(days=6):%Y-%m}"
        label, shown_label = month, month if month != label else ""
        cells = [cell(known.get(monday + timedelta(days=offset)), due_on) for offset in range(7)]
        table.add_row(Text(shown_label, style="dim"), *cells)
    return table


def weeks(days: Sequence[StripDay]) -> list[date]:
    """The Mondays of the weeks that the days lie in."""
    return sorted({entry.day - timedelta(days=entry.day.weekday()) for entry in days})


def cell(entry: StripDay | None, due_on: date | None) -> Text:
    """One day of the strip."""
    if entry is None:
        return Text("")
    style = LOOKS[entry.look][0]
    text = Text(f"{entry.day.day:>2}", style="bold reverse" if entry.day == due_on else style)
    mark = {"counted": f"·{entry.number}", "opening": " ▸", "suspended": " ‖", "rolled": " →", "unknown": " ?"}
    text.append(mark.get(entry.look, "  ") if entry.number is None else f"·{entry.number}", style=style)
    return text


def legend(days: Sequence[StripDay]) -> Text:
    """The looks that occur, each in its own colour."""
    text = Text()
    for look in [name for name in LOOKS if name == "due" or any(entry.look == name for entry in days)]:
        style, words = LOOKS[look]
        text.append(f" {say(words)} ", style=style)
        text.append("  ")
    return text
