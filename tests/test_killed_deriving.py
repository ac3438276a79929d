"""kill -9 at any moment of deriving: the projections stand before it or after it.

History with its own `recordedtime` on a virtual clock, so that an interrupted home can be compared with one that never
was: both must end in the same canonical hash, cards and sealed days included.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.clock import SystemClock
from engine.log import EventLog
from projections.projector import Projector
from tests.generators.randomness import Chance
from tests.generators.town_history import history
from tests.killing import (
    Run,
    Standing,
    assert_log_is_whole,
    copy_of,
    kill_and_finish,
    run,
    sooner_or_later,
    standing,
    write_ndjson,
)

pytestmark = pytest.mark.slow

DERIVE_KILLS = 33
QUERY = ("query", "select count(*) as n from obligations", "--format", "json")


def rebuilt(home: Path, at: Standing) -> str:
    """The hash of projections built afresh from the log, at the same position and clock."""
    with EventLog.open(home / "log.sqlite", SystemClock()) as log:
        projector = Projector.in_memory(log)
        projector.load(at.position)
        projector.rebuild(at.as_of)
        shown = projector.canonical_hash(positions=False)
        projector.close()
    return shown


def test_killed_while_deriving_the_projections_stand_before_or_after(tmp_path: Path) -> None:
    seed = "derive"
    events = history(seed, 1_500, 60)
    half = len(events) // 2
    template, undisturbed, home = (tmp_path / name for name in ("template", "undisturbed", "home"))
    for number, part in enumerate((events[:half], events[half:])):
        run(template, "import", write_ndjson(tmp_path / f"{number}.ndjson", part), "--historical")
        if number == 0:
            run(template, *QUERY)
    shutil.copytree(template, undisturbed)
    whole, expected = run(undisturbed, *QUERY), standing(undisturbed)

    chance, kills = Chance(seed), 0
    seen: dict[tuple[int, int], str] = {(expected.position, expected.as_of): str(expected.hash)}

    def look(done: Run) -> None:
        now = standing(home)
        place = (now.position, now.as_of)
        if place not in seen:
            seen[place] = rebuilt(home, now)
        assert now.hash == seen[place]

    while kills < DERIVE_KILLS:
        copy_of(template, home)
        kills += kill_and_finish(home, QUERY, sooner_or_later(chance, whole.seconds), look, most=6)
        assert standing(home) == expected
        assert_log_is_whole(home)
    print(f"seed {seed!r}: {kills} kills, seen at {sorted(seen)}")
    assert len(seen) > 1, "kills must fall before the end"
