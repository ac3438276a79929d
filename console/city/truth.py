"""What must be found in a city, as it is written beside its events: the rules by their names, and a row for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson

from console.city.scene import Finding, Near

RULES = {
    "C01": "content.acceptance-paper-missing", "C02": "content.decision-missing", "C03": "content.materials-missing",
    "D01": "data.upload-late", "D03": "data.impossible-time", "D04": "data.changed-after-the-fact",
    "F01": "content.fee-without-basis", "F02": "content.fee-off-standard", "J02": "penalty.summary-beyond-limit",
    "K01": "catalogue.unconfirmed-power", "K02": "catalogue.code-reused", "K03": "catalogue.steps-exceed-promise",
    "K04": "catalogue.promise-beyond-law", "K05": "catalogue.change-filed-late", "K06": "catalogue.legal-review-late",
    "K07a": "catalogue.adjusted-late-after-reply", "K07b": "catalogue.adjusted-late-before-effect",
    "M01": "supervision.complaint-acceptance-late", "M02": "supervision.no-written-notice",
    "O01": "openness.credit-publication-late", "O04": "openness.guide-incomplete-or-untrue",
    "P01": "procedure.handled-before-acceptance", "P02": "procedure.out-of-order",
    "P03": "penalty.mandatory-act-missing", "P05": "procedure.corrected-again",
    "P06": "procedure.corrected-after-acceptance", "P07": "procedure.returned-repeatedly",
    "P08": "procedure.negative-without-reasons", "P09": "procedure.wrong-account", "P14": "procedure.offline-handling",
    "P15": "procedure.batch-backfill", "R01": "risk.point-without-control", "S01": "supervision.task-reply-late",
    "S02": "supervision.task-not-launched", "S03": "supervision.task-not-closed",
    "S04": "supervision.returned-task-late", "S05": "supervision.yellow-not-corrected",
    "S06": "supervision.repeat-offender", "T01": "licensing.promise-near", "T02": "licensing.promise-passed",
    "T03": "licensing.statutory-limit-passed", "T04": "licensing.step-near", "T05": "licensing.step-overtime",
    "T06": "licensing.accept-or-refuse", "T08": "licensing.immediate-not-decided",
    "T11": "licensing.invalid-extension", "T12": "licensing.unlawful-suspension",
    "T14": "licensing.suspension-overrun", "T15": "licensing.delivery-late", "T18": "penalty.decide-in-90-days",
    "T20": "enforcement.measure-overdue", "T23": "disclosure.reply-late",
}  # fmt: skip
"""The handbook's codes and the rules that have them; a rule without a code goes by its own name."""
WINDOWS = {
    "C01": 2, "C03": 3, "D01": 1, "D04": 3, "F02": 3, "K02": 2, "K03": 2, "K04": 2, "K05": 5, "K06": 2, "K07a": 2,
    "K07b": 2, "M01": 1, "M02": 1, "O01": 2, "O04": 3, "P01": 3, "P02": 5, "P06": 2, "P07": 5, "P08": 2, "P14": 3,
    "P15": 5, "R01": 5, "S01": 2, "S02": 2, "T02": 5, "T05": 2, "T06": 1, "T08": 1, "T11": 2, "T12": 2,
}  # fmt: skip
"""Working days in which a yellow card is to be rectified before it turns red; the others have no such window."""


class Row(NamedTuple):
    """A line of the truth: what must be found, or what a rule must be silent about, and which story it is from."""

    code: str
    level: str
    """Of a near miss: `none`."""
    subject: str
    department: str
    triggers_at: str
    """To the microsecond, with its offset; empty for a near miss."""
    story: str
    """The rule that the story is about."""
    why: str
    """`planted`, `beside` it as a matter of course, what `follows` from cards, or a `near` miss."""

    def line(self) -> bytes:
        """The row as a line."""
        told = {"rule_id": RULES.get(self.code, self.code), **self._asdict()}
        return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)


def found(finding: Finding, story: str, why: str) -> Row:
    """The row of a finding."""
    at = finding.triggers_at.isoformat(timespec="microseconds")
    return Row(finding.code, finding.level, finding.subject, finding.department, at, story, why)


def missed_narrowly(near: Near, story: str) -> Row:
    """The row of a near miss."""
    return Row(near.code, "none", near.subject, "", "", story, "near")


def lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """The rows in the order of their moments, near misses first."""
    return (row.line() for row in sorted(rows, key=lambda row: (row.triggers_at, row)))
