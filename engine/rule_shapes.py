"""The shapes of rule files and pack files: what a lawyer may write, key by key.

Everything here is checked when a file is read; what ties several keys together is checked in `engine.rulebook`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

Level = Literal["prompt", "yellow", "red", "risk"]
Unit = Literal["work_day", "calendar_day", "calendar_month", "calendar_year", "hour", "stated_day"]
WhereField = Literal[
    "what",
    "outcome",
    "action",
    "kind",
    "channel",
    "step",
    "measure",
    "level",
    "with_materials",
    "result",
    "written",
    "approved",
    "states_day",
    "awaits_task",
]
WhereValue = str | bool
Kind = Literal["obligation", "prompt", "condition"]
SubjectKind = Literal["case", "officer", "department", "post", "item", "change", "task", "complaint", "card"]
Count = Annotated[int, msgspec.Meta(ge=0)]
PositiveCount = Annotated[int, msgspec.Meta(ge=1)]


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    """A mapping in a law file; a key that it does not know is an error, since a misspelt law is no law."""


class Words(Shape):
    """One text in both languages of the project."""

    zh: str
    en: str


class AppliesTo(Shape):
    """Which cases a pack or a rule speaks about; a key left out means all."""

    class_: list[str] | None = msgspec.field(default=None, name="class")
    item_kind: list[str] | None = None
    item: list[str] | None = None
    region: list[str] | None = None
    calendar: list[str] | None = None


class SilentFor(Shape):
    """Items of these kinds with a limit of exactly `n` open no obligation of this rule: another rule speaks."""

    item_kind: list[str]
    n: Count


class Matcher(Shape):
    """A fact by its type, or by its type and the value of one field."""

    type: str
    where: dict[WhereField, WhereValue | list[WhereValue]] = {}


class Limit(Shape):
    """How long: a number of units, or the place that holds it.

    The place is the item, its step, a day that the opening fact states, or the limit that the opening fact carries
    (then `n` and `unit` are what holds where it carries none). With `after` the count begins on the stated day.
    """

    source: Literal["item.promised", "item.statutory", "step", "deadline", "fact"] | None = msgspec.field(
        default=None, name="from"
    )
    n: Count | None = None
    unit: Unit | None = None
    rolls: bool | None = None
    pausable: bool | None = None
    prompt: PositiveCount | None = None
    after: Literal["deadline"] | None = None
    paused_by: str | None = None
    """The one kind of suspension that pauses it; left out, every valid one does."""
    extendable: bool = False
    extension_max: PositiveCount | None = None
    profiles: dict[str, PositiveCount] = {}
    """Another `n` in regions that follow the named profile."""


class Levels(Shape):
    """The level of the finding when the limit is breached or the condition holds, and of a prompt.

    A condition may give several: its SELECT then answers which. A clause without any is a clock that others read.
    """

    breach: Level | list[Level] | None = None
    prompt: Literal["prompt"] | None = None


class Window(Shape):
    """The time to rectify a yellow card before it turns red."""

    n: PositiveCount
    unit: Literal["work_day"]


class Citation(Shape):
    """Where the official text says so."""

    title: str
    en: str
    href: str | None = None


class Expected(Shape):
    """One finding that an example must have triggered by its `as_of`."""

    level: Level
    triggers_at: str


class Example(Shape):
    """A small case with its outcome, readable and extensible by a lawyer."""

    name: str
    given: list[dict[str, Any]]
    as_of: str
    expect: list[Expected]
    item: dict[str, Any] | None = None


class Clause(Shape, kw_only=True):
    """What a rule demands, of whom, from when to when, and what its breach is."""

    kind: Kind
    levels: Levels
    applies_to: AppliesTo = msgspec.field(default_factory=AppliesTo)
    silent_for: SilentFor | None = None
    per: Literal["case", "step", "ref", "subject"] = "case"
    subject: SubjectKind = "case"
    owed_by: Literal["supervisor"] | None = None
    """Who owes it, where that is not the department of the case: the supervisor of its region."""
    across: str | None = None
    """What a condition over several cases spans, in a word; its rows are gathered per case and judged together."""
    issue: Literal["automatic", "proposed"] = "automatic"
    """Whether a card is issued at once, or proposed for somebody to confirm."""
    opens: list[str | Matcher] = []
    opens_when: Literal["first", "each"] = "each"
    barred_by: list[str | Matcher] = []
    discharged_by: list[str | Matcher] = []
    voided_by: list[str | Matcher] = []
    annulled_by: list[str | Matcher] = []
    deems: Literal["accepted"] | None = None
    limit: dict[str, Limit | None] = {}
    window: Window | None = None
    of: str | None = None


class RuleFile(Clause, kw_only=True):
    """One rule: what is demanded, since when, by which law, and examples that prove it."""

    id: str
    version: PositiveCount
    title: Words
    published_on: str
    legal_basis: dict[str, list[Citation]]
    verified_on: str
    examples: list[Example]
    code: str | None = None
    also: list[dict[str, Any]] = []
    """Further clauses; each says only what differs from the first."""


class PackFile(Shape):
    """A rule pack: its name, the zone of its dates, and the jurisdictions and items it applies to."""

    pack: str
    title: Words
    zone: str
    applies_to: AppliesTo
