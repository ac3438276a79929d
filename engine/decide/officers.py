"""Who an officer is: the department of the latest assignment, and whether the account may still act."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from engine.decide.history import Told


class Officer(NamedTuple):
    """An officer as the latest fact leaves the account."""

    officer: str
    department: str
    is_enabled: bool


def officer_of(officer: str, facts: Iterable[Told]) -> Officer | None:
    """The officer that the facts tell of, in their order; None if nobody ever assigned one."""
    known: Officer | None = None
    for fact in facts:
        if fact.data.get("officer") != officer:
            continue
        if fact.type == "esup.org.officer_assigned":
            known = Officer(officer, str(fact.data.get("department")), True)
        elif fact.type == "esup.org.officer_disabled" and known is not None:
            known = known._replace(is_enabled=False)
    return known
