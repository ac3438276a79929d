"""The rule book: rule packs read from files, checked, and normalised to what `esup.rule.published` records.

A rule is an event like any other: published once, versioned, and in force for a past day as it was known then. The
file is for people; the normalised form is what the models read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from engine.clock import first_moment, zone_named
from engine.errors import UnknownZone
from engine.facts import Fact, encode_body
from engine.lawfiles import RULES_FOLDER, LawFileError, name_of, parse_day, read_law
from engine.rule_shapes import AppliesTo, Example, Limit, Matcher, PackFile, RuleFile, WhereValue

RULE_SOURCE = "/esup/rules"
PROVISIONAL = "provisional"
"""What the prompt about a missing calendar notice is of: every obligation whose due day is provisional."""
SETTLED = "settled"
"""Derived, no event: the payments of the case reach the amount that the opening fact carries."""

_FACT_TYPE = re.compile(r"esup\.[a-z]+\.[a-z_]+")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ROLES = {
    "opens": "opens",
    "bars": "barred_by",
    "discharges": "discharged_by",
    "voids": "voided_by",
    "annuls": "annulled_by",
}
_OF_OBLIGATIONS = (*_ROLES.values(), "limit", "silent_for", "deems")
_SCOPE_KEYS = ("class", "item_kind", "item", "region", "calendar")


@dataclass(frozen=True)
class Pack:
    """Rules that share a jurisdiction: the folder's name, its zone, and what it applies to."""

    name: str
    title_zh: str
    title_en: str
    zone: str
    applies_to: dict[str, list[str] | None]


@dataclass(frozen=True)
class Rule:
    """One checked rule: its normalised form, and the examples that it must pass before it is published."""

    pack: Pack
    rule_id: str
    version: int
    kind: str
    published_on: date
    normalised: dict[str, Any]
    examples: tuple[Example, ...]
    file: str

    @property
    def sql(self) -> str | None:
        """The checked SELECT of a condition rule."""
        text: str | None = self.normalised["sql"]
        return text

    @property
    def recorded_at(self) -> int:
        """The first instant of the day of publication, in microseconds."""
        return first_moment(self.published_on, self.pack.zone)

    def fact(self) -> Fact:
        """The rule as the fact that publishes it."""
        body = encode_body({"data": self.normalised})
        event_id, at = f"{self.rule_id}@{self.version}", self.recorded_at
        return Fact(self.rule_id, "esup.rule.published", at, at, RULE_SOURCE, event_id, 1, body)


@dataclass(frozen=True)
class Rulebook:
    """All packs of a rules folder with their rules, in the order of their names."""

    packs: tuple[Pack, ...]
    rules: tuple[Rule, ...]

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id (`pack.slug`)."""
        for rule in self.rules:
            if rule.rule_id == rule_id:
                return rule
        raise LawFileError(rule_id, "(rule)", "is not in the rule book", "see `esup rules check` for the list")

    def facts(self) -> list[Fact]:
        """Every rule as a fact for a fresh home, in the order of publication."""
        return [rule.fact() for rule in sorted(self.rules, key=lambda rule: (rule.recorded_at, rule.rule_id))]


def load_rulebook(folder: Path = RULES_FOLDER) -> Rulebook:
    """Read and check every pack below the folder; the first fault found is raised as a `LawFileError`."""
    packs: list[Pack] = []
    rules: list[Rule] = []
    for pack_path in sorted(folder.glob("*/pack.yaml")):
        pack = load_pack(pack_path)
        packs.append(pack)
        rules += [load_rule(path, pack) for path in sorted(pack_path.parent.glob("*.yaml")) if path != pack_path]
        _check_no_orphans(pack_path.parent)
    _check_prompts(rules)
    return Rulebook(tuple(packs), tuple(rules))


def load_pack(path: Path) -> Pack:
    """One pack file, checked."""
    content, file = read_law(path, PackFile), name_of(path)
    if content.pack != path.parent.name:
        raise LawFileError(file, "$.pack", f"is {content.pack!r}", f"write {path.parent.name!r}, the folder's name")
    try:
        zone_named(content.zone)
    except UnknownZone as unknown:
        raise LawFileError(file, "$.zone", f"{content.zone!r} is no zone", "write one as Asia/Shanghai") from unknown
    return Pack(content.pack, content.title.zh, content.title.en, content.zone, _scope(content.applies_to))


def load_rule(path: Path, pack: Pack) -> Rule:
    """One rule file, checked and normalised, with the condition in the `.sql` beside it where its kind is condition."""
    content, file = read_law(path, RuleFile), name_of(path)
    _Checker(content, file, path).check()
    sql_path = path.with_suffix(".sql")
    sql = sql_path.read_text(encoding="utf-8").strip() + "\n" if content.kind == "condition" else None
    return Rule(
        pack=pack,
        rule_id=content.id,
        version=content.version,
        kind=content.kind,
        published_on=date.fromisoformat(content.published_on),
        normalised=_normalise(content, pack, sql),
        examples=tuple(content.examples),
        file=file,
    )


class _Checker:
    """What ties the keys of one rule file together; the shapes have checked each key alone."""

    def __init__(self, content: RuleFile, file: str, path: Path) -> None:
        self.content, self.file, self.path = content, file, path

    def check(self) -> None:
        """Raise the first fault."""
        self.check_identity()
        self.check_days()
        {"obligation": self.check_obligation, "prompt": self.check_prompt, "condition": self.check_condition}[
            self.content.kind
        ]()
        for key in _ROLES.values():
            for index, matcher in enumerate(getattr(self.content, key)):
                self.check_matcher(matcher, f"$.{key}[{index}]")
        self.check_examples()

    def fail(self, key: str, problem: str, way_out: str) -> NoReturn:
        """Raise the fault with the file's name."""
        raise LawFileError(self.file, key, problem, way_out)

    def check_identity(self) -> None:
        """The id is an address: it says where the file lies."""
        address = f"{self.path.parent.name}.{self.path.stem}"
        if self.content.id != address:
            self.fail("$.id", f"is {self.content.id!r}", f"write {address!r}, or move the file")
        if not _SLUG.fullmatch(self.path.stem):
            self.fail("$.id", "is not in lower case with hyphens", "name it as promise-passed")

    def check_days(self) -> None:
        """Every date is one, and dated keys stand in the order of time."""
        parse_day(self.content.published_on, self.file, "$.published_on")
        parse_day(self.content.verified_on, self.file, "$.verified_on")
        for key, dated in (("limit", list(self.content.limit)), ("legal_basis", list(self.content.legal_basis))):
            days = [parse_day(text, self.file, f"$.{key}") for text in dated]
            if days != sorted(set(days)):
                self.fail(f"$.{key}", "is not in the order of time", "put the earliest date first")
        if not all(self.content.legal_basis.values()) or not self.content.legal_basis:
            self.fail("$.legal_basis", "is empty", "cite at least one text for each date")

    def check_obligation(self) -> None:
        """An obligation says what opens it, what ends it, how long, and what its breach is."""
        for key in ("opens", "discharged_by", "limit"):
            if not getattr(self.content, key):
                self.fail(f"$.{key}", "is missing", "an obligation needs opens, discharged_by and limit")
        for day, limit in self.content.limit.items():
            self.check_limit(limit, f"$.limit[{day}]")
        if min(self.content.legal_basis) > min(self.content.limit):
            self.fail("$.legal_basis", "starts after the first limit", "cite the law of the first limit's date")
        self.check_levels(needed="breach", unwanted="prompt")
        self.refuse("of", "belongs to a prompt")

    def check_limit(self, limit: Limit | None, key: str) -> None:
        """A limit is a number with its unit, or a place to take it from; null repeals it."""
        if limit is None:
            return
        own = limit.n is not None and limit.unit is not None
        if own == (limit.source is not None) or (limit.source is not None and limit.n is not None):
            self.fail(key, "needs either n and unit, or from", "write {n: 20, unit: work_day} or {from: item.promised}")
        if own and limit.unit == "stated_day":
            self.fail(key, "a stated day has no number", "write {from: deadline}")
        if limit.prompt is not None and limit.n is not None and limit.prompt > limit.n:
            self.fail(f"{key}.prompt", "lies after the last counted day", "write a counted day from 1 to n")

    def check_prompt(self) -> None:
        """A prompt names the obligation it looks at; everything else it has from there."""
        if not self.content.of:
            self.fail("$.of", "is missing", "name the obligation rule, as of: licensing.promise-passed")
        self.check_levels(needed="prompt", unwanted="breach")
        for key in (*_OF_OBLIGATIONS, "window"):
            self.refuse(key, "belongs to the obligation that the prompt is of")

    def check_condition(self) -> None:
        """A condition has its SELECT beside it and nothing of an obligation."""
        if not self.path.with_suffix(".sql").is_file():
            self.fail("$.kind", "a condition without its SELECT", f"write it to {self.path.stem}.sql beside the file")
        self.check_levels(needed="breach", unwanted="prompt")
        for key in (*_OF_OBLIGATIONS, "of"):
            self.refuse(key, "belongs to an obligation")

    def check_levels(self, needed: str, unwanted: str) -> None:
        """A rule has the level of its kind and no other; only yellow can be rectified before it turns red."""
        if getattr(self.content.levels, needed) is None or getattr(self.content.levels, unwanted) is not None:
            self.fail("$.levels", f"needs {needed} alone", f"write levels: {{{needed}: ...}}")
        if self.content.window is not None and self.content.levels.breach != "yellow":
            self.fail("$.window", "only a yellow card turns red", "leave window out")

    def refuse(self, key: str, reason: str) -> None:
        """A key that means nothing here would mislead the reader."""
        if getattr(self.content, key):
            self.fail(f"$.{key}", reason, "leave it out")

    def check_matcher(self, matcher: str | Matcher, key: str) -> None:
        """A fact type is a stored event name; at most one field is compared."""
        kind = matcher if isinstance(matcher, str) else matcher.type
        if not _FACT_TYPE.fullmatch(kind) and not (kind == SETTLED and key.startswith("$.voided_by")):
            self.fail(key, f"{kind!r} is no event type", "write one as esup.case.accepted")
        if isinstance(matcher, Matcher) and len(matcher.where) > 1:
            self.fail(f"{key}.where", "compares more than one field", "keep one field; list several values in it")

    def check_examples(self) -> None:
        """A rule shows at least one case that it leaves alone and one that it finds."""
        silent = [example for example in self.content.examples if not example.expect]
        if not silent or len(silent) == len(self.content.examples):
            self.fail("$.examples", "need a good case and a bad one", "add one with expect: [] and one with a finding")
        names = [example.name for example in self.content.examples]
        if len(names) != len(set(names)):
            self.fail("$.examples", "two have the same name", "give each its own sentence")


def _check_no_orphans(folder: Path) -> None:
    for path in sorted(folder.glob("*.sql")):
        if not path.with_suffix(".yaml").is_file():
            raise LawFileError(name_of(path), "(file)", "no rule beside it", f"write {path.stem}.yaml or delete it")


def _check_prompts(rules: Iterable[Rule]) -> None:
    obligations = {rule.rule_id for rule in rules if rule.kind == "obligation"}
    for rule in rules:
        if rule.kind == "prompt" and rule.normalised["of"] not in (*obligations, PROVISIONAL):
            raise LawFileError(rule.file, "$.of", "names no obligation rule", "write the id of one, as pack.slug")


def _normalise(content: RuleFile, pack: Pack, sql: str | None) -> dict[str, Any]:
    return {
        "pack": pack.name,
        "applies_to": _intersect(pack.applies_to, _scope(content.applies_to)),
        "silent_for": content.silent_for and {"item_kind": content.silent_for.item_kind, "n": content.silent_for.n},
        "rule_id": content.id,
        "code": content.code,
        "version": content.version,
        "title_zh": content.title.zh,
        "title_en": content.title.en,
        "kind": content.kind,
        "per": content.per,
        "subject": content.subject,
        "opens_when": content.opens_when,
        "deems": content.deems,
        "triggers": list(_triggers(content)),
        "limits": [_limit(day, limit) for day, limit in content.limit.items()],
        "levels": {"breach": content.levels.breach, "prompt": content.levels.prompt},
        "window_n": content.window and content.window.n,
        "window_unit": content.window and content.window.unit,
        "of": content.of,
        "basis": [_basis(day, citations) for day, citations in content.legal_basis.items()],
        "verified_on": content.verified_on,
        "sql": sql,
    }


def _triggers(content: RuleFile) -> Iterator[dict[str, Any]]:
    for role, key in _ROLES.items():
        for matcher in getattr(content, key):
            yield {"role": role} | _matcher(matcher)


def _matcher(matcher: str | Matcher) -> dict[str, Any]:
    if isinstance(matcher, str) or not matcher.where:
        return {"type": matcher if isinstance(matcher, str) else matcher.type, "field": None, "values": None}
    (field, value), *_ = matcher.where.items()
    values = value if isinstance(value, list) else [value]
    return {"type": matcher.type, "field": field, "values": [_text(value) for value in values]}


def _text(value: WhereValue) -> str:
    # The models compare text; JSON's own words for true and false.
    return value if isinstance(value, str) else str(value).lower()


def _limit(day: str, limit: Limit | None) -> dict[str, Any]:
    entry = limit or Limit()
    source = entry.source or "rule"
    own = limit is not None and source == "rule"
    stated = source == "deadline"
    return {
        "from": day,
        "source": source,
        "n": entry.n,
        "unit": "stated_day" if stated else entry.unit,
        "rolls": False if stated else True if own and entry.rolls is None else entry.rolls,
        "pausable": False if stated else True if own and entry.pausable is None else entry.pausable,
        "prompt": entry.prompt,
        "repealed": limit is None,
    }


def _basis(day: str, citations: Iterable[Any]) -> dict[str, Any]:
    texts = [{"title": text.title, "en": text.en, "href": text.href} for text in citations]
    return {"from": day, "titles": [text["title"] for text in texts], "texts": texts}


def _scope(applies_to: AppliesTo) -> dict[str, list[str] | None]:
    values = (applies_to.class_, applies_to.item_kind, applies_to.item, applies_to.region, applies_to.calendar)
    return dict(zip(_SCOPE_KEYS, values, strict=True))


def _intersect(pack: dict[str, list[str] | None], rule: dict[str, list[str] | None]) -> dict[str, list[str] | None]:
    both: dict[str, list[str] | None] = {}
    for key in _SCOPE_KEYS:
        wide, narrow = pack[key], rule[key]
        if wide is None or narrow is None:
            both[key] = narrow if wide is None else wide
        else:
            both[key] = [value for value in narrow if value in wide]
    return both
