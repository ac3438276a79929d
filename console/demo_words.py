"""What the demo city's systems write into their events: the vocabulary of the exchange, filled with invented people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from console.demo_case import DemoCase, Told

Data = dict[str, Any]
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
MATERIALS = ["M-01", "M-02", "M-03"]
REPLY = "已核实原因，责成承办人限期办理并举一反三。"
REASONS = {
    "withdrawn": "申请人自愿撤回申请",
    "acceptance_refused": "申请事项依法不属于本机关职权范围",
    "refused": "不符合法定条件",
    "extended": "需补充核查，经本机关负责人批准延长",
}


class Words:
    """The data of each fact: who did it, what they wrote, for whom."""

    def __init__(self, recipe: Mapping[str, Any]) -> None:
        self.recipe = recipe
        self.departments = {department["code"]: department for department in recipe["departments"]}
        self.makers: dict[str, Callable[[DemoCase, Told, Random], Data]] = {
            "applied": self.applied,
            "accepted": self.accepted,
            "acceptance_refused": self.by_window,
            "step_started": self.step,
            "step_finished": self.finished_step,
            "suspension_started": self.suspension,
            "extended": self.extension,
            "fee_charged": self.fee,
            "decided": self.decision,
            "legal_reviewed": self.review,
            "filed": self.filing,
            "offence_known": self.filing,
            "measure_taken": self.measure,
            "disclosure_requested": self.request,
            "rated": lambda _, __, chance: {"score": chance.choices([5, 4, 3], [8, 3, 1])[0]},
        }

    def data(self, case: DemoCase, told: Told, chance: Random) -> Data:
        """The data of one fact; what the recipe says otherwise comes last."""
        usual = self.makers[told.kind](case, told, chance) if told.kind in self.makers else self.plain(case, told)
        return {name: value for name, value in {**usual, **told.more}.items() if value is not None}

    def plain(self, case: DemoCase, told: Told) -> Data:
        """The data of a fact that nobody in particular writes."""
        plain: dict[str, Data] = {
            "materials_received": {"materials": MATERIALS},
            "correction_noticed": {"items": ["M-02"], "document": f"{case.number}-补正"},
            "correction_received": {"items": ["M-02"]},
            "suspension_ended": {"ref": told.what},
            "measure_lifted": {"ref": told.what},
            "document_supplied": {"of": f"esup.case.{told.what}", "document": f"{case.number}-补交"},
            "delivered": {"document": f"{case.number}-送达"},
            "published": {"channel": "信用示范市"},
            "withdrawn": {"reason": REASONS["withdrawn"]},
            "collectively_discussed": {"members": ["局长", "分管副局长", "法规科长"], "result": "同意"},
        }
        return plain.get(told.kind, {})

    def supervision(self, told: Told, department: str) -> Data:
        """What is said of a complaint, a task or a card."""
        plain: dict[str, Data] = {
            "issued": {"department": department, "text": "请核查并说明情况。"},
            "replied": {"text": REPLY, "rectified": True},
            "returned": {"reason": "整改措施不具体，请补充。"},
            "closed": {"opinion": "整改到位，同意办结。"},
            "exempted": {"ground": "1", "evidence": "停电证明", "officer": "监察员"},
            "appealed": {"ground": "系统接口故障，收费记录有误"},
            "appeal_decided": {"accepted": True, "reason": "收费票据证明收费无误"},
            "notified": {"written": True},
        }
        return {**plain.get(told.kind, {}), **told.more}

    def complaint(self, told: Told, department: str) -> Data:
        """What is said of a complaint; who complains in their own name is sealed with it."""
        if told.kind != "filed":
            return self.supervision(told, department)
        who = {"complainant": {"name": "王建国", "phone": "19900001234"}} if told.more.get("real_name") else {}
        usual = {
            "about": {"department": department}, "kind": "作风", "real_name": False, "content": "办事拖延，态度生硬。",
            "channel": "电话", **who,
        }  # fmt: skip
        return {**usual, **told.more}

    def officer(self, case: DemoCase, post: str) -> str:
        """Who sits at a post: the same officer for a case's whole life."""
        names: list[str] = self.departments[case.item["department"]]["officers"][post]
        return names[int(case.number[-2:]) % len(names)]

    def applied(self, case: DemoCase, told: Told, chance: Random) -> Data:
        """An application, with the person behind it."""
        owner = {"item": case.item["code"], "department": case.item["department"]}
        channel = "online" if told.at.hour >= 18 else "window"
        materials = {"materials": MATERIALS} if told.is_formal else {}
        return {**owner, "applicant": self.applicant(chance), "channel": channel, **materials}

    def applicant(self, chance: Random) -> Data:
        """A citizen or a company; whoever applies again keeps their numbers."""
        person = Random(f"{self.recipe['seed']}/{chance.randrange(240)}")
        people = self.recipe["people"]
        phone = f"199{person.randrange(10**8):08d}"
        if person.random() < 0.45:
            name = person.choice(people["surnames"]) + person.choice(people["given"])
            return {"kind": "citizen", "name": name, "id_no": citizen_number(person), "phone": phone}
        name = f"示范市{person.choice(people['brands'])}{person.choice(people['trades'])}有限公司"
        number = f"91320999MA{person.randrange(10**7):07d}X"
        return {"kind": "organisation", "name": name, "id_no": number, "phone": phone}

    def accepted(self, case: DemoCase, told: Told, chance: Random) -> Data:
        """An acceptance at the window."""
        owner = {"item": case.item["code"], "department": case.item["department"], "post": "window"}
        return {**owner, **self.by_window(case, told, chance), "document": f"{case.number}-受理"}

    def by_window(self, case: DemoCase, told: Told, _: Random) -> Data:
        """An answer of the window, with its reason where it is no."""
        if told.kind != "acceptance_refused":
            return {"officer": self.officer(case, "window")}
        return {"officer": self.officer(case, "window"), "reason": self.reason(case, told),
                "document": f"{case.number}-不予受理"}  # fmt: skip

    def reason(self, case: DemoCase, told: Told) -> str:
        """Why a case is refused: its own reason, for whoever refuses in the same words every time gives none."""
        return str(told.more.get("reason", f"{case.number}：{REASONS[told.kind]}"))

    def step(self, case: DemoCase, told: Told, _: Random) -> Data:
        """A step in somebody's hands."""
        post = self.recipe["steps"][told.what]["post"]
        return {"step": told.what, "post": post, "officer": self.officer(case, post)}

    def finished_step(self, case: DemoCase, told: Told, chance: Random) -> Data:
        """A step done, with an opinion."""
        opinion = chance.choice(self.recipe["steps"][told.what]["opinions"])
        seconded = case.item.get("risk", {}).get(told.what) == "second_officer"
        second = {"second_officer": self.officer(case, "window")} if seconded else {}
        return {**self.step(case, told, chance), "action": "pass", "opinion": opinion, **second}

    def suspension(self, case: DemoCase, told: Told, _: Random) -> Data:
        """A stop of the clock; the applicant was told of it in writing, or was not."""
        approver = self.officer(case, "approver")
        notice = {"told_applicant_at": told.at.isoformat(), "document": f"{case.number}-特别程序"}
        suspension = {"kind": told.what, "ref": told.what, "basis": "行政许可法第四十五条", "approver": approver}
        return suspension | (notice if told.is_formal else {})

    def extension(self, case: DemoCase, told: Told, _: Random) -> Data:
        """More working days, approved by the head; the applicant was told, or was not."""
        notice = {"told_applicant_at": told.at.isoformat()} if told.is_formal else {}
        return {
            "n": int(told.what), "unit": "work_day", "approver": self.officer(case, "approver"),
            "approver_role": "head", "reason": REASONS["extended"], **notice,
        }  # fmt: skip

    def decision(self, case: DemoCase, told: Told, _: Random) -> Data:
        """A decision with its document and number."""
        outcome = told.what or "granted"
        reason = {"reason": f"{case.number}：{REASONS['refused']}"} if outcome == "refused" else {}
        number = f"{case.item['code']}〔2026〕{case.number[-4:]}号"
        return {
            "outcome": outcome, "officer": self.officer(case, "approver"), "decision_no": number,
            "document": f"{case.number}-决定", **reason,
        }  # fmt: skip

    def fee(self, case: DemoCase, told: Told, _: Random) -> Data:
        """A charge, to the standard."""
        standard = case.item.get("fees", {}).get(told.what, ["0.00"])[0]
        return {"fee": told.what, "due": standard, "paid": standard, "to": "bank"}

    def filing(self, case: DemoCase, told: Told, chance: Random) -> Data:
        """An offence, with the party, in an officer's hands."""
        owner = {"item": case.item["code"], "department": case.item["department"]}
        return {**owner, "party": {"kind": told.what or "organisation"}, "officer": self.officer(case, "reviewer")}

    def review(self, case: DemoCase, told: Told, _: Random) -> Data:
        """A legal review, by who does nothing else."""
        return {"officer": self.officer(case, "legal"), "opinion": "事实清楚，适用依据正确"}

    def measure(self, case: DemoCase, told: Told, _: Random) -> Data:
        """A seizure or the like."""
        owner = {"item": case.item["code"], "department": case.item["department"], "measure": told.what}
        return {**owner, "ref": told.what, "officer": self.officer(case, "reviewer"), "document": f"{case.number}-强制"}

    def request(self, case: DemoCase, told: Told, _: Random) -> Data:
        """A request for disclosure."""
        owner = {"item": case.item["code"], "department": case.item["department"]}
        return {**owner, "received_by": told.what or "window"}


def citizen_number(person: Random) -> str:
    """An identity number of a place that does not exist, with the check digit that the standard demands."""
    birth = f"{person.randint(1955, 2003)}{person.randint(1, 12):02d}{person.randint(1, 28):02d}"
    digits = f"320999{birth}{person.randrange(1000):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, ID_WEIGHTS, strict=True))
    return digits + ID_CHECKS[total % 11]
