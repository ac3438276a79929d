"""Ordinary uses of other powers: penalties, seizures, requests for disclosure; all of them long before their limits."""

from __future__ import annotations

from datetime import timedelta

from console.city.applications import hand_over
from console.city.desk import opening
from console.city.telling import Told
from console.city.words import applicant

MAJOR, PAID_WITHIN, SERVED_WITHIN = 5000, 6, 2
INVESTIGATED, EXAMINED, HEARD = 10, 4, 8
CITIZEN_MOST, ORGANISATION_MOST = 200, 3000
"""What the summary procedure may impose, in yuan."""
SEIZED, TESTED = 6, 2
ASKED_BACK, MENDED, ANSWERED = 4, 3, 12
EVENING = 19 * 3600


def penalty(told: Told) -> None:
    """An offence, decided upon on the spot or in the ordinary procedure; served, published, paid."""
    is_summary = told.happens("summary")
    party = applicant(told.random, told.recipe["people"])
    told.usually("offence_known", told.desk.now, party=party)
    told.usually("filed", told.desk.soon(), party=party)
    amount = 50 * (1 + told.days(199))
    if is_summary:
        amount = 10 * (1 + told.days((CITIZEN_MOST if party["kind"] == "citizen" else ORGANISATION_MOST) // 10 - 1))
        told.usually("decided", told.desk.soon(), procedure="summary", amount=f"{amount}.00")
    else:
        investigate(told, amount)
    hand_over(told, told.desk.later(0 if is_summary else told.days(SERVED_WITHIN)), is_published=True)
    told.tell("paid", told.desk.later(told.days(PAID_WITHIN)), {"amount": f"{amount}.00"})


def investigate(told: Told, amount: int) -> None:
    """The ordinary procedure: investigated, examined, told to the party, heard where asked for, reviewed, decided."""
    desk = told.desk
    first, second, third = told.item.steps
    told.finish(told.start(first), desk.later(told.days(INVESTIGATED)))
    told.finish(told.start(second), desk.later(told.days(EXAMINED)))
    told.usually("penalty_noticed", desk.soon(), proposed={"amount": f"{amount}.00"})
    grounds = ["58"] if amount >= MAJOR else []
    if told.happens("hearing"):
        told.tell("hearing_requested", desk.later(1 + told.days(2)), {})
        heard_on = desk.midnights[desk.place + HEARD].date()
        told.tell("hearing_noticed", desk.soon(), {"hearing_on": heard_on})
        told.tell("hearing_held", desk.later(HEARD), {"host": told.officer("legal")})
        grounds = ["57", "58"]
    told.usually("legal_reviewed", desk.later(told.days(1)))
    told.usually("collectively_discussed", desk.soon())
    told.finish(told.start(third), desk.later(told.days(1)))
    procedure = "hearing" if "57" in grounds else "ordinary"
    tier = next(tier["tier"] for tier in told.recipe["tiers"] if amount <= float(tier["max"]))
    told.usually("decided", desk.soon(), procedure=procedure, grounds=grounds, amount=f"{amount}.00", tier=tier)


def measure(told: Told) -> None:
    """A seizure, perhaps with a test, and lifted; or an enforcement by day."""
    desk = told.desk
    if told.happens("enforced"):
        told.usually("measure_taken", desk.now, measure="enforce", ref="1")
        return
    kinds = ("seal", "seize", "freeze")
    told.usually("measure_taken", desk.now, measure=kinds[told.days(2)], ref="1")
    if told.happens("tested"):
        at = desk.later(1)
        planned = desk.midnights[desk.place + TESTED].date()
        told.usually("suspension_started", at, ref="test", kind="test", planned_end=planned, told_applicant_at=at)
        told.usually("suspension_ended", desk.later(1 + told.days(TESTED - 1)), ref="test")
    told.usually("measure_lifted", desk.later(1 + told.days(SEIZED - 1)))
    told.usually("closed", desk.soon())


def disclosure(told: Told) -> None:
    """A request for information, corrected where it is unclear, and answered."""
    desk = told.desk
    if told.is_worked and not told.happens("online"):
        told.usually("disclosure_requested", desk.now)
    else:
        # A request from home counts from the day on which its receipt is confirmed.
        confirmed_on = desk.midnights[desk.place + told.is_worked].date()
        desk.place += told.is_worked
        at = opening(told.day, EVENING)
        told.usually("disclosure_requested", at, received_by="online", confirmed_on=confirmed_on)
    if told.happens("corrected"):
        told.tell("correction_noticed", desk.later(told.days(ASKED_BACK)), {
            "items": ["所需信息的名称"], "document": f"{told.number}-补正",
        })  # fmt: skip
        told.tell("correction_received", desk.later(1 + told.days(MENDED)), {"items": ["所需信息的名称"]})
    told.usually("decided", desk.later(1 + told.days(ANSWERED - 1)))
    told.usually("delivered", desk.now + timedelta(minutes=3))
    told.usually("closed", desk.now + timedelta(minutes=4))
