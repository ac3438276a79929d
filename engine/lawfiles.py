"""Reading law as data: strict YAML, and one error that names the file, the key and the way out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from engine import clock
from engine.errors import BadInstant, SupervisionError

RULES_FOLDER = Path(__file__).resolve().parent.parent / "rules"
"""The shipped law. It lies beside the packages, in a checkout as in an installed wheel."""

Shape = TypeVar("Shape")


@dataclass(eq=False)
class LawFileError(SupervisionError):
    """A rule, pack or calendar file that cannot be taken as law: where, what, and what to write instead."""

    file: str
    key: str
    problem: str
    remedy: str
    code = "bad-law-file"
    zh = "法规文件 {file} 的 {key} 有误：{problem}"
    en = "The law file {file} is wrong at {key}: {problem}"
    way_out_zh = "修改该处：{remedy}"
    way_out_en = "{remedy}"


class _StrictLoader(yaml.SafeLoader):
    """YAML without surprises: dates stay text, a key stands once, no anchors that copy law from elsewhere."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse aliases: a lawyer must see each number where it stands."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed", self.current_event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that stands twice: YAML would silently keep the last."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = str(key_node.value)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


# Dates are checked by the shapes below, not guessed from how a text looks; and "off", "no", "on" are words.
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_StrictLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


def read_law(path: Path, shape: type[Shape]) -> Shape:
    """The file's content in the given shape, or a `LawFileError` that says what to mend and where."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)
    except OSError as missing:
        raise LawFileError(name_of(path), "(file)", f"cannot be read ({missing})", "put the file there") from missing
    except (yaml.YAMLError, UnicodeDecodeError) as broken:
        raise LawFileError(name_of(path), *_place(broken)) from broken
    try:
        return msgspec.convert(content, shape, str_keys=True)
    except msgspec.ValidationError as wrong:
        problem, _, place = str(wrong).partition(" - at ")
        key = place.rpartition("in ")[2].strip("`") or "$"
        raise LawFileError(name_of(path), key, problem, "write the key as the other files of the folder do") from wrong


def name_of(path: Path) -> str:
    """A law file's name as people know it: its path below the rules folder, or else the whole path."""
    return str(path.relative_to(RULES_FOLDER)) if path.is_relative_to(RULES_FOLDER) else str(path)


def parse_day(text: str, file: str, key: str) -> date:
    """A day written YYYY-MM-DD."""
    try:
        return clock.parse_day(text)
    except BadInstant as wrong:
        raise LawFileError(file, key, f"{text!r} is not a day", "write a day as 2026-10-01") from wrong


def _place(broken: yaml.YAMLError | UnicodeDecodeError) -> tuple[str, str, str]:
    mark = getattr(broken, "problem_mark", None)
    place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "(file)"
    problem = getattr(broken, "problem", None) or str(broken)
    return place, f"not readable as YAML: {problem}", "mend the YAML at that place; save it as UTF-8"
