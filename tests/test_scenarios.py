"""The worked vectors of the field as stories: imported, watched moment by moment, and replayed to the same moments."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from console.bootstrap import open_home
from engine.clock import format_instant, parse_moment
from projections.projector import Projector
from replay.as_of import replay
from tests.scenarios import ZONE, Moment, scenarios, town
from tests.watched_homes import stretches_of, watch_through

ALL = scenarios()
MOMENTS = [moment for scenario in ALL for moment in scenario.moments]
_CODES = "(select distinct rule_id, code from rules) as named"
_SEEN = {
    "obligations": f"""
        select subject_id, code, o.rule_id, o.department, due_on, state, epoch_us(prompts_at), provisional, level
        from obligations as o inner join {_CODES} on o.rule_id = named.rule_id
    """,
    "findings": f"""
        select subject_id, case_no, code, f.rule_id, f.department, level, epoch_us(triggers_at)
        from findings as f inner join {_CODES} on f.rule_id = named.rule_id where f.verdict <> 'pending'
    """,
    "cards": f"""
        select subject_id, case_no, code, c.rule_id, c.department, level, epoch_us(triggers_at), issue_no,
            state
        from cards as c inner join {_CODES} on c.rule_id = named.rule_id where c.state <> 'withdrawn'
    """,
    "withdrawn": f"""
        select subject_id, code, level, issue_no, regexp_replace(reason, '^esup[^ ]* ', '')
        from cards as c inner join {_CODES} on c.rule_id = named.rule_id where c.state = 'withdrawn'
    """,
}
_NAMES = {
    "obligations": ("subject", "code", "rule", "department", "due_on", "state", "prompts_at", "provisional", "level"),
    "findings": ("subject", "case_no", "code", "rule", "department", "level", "triggers_at"),
    "cards": ("subject", "case_no", "code", "rule", "department", "level", "triggers_at", "issue_no", "state"),
    "withdrawn": ("subject", "code", "level", "issue_no", "reason"),
}
Seen = dict[tuple[str, int], Mapping[str, list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, list[Path]]:
    """What the tables showed at each moment, as they were watched from the first to the last."""
    seen: Seen = {}

    def look(at: int, projector: Projector) -> None:
        seen.update({(told.scenario, at): shown(projector, told) for told in MOMENTS if told.at == at})

    events = [*town(), *(event for scenario in ALL for event in scenario.events)]
    homes = watch_through(tmp_path_factory.mktemp("scenarios"), events, [moment.at for moment in MOMENTS], look)
    return seen, homes


@pytest.fixture(scope="module")
def replayed(live: tuple[Seen, list[Path]]) -> Seen:
    """What an auditor sees of the same moments afterwards, each rebuilt from the log alone."""
    seen: Seen = {}
    for home, stretch in zip(live[1], stretches_of([moment.at for moment in MOMENTS]), strict=True):
        with open_home(home, create=False) as opened:
            for at in stretch:
                projector = replay(opened.log, at)
                seen |= {(told.scenario, at): shown(projector, told) for told in MOMENTS if told.at == at}
                projector.close()
    return seen


def shown(projector: Projector, moment: Moment) -> Mapping[str, list[dict[str, Any]]]:
    """The rows of the scenario's own subjects, table by table."""
    return {table: own_rows(projector, table, moment.scenario) for table in moment.expected}


def own_rows(projector: Projector, table: str, scenario: str) -> list[dict[str, Any]]:
    rows = [dict(zip(_NAMES[table], row, strict=True)) for row in projector.query(_SEEN[table])[1]]
    if scenario.startswith("C"):
        # What cards lead to is told of their case, whatever task or card it is on.
        rows = [row | {"subject": row["case_no"] or row["subject"]} for row in rows]
    own = [row for row in rows if row["subject"] == scenario or row["subject"].startswith(f"{scenario}-")]
    # The time to rectify a yellow card is a duty of the card's, whatever the scenario is about.
    return [row for row in own if table != "obligations" or row["code"] != "S05"]


def as_expected(expected: dict[str, Any]) -> dict[str, Any]:
    """A row as a scenario states it, its instants and days as the tables hold them."""
    row = dict(expected)
    for name in ("triggers_at", "prompts_at"):
        if name in row:
            row[name] = parse_moment(row[name], ZONE)
    return row


def differing(expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[Any]:
    """The rows that were expected and not found, and those that were found and not expected; stated columns only."""
    left = list(found)
    missing = []
    for row in map(as_expected, expected):
        match = next((seen for seen in left if all(_text(seen[name]) == _text(row[name]) for name in row)), None)
        if match is None:
            missing.append(row)
        else:
            left.remove(match)
    return [("missing", row) for row in missing] + [("unexpected", row) for row in left]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_all_nineteen_vectors_are_told() -> None:
    assert [scenario.name for scenario in ALL if scenario.name.startswith("V")] == [
        f"V{number}" for number in range(1, 20)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS, ids=lambda told: f"{told.scenario} at {format_instant(told.at, ZONE)}")
def test_what_is_seen_live(live: tuple[Seen, list[Path]], moment: Moment) -> None:
    seen = live[0][moment.scenario, moment.at]
    assert {table: differing(rows, seen[table]) for table, rows in moment.expected.items()} == dict.fromkeys(
        moment.expected, []
    )


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS, ids=lambda told: f"{told.scenario} at {format_instant(told.at, ZONE)}")
def test_a_replay_shows_the_same(live: tuple[Seen, list[Path]], replayed: Seen, moment: Moment) -> None:
    key = moment.scenario, moment.at
    assert {table: sorted(map(str, rows)) for table, rows in replayed[key].items()} == {
        table: sorted(map(str, rows)) for table, rows in live[0][key].items()
    }
