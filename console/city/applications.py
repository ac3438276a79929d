"""Ordinary applications: made, answered, worked on within their quiet days, and decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from console.city.calendar import quiet_days
from console.city.desk import opening
from console.city.places import Step
from console.city.telling import Told
from console.city.words import applicant

EVENING, EVENING_HOURS = 19 * 3600, 3 * 3600
ANSWERED = (0, 0, 0, 0, 0, 0, 1, 1, 1, 2)
"""After how many working days a window answers: T06 allows five."""
TAKEN = (0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3)
"""How many working days a step takes, where its limit leaves so many quiet."""
NOTICED_WITHIN, CORRECTED_WITHIN, SUSPENDED, DELIVERED_WITHIN = 2, 4, 12, 2


def application(told: Told) -> None:
    """Somebody applies, is answered, and gets a decision, or withdraws."""
    desk = told.desk
    is_immediate = told.item.kind == "immediate"
    apply(told)
    if not is_immediate and told.happens("corrected"):
        told.usually("correction_noticed", desk.later(told.days(NOTICED_WITHIN)))
        told.usually("correction_received", desk.later(1 + told.days(CORRECTED_WITHIN)))
    answered = desk.later(0 if is_immediate else ANSWERED[told.days(len(ANSWERED) - 1)])
    if told.happens("not_accepted"):
        told.usually("acceptance_refused", answered)
        return
    told.usually("accepted", answered)
    if told.item.fees and told.happens("charged"):
        told.usually("fee_charged", desk.soon())
    if not is_immediate and told.happens("withdrawn"):
        told.usually("withdrawn", desk.soon())
        return
    work(told)
    decide(told)


def apply(told: Told) -> None:
    """An application over the counter, or from home: by day, in the evening, or on a day off."""
    at, channel = told.desk.now, "online" if told.happens("online") else "window"
    if not told.is_worked or told.happens("in_the_evening"):
        at, channel = opening(told.day, EVENING + told.days(EVENING_HOURS)), "online"
        # The office finds it in the morning.
        told.desk.place += told.is_worked
    told.usually("applied", at, applicant=applicant(told.random, told.recipe["people"]), channel=channel)


def work(told: Told) -> None:
    """The steps of the flow, each in its quiet days, all of them in those of the promise."""
    item, desk = told.item, told.desk
    is_immediate = item.kind == "immediate"
    left = 0 if is_immediate or item.promised is None else quiet_days(item.promised[0])
    steps = list(path(told))
    for place, step in enumerate(steps):
        taken = min(TAKEN[told.days(len(TAKEN) - 1)], quiet_days(step.limit) if step.limit else 0, left)
        left -= taken
        if step.control == "collectively_discussed":
            told.usually("collectively_discussed", desk.soon())
        started = told.start(step)
        at = desk.later(taken)
        is_last = place == len(steps) - 1
        if place and is_last and told.happens("returned"):
            told.finish(started, at, "return")
            told.finish(told.start(steps[place - 1]), desk.soon())
            started, at = told.start(step), desk.soon()
        second = {"second_officer": told.officer("window")} if step.control == "second_officer" else {}
        told.finish(started, at, **second)
        if not is_immediate and not is_last:
            pause(told)


def path(told: Told) -> Iterator[Step]:
    """The steps that the case goes through: what may be passed over, and controls nothing, sometimes is."""
    steps = told.item.steps
    can_pass = bool(steps[0].next) and not any(step.control == steps[1].step for step in steps)
    passes = can_pass and told.happens("passed_over")
    yield from (step for place, step in enumerate(steps) if not (passes and place == 1))


def pause(told: Told) -> None:
    """What the law lets stop the clock, or prolong it: told to the applicant, and over as planned."""
    item, desk = told.item, told.desk
    if item.suspensions and told.happens("suspended"):
        at, days = desk.soon(), 1 + told.days(SUSPENDED)
        kind = item.suspensions[told.days(len(item.suspensions) - 1)]
        planned = desk.midnights[desk.place + days].date()
        told.usually("suspension_started", at, kind=kind, planned_end=planned, told_applicant_at=at)
        told.usually("suspension_ended", desk.later(days))
    if item.extension and not any(fact.kind == "case.extended" for fact in told.facts) and told.happens("extended"):
        n, unit, role = item.extension
        at = desk.soon()
        told.usually("extended", at, n=1 + told.days(n - 1), unit=unit, approver_role=role, told_applicant_at=at)


def decide(told: Told) -> None:
    """The decision, and what follows from it: delivered, published, closed, rated."""
    desk = told.desk
    is_refused = told.happens("refused")
    if is_refused:
        reason = f"{told.number}：经审查，不符合法定条件"
        told.usually("decided", desk.soon(), outcome="refused", reason=reason)
    else:
        told.usually("decided", desk.soon())
    hand_over(told, desk.later(told.days(DELIVERED_WITHIN)), is_published=not is_refused)
    if told.happens("observed"):
        told.observe(desk.later(1))
    if told.happens("rated"):
        told.tell("rated", desk.later(told.days(DELIVERED_WITHIN)), {"score": 5 - told.days(2) * told.days(1)})


def hand_over(told: Told, at: datetime, *, is_published: bool) -> None:
    """Delivered, published where there is something to publish, closed; sometimes with a remark afterwards."""
    told.usually("delivered", at)
    if told.happens("amended"):
        told.amend()
    if is_published:
        told.usually("published", at + timedelta(minutes=5))
    told.usually("closed", at + timedelta(minutes=6))
