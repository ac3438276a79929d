"""kill -9 at any moment of importing: nothing acknowledged is lost, nothing is twice.

History with its own `recordedtime` on a virtual clock, so that an interrupted home can be compared with one that never
was: both must end in the same canonical hash, cards and sealed days included.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generators.randomness import Chance
from tests.generators.town_history import history
from tests.killing import (
    Kill,
    Run,
    acknowledged,
    assert_holds,
    assert_log_is_whole,
    copy_of,
    identity_of,
    kill_and_finish,
    run,
    standing,
    write_ndjson,
)

pytestmark = pytest.mark.slow

IMPORT_KILLS = 34


def test_a_killed_import_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    seed, until = "import", "2019-03-16"
    events = history(seed, 4_000, 8)
    told = [identity_of(fact) for fact in events]
    command = ("import", write_ndjson(tmp_path / "facts.ndjson", events), "--historical", "--format", "json")
    watch = ("watch", "--as-of", until)
    fresh, undisturbed, home = tmp_path / "none", tmp_path / "undisturbed", tmp_path / "home"
    whole = run(undisturbed, *command)
    run(undisturbed, *watch)
    expected, size = standing(undisturbed), len(assert_log_is_whole(undisturbed))

    chance, kills, counts = Chance(seed), 0, []

    def look(done: Run) -> None:
        counts.append(acknowledged(done.lines))
        assert_holds(home, told, counts[-1])

    def any_moment() -> Kill:
        """Before the first acknowledgement, or soon after one: a quick disk has written all in a slow one's first."""
        if chance.happens(0.3):
            return Kill(chance.uniform(0.25, 0.5) * whole.seconds)
        return Kill(chance.random() * 0.02, lines=chance.randint(1, len(whole.lines) // 2))

    while kills < IMPORT_KILLS:
        copy_of(fresh, home)
        kills += kill_and_finish(home, command, any_moment, look, most=9)
        assert counts[-1] == len(told)
        run(home, *watch)
        assert standing(home) == expected
        assert len(assert_log_is_whole(home)) == size
    in_between = sum(0 < count < len(told) for count in counts)
    print(f"seed {seed!r}: {kills} kills, {in_between} of them between two acknowledgements")
    assert in_between > IMPORT_KILLS // 3, "kills must fall into the importing"
