"""The conditions on the two municipal logs, read by plain Python: the figures that were computed independently."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.clock import first_moment, format_instant, parse_day
from tests.oracle.city_calendar import shared_folder
from tests.rules.conditions import Told, findings

ROME = ZoneInfo("Europe/Rome")


def rows(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(shared_folder() / "data" / "logs" / name, "rt", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def permits() -> Iterator[Told]:
    for row in rows("receipt_wabo.csv.gz"):
        activity = row["concept:name"]
        step = "CR" if activity == "Confirmation of receipt" else activity.split()[0]
        at = row["time:timestamp"]
        yield Told(row["case:concept:name"], "esup.case.step_finished", at, step=step, officer=row["org:resource"])


def fines() -> Iterator[Told]:
    for row in rows("road_fines.csv.gz"):
        kind = "esup.case.paid" if row["activity"] == "Payment" else "esup.case.other"
        at = format_instant(first_moment(parse_day(row["date"]), ROME), "UTC")
        yield Told(row["case_id"], kind, at, what=row["activity"])


@pytest.mark.parametrize(
    ("rule_id", "cases"), [("wabo.t06-after-t05", 505), ("wabo.four-eyes", 1088), ("wabo.rubber-stamp", 717)]
)
def test_permits(rule_id: str, cases: int, tmp_path: Path) -> None:
    found = findings(rule_id, permits(), tmp_path)
    assert len(found) == len({case_no for case_no, _, _ in found}) == cases


@pytest.mark.slow
@pytest.mark.parametrize("rule_id", ["fines.penalty-not-before-60-days", "fines.no-payment-after-collection"])
def test_fines_on_which_two_rules_stay_silent(rule_id: str, tmp_path: Path) -> None:
    assert findings(rule_id, fines(), tmp_path) == []
