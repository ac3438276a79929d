"""Everything the projections know of one case, as data: programs get it as JSON, people through `case_view`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from console.errors import UnknownCase
from console.questions import rows_of
from projections.projector import Projector

Row = dict[str, Any]


@dataclass
class CaseReport:
    """A case: its head, what happened, what was owed with the proof of each due day, what was found and issued."""

    case_no: str
    head: Row
    steps: list[Row]
    obligations: list[Row]
    suspensions: list[Row]
    findings: list[Row]
    cards: list[Row]
    tasks: list[Row]
    rules: dict[str, Row] = field(default_factory=dict)

    def as_document(self) -> Row:
        """The report as one document."""
        return {name: value for name, value in vars(self).items() if name != "rules"}


def report_on(projector: Projector, case_no: str) -> CaseReport:
    """The report on a case; an error if nothing is known of it."""
    steps = of_case(projector, "steps", case_no, "occurred_at, position")
    heads = of_case(projector, "cases", case_no, "case_no")
    if not steps and not heads:
        raise UnknownCase(case_no=case_no)
    obligations = of_case(projector, "obligations", case_no, "opened_at, rule_id, obligation_id")
    for obligation in obligations:
        obligation["proof"] = deadline_proof(projector, obligation["obligation_id"])
    findings = of_case(projector, "findings", case_no, "triggers_at, rule_id, level, finding_id")
    cards = of_case(projector, "cards", case_no, "issued_at, issued_position")
    return CaseReport(
        case_no=case_no,
        head=heads[0] if heads else {"case_no": case_no},
        steps=steps,
        obligations=obligations,
        suspensions=of_case(projector, "suspensions", case_no, "started_at, ref"),
        findings=findings,
        cards=cards,
        tasks=rows_of(
            projector,
            "select tasks.* from tasks inner join cards on tasks.card_id = cards.card_id where cards.case_no = ?"
            " order by tasks.issued_at, tasks.task_id",
            case_no,
        ),
        rules=rules_named(projector, {row["rule_id"] for row in [*obligations, *findings]}),
    )


def of_case(projector: Projector, table: str, case_no: str, order: str) -> list[Row]:
    """The rows of one table that belong to a case."""
    return rows_of(projector, f"select * from {table} where case_no = ? order by {order}", case_no)


def rules_named(projector: Projector, rule_ids: set[str]) -> dict[str, Row]:
    """Title, code and legal basis of the rules that a report speaks of, the latest version of each."""
    rows = rows_of(projector, "select * from rules order by rule_id, rule_version, effective_from")
    return {row["rule_id"]: row for row in rows if row["rule_id"] in rule_ids}


def deadline_proof(projector: Projector, obligation_id: str) -> list[Row]:
    """Each day from the opening to the due day: its number if it was counted, or why it was not."""
    days = rows_of(projector, "select * from deadline_days where obligation_id = ? order by day", obligation_id)
    number = 0
    for day in days:
        number += bool(day["is_counted"])
        day["number"] = number if day["is_counted"] else None
    return days
