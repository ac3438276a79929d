"""Facts of subjects, and how they are told to a decider."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from engine.decide.history import Said, Told

TODAY = date(2026, 9, 28)
LATER = date(2026, 10, 16)


def facts(*words: Said | tuple[str, dict[str, Any]]) -> list[Told]:
    """Words as facts, one after the other."""
    return [Told(kind, data, occurred_at=place) for place, (kind, data) in enumerate(words)]


def task(*names: str, **issued: Any) -> list[Told]:
    """A task of which these facts are told; the data is what deciders look at."""
    contents: dict[str, dict[str, Any]] = {
        "issued": {"department": "D-1", "text": "说明情况", **issued},
        "replied": {"text": "已整改", "rectified": True},
        "passed": {"passed": True, "opinion": "属实", "officer": "u1"},
        "not_passed": {"passed": False, "opinion": "不实"},
        "returned": {"reason": "未附证据", "due_on": "2026-10-16"},
        "closed": {"opinion": "同意"},
        "archived": {},
    }
    reviews = ("passed", "not_passed")
    return facts(*((f"esup.task.{'first_reviewed' if n in reviews else n}", contents[n]) for n in names))


def complaint(*names: str, real_name: bool = True) -> list[Told]:
    """A complaint of which these facts are told."""
    contents: dict[str, dict[str, Any]] = {
        "filed": {"about": {}, "kind": "效能", "real_name": real_name, "content": "…", "channel": "web"},
        "notified": {"written": True},
        "told": {"written": False},
        "closed": {"upheld": True},
    }
    return facts(*((f"esup.complaint.{'notified' if n == 'told' else n}", contents.get(n, {})) for n in names))


def card(*names: str) -> list[Told]:
    """A card on D-1 of which these facts are told."""
    contents: dict[str, dict[str, Any]] = {
        "issued": {"department": "D-1", "level": "yellow"},
        "accepted": {"accepted": True, "reason": "成立"},
        "rejected": {"accepted": False, "reason": "不成立"},
    }
    decided = ("accepted", "rejected")
    return facts(*((f"esup.card.{'appeal_decided' if n in decided else n}", contents.get(n, {})) for n in names))


def names_of(words: Iterable[Said | Told]) -> list[str]:
    """The types told, without what all of them begin with."""
    return [word.type.removeprefix("esup.") for word in words]
