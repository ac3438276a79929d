"""The offices of the city, their officers, and the catalogue of powers, drawn to the recipe's proportions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate, chain
from random import Random
from typing import Any, NamedTuple

from console.city.places import Data, Department, Item, Step
from console.city.scene import Fact, publication
from console.city.words import officer_name

REGISTRY = "/320900/catalogue"
CALENDAR_DAYS = "calendar_day"
CLASS_NAMES = {"disclosure": "other"}
KIND_NAMES = {"licence": "许可", "confirmation": "确认", "other": "备案"}


class Size(NamedTuple):
    """How large the catalogue of a city with so many cases is."""

    departments: int
    items: int
    officers: int

    @classmethod
    def of(cls, preset: Mapping[str, Any], cases: int) -> Size:
        """All of it for a city in full; in proportion below, but never less than the recipe's least."""
        share = min(1.0, cases / preset["cases_in_full"])
        names = ("departments", "items", "officers")
        return cls(*(max(preset["least"][name], round(preset[name] * share)) for name in names))


class Catalogue:
    """Departments and items of one city; the same recipe, size and seed give the same."""

    def __init__(self, recipe: Mapping[str, Any], size: Size, seed: int) -> None:
        self.recipe = recipe
        self.chance = Random(f"{seed}/catalogue")
        self.departments = [self.department(number, size) for number in range(size.departments)]
        self.supervisor = Department(
            **{**recipe["supervisor"], "source": "/320900/supervision/approval", "officers": {"supervisor": ["监察员"]}}
        )
        self.items: dict[str, list[Item]] = {
            name: [self.item(name, number) for number in range(max(1, round(size.items * shares["items"] / 100)))]
            for name, shares in recipe["classes"].items()
        }

    def of(self, item: Item) -> Department:
        """The department that answers for an item."""
        return self.departments[int(item.department[1:3])]

    def department(self, number: int, size: Size) -> Department:
        """A department of the city, or of one of the counties in turn."""
        recipe, chance = self.recipe, self.chance
        in_city = number < recipe["departments_of_city"]
        counties = recipe["regions"][1:]
        region = recipe["regions"][0] if in_city else counties[number % len(counties)]
        kind, name = recipe["kinds"][number % len(recipe["kinds"])]
        code = f"d{number:02d}.{kind}"
        system = drawn(chance, recipe["systems"])
        # A department that must upload within a day reports in the evening at the latest, as all others do.
        uploads = chance.choice(recipe["uploads"])
        many = size.officers * (number + 1) // size.departments - size.officers * number // size.departments
        officers = self.officers(number, many)
        return Department(code, f"{region['name']}{name}", region["code"], f"/320900/d{number:02d}/approval",
                          officers, system, uploads)  # fmt: skip

    def officers(self, number: int, many: int) -> dict[str, list[str]]:
        """So many officers, shared out over the posts; each post has somebody."""
        posts, held = self.recipe["posts"], 0
        officers: dict[str, list[str]] = {}
        for (post, _), share in zip(posts.items(), accumulate(posts.values()), strict=True):
            upto = max(held + 1, many * share // 100)
            officers[post] = [f"u{number:02d}{nth:03d}" for nth in range(held, upto)]
            held = upto
        return officers

    def item(self, name: str, number: int) -> Item:
        """An item of a class; each class goes round the departments."""
        recipe, chance = self.recipe, self.chance
        about = recipe["classes"][name]
        office = self.departments[number % len(self.departments)]
        common: Data = {
            "code": f"{about['prefix']}-{number:04d}", "department": office.code, "basis": (about["basis"],),
            "of_class": CLASS_NAMES.get(name, name),
        }  # fmt: skip
        if name in KIND_NAMES:
            topic = recipe["topics"][number % len(recipe["topics"])]
            return self.application(f"{topic}{KIND_NAMES[name]}（{number + 1}）", common, is_licence=name == "licence")
        if name == "penalty":
            flow = (Step("investigate", "inspector"), Step("examine", "reviewer", 10), Step("approve", "approver", 5))
            return Item(name=f"行政处罚（{number + 1}）", promised=(60, CALENDAR_DAYS), statutory=(90, CALENDAR_DAYS),
                        steps=flow, suspensions=(), more={"tiers": recipe["tiers"]}, **common)  # fmt: skip
        if name == "compulsion":
            return Item(name=f"行政强制（{number + 1}）", promised=(30, CALENDAR_DAYS), statutory=(60, CALENDAR_DAYS),
                        suspensions=("test",), **common)  # fmt: skip
        extension = (20, "work_day", "head") if chance.random() < 0.5 else None
        return Item(name=f"政府信息依申请公开（{number + 1}）", promised=(20, "work_day"), statutory=(20, "work_day"),
                    extension=extension, **common)  # fmt: skip

    def application(self, title: str, common: Mapping[str, Any], *, is_licence: bool) -> Item:
        """What somebody applies for: a licence, or something simpler that is done like one."""
        recipe, chance = self.recipe, self.chance
        kinds = recipe["licence_kinds"]
        kind = drawn(chance, {name: about["share"] for name, about in kinds.items()})
        statutory = chance.choice(kinds[kind]["statutory"])
        promised = chance.choice([n for n in kinds[kind]["promised"] if n <= statutory])
        extension = recipe["extension"].get(kind) if is_licence else None
        steps = self.steps(promised)
        brought = recipe["materials"][: 2 + int(chance.random() * (len(recipe["materials"]) - 1))]
        has_fee = chance.random() * 100 < recipe["shares"]["fee"]
        fees = (("FY-01", chance.choice(recipe["fees"]), chance.random() < 0.5),) if has_fee else ()
        return Item(
            name=title, kind=kind, promised=(promised, "work_day"), statutory=(statutory, "work_day"), steps=steps,
            materials=tuple((code, name, place < 3) for place, (code, name) in enumerate(brought)), fees=fees,
            suspensions=tuple(recipe["suspensions"]) if is_licence else (),
            extension=extension and (extension[0], "work_day", extension[1]), **common,
        )  # fmt: skip

    def steps(self, promised: int) -> tuple[Step, ...]:
        """A flow whose limits add up to the promise at most."""
        recipe, chance = self.recipe, self.chance
        flows = [flow for flow in recipe["flows"] if len(flow["steps"]) <= max(promised, 2)]
        flow = chance.choices(flows, [flow["share"] for flow in flows])[0]["steps"]
        names = [step for step, _ in flow]
        limits = self.limits(names, promised)
        shares = {name: chance.random() * 100 < share for name, share in recipe["shares"].items()}
        # Where the last step has a risk, the survey is its control; where there is none, a second officer.
        control = "survey" if "survey" in names else chance.choice(("second_officer", "collectively_discussed"))
        steps = []
        for place, (step, post) in enumerate(flow):
            is_last = place == len(flow) - 1
            follows = names[1:3] if shares["alternative"] and place == 0 and len(flow) == 3 else None
            steps.append(Step(step, post, limits[place], follows, is_last and shares["mandatory"],
                              control if is_last and shares["risk"] else ""))  # fmt: skip
        return tuple(steps)

    def limits(self, names: Sequence[str], promised: int) -> list[int | None]:
        """The limits of steps in working days: what is promised, given out day by day."""
        if promised < len(names):
            return [None] * len(names)
        limits = [1] * len(names)
        for _ in range(promised - len(names)):
            place = int(self.chance.random() * len(names))
            if names[place] != "survey" or limits[place] < self.recipe["limit_of_survey"]:
                limits[place] += 1
        return list(limits)

    def facts(self, at: datetime) -> Iterator[Fact]:
        """All that is registered when the city is founded."""
        supervisor = self.supervisor.code
        for region in self.recipe["regions"]:
            above = {} if region["level"] == "city" else {"parent": self.recipe["region_of_city"]}
            about = {**region, **above, "supervisor": supervisor, "zone": "Asia/Shanghai", "calendar": "cn"}
            yield registered("org.region_registered", region["code"], at, about)
        for department in (*self.departments, self.supervisor):
            yield from office(department, at, self.recipe["people"])
        for item in chain.from_iterable(self.items.values()):
            yield from publication(item, at)


def office(department: Department, at: datetime, people: Mapping[str, Sequence[str]]) -> Iterator[Fact]:
    """A department, its officers, and the system that reports its cases."""
    about = {"code": department.code, "name": department.name, "region": department.region}
    yield registered("org.department_registered", department.code, at, about)
    for post, officers in department.officers.items():
        for officer in officers:
            assigned = {"officer": officer, "name": officer_name(officer, people), "department": department.code,
                        "posts": [post], "certified": True}  # fmt: skip
            yield registered("org.officer_assigned", officer, at, assigned)
    source = {"source": department.source, "department": department.code, "kind": department.system}
    yield registered("source.registered", department.source, at, source)


def registered(kind: str, subject: str, at: datetime, about: Mapping[str, Any]) -> Fact:
    """Something put down in the city's registry."""
    return Fact(subject, kind, at, at, REGISTRY, f"{subject}/{kind}", dict(about))


def drawn(chance: Random, shares: Mapping[str, int]) -> str:
    """One of these, by their shares."""
    return chance.choices(list(shares), list(shares.values()))[0]
