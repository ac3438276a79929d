"""Which matter a fact belongs to: a case with its cards, tasks and complaints, an item of the catalogue, or all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from engine.facts import Fact
from projections.projector import Projector

_TABLES = {
    "esup.card.": "select coalesce(case_no, subject_id) from card_rows where card_id = ?",
    "esup.task.": "select coalesce(case_no, task_id) from task_rows where task_id = ?",
    "esup.complaint.": "select coalesce(case_no, complaint_id) from complaint_rows where complaint_id = ?",
}
_CASE_OF_CARD = "select case_no from card_rows where card_id = ?"
_FIRST = ("esup.task.issued", "esup.complaint.filed")
_OF_AN_ITEM = ("esup.item.published", "esup.item.suspended", "esup.item.cancelled", "esup.item.guide_published")
_OF_A_CHANGE, _FILED = "esup.item.change_", "esup.item.change_filed"
_BY_ITSELF = "esup.register."
_IS_TIED = "select 1 from links where key = hash(?::varchar) limit 1"
_CASES_OF_ITEMS = "select item, case_no from case_rows where hash(item) in (select hash(unnest(?::varchar[])))"


class Matters:
    """The matters of one store of projections. Within a day they do not touch each other, but for an item its cases."""

    def __init__(self, projector: Projector) -> None:
        self._projector = projector
        self._named: dict[tuple[str, str], str] = {}
        """The matters of the cards, tasks and complaints that were heard of here, by family and name."""
        self._tied: set[str] = set()
        """Changes of the catalogue and the items they name, which may not be in the projections yet."""

    def concerns_all(self, fact: Fact) -> bool:
        """True of a fact that may touch any matter: whom an office has, a calendar, an item tied to something else."""
        if fact.type.startswith(("esup.case.", _BY_ITSELF, *_TABLES)):
            return False
        if not fact.type.startswith((*_OF_AN_ITEM, _OF_A_CHANGE)) or fact.dataversion > 1:
            return True
        item = _item_to_change(fact)
        if item is not None:
            self._tied |= {fact.stream, item}
        return fact.stream in self._tied or bool(self._projector.query(_IS_TIED, [fact.stream])[1])

    def of(self, fact: Fact) -> str | None:
        """The matter of a fact that does not concern all; None if it names a card or task that is not known so far."""
        family = _family_of(fact)
        if family is None:
            return fact.stream
        name = (family, fact.stream)
        if name not in self._named:
            is_first = fact.type in _FIRST
            matter = self._begun_by(fact) if is_first else self._look_up(_TABLES[family], fact.stream)
            if matter is None:
                return None
            self._named[name] = matter
        return self._named[name]

    def drawn_by(self, items: set[str], facts: Iterable[Fact]) -> dict[str, set[str]]:
        """The cases of each of these items: those that are known, and those that these facts tell of."""
        cases: dict[str, set[str]] = defaultdict(set)
        if not items:
            return cases
        known = self._projector.query(_CASES_OF_ITEMS, [sorted(items)])[1] if self._projector.is_derived else []
        told = ((_item_of(fact), fact.stream) for fact in facts if fact.type.startswith("esup.case."))
        for item, case_no in (*known, *told):
            if item in items:
                cases[item].add(case_no)
        return cases

    def _begun_by(self, fact: Fact) -> str:
        """The case that a task or complaint is about, or that of the card that a task names; else itself."""
        data = orjson.loads(fact.body)["data"]
        case_no: str | None = data.get("case_no") or (data.get("about") or {}).get("case_no")
        if case_no is None and data.get("card"):
            case_no = self._look_up(_CASE_OF_CARD, data["card"])
        return case_no or fact.stream

    def _look_up(self, sql: str, name: str) -> str | None:
        rows = self._projector.query(sql, [name])[1] if self._projector.is_derived else []
        return rows[0][0] if rows else None


def is_of_an_item(fact: Fact) -> bool:
    """True of what draws the cases of an item after it."""
    return fact.type in _OF_AN_ITEM


def matter_of(data: Mapping[str, Any]) -> str | None:
    """The matter that a row, or what was said of it, belongs to."""
    matter: str | None = data.get("case_no") or data.get("subject") or data.get("subject_id") or data.get("card")
    return matter


def _family_of(fact: Fact) -> str | None:
    return next((family for family in _TABLES if fact.type.startswith(family)), None)


def _item_to_change(fact: Fact) -> str | None:
    """The item that a filed change names, if it names one."""
    code: str | None = None if fact.type != _FILED else orjson.loads(fact.body)["data"].get("code")
    return code


def _item_of(fact: Fact) -> str | None:
    item: str | None = orjson.loads(fact.body)["data"].get("item")
    return item
