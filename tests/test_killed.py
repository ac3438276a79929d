"""kill -9 at any moment, of importing, of deriving and of watching: nothing acknowledged is lost, nothing is twice.

History with its own `recordedtime` on a virtual clock, so that an interrupted home can be compared with one that never
was: both must end in the same canonical hash, cards and sealed days included.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.clock import SystemClock
from engine.log import EventLog
from projections.projector import Projector
from tests.generators.randomness import DAY, Chance, event, moment
from tests.killing import (
    Identity,
    Run,
    Standing,
    acknowledged,
    assert_log_is_whole,
    identity_of,
    run,
    standing,
    write_ndjson,
)

pytestmark = pytest.mark.slow

IMPORT_KILLS, DERIVE_KILLS, WATCH_KILLS = 34, 33, 33
START = moment("2019-03-04T08:00:00+08:00")
QUERY = ("query", "select count(*) as n from obligations", "--format", "json")


def public_facts() -> Iterator[dict[str, Any]]:
    """One region with two departments and an item each."""
    at = moment("2019-01-01T00:00:00+08:00")
    data = {"code": "320900", "name": "市", "level": "city", "zone": "Asia/Shanghai", "calendar": "cn"}
    yield event("esup.org.region_registered", "320900", at, data, source="/org", event_id="320900")
    for number in range(2):
        department, item = f"D{number}", f"I{number}"
        data = {"code": department, "name": department, "region": "320900"}
        yield event("esup.org.department_registered", department, at, data, source="/org", event_id=department)
        listed: dict[str, Any] = {"basis": [], "flow": [], "materials": [], "fees": [], "suspensions_allowed": []}
        limits = {"promised": {"n": 3, "unit": "work_day"}, "statutory": {"n": 8, "unit": "work_day"}}
        data = {"code": item, "version": 1, "class": "licence", "kind": "committed", "name": item, **listed, **limits}
        data |= {"department": department, "effective_from": "2019-01-01"}
        yield event("esup.item.published", item, at, data, source="/catalogue", event_id=item)


def case_facts(chance: Chance, number: int, days: float) -> Iterator[dict[str, Any]]:
    """A case of a citizen: applied for, accepted, decided; in time or late, some facts told late, some corrected."""
    case_no, office, told = f"SJ-{number:05}", f"D{number % 2}", 0
    place = {"item": f"I{number % 2}", "department": office}
    citizen = {"kind": "citizen", "name": f"张{number}", "id_no": f"32090019900101{number % 700:04}"}

    def tell(kind: str, at: datetime, data: dict[str, Any], version: int = 1) -> dict[str, Any]:
        name = f"{case_no}-{told}"
        fact = event(f"esup.case.{kind}", case_no, at, data, source="/a", event_id=name, zone="Asia/Shanghai")
        late = chance.after(at, 3) if chance.happens(0.1) else at
        return {**fact, "dataversion": version, "recordedtime": (late + (version - 1) * DAY).isoformat()}

    at = chance.after(START, days)
    yield tell("applied", at, {**place, "applicant": citizen, "channel": "window"})
    for kind, most, data in (
        ("materials_received", 0.1, {"materials": ["M"]}),
        ("accepted", 7, {**place, "officer": "u1"}),
        ("step_finished", 5, {"step": "review", "post": "p", "officer": "u2", "action": "pass"}),
        ("decided", 7, {"outcome": "granted", "officer": "u3"}),
        ("closed", 1, {}),
    ):
        at, told = chance.after(at, most), told + 1
        if chance.happens(0.08):
            return
        yield tell(kind, at, data)
        if chance.happens(0.05):
            yield tell(kind, at - timedelta(minutes=1), {**data, "remark": "mended"}, version=2)


def history(seed: str, cases: int, days: float) -> list[dict[str, Any]]:
    """The facts of many cases in the order in which they became known."""
    chance = Chance(seed)
    told = [fact for number in range(cases) for fact in case_facts(chance, number, days)]
    return [*public_facts(), *sorted(told, key=lambda fact: moment(fact["recordedtime"]))]


def kill_and_finish(
    home: Path, command: Sequence[str | Path], chance: Chance, seconds: float, look: Callable[[Run], None], most: int
) -> int:
    """Kill runs of one command on one home at random moments, let the last one finish; how many were killed."""
    for killed in range(most):
        done = run(home, *command, kill_after=chance.uniform(0.25 * seconds, 1.05 * seconds))
        look(done)
        if not done.was_killed:
            return killed
    look(run(home, *command))
    return most


def copy_of(template: Path, home: Path) -> Path:
    """A home like another one, in the place of an earlier copy."""
    shutil.rmtree(home, ignore_errors=True)
    if template.exists():
        shutil.copytree(template, home)
    return home


def assert_holds(home: Path, told: list[Identity], count: int) -> None:
    """The log is whole and holds the first `count` of what was told."""
    assert set(told[:count]) <= set(assert_log_is_whole(home))


def test_a_killed_import_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    seed, until = "import", "2019-06-30"
    events = history(seed, 3_000, 60)
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

    while kills < IMPORT_KILLS:
        copy_of(fresh, home)
        kills += kill_and_finish(home, command, chance, whole.seconds, look, most=6)
        assert counts[-1] == len(told)
        run(home, *watch)
        assert standing(home) == expected
        assert len(assert_log_is_whole(home)) == size
    in_between = sum(0 < count < len(told) for count in counts)
    print(f"seed {seed!r}: {kills} kills, {in_between} of them between two acknowledgements")
    assert in_between > 5, "kills must fall into the importing"


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
        kills += kill_and_finish(home, QUERY, chance, whole.seconds, look, most=6)
        assert standing(home) == expected
        assert_log_is_whole(home)
    print(f"seed {seed!r}: {kills} kills, seen at {sorted(seen)}")
    assert len(seen) > 1, "kills must fall before the end"


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
            kills += kill_and_finish(home, watch, chance, seconds, look, most=6)
            assert standing(home) == after
        assert len(assert_log_is_whole(home)) == said
    print(f"seed {seed!r}: {kills} kills over {steps} watches of {days} days each")
