"""What every event of the vocabulary is made of, and the register of stored names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal, TypeVar

import msgspec

Code = Annotated[str, msgspec.Meta(min_length=1)]
"""An identifier that others point to: never empty."""

Money = Annotated[str, msgspec.Meta(pattern=r"\A-?[0-9]{1,16}(\.[0-9]{1,2})?\Z")]
"""A decimal string such as "200.00": exact, and wide enough for DECIMAL(18,2)."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant with its offset."""

DayOrMoment = Annotated[
    str,
    msgspec.Meta(
        pattern=r"\A[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
        r"([Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))?\Z"
    ),
]
"""What may be known to the day only, as the planned end of a suspension: a day, or an instant with its offset."""

Whole = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
"""A count. The bound keeps a mistyped limit from asking for more days than a calendar can hold."""

Unit = Literal["work_day", "calendar_day", "hour", "calendar_month", "calendar_year"]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as the vocabulary knows it. Fields it does not know stay in the stored data and are not looked at."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of an event's data that has fields of its own."""


class Limit(Part, frozen=True, kw_only=True):
    """How long something may take: so many units."""

    n: Whole
    unit: Unit
    rolls: bool | None = None
    pausable: bool | None = None
    prompt: Whole | None = None


class Party(Part, frozen=True, kw_only=True):
    """Whom a case concerns. Everything but the kind is personal and leaves the event before it is stored."""

    kind: Literal["citizen", "organisation"]
    name: str | None = None
    id_no: str | None = None
    phone: str | None = None


EVENTS: dict[str, type[Event]] = {}
"""Every stored name with its event: classes may move, the names never do."""

OWN: set[str] = set()
"""The stored names that only the engine itself issues: no door takes them."""

Kind = TypeVar("Kind", bound=type[Event])


def stored_as(name: str, *, own: bool = False) -> Callable[[Kind], Kind]:
    """Register an event under the exchange type it is stored as."""

    def register(kind: Kind) -> Kind:
        if name in EVENTS:
            raise ValueError(f"two events are stored as {name}")
        EVENTS[name] = kind
        if own:
            OWN.add(name)
        return kind

    return register
