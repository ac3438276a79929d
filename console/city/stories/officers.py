"""Stories of people: negatives without reasons or with copied ones (P08), posts and accounts that may not act (P09)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from console.city.scene import DAY, HOUR, MICROSECOND, MINUTE, Case, Fact, Scene
from console.city.stories.penalties import penal
from console.city.stories.reckoning import end, just_before, office_hour, watched
from console.city.stories.registry import nears, plants

TOO_SHORT = (
    "",
    None,
    "不符合条件",
    "材料不齐不予受理",
    "  一二三四五六七八九  ",
    "　一二三四五六七八九\t",
    "123456789",
)
"""Nine characters at most, without the white space around them."""
LONG_ENOUGH = (
    "一二三四五六七八九十",
    " 一二三四五六七八九十 ",
    "𠀀𠀁𠀂𠀃𠀄𠀅𠀆𠀇𠀈𠀉",
    "材料不全，不予受理。",
    "1 2 3 4 56",
)
"""Ten characters, wherever they lie among all that there are."""


def negative(scene: Scene, reason: str | None) -> tuple[Case, Fact]:
    """A veto, a refusal to accept or to grant, or an offence that is not filed: with such a reason, and an opinion."""
    way = scene.chance.choice(("veto", "acceptance_refused", "refused", "filing_refused"))
    at = office_hour(scene)
    if way == "filing_refused":
        case = penal(scene)
        case.tell("offence_known", at)
        return case, case.tell("filing_refused", at + HOUR, reason=reason)
    case = scene.case(scene.item() if way == "veto" else scene.item(steps=()))
    if way == "acceptance_refused":
        case.tell("applied", at)
        return case, case.tell("acceptance_refused", at + 20 * MINUTE, reason=reason)
    accepted = case.open(at)
    if way == "refused":
        fact = case.tell("decided", accepted.at + HOUR, outcome="refused", reason=reason)
        watched(case, accepted, fact.at)
        return case, fact
    opinion = {"action": "veto", "opinion": "经审查，申请人不具备法定条件，建议不予许可", "reason": reason}
    _, fact = case.step("review", accepted.at + MINUTE, accepted.at + 9 * MINUTE, **opinion)
    watched(case, accepted, end(case, "withdrawn", accepted.at + HOUR).at)
    return case, fact


@plants("P08", days=20)
def refused_in_a_few_words(scene: Scene) -> None:
    """Nine characters at most, or none; the opinion may be as long as it likes."""
    _, fact = negative(scene, scene.chance.choice(TOO_SHORT))
    scene.finds("P08", "yellow", fact)


@nears("P08", days=20)
def refused_in_enough_words(scene: Scene) -> None:
    """Ten characters are enough."""
    case, _ = negative(scene, scene.chance.choice(LONG_ENOUGH))
    scene.silent(case.number)


@nears("P08", days=20)
def granted_without_a_word(scene: Scene) -> None:
    """Who grants, or lets a step pass or go back, owes no reason."""
    case = scene.case()
    accepted = case.open(office_hour(scene))
    case.step("review", accepted.at + MINUTE, accepted.at + 2 * MINUTE, action="return", opinion="")
    case.step("review", accepted.at + 3 * MINUTE, accepted.at + 4 * MINUTE, opinion=None)
    watched(case, accepted, end(case, "decided", accepted.at + HOUR, reason="").at)
    scene.silent(case.number)


def copied(scene: Scene, moments: list[datetime], **said: Any) -> tuple[str, list[Fact]]:
    """One officer refuses to accept a case at each of these moments, in the same words."""
    officer, reason = scene.new_officer("window"), f"{scene.department.name}：申请事项不属于受理范围"
    refusals = []
    for at in moments:
        case = scene.case(scene.item(steps=()))
        case.tell("applied", at - 20 * MINUTE)
        blanks = scene.chance.choice(("", " ", "\u3000"))
        refusals.append(case.tell("acceptance_refused", at, officer=officer, reason=blanks + reason + blanks, **said))
    return officer, refusals


def month(scene: Scene, fifth: timedelta) -> list[datetime]:
    """Five moments, the last of them so long after the first; those between lie anywhere."""
    first = office_hour(scene)
    between = sorted(scene.chance.sample(range(1, fifth // MINUTE), 3))
    return [first, *(first + minutes * MINUTE for minutes in between), first + fifth]


@plants("P08", days=50)
def five_copied_reasons(scene: Scene) -> None:
    """The same words in five cases within thirty times 24 hours, to the microsecond; a sixth case adds nothing."""
    moments = month(scene, scene.chance.choice((30 * DAY, 30 * DAY, 5 * DAY)))
    if moments[-1] - moments[0] < 30 * DAY:
        moments.append(moments[-1] + DAY)
    officer, refusals = copied(scene, moments)
    scene.finds("P08", "yellow", refusals[0], refusals[4].at, subject=officer, known=refusals[4].known)


@nears("P08", days=50)
def fifth_copy_comes_later(scene: Scene) -> None:
    """The fifth case comes a microsecond after thirty times 24 hours; or there are only four."""
    moments = month(scene, 30 * DAY + MICROSECOND)
    officer, _ = copied(scene, moments[: scene.chance.choice((4, 5))])
    scene.silent(officer)


@nears("P08", days=50)
def same_words_of_two_officers(scene: Scene) -> None:
    """Three times the one, and twice the other: the words are the same, but not the officer."""
    moments = month(scene, 10 * DAY)
    one, _ = copied(scene, moments[:3])
    other, _ = copied(scene, moments[3:])
    scene.silent(one)
    scene.silent(other)


def disabled(scene: Scene, officer: str, at: datetime) -> None:
    """An account is disabled."""
    scene.tell(officer, "org.officer_disabled", at, {"officer": officer, "reason": "调离"})


def assigned(scene: Scene, officer: str, at: datetime, department: str, *posts: str) -> None:
    """Somebody is assigned, which replaces what he was before."""
    scene.tell(officer, "org.officer_assigned", at, {"officer": officer, "department": department, "posts": posts})


def acted(scene: Scene, officer: str, at: datetime) -> tuple[Case, Fact]:
    """Somebody accepts, reviews or decides a case at a moment; all else is done by who should."""
    case = scene.case()
    way = scene.chance.choice(("accepted", "step_finished", "decided"))
    if way == "accepted":
        case.tell("applied", at - MINUTE)
        accepted = fact = case.tell("accepted", at, officer=officer, post=None)
        watched(case, accepted, end(case, "decided", at + HOUR).at)
        return case, fact
    accepted = case.open(at - HOUR)
    if way == "step_finished":
        _, fact = case.step("review", at - MINUTE, at, officer=officer)
        watched(case, accepted, end(case, "decided", at + HOUR).at)
    else:
        fact = end(case, "decided", at, officer=officer)
        watched(case, accepted, fact.at)
    return case, fact


@plants("P09", days=20)
def acted_without_an_account(scene: Scene) -> None:
    """Nobody knows the officer, or his account is disabled since that moment or long before."""
    at, way = office_hour(scene, 1), scene.chance.choice(("unknown", "just now", "long ago", "not yet"))
    officer = scene.number("u") if way in ("unknown", "not yet") else scene.new_officer("reviewer", "approver")
    if way == "not yet":
        assigned(scene, officer, at + MICROSECOND, scene.department.code, "reviewer", "approver")
    elif way != "unknown":
        disabled(scene, officer, at if way == "just now" else at - 20 * HOUR)
    _, fact = acted(scene, officer, at)
    scene.finds("P09", "red", fact)


@plants("P09", days=20)
def acted_for_another_department(scene: Scene) -> None:
    """The officer is of another department, where he was always, or since a moment ago."""
    at, elsewhere = office_hour(scene, 1), scene.new_department()
    if scene.chance.random() < 0.5:
        officer = scene.officer("reviewer", elsewhere)
    else:
        officer = scene.new_officer("reviewer", "approver")
        assigned(scene, officer, at, elsewhere.code, "reviewer")
    _, fact = acted(scene, officer, at)
    scene.finds("P09", "red", fact)


@plants("P09", days=20)
def step_at_a_wrong_post(scene: Scene) -> None:
    """The officer does not hold the post that the flow gives the step, or the fact names another one or a blank one."""
    case = scene.case()
    accepted = case.open(office_hour(scene))
    said: dict[str, Any] = scene.chance.choice((
        {"officer": case.officer("window")}, {"post": "approver"}, {"post": " "},
        {"officer": case.officer("approver"), "post": "approver"},
    ))  # fmt: skip
    _, fact = case.step("review", accepted.at + MINUTE, accepted.at + 9 * MINUTE, **said)
    scene.finds("P09", "red", fact)
    watched(case, accepted, end(case, "decided", accepted.at + HOUR).at)


@plants("P09", days=20)
def accepted_at_a_post_not_held(scene: Scene) -> None:
    """An acceptance names a post that its officer does not hold."""
    case = scene.case(scene.item(steps=()))
    at = office_hour(scene)
    case.tell("applied", at)
    accepted = case.tell("accepted", at + MINUTE, post=scene.chance.choice(("reviewer", "legal")))
    scene.finds("P09", "red", accepted)
    watched(case, accepted, end(case, "decided", accepted.at + HOUR).at)


@nears("P09", days=20)
def acted_while_the_account_stood(scene: Scene) -> None:
    """Assigned in that very moment, or disabled a microsecond later, or disabled and assigned anew in between."""
    at, code = office_hour(scene, 1), scene.department.code
    way = scene.chance.choice(("just now", "still", "again"))
    officer = scene.number("u") if way == "just now" else scene.new_officer("reviewer", "approver", "window")
    if way == "just now":
        assigned(scene, officer, at, code, "reviewer", "approver", "window")
    elif way == "still":
        disabled(scene, officer, at + MICROSECOND)
    else:
        disabled(scene, officer, at - 20 * HOUR)
        assigned(scene, officer, just_before(at), code, "reviewer", "window")
    case, _ = acted(scene, officer, at)
    scene.silent(case.number)


@nears("P09", days=20)
def other_facts_need_no_post(scene: Scene) -> None:
    """Whoever is of the department may decide or refuse, whatever his post."""
    case = scene.case(scene.item(steps=()))
    at = office_hour(scene)
    case.tell("applied", at)
    if scene.chance.random() < 0.5:
        case.tell("acceptance_refused", at + MINUTE, officer=case.officer("legal"))
    else:
        accepted = case.tell("accepted", at + MINUTE, officer=case.officer("reviewer"), post=None)
        watched(case, accepted, end(case, "decided", at + HOUR, officer=case.officer("window")).at)
    scene.silent(case.number)


@nears("P09", days=20)
def acted_some_time_on_the_last_day(scene: Scene) -> None:
    """The account is disabled at noon; of the decision only the day is known: it can have been in the morning."""
    case = scene.case(scene.item(steps=()))
    opened = case.open(office_hour(scene))
    officer, day = scene.new_officer("approver"), scene.at("00:00", 1)
    disabled(scene, officer, day + 12 * HOUR)
    decided = case.tell("decided", day, known=day + 17 * HOUR, precision="day", officer=officer)
    case.finish(decided)
    watched(case, opened, decided.known)
    scene.silent(case.number)
