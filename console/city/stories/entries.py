"""Stories of entries of the catalogue: steps beyond the promise (K03), promises beyond the law (K04), guides (O04)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from console.city.places import Data, Item, Step, limit
from console.city.scene import HOUR, MINUTE, Fact, Scene
from console.city.stories.reckoning import Limit, office_hour
from console.city.stories.registry import nears, plants

LAW: Limit = (60, "work_day")
CALENDAR, MONTHS, YEARS = "calendar_day", "calendar_month", "calendar_year"
Nodes = Sequence[tuple[str, Limit | None, Sequence[str]]]
"""Steps, their limits, and what may follow them."""


def flow(nodes: Nodes) -> list[Data]:
    """A flow as it is published."""
    return [
        {"step": step, "name": step, "post": "reviewer", "next": list(following)} | ({"limit": limit(of)} if of else {})
        for step, of, following in nodes
    ]


def entered(scene: Scene, promised: Limit | None, statutory: Limit | None, nodes: Nodes = ()) -> Fact:
    """An entry with such limits and such a flow is published."""
    item = scene.draft(promised=promised, statutory=statutory, steps=(), more={"flow": flow(nodes)})
    return scene.tell(item.code, "item.published", office_hour(scene), item.published())


def in_a_row(*limits: Limit | None) -> Nodes:
    """Steps one behind the other."""
    return [(f"s{n}", of, [f"s{n + 1}"] if n < len(limits) else []) for n, of in enumerate(limits, 1)]


def day(n: int) -> Limit:
    """Working days."""
    return n, "work_day"


FORK: Nodes = (("s1", day(3), ("s2", "s3")), ("s2", day(1), ("s4",)), ("s3", day(6), ("s4",)), ("s4", day(2), ()))
"""One branch takes a day, the other six: eleven days on the longest path."""
RING: Nodes = (("s1", day(4), ("s2",)), ("s2", day(5), ("s1", "s3")), ("s3", day(2), ()))
"""Two steps may follow each other for ever; no step counts twice."""


@plants("K03", days=20)
def steps_longer_than_the_promise(scene: Scene) -> None:
    """The longest path takes a day, or an hour, longer than what is promised."""
    promised, nodes = scene.chance.choice((
        (day(9), in_a_row(day(5), day(5))), (day(10), FORK), (day(10), RING), ((13, CALENDAR), in_a_row(day(10))),
        ((48, "hour"), in_a_row((24, "hour"), (25, "hour"))), ((1, MONTHS), in_a_row(day(22))),
        (day(5), in_a_row(None, day(6), None)), (day(5), in_a_row((8, CALENDAR))),
    ))  # fmt: skip
    scene.finds("K03", "yellow", entered(scene, promised, LAW, nodes))


@plants("K03", days=20)
def flow_shortened_later(scene: Scene) -> None:
    """A later version with shorter steps puts it right."""
    item = scene.draft(promised=day(5), steps=(Step("review", "reviewer", 4), Step("approve", "approver", 2)))
    fact = scene.tell(item.code, "item.published", office_hour(scene), item.published())
    later = scene.chance.choice((fact.at + HOUR, office_hour(scene, 2), office_hour(scene, 5)))
    sound = replace(item, version=2, steps=(Step("review", "reviewer", 3), Step("approve", "approver", 2)))
    scene.tell(item.code, "item.published", later, sound.published())
    scene.finds("K03", "yellow", fact, ended_at=later)


@nears("K03", days=20)
def steps_as_long_as_the_promise(scene: Scene) -> None:
    """The longest path takes exactly what is promised, or nothing is known to take anything."""
    promised, nodes = scene.chance.choice((
        (day(10), in_a_row(day(5), day(5))), (day(11), FORK), (day(11), RING), ((14, CALENDAR), in_a_row(day(10))),
        ((48, "hour"), in_a_row((24, "hour"), (24, "hour"))), ((1, MONTHS), in_a_row(day(21))),
        (day(0), in_a_row(None, None)), (day(5), in_a_row((7, CALENDAR))),
    ))  # fmt: skip
    scene.silent(entered(scene, promised, LAW, nodes).subject)


@nears("K03", days=20)
def nothing_promised(scene: Scene) -> None:
    """Where nothing is promised, steps may take what they take; that nothing is promised is another matter."""
    fact = entered(scene, None, LAW, in_a_row(day(50)))
    scene.finds("K04", "yellow", fact)
    scene.silent(fact.subject)


@plants("K04", days=20)
def promised_more_than_the_law_allows(scene: Scene) -> None:
    """A day or an hour more than the law allows, in whatever units; or one of both is not there."""
    fact = entered(scene, *scene.chance.choice((
        (day(21), day(20)), ((31, CALENDAR), (1, MONTHS)), ((29, CALENDAR), day(20)),
        (day(22), (30, CALENDAR)), ((25, "hour"), (1, CALENDAR)), ((13, MONTHS), (1, YEARS)),
        (None, day(20)), (day(10), None), (None, None),
    )))  # fmt: skip
    scene.finds("K04", "yellow", fact)


@plants("K04", days=20)
def promise_shortened_later(scene: Scene) -> None:
    """A later version that promises less puts it right."""
    item = scene.draft(promised=day(25), statutory=day(20), steps=())
    fact = scene.tell(item.code, "item.published", office_hour(scene), item.published())
    later = scene.chance.choice((fact.at + MINUTE, office_hour(scene, 2), office_hour(scene, 6)))
    scene.tell(item.code, "item.published", later, replace(item, version=2, promised=day(20)).published())
    scene.finds("K04", "yellow", fact, ended_at=later)


@nears("K04", days=20)
def promised_all_that_the_law_allows(scene: Scene) -> None:
    """Exactly what the law allows, in whatever units; or nothing at all, for what is done at once."""
    fact = entered(scene, *scene.chance.choice((
        (day(20), day(20)), ((30, CALENDAR), (1, MONTHS)), ((28, CALENDAR), day(20)),
        (day(21), (30, CALENDAR)), ((24, "hour"), (1, CALENDAR)), ((12, MONTHS), (1, YEARS)),
        (day(0), day(20)), (day(0), day(0)),
    )))  # fmt: skip
    scene.silent(fact.subject)


FEES = (("FY-01", "100.00", True), ("FY-02", "50.00", False))


def described(scene: Scene) -> Item:
    """An item with fees, published on the first day."""
    item = scene.draft(fees=FEES)
    scene.tell(item.code, "item.published", scene.at("08:00"), item.published())
    return item


def guided(scene: Scene, item: Item, later: int = 0, **values: Any) -> Fact:
    """Its guide is published, with some values other than they are."""
    guide = item.guide()
    return scene.tell(
        item.code, "item.guide_published", office_hour(scene, later), {**guide, "values": {**guide["values"], **values}}
    )


def untrue(scene: Scene, item: Item) -> Data:
    """One value that is missing or not as published."""
    told = item.published()
    fees, materials = told["fees"], told["materials"]
    return scene.chance.choice((
        {"phone": None}, {"place": ""}, {"fees": None}, {"materials": None}, {"promised": None}, {"statutory": ""},
        {"promised": {"n": 9, "unit": "work_day"}}, {"promised": {"n": 10, "unit": CALENDAR}},
        {"statutory": {"n": 21, "unit": "work_day"}}, {"fees": []}, {"fees": fees[:1]},
        {"fees": [{**fees[0], "standard": "100.01"}, fees[1]]}, {"fees": [*fees, {"fee": "FY-03", "standard": "1.00"}]},
        {"materials": materials[:2]}, {"materials": [*materials, {"code": "M-09", "name": "其他", "required": False}]},
    ))  # fmt: skip


@plants("O04", days=20)
def guide_untrue(scene: Scene) -> None:
    """The guide leaves something out, or says another limit, fee or material than the version it names."""
    item = described(scene)
    scene.finds("O04", "yellow", guided(scene, item, **untrue(scene, item)))


@plants("O04", days=20)
def guide_corrected_later(scene: Scene) -> None:
    """A sound guide, published through the same channel later, puts it right."""
    item = described(scene)
    fact = guided(scene, item, **untrue(scene, item))
    later = guided(scene, item, scene.chance.choice((1, 2, 6)))
    scene.finds("O04", "yellow", fact, ended_at=later.at)


@plants("O04", days=20)
def guide_published_before_its_version(scene: Scene) -> None:
    """The guide comes first; that it is untrue shows when the version it names is published."""
    item = described(scene)
    longer = replace(item, version=2, promised=(12, "work_day"))
    fact = guided(scene, replace(item, version=2))
    version = scene.tell(item.code, "item.published", office_hour(scene, 2), longer.published())
    scene.finds("O04", "yellow", fact, version.at, known=version.known)


@nears("O04", days=20)
def guide_true(scene: Scene) -> None:
    """All that is to be said is said, though in another order, with other names and more besides."""
    item = described(scene)
    told = item.published()
    said: Data = scene.chance.choice((
        {"fees": [{"fee": "FY-02", "standard": "50.0"}, {"fee": "FY-01", "standard": "100"}]},
        {"materials": [{"code": one["code"], "name": "又名"} for one in reversed(told["materials"])]},
        {"promised": {**told["promised"], "prompt": 5}, "phone": "0"}, {"note": "周末可预约", "place": "网上"},
    ))  # fmt: skip
    guided(scene, item, **said)
    scene.silent(item.code)


@nears("O04", days=20)
def guide_of_what_is_free(scene: Scene) -> None:
    """An empty list says that there is nothing to pay, or nothing to bring."""
    item = scene.draft(materials=())
    scene.tell(item.code, "item.published", scene.at("08:00"), item.published())
    guided(scene, item, fees=[], materials=[])
    scene.silent(item.code)


@nears("O04", days=20)
def guide_of_an_older_version(scene: Scene) -> None:
    """The guide says what the version it names says, though a newer one has been published since."""
    item = described(scene)
    newer = replace(item, version=2, promised=(8, "work_day"))
    scene.tell(item.code, "item.published", scene.at("08:10"), newer.published())
    guided(scene, item)
    scene.silent(item.code)
