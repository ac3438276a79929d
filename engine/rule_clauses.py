"""The clauses of a rule: checked, and normalised to what the models read.

A rule has one clause or several. Each further clause says only what differs from the first: another limit with
another level, the same duty under another law, or a condition beside a duty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from engine.lawfiles import LawFileError, name_of, parse_day
from engine.rule_shapes import AppliesTo, Clause, Limit, Matcher, RuleFile, WhereValue

SETTLED = "settled"
"""Derived, no event: the payments of the case reach the amount that the opening fact carries. It ends what is owed."""
DERIVED_FACTS = frozenset(
    {
        "change_caused",
        "suspension_planned",
        "request_received",
        "request_restarted",
        "undocumented",
        "documented",
        "complaint_decided_real_name",
        "card_tasked",
    }
)
"""Derived by the models, no events: facts that follow from several, and may open or end a duty like any other."""

_FACT_TYPE = re.compile(r"esup\.[a-z]+\.[a-z_]+")
_ROLES = {
    "opens": "opens",
    "bars": "barred_by",
    "discharges": "discharged_by",
    "voids": "voided_by",
    "annuls": "annulled_by",
}
_OF_OBLIGATIONS = (*_ROLES.values(), "limit", "silent_for", "deems")
_SHARED_BY_ALL_KINDS = ("applies_to", "subject", "owed_by", "issue")
_SCOPE_KEYS = ("class", "item_kind", "item", "region", "calendar")


def clauses_of(content: RuleFile, path: Path) -> list[tuple[str, Clause]]:
    """The clauses of a rule file with their places: the first, and each further one with what it inherits."""
    stated = msgspec.to_builtins(content)
    first = {name: stated[name] for name in _encoded(Clause)}
    clauses: list[tuple[str, Clause]] = [("$", msgspec.convert(first, Clause))]
    for index, said in enumerate(content.also):
        key = f"$.also[{index}]"
        if "levels" not in said:
            raise LawFileError(name_of(path), key, "says no levels", "write levels, as {breach: red}")
        alike = said.get("kind", content.kind) == content.kind
        inherited = {
            name: first[name] for name in first if name != "window" and (alike or name in _SHARED_BY_ALL_KINDS)
        }
        try:
            clauses.append((key, msgspec.convert({**inherited, **said}, Clause)))
        except msgspec.ValidationError as wrong:
            raise LawFileError(name_of(path), key, str(wrong), "write the key as a rule's first clause does") from wrong
    return clauses


def check_clause(clause: Clause, place: str, path: Path) -> None:
    """Raise the first fault of one clause."""
    _ClauseChecker(clause, place, path).check()


def normalise_clause(clause: Clause, pack_scope: dict[str, list[str] | None], path: Path) -> dict[str, Any]:
    """One clause as the models read it."""
    breach = clause.levels.breach
    texts = {"sql": None, "gather_sql": None} if clause.kind != "condition" else _texts(clause, path)
    return {
        "kind": clause.kind,
        "applies_to": _intersect(pack_scope, scope_of(clause.applies_to)),
        "silent_for": clause.silent_for and {"item_kind": clause.silent_for.item_kind, "n": clause.silent_for.n},
        "per": clause.per,
        "subject": clause.subject,
        "owed_by": clause.owed_by,
        "across": clause.across,
        "issue": clause.issue,
        "opens_when": clause.opens_when,
        "deems": clause.deems,
        "triggers": list(_triggers(clause)),
        "limits": [_limit(day, limit) for day, limit in clause.limit.items()],
        "levels": {"breach": None if isinstance(breach, list) else breach, "prompt": clause.levels.prompt},
        "several_levels": breach if isinstance(breach, list) else None,
        "window_n": clause.window and clause.window.n,
        "window_unit": clause.window and clause.window.unit,
        "of": clause.of,
        **texts,
    }


def scope_of(applies_to: AppliesTo) -> dict[str, list[str] | None]:
    """Which cases a pack or clause speaks about, by the names of the keys."""
    values = (applies_to.class_, applies_to.item_kind, applies_to.item, applies_to.region, applies_to.calendar)
    return dict(zip(_SCOPE_KEYS, values, strict=True))


def condition_files(path: Path, clauses: list[Clause]) -> set[Path]:
    """The SELECTs that a rule's conditions have beside them."""
    return {file for clause in clauses if clause.kind == "condition" for file in _files(clause, path).values()}


class _ClauseChecker:
    """What ties the keys of one clause together; the shapes have checked each key alone."""

    def __init__(self, clause: Clause, place: str, path: Path) -> None:
        self.clause, self.place, self.path = clause, place, path

    def check(self) -> None:
        checks = {"obligation": self.check_obligation, "prompt": self.check_prompt, "condition": self.check_condition}
        checks[self.clause.kind]()
        for key in _ROLES.values():
            for index, matcher in enumerate(getattr(self.clause, key)):
                self.check_matcher(matcher, f"{key}[{index}]")

    def fail(self, key: str, problem: str, way_out: str) -> NoReturn:
        """Raise the fault with the file's name."""
        raise LawFileError(name_of(self.path), f"{self.place}.{key}", problem, way_out)

    def check_obligation(self) -> None:
        """An obligation says what opens it, what ends it, how long, and what its breach is."""
        for key in ("opens", "discharged_by", "limit"):
            if not getattr(self.clause, key):
                self.fail(key, "is missing", "an obligation needs opens, discharged_by and limit")
        days = [parse_day(text, name_of(self.path), f"{self.place}.limit") for text in self.clause.limit]
        if days != sorted(set(days)):
            self.fail("limit", "is not in the order of time", "put the earliest date first")
        for day, limit in self.clause.limit.items():
            self.check_limit(limit, f"limit[{day}]")
        breach = self.clause.levels.breach
        if isinstance(breach, list) or (self.place == "$" and breach is None):
            self.fail("levels", "needs one breach", "write levels: {breach: yellow}, and further ones under also")
        self.check_window()
        for key in ("of", "across"):
            self.refuse(key, "means nothing in an obligation")

    def check_limit(self, limit: Limit | None, key: str) -> None:
        """A limit is a number with its unit, or a place to take it from; null repeals it."""
        if limit is None:
            return
        own = limit.n is not None and limit.unit is not None
        carried = limit.source == "fact"
        if not carried and (own == (limit.source is not None) or (limit.source and limit.n is not None)):
            self.fail(key, "needs either n and unit, or from", "write {n: 20, unit: work_day} or {from: item.promised}")
        if own and limit.unit == "stated_day":
            self.fail(key, "a stated day has no number", "write {from: deadline}")
        if limit.prompt is not None and limit.n is not None and limit.prompt > limit.n:
            self.fail(f"{key}.prompt", "lies after the last counted day", "write a counted day from 1 to n")

    def check_prompt(self) -> None:
        """A prompt names the obligation it looks at; everything else it has from there."""
        if not self.clause.of:
            self.fail("of", "is missing", "name the obligation rule, as of: licensing.promise-passed")
        if self.clause.levels.prompt is None or self.clause.levels.breach is not None:
            self.fail("levels", "needs prompt alone", "write levels: {prompt: prompt}")
        for key in (*_OF_OBLIGATIONS, "window", "across"):
            self.refuse(key, "belongs to the obligation that the prompt is of")

    def check_condition(self) -> None:
        """A condition has its SELECT beside it and nothing of an obligation."""
        for file in _files(self.clause, self.path).values():
            if not file.is_file():
                self.fail("kind", "a condition without its SELECT", f"write it to {file.name} beside the file")
        if self.clause.levels.breach is None or self.clause.levels.prompt is not None:
            self.fail("levels", "needs breach alone", "write levels: {breach: ...}")
        self.check_window()
        for key in (*_OF_OBLIGATIONS, "of"):
            self.refuse(key, "belongs to an obligation")

    def check_window(self) -> None:
        """Only yellow can be rectified before it turns red."""
        breach = self.clause.levels.breach
        if self.clause.window is not None and "yellow" not in (breach if isinstance(breach, list) else [breach]):
            self.fail("window", "only a yellow card turns red", "leave window out")

    def refuse(self, key: str, reason: str) -> None:
        """A key that means nothing here would mislead the reader."""
        if getattr(self.clause, key):
            self.fail(key, reason, "leave it out")

    def check_matcher(self, matcher: str | Matcher, key: str) -> None:
        """A fact type is a stored event name or a derived fact; at most one field is compared."""
        kind = matcher if isinstance(matcher, str) else matcher.type
        is_ending = key.startswith("voided_by")
        if not _FACT_TYPE.fullmatch(kind) and not (kind == SETTLED and is_ending) and kind not in DERIVED_FACTS:
            self.fail(key, f"{kind!r} is no event type", "write one as esup.case.accepted")
        if isinstance(matcher, Matcher) and len(matcher.where) > 1:
            self.fail(f"{key}.where", "compares more than one field", "keep one field; list several values in it")


def _encoded(shape: type[Clause]) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(shape)]


def _files(clause: Clause, path: Path) -> dict[str, Path]:
    """Where a condition's SELECTs lie: its own, and what it gathers per case if it spans several."""
    if clause.across is None:
        return {"sql": path.with_suffix(".sql")}
    beside = path.with_suffix(".across.sql")
    return {
        "sql": beside if beside.is_file() else path.with_suffix(".sql"),
        "gather_sql": path.with_suffix(".gather.sql"),
    }


def _texts(clause: Clause, path: Path) -> dict[str, str | None]:
    texts = {name: file.read_text(encoding="utf-8").strip() + "\n" for name, file in _files(clause, path).items()}
    return {"gather_sql": None, **texts}


def _triggers(clause: Clause) -> Iterator[dict[str, Any]]:
    for role, key in _ROLES.items():
        for matcher in getattr(clause, key):
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
    own = limit is not None and source in ("rule", "fact")
    stated = source == "deadline"
    return {
        "from": day,
        "source": source,
        "n": entry.n,
        "unit": "stated_day" if stated else entry.unit,
        "rolls": False if stated else True if own and entry.rolls is None else entry.rolls,
        "pausable": False if stated else True if own and entry.pausable is None else entry.pausable,
        "prompt": entry.prompt,
        "after": entry.after,
        "paused_by": entry.paused_by,
        "extendable": entry.extendable or entry.extension_max is not None,
        "extension_max": entry.extension_max,
        "profiles": [{"profile": name, "n": n} for name, n in entry.profiles.items()],
        "repealed": limit is None,
    }


def _intersect(pack: dict[str, list[str] | None], rule: dict[str, list[str] | None]) -> dict[str, list[str] | None]:
    both: dict[str, list[str] | None] = {}
    for key in _SCOPE_KEYS:
        wide, narrow = pack[key], rule[key]
        if wide is None or narrow is None:
            both[key] = narrow if wide is None else wide
        else:
            both[key] = [value for value in narrow if value in wide]
    return both
