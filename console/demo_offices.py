"""The demo city's offices as events: regions, departments, officers, their systems, and the items they answer for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Event = dict[str, Any]
Make = Callable[[str, str, Mapping[str, Any]], Event]
MATERIALS = {"M-01": "申请书", "M-02": "身份证明或营业执照", "M-03": "场所使用证明"}


class Offices:
    """What the recipe says of the offices."""

    def __init__(self, recipe: Mapping[str, Any]) -> None:
        self.recipe = recipe

    def events(self, make: Make) -> Iterator[Event]:
        """Everything that is registered before the month begins."""
        for region in self.recipe["regions"]:
            yield make("esup.org.region_registered", region["code"], region)
        for department in self.recipe["departments"]:
            yield from self.department(department, make)
        for item in self.recipe["items"]:
            if not item.get("is_planted"):
                yield make("esup.item.published", item["code"], self.item(item))
                yield make("esup.item.guide_published", item["code"], self.guide(item))

    def department(self, department: Mapping[str, Any], make: Make) -> Iterator[Event]:
        """A department, its officers, and the system that reports its cases."""
        code = department["code"]
        about = {"code": code, "name": department["name"], "region": department["region"]}
        yield make("esup.org.department_registered", code, about)
        for post, names in department["officers"].items():
            for name in names:
                about = {"officer": name, "name": name, "department": code, "posts": [post], "certified": True}
                yield make("esup.org.officer_assigned", name, about)
        source = f"/320999/{code}/approval"
        yield make("esup.source.registered", source, {
            "source": source, "department": code, "kind": department.get("system", "platform"),
        })  # fmt: skip

    def item(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """An item of the catalogue of powers."""
        flow, unit = list(item["flow"]), item.get("unit", "work_day")
        is_licence = item.get("class", "licence") == "licence"
        return {
            **{name: item[name] for name in ("code", "name", "department")}, "kind": item.get("kind", "committed"),
            "version": 1, "class": item.get("class", "licence"), "effective_from": "2026-01-01",
            "basis": [item.get("basis", "中华人民共和国行政许可法")],
            "promised": {"n": item["promised"], "unit": unit}, "statutory": {"n": item["statutory"], "unit": unit},
            "flow": [self.node(item, flow, place) for place in range(len(flow))],
            "materials": [{"code": code, "name": name, "required": True} for code, name in MATERIALS.items()]
            if is_licence else [],
            "fees": [{"fee": fee, "standard": standard, "fixed": is_fixed}
                     for fee, (standard, is_fixed) in item.get("fees", {}).items()],
            "suspensions_allowed": self.recipe["suspensions_allowed"], "extension": self.recipe["extension"],
        }  # fmt: skip

    def node(self, item: Mapping[str, Any], flow: list[str], place: int) -> dict[str, Any]:
        """A step of an item's flow; one after the other, and the mandatory and the risky ones marked."""
        step = flow[place]
        limit, control = item["flow"][step], item.get("risk", {}).get(step)
        return {
            "step": step, "name": self.recipe["steps"][step]["name"], "post": self.recipe["steps"][step]["post"],
            **({"limit": {"n": limit, "unit": "work_day"}} if limit else {}), "next": flow[place + 1 : place + 2],
            "mandatory": step in item.get("mandatory", ()),
            **({"risk": {"level": "high", "control_step": control}} if control else {}),
        }  # fmt: skip

    def guide(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """What the public is told of an item: all of it, and as it is."""
        values = {name: value for name, value in self.item(item).items()
                  if name in ("promised", "statutory", "fees", "materials")}  # fmt: skip
        values |= {"phone": "0515-12345", "place": "示范市政务服务中心"}
        return {"code": item["code"], "version": 1, "channel": "政务服务网", "values": values}

    def data(self, item: Mapping[str, Any], kind: str, more: Mapping[str, Any]) -> dict[str, Any]:
        """What is told of an item in the course of the month; the recipe says what differs from the catalogue."""
        if kind == "guide_published":
            guide = self.guide(item)
            return {**guide, "values": {**guide["values"], **more}}
        return {**(self.item(item) if kind == "published" else {"code": item["code"]}), **more}
