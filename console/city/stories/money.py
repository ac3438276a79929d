"""Stories of fees: charged without a basis (F01), and off their standard (F02)."""

from __future__ import annotations

from typing import Any

from console.city.scene import HOUR, MINUTE, Case, Fact, Scene
from console.city.stories.reckoning import end, office_hour, watched
from console.city.stories.registry import nears, plants

FIXED, FREE = "FY-01", "FY-02"
FEES = ((FIXED, "100.00", True), (FREE, "200.00", False), ("FY-03", "0.40", False))
"""A fixed fee, one that may be five per cent off, and one so small that five per cent is two fen."""


def charged(scene: Scene, *fees: dict[str, Any]) -> tuple[Case, list[Fact]]:
    """A case in which these fees were charged between the acceptance and the licence."""
    case = scene.case(scene.item(steps=(), fees=FEES))
    accepted = case.open(office_hour(scene))
    facts = [case.tell("fee_charged", accepted.at + n * MINUTE, **fee) for n, fee in enumerate(fees, 1)]
    watched(case, accepted, end(case, "decided", accepted.at + HOUR).at)
    return case, facts


def of(fee: str, paid: str, relief: str | None = None) -> dict[str, Any]:
    """A fee and what was paid for it."""
    return {"fee": fee, "paid": paid, "relief_reason": relief}


@plants("F01", days=20)
def fee_that_is_not_listed(scene: Scene) -> None:
    """A fee that the item does not list, were it of a fen or of nothing; beside it one that is listed."""
    amount = scene.chance.choice(("500.00", "0.01", "0.00"))
    fee = scene.chance.choice(("FY-09", "fy-01", "加急费"))
    _, facts = charged(scene, of(FIXED, "100.00"), {"fee": fee, "due": amount, "paid": amount})
    scene.finds("F01", "red", facts[1])


@plants("F01", days=20)
def fee_for_what_is_free(scene: Scene) -> None:
    """The item lists no fee at all, and two are charged."""
    case = scene.case(scene.item(steps=()))
    accepted = case.open(office_hour(scene))
    for minutes, fee in enumerate((FIXED, "工本费"), 1):
        fact = case.tell("fee_charged", accepted.at + minutes * MINUTE, fee=fee, due="10.00", paid="10.00")
        scene.finds("F01", "red", fact)
    watched(case, accepted, end(case, "decided", accepted.at + HOUR).at)


@nears("F01", days=20)
def every_listed_fee(scene: Scene) -> None:
    """All fees that the item lists are charged, one of them twice."""
    case, _ = charged(scene, of(FIXED, "100.00"), of(FREE, "200.00"), of("FY-03", "0.40"), of(FIXED, "100.0"))
    scene.silent(case.number)


@plants("F02", days=20)
def fee_off_its_standard(scene: Scene) -> None:
    """A fen more than five per cent off, up or down; or off at all where the fee is fixed."""
    _, facts = charged(scene, of(*scene.chance.choice((
        (FREE, "210.01"), (FREE, "189.99"), (FREE, "400.00"), (FREE, "0.00"), (FIXED, "100.01"), (FIXED, "99.99"),
        ("FY-03", "0.43"), ("FY-03", "0.37"),
    ))))  # fmt: skip
    scene.finds("F02", "yellow", facts[0])


@plants("F02", days=20)
def relief_and_yet_too_much(scene: Scene) -> None:
    """A reason for relief excuses nothing that is paid above the standard; and a blank one is none."""
    fee = scene.chance.choice((
        of(FREE, "210.01", "小微企业减免"), of(FIXED, "100.01", "小微企业减免"), of(FREE, "100.00", ""),
        of(FIXED, "50.00", "  "),
    ))  # fmt: skip
    _, facts = charged(scene, fee)
    scene.finds("F02", "yellow", facts[0])


@nears("F02", days=20)
def fee_within_five_per_cent(scene: Scene) -> None:
    """Exactly five per cent off, up or down; a fixed fee to the fen, however it is written."""
    case, _ = charged(scene, of(*scene.chance.choice((
        (FREE, "210.00"), (FREE, "190.00"), (FREE, "200"), (FIXED, "100.00"), (FIXED, "100.0"), ("FY-03", "0.42"),
        ("FY-03", "0.38"),
    ))))  # fmt: skip
    scene.silent(case.number)


@nears("F02", days=20)
def fee_relieved(scene: Scene) -> None:
    """Paid far below the standard, or nothing, for a reason."""
    fee = of(scene.chance.choice((FIXED, FREE)), scene.chance.choice(("0.00", "50.00")), "残疾人免收")
    case, _ = charged(scene, fee)
    scene.silent(case.number)
