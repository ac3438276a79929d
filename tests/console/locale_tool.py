"""The console's messages: collect them from the code, keep their translation complete and compiled.

`make locale` brings the catalogue up to date; what is new stands there without a translation, and the tests say so
until somebody writes it.
"""

from __future__ import annotations

import ast
import io
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

CONSOLE = Path(__file__).resolve().parents[2] / "console"
PO_FILE = CONSOLE / "locale" / "zh_CN" / "LC_MESSAGES" / "esup.po"
MO_FILE = PO_FILE.with_suffix(".mo")
HEADER = """# What the console says, in Chinese. `make locale` adds what is new and compiles.
msgid ""
msgstr ""
"Language: zh_CN\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
SAYERS = ("say", "word")


def messages_in_code() -> set[str]:
    """Every message that the console's code says, also inside an f-string."""
    calls = (
        node
        for file in CONSOLE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYERS
    )
    first = (call.args[0] for call in calls if call.args)
    return {node.value for node in first if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def translation() -> Catalog:
    """The Chinese catalogue as people write it."""
    with PO_FILE.open("rb") as file:
        return read_po(file, locale="zh_CN", domain="esup")


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as the console reads it."""
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # no clock in what is kept
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def renew() -> None:
    """Bring the catalogue up to date with the code and compile it."""
    catalog = translation() if PO_FILE.exists() else Catalog(locale="zh_CN", domain="esup", charset="utf-8")
    kept = Catalog(locale="zh_CN", domain="esup", charset="utf-8")
    for message in sorted(messages_in_code()):
        known = catalog.get(message)
        kept.add(message, known.string if known else "")
    with PO_FILE.open("wb") as file:
        file.write(HEADER.encode())
        write_po(file, kept, omit_header=True, sort_output=True, width=120)
    MO_FILE.write_bytes(compiled(translation()))


if __name__ == "__main__":
    renew()
