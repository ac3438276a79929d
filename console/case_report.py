"""Everything the projections know of one case, as data: programs get it as JSON, people through `case_view`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from console.errors import UnknownCase
from console.questions import Asked, rows_of

Row = dict[str, Any]

ASKED = (
    "steps", "cases", "obligations", "suspensions", "findings", "cards", "tasks", "complaints", "exemption_proposals",
    "deadline_days", "appeal_limits", "supervision_acts", "rules",
)  # fmt: skip
"""The relations that a report on a case is made of."""

_CARDS = """
select cards.*, appeal_limits.appeal_until
from cards
left join appeal_limits on cards.card_id = appeal_limits.card_id
where cards.case_no = ?
order by coalesce(cards.issued_at, cards.proposed_at), cards.issued_position, cards.card_id
"""
_PROPOSALS = """
select exemption_proposals.*
from exemption_proposals
inner join cards on exemption_proposals.card_id = cards.card_id
where cards.case_no = ?
order by exemption_proposals.card_id
"""
_ACTS = """
select about, subject_id, act, occurred_at, recorded_at, reason, said_by, due_on, is_accepted, position
from supervision_acts
where list_contains(?, subject_id)
order by ord, position
"""


@dataclass
class CaseReport:
    """A case: its head, what happened, what was owed with the proof of each due day, what was found and issued.

    Cards, tasks and complaints have their `life`: everything that was said of them.
    """

    case_no: str
    head: Row
    steps: list[Row]
    obligations: list[Row]
    suspensions: list[Row]
    findings: list[Row]
    cards: list[Row]
    tasks: list[Row]
    complaints: list[Row]
    exemption_proposals: list[Row]
    rules: dict[str, Row] = field(default_factory=dict)

    def as_document(self) -> Row:
        """The report as one document."""
        return {name: value for name, value in vars(self).items() if name != "rules"}


def report_from(case: Asked, case_no: str) -> CaseReport:
    """The report out of projections of the case, or of everything; an error if nothing is known of it."""
    steps = of_case(case, "steps", case_no, "occurred_at, position")
    heads = of_case(case, "cases", case_no, "case_no")
    if not steps and not heads:
        raise UnknownCase(case_no=case_no)
    obligations = of_case(case, "obligations", case_no, "opened_at, rule_id, obligation_id")
    proofs = deadline_proofs(case, case_no)
    for obligation in obligations:
        obligation["proof"] = proofs.get(obligation["obligation_id"], [])
    findings = of_case(case, "findings", case_no, "triggers_at, rule_id, level, finding_id")
    cards = rows_of(case, _CARDS, case_no)
    tasks = of_case(case, "tasks", case_no, "issued_at, task_id")
    complaints = of_case(case, "complaints", case_no, "filed_at, complaint_id")
    add_lives(case, {"card": cards, "task": tasks, "complaint": complaints})
    return CaseReport(
        case_no=case_no,
        head=heads[0] if heads else {"case_no": case_no},
        steps=steps,
        obligations=obligations,
        suspensions=of_case(case, "suspensions", case_no, "started_at, ref"),
        findings=findings,
        cards=cards,
        tasks=tasks,
        complaints=complaints,
        exemption_proposals=proposals(case, case_no),
        rules=rules_named(case, {row["rule_id"] for row in [*obligations, *findings, *cards]}),
    )


def add_lives(case: Asked, told_of: dict[str, list[Row]]) -> None:
    """Give each card, task and complaint what was said of it, in the order of the world."""
    named = {(about, row[f"{about}_id"]): row for about, rows in told_of.items() for row in rows}
    for row in named.values():
        row["life"] = []
    subjects = sorted({subject for _, subject in named})
    for act in rows_of(case, _ACTS, subjects) if subjects else []:
        # A task that a card opened has the card's id: what was said of the one is not said of the other.
        told = named.get((act.pop("about"), act.pop("subject_id")))
        if told is not None:
            told["life"].append(act)


def proposals(case: Asked, case_no: str) -> list[Row]:
    """The proposed exemptions of the case's cards, their evidence laid open."""
    rows = rows_of(case, _PROPOSALS, case_no)
    return [row | {"evidence": orjson.loads(row["evidence"])} for row in rows]


def of_case(case: Asked, table: str, case_no: str, order: str) -> list[Row]:
    """The rows of one table that belong to a case."""
    return rows_of(case, f"select * from {table} where case_no = ? order by {order}", case_no)


def rules_named(case: Asked, rule_ids: set[str]) -> dict[str, Row]:
    """Title, code and legal basis of the rules that a report speaks of, the latest version of each."""
    rows = rows_of(case, "select * from rules order by rule_id, rule_version, effective_from")
    return {row["rule_id"]: row for row in rows if row["rule_id"] in rule_ids}


def deadline_proofs(case: Asked, case_no: str) -> dict[str, list[Row]]:
    """By obligation, each day from the opening to the due day: its number if it was counted, or why it was not."""
    # By the case, which the stored rows can be searched for; an obligation's id is computed for each of them.
    proofs: dict[str, list[Row]] = {}
    for day in of_case(case, "deadline_days", case_no, "obligation_id, day"):
        days = proofs.setdefault(day.pop("obligation_id"), [])
        del day["case_no"]
        numbers = [earlier["number"] for earlier in days if earlier["number"] is not None]
        day["number"] = (numbers[-1] if numbers else 0) + 1 if day["is_counted"] else None
        days.append(day)
    return proofs
