"""Stories of penalties: too long from the filing (T18), without an act that must come before (P03), too high (J02)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from console.city.scene import DAY, HOUR, MICROSECOND, MINUTE, Case, Fact, Scene, midnight
from console.city.stories.reckoning import at_or_after, between, just_before, nearing, office_hour, passed
from console.city.stories.registry import nears, plants


def penal(scene: Scene) -> Case:
    """A case of an offence: sixty days promised, ninety by law, and at most thirty more."""
    return scene.case(scene.item(
        of_class="penalty", promised=(60, "calendar_day"), statutory=(90, "calendar_day"), steps=(), materials=(),
        extension=(30, "calendar_day", "head"), basis=("中华人民共和国行政处罚法",), name="示例处罚",
    ))  # fmt: skip


def filed(scene: Scene, **said: Any) -> Case:
    """A case of an offence, filed on the first day."""
    case = penal(scene)
    case.tell("filed", office_hour(scene), **said)
    return case


def penalised(case: Case, at: datetime, **said: Any) -> Fact:
    """A penalty after due notice, delivered and published."""
    case.tell("penalty_noticed", just_before(at))
    fact = case.tell("decided", at, **said)
    case.finish(fact)
    return fact


def overdue(case: Case, done: datetime | None, more: int = 0) -> None:
    """What the ninety days show: near on the seventy-fifth, red when they are over; the last one rolls."""
    scene, opening = case.scene, case.facts[0]
    nearing(scene, "T18", opening, midnight(opening.at.date()) + (75 + more) * DAY, done)
    passed(scene, "T18", "red", opening, over(case, more), done)


def over(case: Case, more: int = 0) -> datetime:
    """When the ninety days, and those of an extension, are over."""
    return case.scene.calendar.breach_of_days(case.facts[0].at, 90 + more, rolls=True)


def lengthened(case: Case, n: int) -> Fact:
    """Extended by so many days within the first weeks."""
    at = office_hour(case.scene, case.scene.chance.randint(1, 30))
    return case.tell("extended", at, n=n, unit="calendar_day", told_applicant_at=at.isoformat())


@plants("T18", days=115)
def decided_near_the_ninetieth_day(scene: Scene) -> None:
    """Decided in time, but only after the prompt, perhaps in the last microsecond of the day that rolled."""
    case = filed(scene)
    last = over(case)
    fact = penalised(case, scene.chance.choice((just_before(last), between(scene, last - 14 * DAY, last))))
    overdue(case, fact.at)


@plants("T18", days=115)
def decided_after_the_ninetieth_day(scene: Scene) -> None:
    """Decided, or dropped, when the ninety days were over; or never. No suspension stops them."""
    case = filed(scene)
    if scene.chance.random() < 0.4:
        start, last = office_hour(scene, 3), scene.calendar.after(scene.day, 20)
        case.tell("suspension_started", start, planned_end=last.isoformat(), told_applicant_at=start.isoformat())
        case.tell("suspension_ended", midnight(last) + 10 * HOUR)
    done = scene.chance.choice((at_or_after(scene, over(case)), over(case) + 30 * HOUR, None))
    if done is not None and scene.chance.random() < 0.5:
        penalised(case, done)
    elif done is not None:
        case.tell("decided", done, outcome="not_penalised", amount=None)
    overdue(case, done)


@plants("T18", days=145)
def decided_after_the_extension(scene: Scene) -> None:
    """Extended once; decided near the end of the longer limit, or behind it."""
    case, more = filed(scene), scene.chance.choice((10, 15, 30))
    lengthened(case, more)
    last = over(case, more)
    fact = penalised(case, scene.chance.choice((just_before(last), at_or_after(scene, last))))
    overdue(case, fact.at, more)


@plants("T18", days=115)
def withdrawn_and_never_decided(scene: Scene) -> None:
    """Only a decision ends the ninety days: that somebody withdrew does not."""
    case = filed(scene)
    case.tell("withdrawn", office_hour(scene, 10))
    overdue(case, None)


@nears("T18", days=100)
def decided_before_the_seventy_fifth_day(scene: Scene) -> None:
    """Decided in the last microsecond before the ninety days are near."""
    case = filed(scene)
    penalised(case, just_before(midnight(scene.day) + 75 * DAY))
    scene.silent(case.number)


@nears("T18", days=130)
def decided_before_the_extension_was_near(scene: Scene) -> None:
    """Extended by thirty days, and decided in the last microsecond before those are near: the hundred and fifth day."""
    case = filed(scene)
    lengthened(case, 30)
    penalised(case, just_before(midnight(scene.day) + 105 * DAY))
    scene.silent(case.number)


ACTS = {"58": "legal_reviewed", "57": "collectively_discussed"}


def decided_with(scene: Scene, grounds: list[str], acts: list[str], late: list[str], **said: Any) -> tuple[Case, Fact]:
    """A penalty on these grounds: some acts came in the last microsecond before it, some in the first behind it."""
    case = filed(scene)
    at = office_hour(scene, scene.chance.randint(2, 20))
    for act in acts:
        case.tell(act, just_before(at))
    fact = case.tell("decided", at, grounds=grounds, **said)
    for act in late:
        case.tell(act, at + MICROSECOND)
    if fact.data["outcome"] == "penalised":
        case.finish(fact)
    return case, fact


@plants("P03", days=60)
def penalised_without_what_must_come_before(scene: Scene) -> None:
    """No notice, no legal review or no collective discussion before the penalty; or only a microsecond after it."""
    grounds = scene.chance.choice((["58"], ["57"], ["57", "58"], []))
    acts = ["penalty_noticed", *(ACTS[ground] for ground in grounds)]
    lacking = scene.chance.choice(acts)
    late = scene.chance.choice(([], [lacking]))
    _, fact = decided_with(scene, grounds, [act for act in acts if act != lacking], late)
    scene.finds("P03", "red", fact)


@plants("P03", days=60)
def summary_penalty_without_a_review(scene: Scene) -> None:
    """The summary procedure needs no notice, but where the law asks for a review it needs that."""
    _, fact = decided_with(scene, ["58"], [], [], procedure="summary", amount="100.00")
    scene.finds("P03", "red", fact)


@nears("P03", days=60)
def penalised_after_all_that_must_come_before(scene: Scene) -> None:
    """Everything that the grounds ask for came, if only a microsecond before; nothing else did."""
    grounds = scene.chance.choice((["58"], ["57"], ["57", "58"], [], ["53"]))
    acts = ["penalty_noticed", *(ACTS[ground] for ground in grounds if ground in ACTS)]
    case, _ = decided_with(scene, grounds, acts, [])
    scene.silent(case.number)


@nears("P03", days=60)
def penalised_on_the_spot(scene: Scene) -> None:
    """The summary procedure needs no notice."""
    case, _ = decided_with(scene, [], [], [], procedure="summary", amount="200.00")
    scene.silent(case.number)


@nears("P03", days=60)
def not_penalised(scene: Scene) -> None:
    """Whoever is not penalised need not be given notice, whatever the grounds."""
    case, _ = decided_with(scene, ["57", "58"], [], [], outcome="not_penalised", amount=None)
    scene.silent(case.number)


def fined(scene: Scene, kind: str, amount: str | None, procedure: str = "summary") -> tuple[Case, Fact]:
    """A citizen or an organisation is fined; the file says who it is at the offence, or at the filing."""
    case, at = penal(scene), office_hour(scene)
    party = {"kind": kind}
    if scene.chance.random() < 0.4:
        case.tell("offence_known", at, party=party)
        case.tell("filed", at + MINUTE, party=scene.chance.choice((None, {"kind": "organisation"})))
    else:
        case.tell("filed", at, party=party)
    if procedure != "summary":
        case.tell("penalty_noticed", at + 2 * MINUTE)
    fact = case.tell("decided", at + HOUR, procedure=procedure, amount=amount)
    case.finish(fact)
    return case, fact


@plants("J02", days=30)
def fined_too_much_on_the_spot(scene: Scene) -> None:
    """A fen above what the summary procedure allows, or much more."""
    kind, amount = scene.chance.choice((
        ("citizen", "200.01"), ("citizen", "3000.00"), ("citizen", "5000.00"), ("organisation", "3000.01"),
        ("organisation", "30000.00"),
    ))  # fmt: skip
    _, fact = fined(scene, kind, amount)
    scene.finds("J02", "red", fact)


@nears("J02", days=30)
def fined_what_is_allowed(scene: Scene) -> None:
    """Exactly what the summary procedure allows, or more in the ordinary one, or a warning without an amount."""
    case, _ = fined(scene, *scene.chance.choice((
        ("citizen", "200.00", "summary"), ("organisation", "3000.00", "summary"), ("citizen", "200.01", "ordinary"),
        ("organisation", "50000.00", "ordinary"), ("citizen", None, "summary"),
    )))  # fmt: skip
    scene.silent(case.number)


@nears("P03", days=60)
def noticed_some_time_on_that_day(scene: Scene) -> None:
    """Of the notice, and of a review that the grounds ask for, only the day is known, and it is that of the penalty."""
    case = filed(scene)
    at = office_hour(scene, scene.chance.randint(2, 20))
    for act in ("penalty_noticed", "legal_reviewed"):
        case.tell(act, midnight(at.date()), known=at, precision="day")
    case.finish(case.tell("decided", at, grounds=["58"]))
    scene.silent(case.number)


@plants("P03", days=60)
def noticed_on_the_next_day(scene: Scene) -> None:
    """Only the day of the notice is known, and it is the one after the penalty."""
    case = filed(scene)
    at = office_hour(scene, scene.chance.randint(2, 20))
    fact = case.tell("decided", at)
    case.tell("penalty_noticed", midnight(at.date()) + DAY, precision="day")
    case.finish(fact)
    scene.finds("P03", "red", fact)
