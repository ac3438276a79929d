"""The offices of the city and the items they answer for, as facts of the exchange state them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Data = dict[str, Any]


@dataclass(frozen=True)
class Department:
    """An office: where it sits, which system reports for it, and who holds its posts."""

    code: str
    name: str
    region: str
    source: str
    officers: Mapping[str, Sequence[str]]
    """The officers of each post."""
    system: str = "platform"
    """`platform` and `window` may upload late; `vertical` and `self_built` have a day."""
    uploads: Sequence[str] = ()
    """At which times of a day its system reports; at once where there is none."""


@dataclass(frozen=True)
class Step:
    """A step of an item's flow."""

    step: str
    post: str
    limit: int | None = None
    """In working days."""
    next: Sequence[str] | None = None
    """The steps that may follow; the one behind it in the flow where nothing is said."""
    is_mandatory: bool = False
    control: str = ""
    """What must have been done before, where the step has a risk."""


@dataclass(frozen=True)
class Item:
    """An item of the catalogue of powers, in one version."""

    code: str
    name: str
    department: str
    kind: str = "committed"
    of_class: str = "licence"
    version: int | str = 1
    promised: tuple[int, str] | None = (10, "work_day")
    statutory: tuple[int, str] | None = (20, "work_day")
    steps: Sequence[Step] = ()
    materials: Sequence[tuple[str, str, bool]] = ()
    """Code, name, and whether it is required."""
    fees: Sequence[tuple[str, str, bool]] = ()
    """Fee, standard, and whether it is fixed."""
    suspensions: Sequence[str] = ()
    extension: tuple[int, str, str] | None = None
    """At most so many of which unit, and the role that approves."""
    basis: Sequence[str] = ()
    effective_from: str = "2020-01-01"
    more: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """What the publication says otherwise; None leaves a field out."""

    @property
    def required(self) -> list[str]:
        """The codes of the materials that every applicant brings."""
        return [code for code, _, is_required in self.materials if is_required]

    def post(self, step: str) -> str:
        """The post that does a step."""
        return next(node.post for node in self.steps if node.step == step)

    def published(self) -> Data:
        """What its publication says."""
        told: Data = {
            "code": self.code, "version": self.version, "class": self.of_class, "kind": self.kind, "name": self.name,
            "department": self.department, "effective_from": self.effective_from, "basis": list(self.basis),
            "promised": limit(self.promised), "statutory": limit(self.statutory),
            "flow": [self.node(place) for place in range(len(self.steps))],
            "materials": [
                {"code": code, "name": name, "required": is_required} for code, name, is_required in self.materials
            ],
            "fees": [{"fee": fee, "standard": standard, "fixed": fixed} for fee, standard, fixed in self.fees],
            "suspensions_allowed": list(self.suspensions),
            "extension": self.extension
            and {"max": limit(self.extension[:2]), "approver_role": self.extension[2]},
        }  # fmt: skip
        return without_nothing({**told, **self.more})

    def node(self, place: int) -> Data:
        """A step of the flow, as published."""
        step, behind = self.steps[place], [node.step for node in self.steps[place + 1 : place + 2]]
        return without_nothing({
            "step": step.step, "name": step.step, "post": step.post,
            "limit": None if step.limit is None else {"n": step.limit, "unit": "work_day"},
            "next": behind if step.next is None else list(step.next),
            "mandatory": True if step.is_mandatory else None,
            "risk": {"level": "high", "control_step": step.control} if step.control else None,
        })  # fmt: skip

    def guide(self) -> Data:
        """What the public is told of it: all of it, and as it is."""
        told = self.published()
        values: Data = {name: told[name] for name in ("promised", "statutory", "fees", "materials") if name in told}
        values |= {"phone": "0515-12345", "place": "政务服务中心"}
        return {"code": self.code, "version": self.version, "channel": "政务服务网", "values": values}


def limit(of: tuple[int, str] | None) -> Data | None:
    """A limit as the exchange writes it."""
    return None if of is None else {"n": of[0], "unit": of[1]}


def without_nothing(data: Data) -> Data:
    """The fields that say something."""
    return {name: value for name, value in data.items() if value is not None}
