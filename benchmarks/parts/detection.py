"""How well is found what there is to be found: a simulated city lived through in virtual time, against its truth.

The truth is written beside the events by who planted them, and knows nothing of the engine. Found and planted must be
the same findings, each triggering at the same microsecond; what was found and not planted is false, whatever it is.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from benchmarks.measures import Figures, Measure, Place, Settings, timed
from console.bootstrap import Home, open_home
from console.city.city import EVENTS_FILE, TRUTH_FILE, City
from console.commands.simulate import live_through
from console.history import history_of

SHOWN = 20
_FOUND = """
select
    rule_id,
    level,
    subject_id,
    strftime(timezone('Asia/Shanghai', triggers_at), '%Y-%m-%dT%H:%M:%S.%f+08:00') as triggers_at
from findings
where level <> 'prompt' and verdict <> 'pending'
union all
select
    rule_id,
    'prompt' as level,
    subject_id,
    strftime(timezone('Asia/Shanghai', triggers_at), '%Y-%m-%dT%H:%M:%S.%f+08:00') as triggers_at
from prompts
"""


class Sighting(NamedTuple):
    """What a rule says of a subject, at which level, and since when."""

    rule_id: str
    level: str
    subject: str
    triggers_at: str


class Truth(NamedTuple):
    """What must be found, how often, and what must stay silent."""

    must: Counter[Sighting]
    codes: dict[str, str]
    near: set[tuple[str, str]]
    """Rule and subject of each near miss."""
    near_stories: Counter[str]


def read_truth(lines: Iterable[bytes]) -> Truth:
    """The truth as the simulator writes it: a line for each finding, and one for each near miss."""
    truth = Truth(Counter(), {}, set(), Counter())
    for line in lines:
        row: dict[str, Any] = orjson.loads(line)
        truth.codes[row["rule_id"]] = row["code"]
        if row["why"] == "near":
            truth.near.add((row["rule_id"], row["subject"]))
            truth.near_stories[row["rule_id"]] += 1
        else:
            truth.must[Sighting(row["rule_id"], row["level"], row["subject"], row["triggers_at"])] += 1
    return truth


def compared(truth: Truth, found: Counter[Sighting]) -> Figures:
    """Each rule: what was planted, found, missed and false, and how many near misses stayed silent."""
    rows = {}
    missed, false = truth.must - found, found - truth.must
    # What the truth tells of the subject of a near miss is lawful on the way there: only what is false speaks up.
    loud = Counter(rule for rule, subject in truth.near & {(seen.rule_id, seen.subject) for seen in false})
    for rule in sorted({seen.rule_id for seen in truth.must | found} | set(truth.near_stories)):
        planted, seen, lost, extra = (_of(rule, each) for each in (truth.must, found, missed, false))
        hits = planted - lost
        rows[rule] = {
            "code": truth.codes.get(rule, ""),
            "planted": planted,
            "found": seen,
            "missed": lost,
            "false": extra,
            "near": truth.near_stories[rule],
            "near_silent": truth.near_stories[rule] - loud[rule],
            "precision": hits / seen if seen else 1.0,
            "recall": hits / planted if planted else 1.0,
        }
    return {
        "rules": rows,
        "missed": sorted(map(list, missed))[:SHOWN],
        "false": sorted(map(list, false))[:SHOWN],
        "is_exact": not missed and not false and not loud,
    }


def _of(rule: str, sightings: Counter[Sighting]) -> int:
    return sum(times for sighting, times in sightings.items() if sighting.rule_id == rule)


def detection(place: Place, cases: int) -> Figures:
    """Simulate a city, live through it in virtual time, and compare what was found and sent with the truth."""
    city, home_path = place.folder / f"simulated-{cases}", place.folder / f"simulated-home-{cases}"
    for folder in (city, home_path):
        shutil.rmtree(folder, ignore_errors=True)
    seed, preset = place.settings.detection_seed, place.settings.detection_preset
    with timed() as writing:
        about = City(cases, seed, preset).write(city)
    with open_home(home_path) as home:
        with timed() as living:
            quarantined = _live(home, city / EVENTS_FILE, str(about["last_day"]))
        with (city / TRUTH_FILE).open("rb") as lines:
            figures = compared(read_truth(lines), _sightings(home))
    if figures["is_exact"]:
        for folder in (city, home_path):
            shutil.rmtree(folder)
    said = {"seed": seed, "preset": preset, "events": about["events"]}
    said |= {"quarantined": quarantined, "write_seconds": writing.seconds}
    return living.figures() | figures | said


def _live(home: Home, events: Path, last_day: str) -> int:
    """As `esup simulate` does; how many events were put aside."""
    until = home.moment(last_day)
    assert until is not None
    with history_of(home, [events], None, until) as history:
        live_through(home, history, until, quietly=True)
        return history.quarantined.total()


def _sightings(home: Home) -> Counter[Sighting]:
    _, rows = home.projector.query(_FOUND)
    return Counter(Sighting(*row) for row in rows)


def _one_size(settings: Settings) -> tuple[int]:
    return (settings.detection_cases,)


MEASURES = (Measure("detection.city", detection, _one_size),)
