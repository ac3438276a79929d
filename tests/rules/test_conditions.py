"""Each condition on small cases: the good one, the bad one, and the ones that are easily mistaken."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.clock import parse_instant
from tests.rules.conditions import Told, findings, steps

NINE = "2011-03-01T09:00:00+01:00"
TEN = "2011-03-01T10:00:00+01:00"
ELEVEN = "2011-03-01T11:00:00+01:00"


def cases_found(rule_id: str, facts: list[Told], folder: Path) -> list[str]:
    return [case_no for case_no, _, _ in findings(rule_id, facts, folder)]


def test_the_order_of_two_steps_is_that_of_the_first_of_each(tmp_path: Path) -> None:
    facts = [
        *steps("wrong", [(NINE, "T06", "a"), (TEN, "T05", "a")]),
        *steps("right", [(NINE, "T05", "a"), (TEN, "T06", "a"), (ELEVEN, "T05", "a")]),
        *steps("one instant, right in the file", [(NINE, "T05", "a"), (NINE, "T06", "a")]),
        *steps("one instant, wrong in the file", [(NINE, "T06", "a"), (NINE, "T05", "a")]),
        *steps("no T05", [(NINE, "T06", "a")]),
        *steps("arrived late", [(TEN, "T05", "a"), (NINE, "T06", "a")]),
    ]
    found = cases_found("wabo.t06-after-t05", facts, tmp_path)
    assert found == ["arrived late", "one instant, wrong in the file", "wrong"]


def test_the_completing_fact_is_the_occurrence_and_gives_the_instant(tmp_path: Path) -> None:
    facts = list(steps("wrong", [(NINE, "T06", "a"), (TEN, "T05", "a")]))
    assert findings("wabo.t06-after-t05", facts, tmp_path) == [("wrong", "e2", parse_instant(TEN))]


def test_four_eyes_compare_the_first_of_each(tmp_path: Path) -> None:
    facts = [
        *steps("one officer", [(NINE, "CR", "a"), (TEN, "T02", "a")]),
        *steps("two officers", [(NINE, "CR", "a"), (TEN, "T02", "b"), (ELEVEN, "T02", "a")]),
        *steps("checked first", [(NINE, "T02", "a"), (TEN, "CR", "a")]),
        *steps("not checked", [(NINE, "CR", "a")]),
    ]
    found = findings("wabo.four-eyes", facts, tmp_path)
    assert [case_no for case_no, _, _ in found] == ["checked first", "one officer"]
    assert {at for _, _, at in found} == {parse_instant(TEN)}


def test_four_eyes_are_silent_where_no_officer_is_named(tmp_path: Path) -> None:
    facts = [Told("x", "esup.case.step_finished", at, step=step) for at, step in ((NINE, "CR"), (TEN, "T02"))]
    assert findings("wabo.four-eyes", facts, tmp_path) == []


@pytest.mark.parametrize(
    ("second", "found"),
    [("09:00:00", ["x"]), ("09:00:59.999999", ["x"]), ("09:01:00", []), ("09:01:00.000001", [])],
)
def test_a_rubber_stamp_takes_less_than_sixty_seconds(tmp_path: Path, second: str, found: list[str]) -> None:
    facts = list(steps("x", [(NINE, "CR", "a"), (f"2011-03-01T{second}+01:00", "T02", "b")]))
    assert cases_found("wabo.rubber-stamp", facts, tmp_path) == found


def test_a_rubber_stamp_follows_directly_among_the_steps(tmp_path: Path) -> None:
    between = Told("attribute between", "esup.case.closed", "2011-03-01T09:00:10+01:00")
    facts = [
        *steps("step between", [(NINE, "CR", "a"), (NINE, "T04", "a"), (NINE, "T02", "a")]),
        *steps("attribute between", [(NINE, "CR", "a"), ("2011-03-01T09:00:20+01:00", "T02", "a")]),
        between,
        *steps("another case between", [(NINE, "CR", "a")]),
        *steps("another", [(NINE, "T04", "a")]),
        *steps("another case between", [(NINE, "T02", "a")]),
    ]
    assert cases_found("wabo.rubber-stamp", facts, tmp_path) == ["another case between", "attribute between"]


def fine(case_no: str, *told: tuple[str, str]) -> list[Told]:
    """Facts known to the day; the winter offset is right for the days used, unless an instant is given."""
    return [
        Told(case_no, "esup.case.paid" if what == "Payment" else "esup.case.other", at, what=what) for at, what in told
    ]


def test_a_penalty_is_counted_in_local_days_whatever_the_season(tmp_path: Path) -> None:
    notified, added = "Insert Fine Notification", "Add penalty"
    facts = [
        *fine("day 60 into summer", ("2007-02-15T00:00+01:00", notified), ("2007-04-16T00:00+02:00", added)),
        *fine("day 59 into summer", ("2007-02-15T00:00+01:00", notified), ("2007-04-15T00:00+02:00", added)),
        *fine("day 60 into winter", ("2007-09-15T00:00+02:00", notified), ("2007-11-14T00:00+01:00", added)),
        *fine("day 59 into winter", ("2007-09-15T00:00+02:00", notified), ("2007-11-13T00:00+01:00", added)),
        *fine("no notification", ("2007-11-13T00:00+01:00", added)),
        *fine("added before", ("2007-02-10T00:00+01:00", added), ("2007-02-15T00:00+01:00", notified)),
    ]
    found = cases_found("fines.penalty-not-before-60-days", facts, tmp_path)
    assert found == ["day 59 into summer", "day 59 into winter"]


def test_a_payment_after_the_first_collection_is_found_each_time(tmp_path: Path) -> None:
    first, second, third = ("2009-03-29T00:00+01:00", "2009-03-30T00:00+02:00", "2009-03-31T00:00+02:00")
    facts = [
        *fine("before", (first, "Payment"), (second, "Send for Credit Collection")),
        *fine("twice", (first, "Send for Credit Collection"), (second, "Payment"), (third, "Payment")),
        *fine("same day before", (second, "Payment"), (second, "Send for Credit Collection")),
        *fine("same day after", (second, "Send for Credit Collection"), (second, "Payment")),
    ]
    found = cases_found("fines.no-payment-after-collection", facts, tmp_path)
    assert found == ["same day after", "twice", "twice"]


@pytest.mark.parametrize(
    "rule_id",
    [
        "wabo.t06-after-t05",
        "wabo.four-eyes",
        "wabo.rubber-stamp",
        "fines.penalty-not-before-60-days",
        "fines.no-payment-after-collection",
    ],
)
def test_without_facts_there_is_nothing(tmp_path: Path, rule_id: str) -> None:
    assert findings(rule_id, [], tmp_path) == []
