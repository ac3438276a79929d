"""The rule book: rule packs read from files, checked, and normalised to what `esup.rule.published` records.

A rule is an event like any other: published once, versioned, and in force for a past day as it was known then. The
file is for people; the normalised form is what the models read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from engine.clock import first_moment, zone_named
from engine.errors import UnknownZone
from engine.facts import Fact, encode_body
from engine.lawfiles import RULES_FOLDER, LawFileError, name_of, parse_day, read_law
from engine.rule_clauses import check_clause, clauses_of, condition_files, normalise_clause, scope_of
from engine.rule_shapes import Clause, Example, PackFile, RuleFile

RULE_SOURCE = "/esup/rules"
PROVISIONAL = "provisional"
"""What the prompt about a missing calendar notice is of: every obligation whose due day is provisional."""

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


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
    conditions: frozenset[Path] = frozenset()
    """The files of the SELECTs that its conditions read."""

    @property
    def clauses(self) -> list[dict[str, Any]]:
        """The rule's clauses, normalised, the first one first."""
        clauses: list[dict[str, Any]] = self.normalised["clauses"]
        return clauses

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
        own = [load_rule(path, pack) for path in sorted(pack_path.parent.glob("*.yaml")) if path != pack_path]
        _check_no_orphans(pack_path.parent, own)
        rules += own
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
    return Pack(content.pack, content.title.zh, content.title.en, content.zone, scope_of(content.applies_to))


def load_rule(path: Path, pack: Pack) -> Rule:
    """One rule file, checked and normalised, with the conditions in the `.sql` files beside it."""
    content, file = read_law(path, RuleFile), name_of(path)
    clauses = clauses_of(content, path)
    for place, clause in clauses:
        check_clause(clause, place, path)
    _Checker(content, path).check([clause for _, clause in clauses])
    normalised = [normalise_clause(clause, pack.applies_to, path) for _, clause in clauses]
    return Rule(
        pack=pack,
        rule_id=content.id,
        version=content.version,
        kind=content.kind,
        published_on=date.fromisoformat(content.published_on),
        normalised=_normalise(content, pack, normalised),
        examples=tuple(content.examples),
        file=file,
        conditions=frozenset(condition_files(path, [clause for _, clause in clauses])),
    )


class _Checker:
    """What a rule file says beside its clauses; the shapes have checked each key alone."""

    def __init__(self, content: RuleFile, path: Path) -> None:
        self.content, self.file, self.path = content, name_of(path), path

    def check(self, clauses: list[Clause]) -> None:
        """Raise the first fault."""
        self.check_identity()
        self.check_days(clauses)
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

    def check_days(self, clauses: list[Clause]) -> None:
        """Every date is one, and the legal bases stand in the order of time, none after the first limit."""
        parse_day(self.content.published_on, self.file, "$.published_on")
        parse_day(self.content.verified_on, self.file, "$.verified_on")
        bases = [parse_day(text, self.file, "$.legal_basis") for text in self.content.legal_basis]
        if bases != sorted(set(bases)):
            self.fail("$.legal_basis", "is not in the order of time", "put the earliest date first")
        if not all(self.content.legal_basis.values()) or not bases:
            self.fail("$.legal_basis", "is empty", "cite at least one text for each date")
        if any(min(self.content.legal_basis) > min(clause.limit) for clause in clauses if clause.limit):
            self.fail("$.legal_basis", "starts after the first limit", "cite the law of the first limit's date")

    def check_examples(self) -> None:
        """A rule shows at least one case that it leaves alone and one that it finds."""
        silent = [example for example in self.content.examples if not example.expect]
        if not silent or len(silent) == len(self.content.examples):
            self.fail("$.examples", "need a good case and a bad one", "add one with expect: [] and one with a finding")
        names = [example.name for example in self.content.examples]
        if len(names) != len(set(names)):
            self.fail("$.examples", "two have the same name", "give each its own sentence")


def _check_no_orphans(folder: Path, rules: Iterable[Rule]) -> None:
    read = {file for rule in rules for file in rule.conditions}
    for path in sorted(folder.glob("*.sql")):
        if path not in read:
            raise LawFileError(name_of(path), "(file)", "no rule reads it", f"write {path.stem}.yaml or delete it")


def _check_prompts(rules: Iterable[Rule]) -> None:
    obligations = {rule.rule_id for rule in rules if any(clause["kind"] == "obligation" for clause in rule.clauses)}
    for rule in rules:
        for clause in rule.clauses:
            if clause["kind"] == "prompt" and clause["of"] not in (*obligations, PROVISIONAL):
                raise LawFileError(rule.file, "$.of", "names no obligation rule", "write the id of one, as pack.slug")


def _normalise(content: RuleFile, pack: Pack, clauses: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "pack": pack.name,
        "rule_id": content.id,
        "code": content.code,
        "version": content.version,
        "title_zh": content.title.zh,
        "title_en": content.title.en,
        "clauses": clauses,
        "basis": [_basis(day, citations) for day, citations in content.legal_basis.items()],
        "verified_on": content.verified_on,
    }


def _basis(day: str, citations: Iterable[Any]) -> dict[str, Any]:
    texts = [{"title": text.title, "en": text.en, "href": text.href} for text in citations]
    return {"from": day, "titles": [text["title"] for text in texts], "texts": texts}
