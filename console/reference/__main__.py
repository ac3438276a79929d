"""`make docs`: writes the reference pages again."""

from pathlib import Path

from console.reference.events import events_page
from console.reference.rules import rules_page
from console.reference.tables import tables_page

PAGES = {"rules.md": rules_page, "reference/tables.md": tables_page, "reference/events.md": events_page}
DOCS = Path(__file__).resolve().parent.parent.parent / "docs"

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
