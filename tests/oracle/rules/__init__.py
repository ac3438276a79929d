"""The ★ cells of the handbook that are conditions, read aloud: loops over facts, no SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.oracle.facts import Fact
from tests.oracle.rules.catalogue import judge_catalogue
from tests.oracle.rules.city import City, Found
from tests.oracle.rules.content import c02_mended, judge_content
from tests.oracle.rules.data import judge_data
from tests.oracle.rules.procedure import judge_procedure
from tests.oracle.rules.risk import judge_risk, r01


def judge_conditions(facts: Iterable[Fact], as_of: int, known_at: int) -> Iterator[Found]:
    """Every finding of every family at one cut of the past."""
    city = City(facts, as_of, known_at)
    for judge in (judge_procedure, judge_risk, judge_content, judge_data, judge_catalogue):
        yield from judge(city)


def mended_at(facts: Iterable[Fact], as_of: int, known_at: int) -> dict[Found, int | None]:
    """When what was found was put right, of the two rules that say so: a paper supplied, a control done after all."""
    city = City(facts, as_of, known_at)
    return dict(one for case in city.views.values() for judge in (c02_mended, r01) for one in judge(case))
