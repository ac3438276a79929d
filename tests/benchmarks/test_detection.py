"""Found and planted are compared to the microsecond."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson

from benchmarks.parts.detection import Sighting, compared, read_truth

AT = "2025-03-03T00:00:00.000000+08:00"
LATER = "2025-03-03T00:00:00.000001+08:00"
F01, T02 = "content.fee-without-basis", "licensing.promise-passed"


def line(rule: str, code: str, subject: str, level: str = "red", why: str = "planted", at: str = AT) -> bytes:
    row = {"rule_id": rule, "code": code, "level": level, "subject": subject, "triggers_at": at, "why": why}
    return orjson.dumps(row)


TRUTH = [
    line(F01, "F01", "A"),
    line(F01, "F01", "B"),
    line(T02, "T02", "A", "yellow"),
    line(T02, "T02", "C", "none", "near", ""),
]
ALL = Counter([Sighting(F01, "red", "A", AT), Sighting(F01, "red", "B", AT), Sighting(T02, "yellow", "A", AT)])


def of(found: Counter[Sighting]) -> dict[str, Any]:
    return compared(read_truth(TRUTH), found)


def test_all_found_and_nothing_else_is_exact() -> None:
    told = of(ALL)
    assert told["is_exact"]
    assert {rule: (one["precision"], one["recall"]) for rule, one in told["rules"].items()} == {
        F01: (1, 1),
        T02: (1, 1),
    }
    assert told["rules"][T02]["near_silent"] == 1


def test_what_is_missing_lowers_recall() -> None:
    told = of(ALL - Counter([Sighting(F01, "red", "B", AT)]))
    assert not told["is_exact"] and told["missed"] == [[F01, "red", "B", AT]]
    assert (told["rules"][F01]["precision"], told["rules"][F01]["recall"]) == (1.0, 0.5)


def test_a_microsecond_off_is_missed_and_false() -> None:
    told = of(ALL - Counter([Sighting(F01, "red", "B", AT)]) + Counter([Sighting(F01, "red", "B", LATER)]))
    assert (told["rules"][F01]["missed"], told["rules"][F01]["false"]) == (1, 1)


def test_what_was_not_planted_is_false_whatever_its_rule() -> None:
    told = of(ALL + Counter([Sighting("data.upload-late", "yellow", "Z", AT)]))
    assert not told["is_exact"] and told["rules"]["data.upload-late"]["precision"] == 0


def test_a_finding_twice_is_false_once() -> None:
    assert of(ALL + Counter([Sighting(F01, "red", "A", AT)]))["rules"][F01]["false"] == 1


def test_a_near_miss_that_is_found_is_loud() -> None:
    told = of(ALL + Counter([Sighting(T02, "yellow", "C", AT)]))
    assert told["rules"][T02]["near_silent"] == 0 and not told["is_exact"]
