"""A home's settings: `settings.toml`, written whole and atomically."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from engine.clock import format_instant, parse_instant

FILE_NAME = "settings.toml"
DEFAULT_ZONE = "Asia/Shanghai"
COMMENTS = {
    "zone": "dates that people give are days of this zone",
    "clock": "real: this machine's time; virtual: history driven by simulate or watch --as-of",
    "now": "where the virtual clock stands; it only moves forward",
    "watch_from": "what triggered earlier gives findings but no cards; empty: everything gives cards",
    "watched_at": "the moment of the last watch; queries look from there",
    "profile": "the first format of foreign files this home took in",
}
INSTANTS = ("now", "watch_from", "watched_at")


@dataclass(frozen=True)
class Settings:
    """What one installation has chosen, and where its clock stands. Instants are microseconds since 1970 UTC."""

    zone: str = DEFAULT_ZONE
    clock: str = "real"
    now: int | None = None
    watch_from: int | None = None
    watched_at: int | None = None
    profile: str = ""

    @property
    def is_virtual(self) -> bool:
        """Whether history drives this home's clock."""
        return self.clock == "virtual"


def read_settings(home: Path) -> Settings:
    """The settings of a home; what the file does not say has its default."""
    told: dict[str, Any] = tomllib.loads((home / FILE_NAME).read_text("utf-8"))
    known = {field.name for field in fields(Settings)}
    values = {name: value for name, value in told.items() if name in known}
    for name in INSTANTS:
        values[name] = parse_instant(values[name]) if values.get(name) else None
    return Settings(**values)


def write_settings(home: Path, settings: Settings) -> Settings:
    """Keep settings: a reader sees the old file or the new one, never half of it."""
    lines = []
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if field.name in INSTANTS:
            value = format_instant(value, settings.zone) if value is not None else ""
        lines += [f"# {COMMENTS[field.name]}", f"{field.name} = {json.dumps(value, ensure_ascii=False)}"]
    draft = home / f"{FILE_NAME}.new"
    with draft.open("w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(home / FILE_NAME)
    return settings


def change_settings(home: Path, settings: Settings, **changes: object) -> Settings:
    """Settings with some values changed, kept."""
    changed = replace(settings, **changes)  # type: ignore[arg-type]
    return settings if changed == settings else write_settings(home, changed)
