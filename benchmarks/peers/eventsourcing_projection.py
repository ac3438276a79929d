"""The eventsourcing library's own way: events in its SQLite recorder, followed one by one by a `Projection`.

The library has no subscription for SQLite, so its notifications are read page by page, mapped to domain events and
given to the projection, whose view tracks the position. The view keeps the cases in memory, which is generous: nothing
it learns is written down.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from sys import intern
from typing import Any
from uuid import UUID, uuid5

import orjson
from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import DomainEvent
from eventsourcing.persistence import StoredEvent, Tracking
from eventsourcing.popo import POPOTrackingRecorder
from eventsourcing.projection import Projection

from benchmarks.peers.answer import Answer
from benchmarks.peers.fold import PREFIX, CaseFact, Judge, WorkingDays, item_of, needed, notice

PAGE = 5_000
_SPACE = UUID("5f0f6c0e-0000-4000-8000-000000000000")
_ROWS = (
    "SELECT stream, type, occurred_at, source, event_id, dataversion, body FROM events"
    " WHERE type GLOB 'esup.case.*' OR type IN ('esup.item.published', 'esup.calendar.noticed') ORDER BY position"
)


class Told(DomainEvent):
    """What a case, an item or a calendar was told."""

    stream: str
    kind: str
    at: int
    source: str
    event_id: str
    dataversion: int
    sequence: str
    data: dict[str, Any]


class City(POPOTrackingRecorder):
    """The materialised view: the facts of each case, the items, the calendar."""

    def __init__(self) -> None:
        super().__init__()
        self.cases: dict[str, list[CaseFact]] = {}
        self.items: dict[str, Any] = {}
        self.noticed: dict[date, tuple[str, bool]] = {}


class Duties(Projection[City]):
    """Keeps of each event what the duties need."""

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Take in one event; of those that nobody asked for, only the position."""
        self.view.insert_tracking(tracking)

    @process_event.register
    def _(self, told: Told, tracking: Tracking) -> None:
        if told.kind.startswith("esup.case."):
            kind = intern(told.kind[PREFIX:])
            fact = (
                told.at, told.sequence, told.source, told.event_id, told.dataversion, kind, needed(kind, told.data)
            )  # fmt: skip
            self.view.cases.setdefault(told.stream, []).append(fact)
        elif told.kind == "esup.item.published":
            self.view.items[told.data["code"]] = item_of(told.data)
        elif told.data["calendar"] == "cn":
            notice(self.view.noticed, told.data)
        self.view.insert_tracking(tracking)


def application(path: Path) -> Application[UUID]:
    """The library's application on SQLite, as it comes."""
    return Application({"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)})


def fill(log: Path, path: Path) -> int:
    """Store a city's events as the library would; returns how many."""
    app, versions, count = application(path), dict[UUID, int](), 0
    with closing(sqlite3.connect(f"file:{log}?mode=ro", uri=True)) as connection:
        cursor = connection.execute(_ROWS)
        while rows := cursor.fetchmany(PAGE):
            app.recorder.insert_events([_stored(app, versions, *row) for row in rows])
            count += len(rows)
    app.close()
    return count


def _stored(
    app: Application[UUID], versions: dict[UUID, int], stream: str, kind: str, at: int, *rest: Any
) -> StoredEvent:
    source, event_id, dataversion, text = rest
    body, originator = orjson.loads(text), uuid5(_SPACE, stream)
    versions[originator] = versions.get(originator, 0) + 1
    told = Told(
        originator_id=originator, originator_version=versions[originator], timestamp=Told.create_timestamp(),
        stream=stream, kind=kind, at=at, source=source, event_id=event_id, dataversion=dataversion,
        sequence=body.get("sequence", ""), data=body["data"],
    )  # fmt: skip
    return app.mapper.to_stored_event(told)


def answer(path: Path, as_of: int) -> Answer:
    """Follow all notifications, then judge every case."""
    app, duties = application(path), Duties(City())
    start = 1
    while notifications := app.recorder.select_notifications(start=start, limit=PAGE):
        for notification in notifications:
            duties.process_event(app.mapper.to_domain_event(notification), Tracking(app.name, notification.id))
        start = notifications[-1].id + 1
    app.close()
    judge = Judge(duties.view.items, WorkingDays(duties.view.noticed), as_of)
    return judge.judge(duties.view.cases)
