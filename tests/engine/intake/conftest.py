"""A fresh log with its persons and a clock that stands still, and files to bring in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from engine.clock import VirtualClock, parse_instant
from engine.facts import Row
from engine.intake.pipeline import Report, import_file
from engine.log import EventLog
from engine.persons import Persons

NOW = "2026-11-22T10:00:00+08:00"


@dataclass
class Home:
    folder: Path
    log: EventLog
    persons: Persons
    clock: VirtualClock

    def bring(self, name: str, content: bytes | str | list[Any], **options: Any) -> Report:
        """Write the content to a file of that name and import it."""
        if isinstance(content, list):
            content = b"\n".join(line if isinstance(line, bytes) else orjson.dumps(line) for line in content)
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_file(path, self.log, self.persons, self.clock, **options)

    def rows(self) -> list[Row]:
        return self.log.read(0, 1_000_000)

    def facts(self) -> list[Row]:
        return [row for row in self.rows() if row.type != "esup.intake.quarantined"]

    def quarantine(self) -> list[dict[str, Any]]:
        return [orjson.loads(row.body)["data"] for row in self.rows() if row.type == "esup.intake.quarantined"]

    def state(self) -> set[tuple[Any, ...]]:
        """What the log knows, in no order: identity and content."""
        return {
            (row.source, row.event_id, row.dataversion, row.stream, row.type, row.occurred_at, row.body)
            for row in self.facts()
        }


@pytest.fixture
def make_home(tmp_path: Path) -> Iterator[Callable[[], Home]]:
    made: list[Home] = []

    def make() -> Home:
        folder = tmp_path / f"home{len(made)}"
        folder.mkdir()
        clock = VirtualClock(parse_instant(NOW))
        log, persons = EventLog.open(folder / "log.sqlite", clock), Persons.open(folder / "keys.sqlite")
        made.append(Home(folder, log, persons, clock))
        return made[-1]

    yield make
    for home in made:
        home.log.close()
        home.persons.close()


@pytest.fixture
def home(make_home: Callable[[], Home]) -> Home:
    return make_home()


@pytest.fixture
def event() -> Callable[..., dict[str, Any]]:
    """A good event; what is given replaces an attribute, None takes it out."""

    def make(**attributes: Any) -> dict[str, Any]:
        good = {
            "specversion": "1.0",
            "id": "SP-7",
            "source": "/320900/approval",
            "type": "esup.case.step_finished",
            "subject": "SJ-2026-000123",
            "time": "2026-03-02T09:15:00+08:00",
            "data": {"step": "review", "post": "reviewer", "officer": "u1021"},
        }
        return {name: value for name, value in {**good, **attributes}.items() if value is not None}

    return make


@pytest.fixture
def shared_logs(root: Path) -> Path:
    """The folder of the given foreign logs."""
    folder = Path(os.environ.get("ESUP_SHARED", root.parent / "shared")) / "data" / "logs"
    if not folder.is_dir():
        pytest.skip(f"the given logs are not here ({folder}); set ESUP_SHARED to the folder that holds data/logs")
    return folder
