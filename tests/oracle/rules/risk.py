"""D2.5: points of risk that are passed without the control that the catalogue names for them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.oracle.facts import Fact
from tests.oracle.rules.city import Case, City, Found, is_missing


def judge_risk(city: City) -> Iterator[Found]:
    """Every finding of the family."""
    for case in city.views.values():
        yield from (found for found, _ in r01(case))


def r01(case: Case) -> Iterator[tuple[Found, int | None]]:
    """A step with a risk was passed before its control was done; one finding a node, and when the control came later.

    The control is a step of its own, a second officer named by the passing fact itself, or a collective discussion.
    """
    for node in case.version.get("flow", []):
        if not node.get("risk"):
            continue
        control = node["risk"].get("control_step")
        for fact in case.of("step_finished"):
            if fact.data["step"] != node["step"] or fact.data.get("action") != "pass":
                continue
            if not is_controlled(case, fact, control):
                found = case.found("R01", "yellow", fact, case.since_pinned(fact.occurred_at))
                later = controlled_later(case, fact, control)
                yield found, None if later is None else max(later, found.triggers_at)
                break


def is_controlled(case: Case, fact: Fact, control: str | None) -> bool:
    """Whether the control was done before the node was passed."""
    if control == "second_officer":
        return not is_missing(fact.data.get("second_officer"))
    return any(case.may_precede(one, fact) for one in controls(case, control))


def controls(case: Case, control: str | None) -> list[Fact]:
    """The facts by which the control is done."""
    if control == "collectively_discussed":
        return case.of("collectively_discussed")
    return [fact for fact in case.of("step_finished") if fact.data["step"] == control]


def controlled_later(case: Case, fact: Fact, control: str | None) -> int | None:
    """When the control was done after all."""
    done = controls(case, control)
    if control == "second_officer":
        again = [one for one in case.of("step_finished") if one.data["step"] == fact.data["step"]]
        done = [one for one in again if not is_missing(one.data.get("second_officer"))]
    return next((one.occurred_at for one in done if case.surely_precedes(fact, one)), None)
