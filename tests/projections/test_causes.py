"""Why a card was withdrawn: the fact that the models name is the one found by looking at every fact, card by card."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import orjson
import pytest

from benchmarks.city_facts import as_of
from benchmarks.city_log import write_log
from engine.clock import SystemClock
from engine.log import EventLog
from projections.projector import FOREVER, Projector

CASES = 300
SAID_BY_THE_MONITOR = {
    "esup.card.proposed",
    "esup.card.issued",
    "esup.card.escalated",
    "esup.card.reinstated",
    "esup.task.issued",
    "esup.deadline.prompted",
}
PUBLIC = ("esup.calendar.", "esup.rule.", "esup.org.", "esup.source.", "esup.register.", "esup.item.")
# As if each finding had a card that is in doubt, said at any time, with much or little of the log behind it.
DOUBTED = """
create or replace view cards_in_doubt as
select
    finding_id as card_id,
    rule_id,
    triggers_at + interval 1 day * (hash(finding_id) % 200)::int as said_at,
    (hash(finding_id) % (select position from clock))::bigint as said_position,
    triggers_at,
    case_no,
    subject_id,
    subject_kind,
    department,
    officer,
    occurrence_source,
    occurrence_id
from findings
where hash(finding_id) % 3 = 0
"""
Row = dict[str, Any]


@pytest.fixture(scope="module")
def doubted(tmp_path_factory: pytest.TempPathFactory) -> Projector:
    """A city in which every core rule is broken, and cards of its findings in doubt."""
    path = tmp_path_factory.mktemp("city") / "log.sqlite"
    write_log(path, CASES)
    with EventLog.open(path, SystemClock(), read_only=True) as log:
        projector = Projector.in_memory(log)
        projector.load(FOREVER)
        projector.rebuild(as_of())
    projector.store.execute(DOUBTED)
    return projector


def rows(projector: Projector, sql: str) -> list[Row]:
    columns, found = projector.query(sql)
    return [dict(zip(columns, row, strict=True)) for row in found]


def weight(card: Row, fact: Row, is_own: bool) -> int:
    """How well a fact explains a doubt; 0 if it cannot."""
    if not (fact["position"] > card["said_position"] or fact["recorded_at"] > card["said_at"]):
        return 0
    weights = [0]
    if is_own and fact["type"] not in SAID_BY_THE_MONITOR and fact["subject"] != card["card_id"]:
        weights.append(3 if fact["occurred_at"] <= card["triggers_at"] or fact["dataversion"] > 1 else 2)
    if fact["type"].startswith(PUBLIC):
        weights.append(public_weight(card, fact))
    return max(weights)


def public_weight(card: Row, fact: Row) -> int:
    if fact["type"] == "esup.calendar.noticed":
        days = [datetime.fromisoformat(day["date"]).date() for day in orjson.loads(fact["data"])["days"]]
        return 3 if min(days) <= card["triggers_at"].date() else 1
    if fact["subject"] in (card["rule_id"], card["department"]):
        return 3
    return 2 if fact["type"].startswith("esup.org.region") else 1


def test_the_cause_is_the_newest_of_the_weightiest_facts(doubted: Projector) -> None:
    facts = rows(doubted, "select key, position, occurred_at, recorded_at, dataversion, type, subject, data from facts")
    own: dict[str, set[int]] = defaultdict(set)
    for stream in rows(doubted, "select card_id, key from doubtful_streams"):
        own[stream["card_id"]].add(stream["key"])
    named = {row["card_id"]: orjson.loads(row["cause"]) for row in rows(doubted, "from withdrawal_causes")}
    identities = {row["position"]: row for row in rows(doubted, "select position, source, event_id from facts")}
    cards = rows(doubted, "from cards_in_doubt")
    assert len(cards) > 50
    weights = set()
    for card in cards:
        weighed = [(weight(card, fact, fact["key"] in own[card["card_id"]]), fact) for fact in facts]
        best = max(weighed, key=lambda one: (one[0], one[1]["recorded_at"], one[1]["position"]))
        weights.add(best[0])
        cause = named.get(card["card_id"])
        said = identities[best[1]["position"]] if best[0] else None
        assert (cause and (cause["source"], cause["id"])) == (said and (said["source"], said["event_id"]))
    assert weights == {0, 1, 2, 3}
