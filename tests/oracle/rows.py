"""The rows that follow from a case: obligations with their states, findings, suspensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.facts import Fact
from tests.oracle.limits import Deadline, Suspension, touches


@dataclass(frozen=True)
class Opening:
    """What opens an obligation: the fact, and the instant from which the duty exists (later when deemed)."""

    fact: Fact
    exists_from: int


@dataclass
class Obligation:
    """Who owes what by when, as the oracle finds it."""

    code: str
    case_no: str
    step: str | None
    opening: Opening
    deadline: Deadline
    discharged_at: int | None
    voided_at: int | None
    state: str

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What names the obligation within a comparison."""
        return (self.code, self.case_no, self.step or "", self.deadline.opened_at)


@dataclass(frozen=True)
class Finding:
    """A verdict with the instant it becomes true."""

    code: str
    level: str
    verdict: str
    case_no: str
    step: str | None
    opened_at: int
    triggers_at: int


@dataclass
class SuspensionRow:
    """A suspension as the table shows it."""

    ref: str
    fact: Fact
    span: Suspension
    is_valid: bool


@dataclass
class Judgement:
    """What is true of one case at one cut of the past."""

    case_no: str
    version: dict[str, Any] | None = None
    accepted_at: int | None = None
    accepted_deemed: bool = False
    version_known_from: int = 0
    suspensions: list[SuspensionRow] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    extensions: list[tuple[Fact, bool]] = field(default_factory=list)


def state_of(obligation: Obligation, spans: Sequence[Suspension], is_void_first: bool, as_of: int) -> str:
    """The first state of the table that fits."""
    deadline, breaches_at = obligation.deadline, obligation.deadline.breaches_at
    discharged, voided = obligation.discharged_at, obligation.voided_at
    if discharged is not None and (breaches_at is None or discharged < breaches_at):
        return "met"
    if is_void_first and voided is not None and (breaches_at is None or voided < breaches_at):
        return "void"
    if discharged is not None:
        return "met_late"
    is_paused = any(
        touches(deadline, span) and span.start <= as_of and (span.end is None or as_of < span.end) for span in spans
    )
    if is_paused and (breaches_at is None or as_of < breaches_at):
        return "suspended"
    if not deadline.is_provisional:
        if breaches_at is not None and as_of >= breaches_at:
            return "breached"
        if deadline.prompts_at is not None and deadline.prompts_at <= as_of:
            return "prompted"
    return "running"


def in_time(extension: Fact, without: Deadline) -> bool:
    """Made before the breach that held without it; no breach in sight counts as in time."""
    return without.breaches_at is None or extension.occurred_at < without.breaches_at
