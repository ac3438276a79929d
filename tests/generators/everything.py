"""A whole town of cases for the condition rules, seeded: the same seed tells the same story."""

from __future__ import annotations

from tests.generators.batches import (
    tell_backfill,
    tell_changed,
    tell_copied,
    tell_impossible,
    tell_officers,
    tell_offline,
    tell_returns,
    tell_uploads,
)
from tests.generators.cases import arrive
from tests.generators.catalogue import tell_power, tell_stopped
from tests.generators.histories import tell_penalty, tell_permit
from tests.generators.powers import make_power_town
from tests.generators.randomness import Chance
from tests.generators.story import Histories

PERMITS, PENALTIES, CODES, STOPPED = 1500, 1000, 1000, 500
COPIED, BACKFILLED, OFFLINE, UPLOADS, IMPOSSIBLE, CHANGED, OFFICERS, RETURNS = 150, 130, 400, 90, 500, 400, 400, 250


def tell_everything(seed: str, share: float = 1.0) -> Histories:
    """The town, its catalogue and its cases, in the order of a bad day; a share of them for a smaller town."""
    chance, histories = Chance(seed), Histories()
    town = make_power_town(chance)
    for number in range(int(PERMITS * share)):
        tell_permit(histories, chance, town, f"XK-{number:05}")
    for number in range(int(PENALTIES * share)):
        tell_penalty(histories, chance, town, f"CF-{number:05}")
    for tell, count in (
        (tell_power, CODES),
        (tell_stopped, STOPPED),
        (tell_copied, COPIED),
        (tell_offline, OFFLINE),
        (tell_impossible, IMPOSSIBLE),
        (tell_changed, CHANGED),
        (tell_officers, OFFICERS),
        (tell_returns, RETURNS),
        (tell_backfill, BACKFILLED),
        (tell_uploads, UPLOADS),
    ):
        for number in range(int(count * share)):
            tell(histories, chance, town, number)
    histories.events = arrive(chance, town.events + histories.events)
    return histories
