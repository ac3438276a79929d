"""What every contestant is asked about a city, and how the answers are compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

ANSWER, PROMISED, STATUTORY, STEP = (
    "licensing.accept-or-refuse",
    "licensing.promise-passed",
    "licensing.statutory-limit-passed",
    "licensing.step-overtime",
)
RULES = (ANSWER, PROMISED, STATUTORY, STEP)
DailyRow = tuple[int, str, int, int, int]
"""A day (since 1970), a department, and how many licence cases were handled, closed, and how many limits breached."""


class Answer(NamedTuple):
    """By rule, how many limits, their due days added up, and breaches; and the daily counts of every department."""

    limits: dict[str, int]
    due_days: dict[str, int]
    breaches: dict[str, int]
    daily: dict[str, int | str]
    """How many rows of daily counts, what they add up to, and the digest over them all."""


def answered(
    limits: Mapping[str, int], due_days: Mapping[str, int], breaches: Mapping[str, int], daily: Iterable[DailyRow]
) -> Answer:
    """The answer in the form in which all are compared: by rule in one order, the daily rows digested in theirs."""
    rows = sorted(daily)
    digest = hashlib.sha256("\n".join(map(str, rows)).encode()).hexdigest()
    counts: dict[str, int | str] = {"rows": len(rows), "digest": digest}
    counts |= {"handled": sum(row[2] for row in rows), "closed": sum(row[3] for row in rows)}
    counts |= {"breached": sum(row[4] for row in rows)}
    return Answer(_ordered(limits), _ordered(due_days), _ordered(breaches), counts)


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    return {rule: counts.get(rule, 0) for rule in RULES}
