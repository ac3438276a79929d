"""A small city under watch: facts are told, the bell is rung at an instant, what was said is read in short words."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from engine.calendar import calendar_facts
from engine.clock import VirtualClock, first_moment, parse_moment
from engine.facts import Fact, encode_body
from engine.log import EventLog
from engine.rulebook import load_rulebook
from monitors.monitor import Monitor
from projections.projector import Projector
from projections.store import Answer

ZONE = "Asia/Shanghai"
LONG_AGO = first_moment(date(2010, 1, 1), ZONE)
TEN_OF_TWENTY = {"promised": {"n": 10, "unit": "work_day"}, "statutory": {"n": 20, "unit": "work_day"}}
LIMITS = frozenset({"T01", "T02", "T03", "T04", "T05", "T06", "S05", None})
"""The codes of the rules that a city has unless others are asked for: limits of cases, and yellow cards turning red."""
SUPERVISION = LIMITS | {"S01", "S02", "S03", "S04", "M01", "M02"}
_NO_LISTS: dict[str, Any] = {"basis": [], "flow": [], "materials": [], "fees": [], "suspensions_allowed": []}
Said = list[Fact]


def at(text: str) -> int:
    """An instant, in microseconds: with an offset, or the wall clock of the city (`2026-09-07 10:00`)."""
    return parse_moment(text if "+" in text or text.endswith("Z") else f"{text.replace(' ', 'T')}:00+08:00", ZONE)


def card_id(row: Mapping[str, Any]) -> str:
    """The contract's id of a card: SHA-256 over code, level, subject, source, id and issue number, by line feeds."""
    named = (row[name] for name in ("code", "level", "subject", "source", "event_id", "issue_no"))
    return hashlib.sha256("\n".join(map(str, named)).encode()).hexdigest()[:32]


def end_of(day: str) -> int:
    """The last microsecond of a day of the city."""
    return parse_moment(day, ZONE)


def fact(kind: str, subject: str, time: int, data: dict[str, Any], **more: Any) -> Fact:
    """A fact, known as it happened unless `known` says otherwise."""
    name = str(more.get("name", f"{subject}/{kind}/{time}"))
    body = encode_body({"data": data})
    return Fact(subject, f"esup.{kind}", time, more.get("known", time), "/t", name, int(more.get("version", 1)), body)


def region(code: str = "R", **more: str) -> Fact:
    """A region of the city's zone and calendar."""
    data = {"code": code, "name": code, "level": "city", "zone": ZONE, "calendar": "cn", **more}
    return fact("org.region_registered", code, LONG_AGO, data)


def office(code: str, of: str = "R") -> Fact:
    """A department of a region."""
    return fact("org.department_registered", code, LONG_AGO, {"code": code, "name": code, "region": of})


def item(code: str, department: str, limits: dict[str, Any]) -> Fact:
    """A licence with its limits."""
    data = {"code": code, "version": 1, "class": "licence", "kind": "committed", "name": code, **_NO_LISTS, **limits}
    data |= {"department": department, "effective_from": "2010-01-01"}
    return fact("item.published", code, LONG_AGO, data)


def case(kind: str, case_no: str, time: str, *, known: str | None = None, **data: Any) -> Fact:
    """A fact of a case at a wall-clock time; `name` and `version` tell corrections."""
    naming = {key: data.pop(key) for key in ("name", "version") if key in data}
    more = {"name": f"{case_no}/{kind}", **naming} | ({"known": at(known)} if known else {})
    return fact(f"case.{kind}", case_no, at(time), data, **more)


def accepted(case_no: str, time: str, item_code: str = "I", department: str = "D", **more: Any) -> Fact:
    """A case accepted."""
    return case("accepted", case_no, time, item=item_code, department=department, officer="u1", **more)


def decided(case_no: str, time: str, **more: Any) -> Fact:
    """A case decided."""
    return case("decided", case_no, time, outcome="granted", officer="u2", **more)


def rules_of(codes: Collection[str | None], proposing: str | None = None) -> Said:
    """The rules of these codes as published; the cards of the rule `proposing` are left to a person."""
    known = [rule for rule in load_rulebook().rules if rule.normalised["code"] in codes]
    for rule in known:
        if rule.rule_id == proposing:
            rule.normalised["clauses"] = [{**clause, "issue": "proposed"} for clause in rule.clauses]
    return [rule.fact() for rule in known]


def ask_everything_too(projector: Projector) -> None:
    """From now on what is asked of the cases in which something moved is asked of everything too, and must agree."""
    ask = projector.due.query

    def query(sql: str, parameters: object = None) -> Answer:
        columns, rows = ask(sql, parameters)
        assert sorted(map(repr, rows)) == sorted(map(repr, projector.store.query(sql, parameters)[1])), sql
        return columns, rows

    projector.due.query = query  # type: ignore[method-assign]


class City:
    """One home with departments D and E, an item I of ten working days promised and twenty by law, and its monitor."""

    def __init__(
        self,
        folder: Path,
        now: str | int = "2019-12-31 00:00",
        *,
        watch_from: int | None = None,
        is_virtual: bool = True,
        public: Iterable[Fact] | None = None,
        seals_days: bool = False,
        codes: Collection[str | None] = LIMITS,
        proposing: str | None = None,
    ) -> None:
        self.seals_days = seals_days
        folder.mkdir(parents=True, exist_ok=True)
        self.clock = VirtualClock(at(now) if isinstance(now, str) else now)
        self.log = EventLog.open(folder / "log.sqlite", self.clock)
        self.projector = Projector.in_memory(self.log)
        ask_everything_too(self.projector)
        law = [*calendar_facts(), *rules_of(codes, proposing)]
        self.log.append_batch(sorted(law, key=lambda one: one.recorded_at or 0))
        given = [region(), office("D"), office("E"), item("I", "D", TEN_OF_TWENTY)]
        self.log.append_batch(given if public is None else list(public))
        self.monitor = Monitor(
            self.log, self.projector, self.clock, watch_from=watch_from, zone=ZONE, is_virtual=is_virtual
        )

    def tell(self, *facts: Fact) -> None:
        """Facts come in."""
        self.log.append_batch(facts)

    def watch(self, when: str | int) -> Said:
        """Ring the bell at an instant; what was said."""
        instant = at(when) if isinstance(when, str) else when
        self.clock.move_to(max(instant, self.clock.now()))
        if not self.seals_days:
            self.monitor.watched_at = None  # As if this were the first watch: no day before it is sealed.
        return self.monitor.watch(instant)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.projector.query(sql)[1]

    def cards(self) -> list[tuple[Any, ...]]:
        """Every card in short: case, rule, level, issue number, state."""
        return self.rows("select case_no, rule_id, level, issue_no, state from cards order by all")

    def said(self, kind: str = "%") -> list[Fact]:
        """Every supervision fact in the log, in its order."""
        rows = self.log.read(0, 1_000_000)
        wanted = [row for row in rows if row.source == "/esup/monitor" and kind in ("%", row.type)]
        return [Fact(*(getattr(row, name) for name in Fact._fields)) for row in wanted]

    def close(self) -> None:
        """Let go of the files."""
        self.projector.close()
        self.log.close()


def data_of(said: Fact) -> dict[str, Any]:
    """What a fact says."""
    told: dict[str, Any] = orjson.loads(said.body)["data"]
    return told


def short(said: Iterable[Fact]) -> list[tuple[str, ...]]:
    """What was said in short: the kind, and of what names it the rule, the level and the case; seals left out."""
    return [
        (one.type.removeprefix("esup."), *(str(data[name]) for name in ("rule", "level", "case_no") if name in data))
        for one in said
        if (data := data_of(one)) and one.type != "esup.day.sealed"
    ]
