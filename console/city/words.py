"""What an office usually writes into a fact of a case: all that the law wants, so that nothing is found in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from console.city.places import Data, Department, Item

Usual = Callable[[str, Item, Department], Data]
DECIDERS = {"penalty": "penalised", "levy": "other", "other": "other", "compulsion": "other"}


def usual(kind: str, number: str, item: Item, department: Department) -> Data:
    """The data of a fact of a case as an office usually writes it; empty for what nobody writes anything into."""
    return USUAL[kind](number, item, department) if kind in USUAL else {}


def officer_of(department: Department, post: str, number: str) -> str:
    """Who sits at a post for a case: the same officer for its whole life."""
    officers: Sequence[str] = department.officers[post]
    return officers[int(number[-5:]) % len(officers)]


def officer_name(officer: str, people: Mapping[str, Sequence[str]]) -> str:
    """What an officer is called: an invented name."""
    chance = Random(officer)
    return chance.choice(people["surnames"]) + chance.choice(people["given"])


def applicant(chance: Random, people: Mapping[str, Sequence[str]]) -> Data:
    """An invented citizen or company that applies."""
    number = int(chance.random() * 10**8)
    phone = f"199{number:08d}"
    if number % 100 < 45:
        surnames, given = people["surnames"], people["given"]
        name = surnames[number % len(surnames)] + given[number // 100 % len(given)]
        return {"kind": "citizen", "name": name, "id_no": f"320999{19550101 + number % 480000}{number % 10000:04d}",
                "phone": phone}  # fmt: skip
    brands, trades = people["brands"], people["trades"]
    name = f"示范市{brands[number % len(brands)]}{trades[number // 100 % len(trades)]}有限公司"
    return {"kind": "organisation", "name": name, "id_no": f"91320999MA{number:08d}", "phone": phone}


def owner(item: Item) -> Data:
    """Whose case it is."""
    return {"item": item.code, "department": item.department}


def applied(number: str, item: Item, _: Department) -> Data:
    """An application at the window, with everything that is required."""
    applicant = {"kind": "citizen", "name": f"申请人{number[-5:]}", "phone": f"199{int(number[-7:]):08d}"}
    return {**owner(item), "applicant": applicant, "channel": "window", "materials": item.required}


def accepted(number: str, item: Item, department: Department) -> Data:
    """An acceptance at the window, in writing."""
    return {**owner(item), "officer": officer_of(department, "window", number), "post": "window",
            "document": f"{number}-受理"}  # fmt: skip


def acceptance_refused(number: str, _: Item, department: Department) -> Data:
    """A refusal to accept, in writing and with reasons of its own."""
    return {"officer": officer_of(department, "window", number), "document": f"{number}-不予受理",
            "reason": f"{number}：申请事项依法不属于本机关职权范围"}  # fmt: skip


def decided(number: str, item: Item, department: Department) -> Data:
    """A decision with its document and number: a licence granted, a penalty imposed in the ordinary procedure."""
    outcome = DECIDERS.get(item.of_class, "granted")
    told: Data = {
        "outcome": outcome, "officer": officer_of(department, "approver", number),
        "decision_no": f"{item.code}〔{number}〕号", "document": f"{number}-决定",
    }  # fmt: skip
    if outcome == "penalised":
        told |= {"reason": f"{number}：违法事实清楚，证据确凿", "procedure": "ordinary", "amount": "1500.00"}
    return told


def filed(number: str, item: Item, department: Department) -> Data:
    """An offence filed against an organisation."""
    return {**owner(item), "officer": officer_of(department, "reviewer", number), "party": {"kind": "organisation"}}


def measure_taken(number: str, item: Item, department: Department) -> Data:
    """A seizure, in writing."""
    return {**owner(item), "measure": "seize", "ref": "1", "officer": officer_of(department, "reviewer", number),
            "document": f"{number}-强制"}  # fmt: skip


def suspension_started(number: str, _: Item, department: Department) -> Data:
    """An inspection that stops the clock; the story says when the applicant was told (`told_applicant_at`)."""
    return {"ref": "1", "kind": "inspection", "basis": "行政许可法第四十五条", "document": f"{number}-特别程序",
            "approver": officer_of(department, "approver", number)}  # fmt: skip


def extended(number: str, _: Item, department: Department) -> Data:
    """Three more working days by the head; the story says when the applicant was told (`told_applicant_at`)."""
    return {"n": 3, "unit": "work_day", "approver": officer_of(department, "approver", number),
            "approver_role": "head", "reason": "需补充核查，经本机关负责人批准延长"}  # fmt: skip


def fee_charged(_: str, item: Item, __: Department) -> Data:
    """The first fee of the item, to the standard; where there is none, somebody must say what is charged."""
    if not item.fees:
        return {"to": "bank"}
    fee, standard, _fixed = item.fees[0]
    return {"fee": fee, "due": standard, "paid": standard, "to": "bank"}


USUAL: dict[str, Usual] = {
    "applied": applied,
    "materials_received": lambda _, item, __: {"materials": item.required},
    "correction_noticed": lambda number, item, _: {"items": item.required[:1], "document": f"{number}-补正"},
    "correction_received": lambda _, item, __: {"items": item.required[:1]},
    "accepted": accepted,
    "acceptance_refused": acceptance_refused,
    "suspension_started": suspension_started,
    "suspension_ended": lambda *_: {"ref": "1"},
    "extended": extended,
    "fee_charged": fee_charged,
    "decided": decided,
    "delivered": lambda number, *_: {"document": f"{number}-送达"},
    "published": lambda *_: {"channel": "信用网"},
    "withdrawn": lambda *_: {"reason": "申请人自愿撤回申请"},
    "offence_known": filed,
    "filed": filed,
    "filing_refused": lambda number, item, department: {
        **filed(number, item, department), "document": f"{number}-不予立案",
        "reason": f"{number}：违法事实不能成立，不予立案",
    },
    "penalty_noticed": lambda number, *_: {"document": f"{number}-告知", "proposed": {"amount": "1500.00"}},
    "legal_reviewed": lambda number, _, department: {
        "officer": officer_of(department, "legal", number), "opinion": "事实清楚，适用依据正确",
    },
    "collectively_discussed": lambda *_: {"members": ["局长", "副局长", "法规科长"], "result": "同意"},
    "measure_taken": measure_taken,
    "measure_lifted": lambda *_: {"ref": "1"},
    "disclosure_requested": lambda _, item, __: {**owner(item), "received_by": "window"},
}  # fmt: skip
