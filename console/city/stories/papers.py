"""Stories of papers: none given with an answer (C01) or a decision (C02), and required ones that never came (C03)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from console.city.scene import HOUR, MICROSECOND, MINUTE, Case, Fact, Scene, midnight
from console.city.stories.reckoning import at_or_after, between, end, just_before, office_hour, watched
from console.city.stories.registry import nears, plants

BLANK = (None, "", "   ")


def answered(scene: Scene, document: str | None) -> tuple[Case, Fact]:
    """A case that was accepted, refused or sent back, with such a document."""
    case = scene.case(scene.item(steps=(), of_class=scene.chance.choice(("licence", "licence", "confirmation"))))
    at = office_hour(scene)
    case.tell("applied", at)
    kind = scene.chance.choice(("accepted", "acceptance_refused", "correction_noticed"))
    answer = case.tell(kind, at + 20 * MINUTE, document=document)
    if kind == "accepted":
        watched(case, answer, end(case, "decided", answer.at + HOUR).at)
    return case, answer


@plants("C01", days=20)
def answered_without_a_paper(scene: Scene) -> None:
    """Accepted, refused or sent back without anything in writing."""
    _, answer = answered(scene, scene.chance.choice(BLANK))
    scene.finds("C01", "yellow", answer)


@plants("C01", days=30)
def paper_given_later(scene: Scene) -> None:
    """The paper is given when somebody has noticed that it is missing."""
    case, answer = answered(scene, scene.chance.choice(BLANK))
    later = scene.chance.choice((answer.at + 2 * HOUR, office_hour(scene, 2), office_hour(scene, 4)))
    case.tell("document_supplied", later, of=f"esup.{answer.kind}", document=f"{case.number}-补交")
    scene.finds("C01", "yellow", answer, ended_at=later)


@nears("C01", days=20)
def answered_with_a_paper(scene: Scene) -> None:
    """A paper was given, though its number is no more than a letter."""
    case, _ = answered(scene, scene.chance.choice(("受", "0", " A ")))
    scene.silent(case.number)


@nears("C01", days=30)
def corrections_taken_in_without_a_paper(scene: Scene) -> None:
    """Only answers need a paper: what is received, delivered, published and closed needs none."""
    case = scene.case(scene.item(steps=()))
    at = office_hour(scene)
    case.tell("applied", at)
    case.tell("correction_noticed", at + HOUR)
    case.tell("correction_received", office_hour(scene, 1))
    accepted = case.tell("accepted", office_hour(scene, 2))
    decided = case.tell("decided", accepted.at + HOUR)
    for minutes, kind in enumerate(("delivered", "published", "closed")):
        case.tell(kind, decided.at + (minutes + 1) * MINUTE, document=None)
    watched(case, accepted, decided.at)
    scene.silent(case.number)


OUTCOMES = ("granted", "granted", "other", "refused")


def decided(scene: Scene, **said: Any) -> tuple[Case, Fact]:
    """A case with a decision that says this of its papers."""
    case = scene.case(scene.item(steps=()))
    opened = case.open(office_hour(scene))
    outcome = scene.chance.choice(OUTCOMES)
    reason = f"{case.number}：不符合法定条件、标准" if outcome == "refused" else None
    fact = case.tell("decided", opened.at + 3 * HOUR, outcome=outcome, reason=reason, **said)
    if outcome == "granted":
        case.finish(fact)
    watched(case, opened, fact.at)
    return case, fact


def undocumented(scene: Scene) -> tuple[Case, Fact]:
    """A decision that lacks its paper, its number, or both."""
    said = scene.chance.choice(({"document": None}, {"decision_no": ""}, {"document": " ", "decision_no": None}))
    return decided(scene, **said)


def supplied(case: Case, at: datetime) -> Fact:
    """The paper and its number are given after all."""
    number = f"补〔{case.number}〕号"
    return case.tell(
        "document_supplied", at, of="esup.case.decided", document=f"{case.number}-补交", decision_no=number
    )


@plants("C02", days=30)
def decided_without_a_paper(scene: Scene) -> None:
    """Nobody ever gives the paper: yellow at once, red after five working days."""
    _, fact = undocumented(scene)
    scene.finds("C02", "yellow", fact)
    scene.finds("C02", "red", fact, scene.calendar.breach(fact.at, 5))


@plants("C02", days=30)
def paper_of_the_decision_given_late(scene: Scene) -> None:
    """The paper is given when the card has turned red."""
    case, fact = undocumented(scene)
    red = scene.calendar.breach(fact.at, 5)
    late = supplied(case, at_or_after(scene, red))
    scene.finds("C02", "yellow", fact, ended_at=late.at)
    scene.finds("C02", "red", fact, red, ended_at=late.at)


@plants("C02", days=30)
def paper_of_the_decision_given_in_time(scene: Scene) -> None:
    """The paper is given within five working days, perhaps in the last microsecond: yellow and no red."""
    case, fact = undocumented(scene)
    red = scene.calendar.breach(fact.at, 5)
    in_time = supplied(case, scene.chance.choice((just_before(red), between(scene, fact.at, red))))
    scene.finds("C02", "yellow", fact, ended_at=in_time.at)


@plants("C02", days=30)
def number_given_without_the_paper(scene: Scene) -> None:
    """Of paper and number one is given in time, the other too late."""
    case, fact = decided(scene, document=None, decision_no=None)
    red = scene.calendar.breach(fact.at, 5)
    paper: dict[str, Any] = {"of": "esup.case.decided", "document": f"{case.number}-补交"}
    case.tell("document_supplied", just_before(red), **paper)
    late = case.tell("document_supplied", red, **paper, decision_no=f"补〔{case.number}〕号")
    scene.finds("C02", "yellow", fact, ended_at=late.at)
    scene.finds("C02", "red", fact, red, ended_at=late.at)


@nears("C02", days=20)
def decided_with_a_paper(scene: Scene) -> None:
    """Paper and number are there, though they say next to nothing."""
    case, _ = decided(scene, document=scene.chance.choice(("决", "1")), decision_no=scene.chance.choice(("1", "号")))
    scene.silent(case.number)


Bring = Callable[[Case, datetime], object]


def granted_with(scene: Scene, materials: list[str], bring: Bring | None = None, **said: Any) -> Case:
    """Decided on these materials, and on what was brought in the last microsecond before the decision."""
    case = scene.case(scene.item(steps=()))
    at = office_hour(scene)
    case.tell("applied", at, materials=materials)
    accepted = case.tell("accepted", at + 20 * MINUTE)
    when = accepted.at + 2 * HOUR
    if bring is not None:
        bring(case, when)
    fact = case.tell("decided", when, **said)
    if "outcome" not in said:
        case.finish(fact)
    watched(case, accepted, fact.at)
    return case


@plants("C03", days=20)
def granted_without_a_required_paper(scene: Scene) -> None:
    """Granted, or ended otherwise, though a required paper never came."""
    said: dict[str, Any] = scene.chance.choice(({}, {"outcome": "other"}))
    case = granted_with(scene, scene.chance.choice((["M-01"], ["M-02", "M-03"], ["M-03"])), **said)
    scene.finds("C03", "yellow", next(fact for fact in case.facts if fact.kind == "case.decided"))


@plants("C03", days=20)
def required_paper_brought_after_the_decision(scene: Scene) -> None:
    """The required paper came a microsecond after the licence had been granted."""

    def too_late(case: Case, when: datetime) -> None:
        case.tell("materials_received", when + MICROSECOND, materials=["M-02"])

    case = granted_with(scene, ["M-01"], too_late)
    scene.finds("C03", "yellow", next(fact for fact in case.facts if fact.kind == "case.decided"))


@nears("C03", days=20)
def required_paper_brought_before_the_decision(scene: Scene) -> None:
    """The required paper came a microsecond before the decision, as a material or as a correction."""

    def in_time(case: Case, when: datetime) -> None:
        if scene.chance.random() < 0.5:
            case.tell("materials_received", just_before(when), materials=["M-02"])
        else:
            case.tell("correction_received", just_before(when), items=["M-02"])

    scene.silent(granted_with(scene, ["M-01", "M-03"], in_time).number)


@nears("C03", days=20)
def refused_for_want_of_a_paper(scene: Scene) -> None:
    """A required paper never came, and for that the licence was refused."""
    refused: dict[str, Any] = {"outcome": "refused", "reason": "申请人未提交规定的身份证明材料，不予许可"}
    scene.silent(granted_with(scene, ["M-01"], **refused).number)


@nears("C03", days=20)
def granted_without_an_optional_paper(scene: Scene) -> None:
    """All that is required came, and nothing else."""
    scene.silent(granted_with(scene, ["M-02", "M-01"]).number)


@nears("C03", days=20)
def required_paper_brought_some_time_on_that_day(scene: Scene) -> None:
    """Only the day on which the paper was brought is known, and it is that of the decision."""

    def that_day(case: Case, when: datetime) -> None:
        case.tell("correction_received", midnight(when.date()), known=when, precision="day", items=["M-02"])

    scene.silent(granted_with(scene, ["M-01"], that_day).number)
