"""An outage proposes exemptions for exactly the cards whose breach depends on it, and pauses nothing."""

from __future__ import annotations

from typing import Any

import orjson

from engine.facts import Fact
from tests.monitors.city import City, accepted, at, fact, item
from tests.monitors.conftest import MakeCity

# Accepted on Monday 2026-09-07: due on Sunday the 20th, a working day; a day later, on the 21st; two, on the 22nd.


def outage(name: str, begins: str, ends: str, ground: str = "平台故障") -> Fact:
    """A declared outage."""
    data = {"from": begins, "to": ends, "ground": ground}
    return fact("outage.declared", name, at("2026-09-22 09:00"), data, name=name)


def proposed(city: City) -> list[tuple[Any, ...]]:
    """The cases for whose cards an exemption is proposed, with ground and outages."""
    return city.rows(
        "select cards.case_no, ground, outages from exemption_proposals join cards using (card_id) order by all"
    )


def three_cases(city: City) -> None:
    """Due on the 20th, the 21st and the 22nd of September."""
    city.tell(*[accepted(f"C{day}", f"2026-09-{day - 13:02} 10:00") for day in (20, 21, 22)])


def test_the_outage_of_a_due_day_proposes_the_cards_of_that_day_alone(city: City) -> None:
    three_cases(city)
    city.tell(outage("OUT", "2026-09-21T08:00:00+08:00", "2026-09-21T14:00:00+08:00"))
    city.watch("2026-09-24 00:00")
    assert proposed(city) == [("C21", "3", ["OUT"])]
    ((evidence,),) = city.rows("select evidence from exemption_proposals")
    told = orjson.loads(evidence)
    assert (told["due_on"], [one["id"] for one in told["outages"]]) == ("2026-09-21", ["OUT"])
    breaches = city.rows("select case_no, epoch_us(triggers_at) from cards where level = 'yellow' order by all")
    assert breaches[1] == ("C21", at("2026-09-22 00:00")), "an outage pauses nothing"


def test_an_outage_that_ends_as_the_due_day_begins_touches_nothing(city: City) -> None:
    three_cases(city)
    city.tell(
        outage("BEFORE", "2026-09-19T08:00:00+08:00", "2026-09-20T00:00:00+08:00"),
        outage("AFTER", "2026-09-23T00:00:00+08:00", "2026-09-23T08:00:00+08:00"),
    )
    city.watch("2026-09-24 00:00")
    assert proposed(city) == []


def test_the_declared_ground_stands_if_it_is_one_and_outages_add_up(city: City) -> None:
    three_cases(city)
    city.tell(
        outage("ONE", "2026-09-20T08:00:00+08:00", "2026-09-20T09:00:00+08:00", "4"),
        outage("TWO", "2026-09-20T23:59:00+08:00", "2026-09-21T00:01:00+08:00"),
    )
    city.watch("2026-09-24 00:00")
    assert proposed(city) == [("C20", "4", ["ONE", "TWO"]), ("C21", "3", ["TWO"])]


def test_a_limit_in_hours_depends_on_its_last_hour(make_city: MakeCity) -> None:
    city: City = make_city()
    city.tell(
        item("J", "D", {"promised": {"n": 4, "unit": "hour"}}),
        accepted("FOUR", "2026-09-21 08:00", "J"),
        accepted("TWO", "2026-09-21 09:30", "J"),
        outage("OUT", "2026-09-21T11:30:00+08:00", "2026-09-21T12:00:00+08:00"),
    )
    city.watch("2026-09-22 10:00")
    assert proposed(city) == [("FOUR", "3", ["OUT"])]


def test_a_proposal_ends_with_the_exemption_and_exempts_nothing_itself(city: City) -> None:
    three_cases(city)
    city.tell(outage("OUT", "2026-09-20T08:00:00+08:00", "2026-09-20T14:00:00+08:00"))
    city.watch("2026-09-22 09:00")
    ((card,),) = city.rows("select card_id from exemption_proposals")
    assert city.rows(f"select state from cards where card_id = '{card}'") == [("issued",)]
    data = {"ground": "3", "evidence": "OUT", "officer": "boss"}
    city.tell(fact("card.exempted", card, at("2026-09-22 10:00"), data))
    city.watch("2026-09-22 10:00")
    assert proposed(city) == []
    assert city.rows(f"select state, reason from cards where card_id = '{card}'") == [("exempted", "3")]
