"""A profile: how a foreign event log becomes facts. It is data; `profiles/README.md` says how to write one."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from engine.clock import zone_named
from engine.errors import SupervisionError
from engine.events import EVENTS, OWN

Format = Literal["text", "first_word", "day", "number"]


@dataclass(eq=False)
class ProfileUnusable(SupervisionError):
    """A profile that is missing, or is not as a profile must be."""

    name: str
    reason: str
    code = "profile-unusable"
    zh = "映射 {name} 不可用：{reason}"
    en = "The profile {name} cannot be used: {reason}"
    way_out_zh = "映射的写法见 engine/intake/profiles/README.md"
    way_out_en = "engine/intake/profiles/README.md says how a profile is written"


@dataclass(eq=False)
class ProfileNeeded(SupervisionError):
    """A file of a foreign format came without the profile that explains it."""

    file: str
    code = "profile-needed"
    zh = "文件 {file} 是外部格式，需要映射"
    en = "The file {file} is of a foreign format and needs a profile"
    way_out_zh = "加上 --profile，例如 --profile wabo"
    way_out_en = "add --profile, as in --profile wabo"


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A piece of a profile: what it does not know, it refuses."""


class Value(Shape, frozen=True, kw_only=True):
    """Where a field's value comes from: a column, or a constant text."""

    column: str | None = None
    text: str | None = None
    words: dict[str, str] = {}
    """Values that are replaced as a whole."""
    format: Format = msgspec.field(name="as", default="text")
    prefix: str = ""


class Time(Shape, frozen=True, kw_only=True):
    """When a fact happened: an instant with offset, a local time of the profile's zone, or a day."""

    column: str
    format: Literal["instant", "local", "day"] = msgspec.field(name="as", default="instant")
    precision: Literal["day"] | None = None
    day_at: list[str] = []
    """Local times of day that are no times: they say that only the day is known."""


class FactShape(Shape, frozen=True, kw_only=True):
    """A fact and the conditions under which a record, or a case, tells it."""

    type: str
    time: Time
    id: str = ""
    """What tells the facts of a case's attributes apart; events are told apart by their place."""
    order: Literal["first", "last"] = "first"
    when: dict[str, list[str]] = {}
    present: list[str] = []
    data: dict[str, str | Value] = {}


class Department(Shape, frozen=True, kw_only=True):
    """The departments that a log speaks of."""

    code: str | Value
    name: str | Value


class CsvForm(Shape, frozen=True, kw_only=True):
    """How the CSV form is written."""

    delimiter: str = ","
    encoding: str = "utf-8"


class Profile(Shape, frozen=True, kw_only=True):
    """How one foreign format becomes facts of the vocabulary."""

    profile: str
    title: dict[str, str]
    source: str
    since: date
    recorded_at: Literal["own-time"]
    region: dict[str, str]
    department: Department
    case: str
    place: str | None = None
    csv: CsvForm = CsvForm()
    case_facts: list[FactShape] = []
    event_facts: list[FactShape]

    @property
    def zone(self) -> str:
        """The zone in which the log's days are counted."""
        return self.region["zone"]

    def needed_columns(self) -> set[str]:
        """The columns without which no fact could be made."""
        needed = {self.case, *([self.place] if self.place else [])}
        for shape in self.event_facts:
            needed |= {shape.time.column, *shape.when}
        return needed


def load_profile(name: str | Path) -> Profile:
    """The profile of that name, or of that file."""
    try:
        text = _text_of(name)
        profile = msgspec.convert(yaml.safe_load(text), Profile)
        _check(profile)
    except (OSError, yaml.YAMLError, msgspec.ValidationError, ValueError, LookupError, SupervisionError) as error:
        raise ProfileUnusable(name=str(name), reason=str(error)) from None
    return profile


def _text_of(name: str | Path) -> str:
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        return path.read_text("utf-8")
    if str(name) not in profile_names():
        raise ValueError(f"there are {', '.join(profile_names())}, or give the path of a .yaml file")
    return (files("engine.intake") / "profiles" / f"{name}.yaml").read_text("utf-8")


@lru_cache(maxsize=1)
def profile_names() -> tuple[str, ...]:
    """The profiles that come with the engine."""
    folder = files("engine.intake") / "profiles"
    return tuple(sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml")))


def _check(profile: Profile) -> None:
    """What the shapes alone cannot say."""
    if not {"code", "name", "level", "zone", "calendar"} <= profile.region.keys():
        raise ValueError("region needs code, name, level, zone and calendar")
    zone_named(profile.zone)
    codecs.lookup(profile.csv.encoding)
    for shape in (*profile.case_facts, *profile.event_facts):
        if shape.type not in EVENTS or shape.type in OWN:
            raise ValueError(f"{shape.type} is not in the vocabulary")
        _check_fields(shape)
    names = [shape.id for shape in profile.case_facts]
    if len(set(names)) < len(names) or "" in names:
        raise ValueError("every entry of case_facts needs an id of its own")


def _check_fields(shape: FactShape) -> None:
    for name, given in shape.data.items():
        if isinstance(given, Value) and (given.column is None) == (given.text is None):
            raise ValueError(f"{name} needs either a column or a text")
        if any(other.startswith(f"{name}.") for other in shape.data):
            raise ValueError(f"{name} cannot be a value and hold fields")


def value_of(given: str | Value) -> Value:
    """A bare text in a profile names a column."""
    return Value(column=given) if isinstance(given, str) else given


def nested(flat: dict[str, Any]) -> dict[str, Any]:
    """Fields as data: `applicant.kind` becomes a member of `applicant`."""
    data: dict[str, Any] = {}
    for name, value in flat.items():
        *outer, last = name.split(".")
        inner = data
        for part in outer:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return data
