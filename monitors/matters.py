"""Which matter a fact belongs to: a case with its cards, tasks and complaints, or what goes on by itself."""

from collections.abc import Mapping
from typing import Any

import orjson

from engine.facts import Fact
from projections.projector import Projector

_TABLES = {
    "esup.card.": "select coalesce(case_no, subject_id) from card_rows where card_id = ?",
    "esup.task.": "select coalesce(case_no, task_id) from task_rows where task_id = ?",
    "esup.complaint.": "select coalesce(case_no, complaint_id) from complaint_rows where complaint_id = ?",
}
_FIRST = ("esup.task.issued", "esup.complaint.filed")


class Matters:
    """The matters of one store of projections. Within a day they do not touch each other."""

    def __init__(self, projector: Projector) -> None:
        self._projector = projector
        self._begun: dict[str, str] = {}

    def of(self, fact: Fact) -> str | None:
        """The matter of a fact; None if it concerns more than one, or names a card or task not known so far."""
        if fact.type.startswith("esup.case."):
            return fact.stream
        family = next((family for family in _TABLES if fact.type.startswith(family)), None)
        if family is None:
            return None
        if fact.type in _FIRST and fact.stream not in self._begun:
            self._begun[fact.stream] = self._named_by(orjson.loads(fact.body)["data"]) or fact.stream
        return self._begun.get(fact.stream) or self._known(family, fact.stream)

    def forget(self) -> None:
        """What was told so far is in the projections now."""
        self._begun = {}

    def _named_by(self, data: dict[str, Any]) -> str | None:
        """The case that a task or complaint is about, or that of the card that a task names."""
        case_no: str | None = data.get("case_no") or (data.get("about") or {}).get("case_no")
        return case_no or (self._known("esup.card.", data["card"]) if data.get("card") else None)

    def _known(self, family: str, name: str) -> str | None:
        rows = self._projector.query(_TABLES[family], [name])[1] if self._projector.is_derived else []
        return rows[0][0] if rows else None


def matter_of(data: Mapping[str, Any]) -> str | None:
    """The matter that a row, or what was said of it, belongs to."""
    matter: str | None = data.get("case_no") or data.get("subject") or data.get("subject_id") or data.get("card")
    return matter
