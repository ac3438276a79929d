"""What the console says to people: Chinese with English beside it, or one of the two.

The English sentence is the key; its Chinese is in `console/locale/zh_CN/LC_MESSAGES/esup.po`. `ESUP_LANG` chooses
`zh`, `en` or `both`; without it an English locale gives English, and any other gives both.
"""

from __future__ import annotations

import gettext
import os
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"


@cache
def chinese() -> gettext.NullTranslations:
    """The Chinese catalogue that ships with the package."""
    return gettext.translation("esup", LOCALE, languages=["zh_CN"])


def language() -> str:
    """The language asked for: `zh`, `en` or `both`."""
    chosen = os.environ.get("ESUP_LANG", "").lower()
    if chosen in ("zh", "en", "both"):
        return chosen
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    return "en" if locale.lower().startswith("en") else "both"


def choose(chinese_text: str, english_text: str) -> str:
    """Of two texts that say the same, the one asked for, or both side by side."""
    wanted = language()
    if wanted == "en" or not chinese_text:
        return english_text or chinese_text
    if wanted == "zh" or not english_text or chinese_text == english_text:
        return chinese_text
    return f"{chinese_text} {english_text}"


def word(message: str) -> str:
    """A message that stands in a table here and is said elsewhere: this mark lets the catalogue find it."""
    return message


def say(message: str, /, **values: object) -> str:
    """A message in the language asked for, with its values filled in."""
    translated = chinese().gettext(message)
    return choose(translated.format(**values), message.format(**values))
