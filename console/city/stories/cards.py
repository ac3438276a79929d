"""Stories of cards: yellow ones that nobody puts right (S05), repeat offenders (S06), data changed under one."""

from __future__ import annotations

from datetime import datetime, timedelta

from console.city.places import Department, Step
from console.city.scene import DAY, HOUR, MICROSECOND, MINUTE, Case, Fact, Finding, Scene
from console.city.stories.reckoning import at_or_after, end, just_before, office_hour, watched
from console.city.stories.registry import nears, plants
from console.city.stories.steps import finished, started
from console.city.stories.tasks import Act, acts, acts_on_card, closed, exempted, replied

WINDOW, LONG_WINDOW = 2, 5
"""Working days in which a missing paper is to be given, and a control to be made up for."""
OFTEN = 90 * DAY


def unpapered(scene: Scene, at: datetime, office: Department | None = None) -> tuple[Case, Fact]:
    """A case accepted at a moment without a paper, and granted: a yellow card."""
    case = scene.case(scene.item(office, steps=()), office)
    case.tell("applied", at - MINUTE)
    accepted = case.tell("accepted", at, document=None)
    watched(case, accepted, end(case, "decided", at + HOUR).at)
    return case, accepted


def papered(case: Case, at: datetime) -> datetime:
    """The paper is given."""
    case.tell("document_supplied", at, of="esup.case.accepted", document=f"{case.number}-补交")
    return at


@plants("S05", days=40)
def put_right_too_late(scene: Scene) -> None:
    """The paper is given when the window was over, or never."""
    case, accepted = unpapered(scene, office_hour(scene))
    last = scene.calendar.breach(accepted.at, WINDOW)
    at = scene.chance.choice((at_or_after(scene, last), last + 3 * DAY, None))
    scene.finds("C01", "yellow", accepted, ended_at=None if at is None else papered(case, at))


def undiscussed(scene: Scene) -> tuple[Case, Fact]:
    """A point of risk passed without the discussion that controls it: a yellow card."""
    item = scene.item(steps=(Step("approve", "approver", 5, control="collectively_discussed"),))
    case = scene.case(item)
    accepted = case.open(office_hour(scene))
    fact = case.step("approve", accepted.at + MINUTE, accepted.at + 9 * MINUTE)[1]
    watched(case, accepted, end(case, "decided", fact.at + HOUR).at)
    return case, fact


@plants("S05", days=40)
def made_up_for_too_late(scene: Scene) -> None:
    """The discussion comes when a window of five working days was over."""
    case, fact = undiscussed(scene)
    at = at_or_after(scene, scene.calendar.breach(fact.at, LONG_WINDOW))
    case.tell("collectively_discussed", at)
    scene.finds("R01", "yellow", fact, ended_at=at)


@plants("S05", days=40)
def exempted_too_late(scene: Scene) -> None:
    """Exempted only when the window was over; or in time, but by the department itself."""
    _, accepted = unpapered(scene, office_hour(scene))
    last = scene.calendar.breach(accepted.at, WINDOW)
    act = exempted(at_or_after(scene, last))
    scene.finds("C01", "yellow", accepted, life=lambda card: exempt(scene, card, act))


def exempt(scene: Scene, card: Finding, act: Act) -> None:
    """A card is exempted, and its task dealt with as usual."""
    acts_on_card(scene, card.card_id, [act])
    at = scene.calendar.breach(card.issued_at, 2) + 10 * HOUR
    acts(scene, card.card_id, [replied(at), closed(at + DAY)])


@nears("S05", days=40)
def put_right_at_the_last_moment(scene: Scene) -> None:
    """The paper is given in the last microsecond of the window."""
    case, accepted = unpapered(scene, office_hour(scene))
    at = papered(case, just_before(scene.calendar.breach(accepted.at, WINDOW)))
    scene.finds("C01", "yellow", accepted, ended_at=at)
    scene.silent(case.number)


@nears("S05", days=40)
def made_up_for_at_the_last_moment(scene: Scene) -> None:
    """The discussion comes in the last microsecond of a window of five working days."""
    case, fact = undiscussed(scene)
    at = just_before(scene.calendar.breach(fact.at, LONG_WINDOW))
    case.tell("collectively_discussed", at)
    scene.finds("R01", "yellow", fact, ended_at=at)
    scene.silent(case.number)


@nears("S05", days=40)
def exempted_at_the_last_moment(scene: Scene) -> None:
    """The supervisor exempts the card in the last microsecond of the window."""
    case, accepted = unpapered(scene, office_hour(scene))
    act = exempted(just_before(scene.calendar.breach(accepted.at, WINDOW)))
    scene.finds("C01", "yellow", accepted, life=lambda card: exempt(scene, card, act))
    scene.silent(case.number)


@nears("S05", days=60)
def no_window(scene: Scene) -> None:
    """Where a rule turns red by itself, or has no window, a yellow card does not turn red by this one."""
    case = scene.case(scene.item(steps=()))
    accepted = case.open(office_hour(scene))
    decided = case.tell("decided", accepted.at + HOUR)
    case.tell("published", decided.at + MINUTE)
    late = scene.calendar.breach(decided.at, 15)
    case.tell("delivered", just_before(late))
    scene.finds("T15", "yellow", decided, scene.calendar.breach(decided.at, 10), ended_at=just_before(late))
    watched(case, accepted, decided.at)
    scene.silent(case.number)


def offended(scene: Scene, office: Department, moments: list[datetime]) -> list[Finding]:
    """One window accepts cases without a paper at these moments; each paper is given two hours later."""
    found = []
    for at in moments:
        case, accepted = unpapered(scene, at, office)
        found.append(
            scene.finds("C01", "yellow", accepted, department=office.code, ended_at=papered(case, at + 2 * HOUR))
        )
    return found


def reviewed_by_nobody(scene: Scene, office: Department, moments: list[datetime]) -> None:
    """Somebody reviews cases at these moments whose account nobody knows."""
    officer = scene.number("u")
    for at in moments:
        case = scene.case(scene.item(office), office)
        accepted = case.open(at - HOUR)
        _, fact = case.step("review", at - MINUTE, at, officer=officer)
        scene.finds("P09", "red", fact, department=office.code)
        watched(case, accepted, end(case, "decided", at + HOUR).at)


def season(scene: Scene, last: timedelta, number: int) -> list[datetime]:
    """So many moments, the last of them so long after the first."""
    first = office_hour(scene, 1)
    between = sorted(scene.chance.sample(range(3 * 24, int(last / HOUR) - 3 * 24), number - 2))
    return [first, *(first + hours * HOUR for hours in between), first + last]


@plants("S06", days=115)
def three_yellow_cards(scene: Scene) -> None:
    """Three yellow cards of one rule for one post within ninety times 24 hours, to the microsecond; or four."""
    last = scene.chance.choice((OFTEN, OFTEN, 40 * DAY))
    offended(scene, scene.new_department(), season(scene, last, scene.chance.choice((3, 3, 4))))


@plants("S06", days=115)
def two_red_cards(scene: Scene) -> None:
    """Two red cards of one rule for one post within ninety times 24 hours."""
    reviewed_by_nobody(scene, scene.new_department(), season(scene, scene.chance.choice((OFTEN, 20 * DAY)), 2))


@nears("S06", days=115)
def third_card_comes_later(scene: Scene) -> None:
    """The third yellow card, or the second red one, comes a microsecond after the ninety days."""
    office = scene.new_department()
    if scene.chance.random() < 0.5:
        offended(scene, office, season(scene, OFTEN + MICROSECOND, 3))
        scene.silent(f"{office.code}/window")
    else:
        reviewed_by_nobody(scene, office, season(scene, OFTEN + MICROSECOND, 2))
        scene.silent(f"{office.code}/reviewer")


@nears("S06", days=60)
def one_card_exempted(scene: Scene) -> None:
    """The first of three yellow cards was exempted: it does not count."""
    office = scene.new_department()
    moments = season(scene, 30 * DAY, 3)
    _, accepted = unpapered(scene, moments[0], office)
    offended(scene, office, moments[1:])
    act = exempted(accepted.at + 3 * HOUR)
    scene.finds("C01", "yellow", accepted, department=office.code, life=lambda card: exempt(scene, card, act))
    scene.silent(f"{office.code}/window")


def reviewed_under_a_card(scene: Scene) -> tuple[Case, Fact, Fact]:
    """A case accepted without a paper, which is a yellow card, and reviewed two hours later."""
    case = scene.case()
    at = office_hour(scene)
    case.tell("applied", at)
    accepted = case.tell("accepted", at + MINUTE, document=None)
    start = started(case, accepted.at + MINUTE)
    done = finished(case, start.at + 10 * MINUTE)
    watched(case, accepted, end(case, "decided", done.at + 5 * HOUR).at)
    return case, accepted, done


@plants("D04", days=30)
def changed_under_a_card(scene: Scene) -> None:
    """The step's limit has not passed, but a live card stands on the case when its opinion is changed."""
    case, accepted, done = reviewed_under_a_card(scene)
    known = done.at + HOUR
    case.tell("step_finished", done.at, corrects=done, known=known, opinion="补充意见：同意")
    scene.finds("C01", "yellow", accepted, ended_at=papered(case, known + HOUR))
    scene.finds("D04", "yellow", done, known, known=known)


@nears("D04", days=30)
def changed_when_the_card_was_rectified(scene: Scene) -> None:
    """The paper had been given, and the card rectified, when the opinion was changed; the limit had not passed."""
    case, accepted, done = reviewed_under_a_card(scene)
    scene.finds("C01", "yellow", accepted, ended_at=papered(case, done.at + MINUTE))
    case.tell("step_finished", done.at, corrects=done, known=done.at + HOUR, opinion="补充意见：同意")
    scene.silent(case.number)


def appealed(at: datetime, *, is_accepted: bool) -> list[Act]:
    """The department appeals against a card, and the appeal is decided at a moment."""
    return [
        Act("appealed", at - HOUR, {"ground": "材料已当场出具", "evidence": "登记簿"}),
        Act("appeal_decided", at, {"accepted": is_accepted, "reason": "经核查属实" if is_accepted else "证据不足"}),
    ]


def contested(scene: Scene, at: datetime, *, is_accepted: bool) -> Finding:
    """A yellow card against which the department appeals; where that succeeds, nobody answers the task any more."""
    _, accepted = unpapered(scene, office_hour(scene))

    def life(card: Finding) -> None:
        acts_on_card(scene, card.card_id, appealed(at, is_accepted=is_accepted))
        if not is_accepted:
            answered = scene.calendar.breach(card.issued_at, 2) + 9 * HOUR
            acts(scene, card.card_id, [replied(answered), closed(answered + DAY)])

    return scene.finds("C01", "yellow", accepted, life=life)


@plants("S05", days=40)
def appealed_in_vain(scene: Scene) -> None:
    """An appeal that is refused stops no window."""
    contested(scene, scene.at("16:30", 1), is_accepted=False)


@nears("S05", days=40)
def appealed_with_success(scene: Scene) -> None:
    """The appeal succeeds in the last microsecond of the window: the card is withdrawn."""
    last = scene.calendar.breach(scene.at("12:00"), WINDOW)
    scene.silent(contested(scene, just_before(last), is_accepted=True).subject)


@nears("S03", days=80)
def task_of_a_withdrawn_card(scene: Scene) -> None:
    """The card is withdrawn on appeal: nobody has to close its task."""
    scene.silent(contested(scene, scene.at("16:30", 1), is_accepted=True).card_id)


@nears("S06", days=60)
def one_card_withdrawn(scene: Scene) -> None:
    """The first of three yellow cards was withdrawn on appeal: it does not count."""
    office = scene.new_department()
    moments = season(scene, 30 * DAY, 3)
    _, accepted = unpapered(scene, moments[0], office)
    offended(scene, office, moments[1:])
    told = appealed(accepted.at + 5 * HOUR, is_accepted=True)
    scene.finds(
        "C01", "yellow", accepted, department=office.code, life=lambda card: acts_on_card(scene, card.card_id, told)
    )
    scene.silent(f"{office.code}/window")
