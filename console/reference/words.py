"""The words of columns and fields, one meaning each."""

from functools import cache
from pathlib import Path

import msgspec

from engine.lawfiles import read_law
from engine.rule_shapes import Words

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "reference"


@cache
def words() -> dict[str, Words]:
    """Every word with its meaning in both languages."""
    return msgspec.convert(read_law(FOLDER / "words.yaml", dict), dict[str, Words])


def meaning(word: str) -> str:
    """What a word means, Chinese first; nothing where the table's own sentence has to do."""
    known = words().get(word)
    return f"{known.zh} · {known.en}" if known else ""
