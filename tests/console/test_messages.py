"""What the console says, it says in both languages."""

from __future__ import annotations

import re

import pytest

from console.messages import choose, language, say
from tests.console import locale_tool

PLACEHOLDER = re.compile(r"\{\w+\}")


def test_every_message_is_translated_and_nothing_else_stands_in_the_catalogue() -> None:
    translated = {str(message.id): str(message.string) for message in locale_tool.translation() if message.id}
    assert set(translated) == locale_tool.messages_in_code()
    assert not [message for message, text in translated.items() if not text]


def test_a_translation_keeps_the_values() -> None:
    for message in locale_tool.translation():
        if message.id:
            assert set(PLACEHOLDER.findall(str(message.id))) == set(PLACEHOLDER.findall(str(message.string)))


def test_the_compiled_catalogue_is_the_written_one() -> None:
    assert locale_tool.MO_FILE.read_bytes() == locale_tool.compiled(locale_tool.translation())


@pytest.mark.parametrize(
    ("asked", "locale", "expected"),
    [
        ("en", "zh_CN.UTF-8", "en"), ("ZH", "en_US.UTF-8", "zh"), ("both", "en_US", "both"),
        ("", "en_GB.UTF-8", "en"), ("", "zh_CN.UTF-8", "both"), ("", "C.UTF-8", "both"), ("klingon", "C", "both"),
    ],
)  # fmt: skip
def test_the_language_is_the_one_asked_for(
    monkeypatch: pytest.MonkeyPatch, asked: str, locale: str, expected: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", locale)
    monkeypatch.setenv("ESUP_LANG", asked)
    assert language() == expected


def test_both_languages_stand_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESUP_LANG", "both")
    assert say("{n} rows", n=3) == "3 行 3 rows"
    assert choose("", "only") == choose("only", "") == choose("only", "only") == "only"
