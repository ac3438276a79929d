"""kill -9 at any moment of watching: what is said is said once.

History with its own `recordedtime` on a virtual clock, so that an interrupted home can be compared with one that never
was: both must end in the same canonical hash, cards and sealed days included.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generators.randomness import DAY, Chance
from tests.generators.town_history import START, history
from tests.killing import (
    Run,
    assert_log_is_whole,
    copy_of,
    kill_and_finish,
    run,
    sooner_or_later,
    standing,
    write_ndjson,
)

pytestmark = pytest.mark.slow

WATCH_KILLS = 33


def test_a_killed_watch_says_once_what_an_unbroken_one_says(tmp_path: Path) -> None:
    seed, steps, days = "watch", 8, 2
    template, undisturbed, home = (tmp_path / name for name in ("template", "undisturbed", "home"))
    run(template, "import", write_ndjson(tmp_path / "facts.ndjson", history(seed, 100, 12)), "--historical")
    watches = [
        ("watch", "--as-of", (START + step * days * DAY).date().isoformat(), "--format", "json")
        for step in range(1, steps + 1)
    ]
    copy_of(template, undisturbed)
    expected = [(run(undisturbed, *watch).seconds, standing(undisturbed)) for watch in watches]
    said = len(assert_log_is_whole(undisturbed))

    chance, kills = Chance(seed), 0

    def look(done: Run) -> None:
        assert len(assert_log_is_whole(home)) <= said
        standing(home)

    while kills < WATCH_KILLS:
        copy_of(template, home)
        for watch, (seconds, after) in zip(watches, expected, strict=True):
            kills += kill_and_finish(home, watch, sooner_or_later(chance, seconds), look, most=6)
            assert standing(home) == after
        assert len(assert_log_is_whole(home)) == said
    print(f"seed {seed!r}: {kills} kills over {steps} watches of {days} days each")
