"""Stories of the flow: steps that take too long (T04, T05), in the wrong order (P02), and sent back again (P07)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from console.city.places import Step
from console.city.scene import HOUR, MINUTE, Case, Fact, Scene, midnight
from console.city.stories.reckoning import (
    at_or_after,
    between,
    breaches_at,
    but_for,
    end,
    just_before,
    nearing,
    office_hour,
    passed,
    prompts_at,
    watched,
)
from console.city.stories.registry import nears, plants

REVIEW = "review"


def opened(scene: Scene, n: int) -> tuple[Case, Fact, datetime]:
    """An accepted case whose review may take so many working days, and the moment at which the review begins."""
    steps = (Step(REVIEW, "reviewer", n), Step("approve", "approver", 2))
    case = scene.case(scene.item(promised=(15, "work_day"), statutory=(30, "work_day"), steps=steps))
    accepted = case.open(office_hour(scene))
    return case, accepted, accepted.at + timedelta(seconds=scene.chance.randint(1, 5000))


def started(case: Case, at: datetime, step: str = REVIEW, **said: Any) -> Fact:
    """Somebody who holds the post of a step begins it."""
    return case.tell("step_started", at, **by(case, step), **said)


def finished(case: Case, at: datetime, step: str = REVIEW, **said: Any) -> Fact:
    """Somebody who holds the post of a step finishes it."""
    opinion: dict[str, Any] = {"action": "pass", "opinion": "经审查，符合条件"}
    return case.tell("step_finished", at, **by(case, step), **{**opinion, **said})


def by(case: Case, step: str) -> dict[str, Any]:
    """A step, its post and who sits there."""
    post = case.item.post(step)
    return {"step": step, "post": post, "officer": case.officer(post)}


def shown(case: Case, start: Fact, n: int, done: datetime | None) -> None:
    """What a step shows until it is finished, or the case decided."""
    scene = case.scene
    nearing(scene, "T04", start, prompts_at(scene.calendar, start.at, (n, "work_day")), done)
    passed(scene, "T05", "yellow", start, breaches_at(scene.calendar, start.at, (n, "work_day")), done)


def granted_after(case: Case, accepted: Fact, done: datetime) -> None:
    """Approved and granted some hours after the review."""
    case.step("approve", done + 2 * HOUR, done + 3 * HOUR)
    watched(case, accepted, end(case, "decided", done + 4 * HOUR).at)


@plants("T04", days=40)
def finished_when_it_was_near(scene: Scene) -> None:
    """Finished in time, but only after the prompt."""
    n = scene.chance.choice((1, 2, 3, 5, 8))
    case, accepted, begun = opened(scene, n)
    start = started(case, begun)
    first, last = (reckon(scene.calendar, begun, (n, "work_day")) for reckon in (prompts_at, breaches_at))
    done = finished(case, between(scene, first, last))
    shown(case, start, n, done.at)
    granted_after(case, accepted, done.at)


@nears("T04", days=40)
def finished_before_it_was_near(scene: Scene) -> None:
    """Finished, or decided without it, in the last microsecond before the step's limit is near."""
    n = scene.chance.choice((1, 2, 3, 5, 8))
    case, accepted, begun = opened(scene, n)
    started(case, begun)
    done = just_before(prompts_at(scene.calendar, begun, (n, "work_day")))
    if scene.chance.random() < 0.5:
        finished(case, done)
        granted_after(case, accepted, done)
    else:
        watched(case, accepted, end(case, "decided", done).at)
    scene.silent(case.number)


@plants("T05", days=50)
def finished_too_late(scene: Scene) -> None:
    """Finished when the step's limit had passed, though the case is in time."""
    n = scene.chance.choice((1, 2, 3, 5, 8))
    case, accepted, begun = opened(scene, n)
    start = started(case, begun)
    done = finished(case, at_or_after(scene, scene.calendar.breach(begun, n)))
    shown(case, start, n, done.at)
    granted_after(case, accepted, done.at)


@plants("T05", days=50)
def begun_twice(scene: Scene) -> None:
    """Sent back, begun again, and once more while it was open: the limit still runs from the beginning."""
    case, accepted, begun = opened(scene, 3)
    started(case, begun)
    finished(case, begun + MINUTE, action="return")
    start = started(case, begun + 2 * MINUTE)
    started(case, office_hour(scene, 2))
    done = finished(case, scene.calendar.breach(start.at, 3))
    shown(case, start, 3, done.at)
    granted_after(case, accepted, done.at)


@plants("T05", days=50)
def never_finished(scene: Scene) -> None:
    """Granted when the step's limit had passed, and nobody ever finished the step."""
    case, accepted, begun = opened(scene, 3)
    start = started(case, begun)
    decided = end(case, "decided", office_hour(scene, scene.chance.randint(5, 8)))
    shown(case, start, 3, decided.at)
    watched(case, accepted, decided.at)


@plants("T05", days=50)
def second_run_too_late(scene: Scene) -> None:
    """Sent back in time and begun again: the second run has its own limit, and that passes."""
    case, accepted, begun = opened(scene, 2)
    started(case, begun, ref="1")
    finished(case, begun + MINUTE, action="return", ref="1")
    again = started(case, office_hour(scene, 1), ref="2")
    done = finished(case, at_or_after(scene, scene.calendar.breach(again.at, 2)), ref="2")
    shown(case, again, 2, done.at)
    granted_after(case, accepted, done.at)


@nears("T05", days=50)
def finished_at_the_last_moment(scene: Scene) -> None:
    """Finished, or decided without it, in the last microsecond of the step's limit."""
    n = scene.chance.choice((1, 2, 3, 5, 8))
    case, accepted, begun = opened(scene, n)
    start = started(case, begun)
    done = just_before(scene.calendar.breach(begun, n))
    shown(case, start, n, done)
    if scene.chance.random() < 0.5:
        finished(case, done)
        granted_after(case, accepted, done)
    else:
        watched(case, accepted, end(case, "decided", done).at)
    scene.silent(case.number)


@nears("T05", days=60)
def step_suspended(scene: Scene) -> None:
    """An inspection stops the open step with the case: finished in the last microsecond of the days that are left."""
    case, accepted, begun = opened(scene, 3)
    start = started(case, begun)
    paused, last = office_hour(scene, 1), scene.calendar.after(scene.day, 5)
    case.tell("suspension_started", paused, planned_end=last.isoformat(), told_applicant_at=paused.isoformat())
    case.tell("suspension_ended", midnight(last) + 14 * HOUR)
    counts = but_for(paused, last)
    done = finished(case, just_before(scene.calendar.breach(begun, 3, counts)))
    nearing(scene, "T04", start, scene.calendar.prompt(begun, 3, counts), done.at)
    case.step("approve", done.at + 2 * HOUR, done.at + 3 * HOUR)
    watched(case, accepted, end(case, "decided", done.at + 4 * HOUR).at, counts)
    scene.silent(case.number)


@nears("T05", days=40)
def never_begun(scene: Scene) -> None:
    """A step that nobody begins has no limit, and neither has one that is only finished."""
    case, accepted, _ = opened(scene, 1)
    done = finished(case, office_hour(scene, 5))
    granted_after(case, accepted, done.at)
    scene.silent(case.number)


THREE = (
    Step(REVIEW, "reviewer", 3, ("survey", "approve")),
    Step("survey", "inspector", 3, ("approve",)),
    Step("approve", "approver", 2, ()),
)
"""A review after which there may be a survey, and an approval."""
STRICT = (Step(REVIEW, "reviewer", 3), Step("survey", "inspector", 3, None, True), Step("approve", "approver", 2))
"""The same with a survey that must be."""


def walked(scene: Scene, steps: tuple[Step, ...], path: list[str], **said: Any) -> tuple[Case, list[Fact], Fact]:
    """A case that takes this path, `!` marking where it is returned; the steps as finished, and the decision."""
    case = scene.case(scene.item(steps=steps, **said))
    accepted = case.open(office_hour(scene))
    at, done = accepted.at + MINUTE, []
    for place, name in enumerate(path):
        action = "return" if name.endswith("!") else "pass"
        step = name.removesuffix("!")
        started(case, at, step, ref=str(place))
        done.append(finished(case, at + 5 * MINUTE, step, ref=str(place), action=action))
        at += 6 * MINUTE
    decided = end(case, "decided", at)
    watched(case, accepted, decided.at)
    return case, done, decided


@plants("P02", days=20)
def wrong_order(scene: Scene) -> None:
    """The first step that does not follow the flow, once a case."""
    path, misfit = scene.chance.choice((
        (["approve"], 0), (["survey", "approve"], 0), (["review", "review", "approve"], 1),
        (["review", "approve", "survey"], 2), (["approve", "review", "survey"], 0), (["review", "survey", "review"], 2),
        (["review", "review!", "approve"], 1),
    ))  # fmt: skip
    _, done, _ = walked(scene, THREE, path)
    scene.finds("P02", "yellow", done[misfit])


@plants("P02", days=20)
def mandatory_step_skipped(scene: Scene) -> None:
    """Decided, and a step that must be was never done: red, and yellow if the path shows it."""
    path, misfit = scene.chance.choice((([], None), (["review"], None), (["review", "approve"], 1)))
    _, done, decided = walked(scene, STRICT, path)
    if misfit is not None:
        scene.finds("P02", "yellow", done[misfit])
    scene.finds("P02", "red", decided)


@plants("P02", days=20)
def mandatory_step_done_after_the_decision(scene: Scene) -> None:
    """The step that must be is finished only when the decision is made."""
    case, _, decided = walked(scene, STRICT, ["review"])
    case.step("survey", decided.at + MINUTE, decided.at + 2 * MINUTE)
    scene.finds("P02", "red", decided)


@nears("P02", days=20)
def lawful_paths(scene: Scene) -> None:
    """A branch, a return to a step that was done before, an unfinished path: all of them follow the flow."""
    path = scene.chance.choice((
        ["review", "approve"], ["review", "survey", "approve"], ["review", "survey"], [],
        ["review", "survey!", "review", "approve"], ["review", "survey", "approve!", "survey", "approve"],
        ["review", "approve!", "approve"],
    ))  # fmt: skip
    case, _, _ = walked(scene, THREE, path)
    scene.silent(case.number)


@nears("P02", days=20)
def mandatory_step_done_before_the_decision(scene: Scene) -> None:
    """The step that must be is finished a microsecond before the decision; the approval never is."""
    case = scene.case(scene.item(steps=STRICT))
    accepted = case.open(office_hour(scene))
    case.step("review", accepted.at + MINUTE, accepted.at + 2 * MINUTE)
    decided = accepted.at + HOUR
    case.step("survey", accepted.at + 3 * MINUTE, just_before(decided))
    watched(case, accepted, end(case, "decided", decided).at)
    scene.silent(case.number)


@nears("P02", days=20)
def steps_only_begun(scene: Scene) -> None:
    """Where no step is ever finished, the path is that of the steps begun."""
    case = scene.case(scene.item(steps=STRICT))
    accepted = case.open(office_hour(scene))
    for minutes, step in enumerate(("review", "survey", "approve"), 1):
        started(case, accepted.at + minutes * MINUTE, step)
    watched(case, accepted, end(case, "decided", accepted.at + HOUR).at)
    scene.silent(case.number)


@plants("P07", days=20)
def returned_again_and_again(scene: Scene) -> None:
    """The same step sends the case back twice, three or four times."""
    times = scene.chance.choice((2, 3, 3, 4))
    _, done, _ = walked(scene, THREE, [*["review!"] * times, "review", "approve"])
    scene.finds("P07", "prompt", done[1])
    if times > 2:
        scene.finds("P07", "yellow", done[2])


@plants("P07", days=20)
def returned_by_two_steps(scene: Scene) -> None:
    """One step sends the case back three times, another one in between."""
    _, done, _ = walked(
        scene, THREE, ["review", "approve!", "review", "approve!", "review!", "review", "approve!", "approve"]
    )
    scene.finds("P07", "prompt", done[3])
    scene.finds("P07", "yellow", done[6])


@nears("P07", days=20)
def returned_once_by_each(scene: Scene) -> None:
    """Every step sends the case back, but none of them twice."""
    case, _, _ = walked(scene, THREE, ["review!", "review", "survey!", "survey", "approve!", "review", "approve"])
    scene.silent(case.number)
