"""Judges cases of one limit each: the statutory one from the acceptance, or the day that the application states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import combinations

from tests.oracle.case import DECIDED, WITHDRAWN, CaseOracle
from tests.oracle.facts import Fact
from tests.oracle.limits import Limit, reckon, touches
from tests.oracle.rows import Judgement, Obligation, Opening
from tests.oracle.world import World


class IsolatedOracle(CaseOracle):
    """A case oracle that also knows the stated day."""

    def judge(self) -> Judgement:
        """The one obligation of the case."""
        result = super().judge()
        applied = next((fact for fact in self.facts if fact.type == "esup.case.applied"), None)
        if applied is not None and applied.data.get("deadline"):
            result.obligations.append(self._stated_duty(applied))
        return result

    def _stated_duty(self, applied: Fact) -> Obligation:
        limit = Limit(None, "stated_day", stated=date.fromisoformat(applied.data["deadline"]))
        deadline = reckon(limit, applied.occurred_at, applied.is_day, [], self.calendar, self.zone)
        decided = self._first_after(applied, lambda later: later.type == DECIDED)
        withdrawn = self._first_after(applied, lambda later: later.type == WITHDRAWN)
        opening = Opening(applied, applied.occurred_at)
        return self._obligation("STATED", None, opening, deadline, [], decided, withdrawn)


def judge_isolated(facts: Iterable[Fact], as_of: int, known_at: int) -> dict[str, Judgement]:
    """Every case of one limit at one cut of the past."""
    world = World(facts, as_of, known_at)
    judged = {case_no: IsolatedOracle(world, case_no).judge() for case_no in world.cases}
    for result in judged.values():
        result.obligations = [one for one in result.obligations if one.deadline.opened_at <= as_of]
    return judged


def kinds_met(judged: Iterable[Judgement]) -> Counter[str]:
    """How often each kind of difficulty was among the obligations judged."""
    met: Counter[str] = Counter()
    for result in judged:
        for obligation in result.obligations:
            met.update(_kinds(result, obligation))
        met.update("extension valid" if is_valid else "extension invalid" for _, is_valid in result.extensions)
    return met


def _kinds(result: Judgement, obligation: Obligation) -> Iterable[str]:
    deadline = obligation.deadline
    spans = [row.span for row in result.suspensions if row.is_valid and touches(deadline, row.span)]
    yield deadline.limit.unit
    yield f"state {obligation.state}"
    if deadline.is_provisional:
        yield "provisional"
    if deadline.has_rolled:
        yield "rolled"
    if deadline.breaches_at is None:
        yield "open suspension"
    if spans:
        yield "suspended"
    if any(
        (one.end is None or other.start < one.end) and (other.end is None or one.start < other.end)
        for one, other in combinations(spans, 2)
    ):
        yield "overlapping suspensions"
    if deadline.limit.unit == "hour" and spans:
        yield "hours suspended"
