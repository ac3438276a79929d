"""From which moment a reader looks: the last watch, or a replayed past."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import typer

from console.bootstrap import Home
from console.messages import say
from console.output import progress
from engine.calendar import CALENDAR_SOURCE
from engine.errors import BadInput
from engine.rulebook import RULE_SOURCE
from projections.past import Past
from projections.projector import Projector
from projections.scope import Scope
from replay.as_of import kept, replay, replay_each
from replay.of_case import replay_case


def moment_of(home: Home, text: str | None) -> int | None:
    """A moment that a person wrote; one that cannot be read is a usage error."""
    try:
        return home.moment(text)
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error


@contextmanager
def replayed(home: Home, as_of: str, known_at: str | None, out: Path | None = None) -> Iterator[Projector]:
    """The projections as they stood at `as_of`, as known at `known_at`."""
    at, known = moment_of(home, as_of), moment_of(home, known_at)
    assert at is not None
    with progress(say("Replaying")):
        past = replay(home.log, at, known, out)
    try:
        yield past
    finally:
        past.close()


def replayed_each(home: Home, moments: Sequence[str]) -> Iterator[tuple[str, Projector]]:
    """The projections as they stood at each of these moments, as known then, the earliest first."""
    named = {moment_of(home, text) or 0: text for text in moments}
    with progress(say("Replaying")):
        for moment, past in zip(sorted(named), replay_each(home.log, sorted(named)), strict=True):
            yield named[moment], past


@contextmanager
def looking_at(
    home: Home, as_of: str | None, known_at: str | None = None, file: Path | None = None
) -> Iterator[Projector]:
    """The past if a moment or a kept replay is given, else the present: the last watch, or what is known."""
    if file is not None:
        if as_of is not None:
            raise typer.BadParameter(say("--from and --as-of exclude each other."))
        past = kept(file)
        try:
            yield past
        finally:
            past.close()
    elif as_of is not None:
        with replayed(home, as_of, known_at) as past:
            yield past
    else:
        with present(home) as projector:
            yield projector


@contextmanager
def looking_at_case(
    home: Home,
    case_no: str,
    asked: Collection[str],
    as_of: str | None,
    known_at: str | None = None,
    file: Path | None = None,
) -> Iterator[Scope | Past]:
    """As `looking_at`, for what is asked of one case alone: its past is derived without all the others."""
    at = None if file is not None else moment_of(home, as_of)
    if at is None or own_projector(home) is None:
        with looking_at(home, as_of, known_at, file) as projector, closing(projector.of_case(case_no, asked)) as case:
            yield case
    else:
        with present(home) as projector:
            with closing(replay_case(projector, case_no, asked, at, moment_of(home, known_at))) as past:
                yield past


@contextmanager
def present(home: Home) -> Iterator[Projector]:
    """The projections up to the log's last event, evaluated at the last watch.

    Who watches holds the file; a reader beside it derives a copy of its own instead of waiting.
    """
    projector = own_projector(home)
    if projector is None:
        copy = Projector.unkept(home.log, home.log.head().size)
        try:
            with progress(say("Deriving a copy, since another process holds the projections")):
                catch_up(home, copy)
            yield copy
        finally:
            copy.close()
        return
    with progress(say("Deriving what is new")):
        catch_up(home, projector)
    yield projector


def own_projector(home: Home) -> Projector | None:
    """The home's projections, or None while another process holds them."""
    try:
        return home.projector
    except duckdb.IOException:
        return None


# The built-in law does not count: a home with a log of 2012 stands in 2012, whatever was noticed since.
_LAST_RECORDED = """
select epoch_us(coalesce(
    max(recorded_at) filter (where not list_contains($built_in, source)),
    max(recorded_at)
))
from events
"""


def catch_up(home: Home, projector: Projector) -> None:
    """Follow the log to its end, at the moment of the last watch; before any watch, at the greatest `recorded_at`."""
    size, at = home.log.head().size, home.settings.watched_at
    holds_all = projector.is_derived and projector.position == size
    if at is None:
        if not projector.is_derived:
            projector.load(size)
        elif not holds_all:
            projector.update(projector.as_of)
        at = projector.query(_LAST_RECORDED, {"built_in": [CALENDAR_SOURCE, RULE_SOURCE]})[1][0][0]
    # Whoever was killed after taking the facts in may not have moved the clock.
    if not holds_all or at > projector.as_of:
        projector.update(max(at, projector.as_of))
