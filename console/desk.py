"""The desk of a home: what is known of a subject comes from its projections, what is decided goes into its log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import orjson
import typer

from console.bootstrap import Home, open_home
from console.lookback import present
from console.messages import choose
from console.output import Format, page, print_json, print_rows
from engine.clock import format_instant, local_day, parse_day
from engine.decide.desk import Desk, Fold, Moment
from engine.decide.history import Said, Told
from engine.decide.life import Life, Living
from engine.errors import BadInput
from engine.facts import Fact
from engine.log import DECISIONS_SOURCE
from projections.projector import Projector

State = TypeVar("State", bound=Living)

_COLUMNS = "type, data, epoch_us(occurred_at), sequence, source, event_id, dataversion"
_UP_TO_NOW = f"(occurred_at <= make_timestamptz($now) or source = '{DECISIONS_SOURCE}')"
# An exemption by an officer of the card's own department is none: the model of cards says which.
_OF_SUBJECT = f"""
select {_COLUMNS}
from events
where
    key = hash($name) and subject = $name and {_UP_TO_NOW}
    and position not in (select position from card_facts where key = hash($name) and not counts)
"""
_OF_OFFICER = f"""
select {_COLUMNS}
from events
where officer = $name and type in ('esup.org.officer_assigned', 'esup.org.officer_disabled') and {_UP_TO_NOW}
"""
_LAST_DAY_TO_APPEAL = "select max(appeal_until) from appeal_limits where card_id = $card"


class ProjectedFacts:
    """The facts of subjects, from the projections: they hold the log up to its end, with an index."""

    def __init__(self, projector: Projector, now: int) -> None:
        self._projector = projector
        self._now = now

    def facts_of(self, subject: str) -> Sequence[Told]:
        """Every fact whose subject it is, as far as the clock has come."""
        return self._told(_OF_SUBJECT, subject)

    def facts_of_officer(self, officer: str) -> Sequence[Told]:
        """Every assignment and disabling of an officer, as far as the clock has come."""
        return self._told(_OF_OFFICER, officer)

    def _told(self, sql: str, name: str) -> list[Told]:
        rows = self._projector.query(sql, {"name": name, "now": self._now})[1]
        return [Told(kind, orjson.loads(data), *rest) for kind, data, *rest in rows]


@dataclass
class HomeDesk:
    """A home's desk at its present instant, and how it tells what was decided."""

    home: Home
    desk: Desk
    projector: Projector
    now: int

    @property
    def today(self) -> date:
        """The present day in the home's zone."""
        return local_day(self.now, self.home.settings.zone)

    def last_day_to_appeal(self, card_id: str) -> date | None:
        """The day by which the department may object, as the models count it; None while they cannot."""
        found = self.projector.query(_LAST_DAY_TO_APPEAL, {"card": card_id})[1][0][0]
        return found if isinstance(found, date) else None

    def record(
        self, life: Life, subject: str, fold: Fold[State], decide: Callable[[State], Said], form: Format
    ) -> None:
        """Decide, store, and say where the subject stands now."""
        fact, after = self.desk.record(subject, fold, decide)
        zone = self.home.settings.zone
        row = told(fact, after.state, zone)
        if form is Format.table:
            zh, en = life.states[after.state]
            page().print(choose(f"{life.kind.zh} {subject}：{zh}", f"{life.kind.en} {subject}: {en}"), markup=False)
        elif form is Format.json:
            print_json(row)
        else:
            print_rows(list(row), [list(row.values())], form, zone)


def told(fact: Fact, state: str, zone: str) -> dict[str, str]:
    """What was stored, for programs."""
    return {
        "subject": fact.stream,
        "type": fact.type,
        "state": state,
        "occurred_at": format_instant(fact.occurred_at, zone),
        "source": fact.source,
        "id": fact.event_id,
    }


@contextmanager
def desk_at(path: Path, *, create: bool = False) -> Iterator[HomeDesk]:
    """The desk of the home that lies there; its clock says when something is decided."""
    with open_home(path, create=create) as home, present(home) as projector:
        now = now_of(home)
        moment = Moment(now, now if home.settings.is_virtual else None)
        desk = Desk(home.log, ProjectedFacts(projector, now), home.persons, moment)
        yield HomeDesk(home, desk, projector, now)


def now_of(home: Home) -> int:
    """The present instant; a machine's clock that was set back stands where the last watch was."""
    return max(home.clock.now(), home.settings.watched_at or 0)


def day_of(text: str) -> date:
    """A day that a person wrote; one that cannot be read is a usage error."""
    try:
        return parse_day(text)
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error
