"""D2.1 beside the licence's own limits, and O01: what is owed on a case by law, and what lengthens or pauses it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from tests.oracle.case import CaseOracle, limit_from
from tests.oracle.facts import Fact, instant, is_given, local_day, midnight
from tests.oracle.limits import Limit, Suspension
from tests.oracle.rows import SuspensionRow, in_time
from tests.oracle.rules.city import Case, City, Found
from tests.oracle.rules.duty import Duty, Place, Subject, all_after, comes_after, comes_before, from_day, from_fact

MEASURES = ("seal", "seize", "freeze")
DELIVERY = {("licence", "granted"): (10, 15), ("penalty", "penalised"): (7, 12)}
NINETY_DAYS = Limit(90, "calendar_day", pausable=False, prompt=75)
THIRTY_DAYS = Limit(30, "calendar_day", rolls=False, prompt=25)
TWENTY_DAYS = Limit(20, "work_day", prompt=17)


def judge_time(city: City) -> Iterator[Found]:
    """Every finding of the family."""
    for case_no in city.views:
        yield from TimedCase(city, case_no).findings()


class Target(NamedTuple):
    """A limit that an extension may lengthen: its name, the fact that opened it, and when it breaks without one."""

    name: str
    opening: Fact
    limit: Limit
    spans: Sequence[Suspension]
    start: date | None = None
    until: Fact | None = None
    cap: int | None = None


class TimedCase(Case):
    """One case with the clocks of its law."""

    def __init__(self, city: City, case_no: str) -> None:
        super().__init__(city, case_no)
        self.place = Place(self.zone, self.calendar)
        self.subject = Subject("case", case_no)
        self.rows = self._suspensions()
        self.judged_extensions: dict[tuple[str, str], bool] = {}

    def findings(self) -> Iterator[Found]:
        """What the rules say of this case."""
        yield from self.t08()
        yield from self.t15()
        yield from self.o01()
        yield from self.t18()
        yield from self.t20()
        yield from self.t23()
        yield from self.t11()
        yield from self.t12()
        yield from self.t14()

    # The version, what it allows, and what was suspended.

    def opened_by(self) -> Fact | None:
        """The acceptance or filing, or else the measure or the request from which the case runs."""
        return self.pin.fact if self.pin else self.one("measure_taken", "disclosure_requested")

    @property
    def law(self) -> dict[str, Any] | None:
        """The version of the catalogue by which the case is judged."""
        opening = self.opened_by()
        if self.pin is not None or opening is None:
            return self.pin.version if self.pin else None
        return self.city.version(self.item, self.day(opening))

    def _suspensions(self) -> list[SuspensionRow]:
        oracle = CaseOracle(self.city, self.case_no)
        return oracle.suspension_rows(self.law or oracle.awaited_version(self.judged))

    def spans(self, *kinds: str) -> list[Suspension]:
        """The valid suspensions, of some kinds or of all."""
        return [row.span for row in self.rows if row.is_valid and (not kinds or row.fact.data["kind"] in kinds)]

    def all(self, opening: Fact, *kinds: str) -> list[Fact]:
        """The facts of some kinds after an opening."""
        listed = self.of(*kinds)
        return all_after(self.facts, opening, self.zone, lambda fact: fact in listed)

    def first_of(self, opening: Fact, *kinds: str) -> list[Fact]:
        """The first fact of some kinds after an opening."""
        return self.all(opening, *kinds)[:1]

    # T08, T15, O01.

    def t08(self) -> Iterator[Found]:
        """An immediate item that was accepted and not decided on that day."""
        judged = self.judged
        if self.pin is None or judged.accepted_at is None or self.version.get("kind") != "immediate":
            return
        if self.pin.exists_from > self.city.clock:
            return
        fact = self.pin.fact
        deadline = from_fact(Limit(0, "work_day", pausable=False), fact, self.place)
        ended = self.all(fact, "decided", "withdrawn")
        yield from Duty(self.subject, fact, deadline, ended, self.pin.exists_from).breach("T08", "yellow")

    def _decided(self) -> Iterator[tuple[Fact, str, str]]:
        """The first decision that grants a licence or imposes a penalty."""
        for fact in self.of("decided"):
            case_class = str((self.law or self.version_awaited_at(fact)).get("class"))
            if (case_class, fact.data["outcome"]) in DELIVERY:
                yield fact, case_class, fact.data["outcome"]
                return

    def t15(self) -> Iterator[Found]:
        """A licence granted or a penalty imposed, and the paper not delivered in time: yellow, then red."""
        for decided, case_class, outcome in self._decided():
            delivered = self.first_of(decided, "delivered")
            for n, level in zip(DELIVERY[case_class, outcome], ("yellow", "red"), strict=True):
                deadline = from_fact(Limit(n, "work_day", pausable=False), decided, self.place)
                yield from Duty(self.subject, decided, deadline, delivered).breach("T15", level)

    def o01(self) -> Iterator[Found]:
        """A licence granted or a penalty imposed, and not published in seven working days."""
        for decided, _, _ in self._decided():
            revoked = [one for one in self.all(decided, "overturned") if one.data["result"] == "revoked"]
            ended = self.first_of(decided, "published") + revoked
            deadline = from_fact(Limit(7, "work_day", pausable=False), decided, self.place)
            yield from Duty(self.subject, decided, deadline, ended).breach("O01", "yellow")

    # Extensions.

    def extension(self, target: Target) -> Fact | None:
        """The first extension of a limit that the law lets stand."""
        allowed, chosen = (self.law or {}).get("extension"), None
        if target.start is None:
            without = from_fact(target.limit, target.opening, self.place, target.spans)
        else:
            without = from_day(target.limit, target.start, self.place, target.spans)
        for fact in self.of("extended"):
            if (fact.data.get("of") or "case") != target.name:
                continue
            if not self._concerns(fact, target):
                continue
            is_valid = chosen is None and is_lawful(fact, allowed, target) and in_time(fact, without)
            key = (fact.source, fact.id)
            self.judged_extensions[key] = self.judged_extensions.get(key, False) or is_valid
            chosen = fact if is_valid else chosen
        return chosen

    def _concerns(self, fact: Fact, target: Target) -> bool:
        """Whether an extension was made while this run of the limit was the last one."""
        if target.until is not None and comes_after(fact, target.until, self.zone):
            return False
        if target.start is not None:
            return fact.occurred_at >= midnight(target.start, self.zone)
        return not comes_before(fact, target.opening, self.zone)

    def lengthened(self, target: Target) -> Limit:
        """The limit with what a valid extension adds."""
        chosen = self.extension(target)
        return replace(target.limit, added=chosen.data["n"]) if chosen else target.limit

    def t11(self) -> Iterator[Found]:
        """An extension that adds nothing to the limit that it names, or that names none."""
        self._judge_licence_extensions()
        for fact in self.of("extended"):
            is_valid = self.judged_extensions.get((fact.source, fact.id), False)
            if self.law is not None and not is_valid:
                yield self.found("T11", "yellow", fact, self._since_known(fact.occurred_at))

    def _judge_licence_extensions(self) -> None:
        """The extensions of the limits that the licence's own oracle reckons: of the case and of its steps."""
        law, opening = self.law, self.opened_by()
        if law is None or opening is None or self.judged.accepted_at is None:
            return
        limit = limit_from(law.get("statutory")) or limit_from(law.get("promised"))
        if limit is not None and (law.get("statutory") or not self._promises_none()):
            self.extension(Target("case", opening, limit, self.spans()))
        limits = {step["step"]: limit_from(step.get("limit")) for step in law["flow"]}
        for step, limit in limits.items():
            runs = [one.opening.fact for one in self.judged.obligations if one.code == "T05" and one.step == step]
            for number, opening in enumerate(runs):
                assert limit is not None
                self.extension(Target(step, opening, limit, self.spans(), until=next(iter(runs[number + 1 :]), None)))

    def _since_known(self, moment: int) -> int:
        """What rests on the version is true no sooner than the version is."""
        return max(moment, self.pin.exists_from) if self.pin and self.pin.is_deemed else moment

    # T18, T20, T23.

    def t18(self) -> Iterator[Found]:
        """A penalty not decided ninety days after its filing."""
        filed = self.one("filed")
        if filed is None or (self.law or {}).get("class") != "penalty":
            return
        limit = self.lengthened(Target("case", filed, NINETY_DAYS, ()))
        duty = Duty(self.subject, filed, from_fact(limit, filed, self.place), self.all(filed, "decided"))
        yield from duty.prompt("T18")
        yield from duty.breach("T18", "red")

    def t20(self) -> Iterator[Found]:
        """Something sealed, seized or frozen for more than thirty days."""
        for ref in {self._held(taken): None for taken in self.of("measure_taken")}:
            runs = self._runs(ref)
            for number, (taken, ended) in enumerate(runs):
                spans, until = self.spans("test"), next((one for one, _ in runs[number + 1 :]), None)
                limit = self.lengthened(Target(ref, taken, THIRTY_DAYS, spans, until=until, cap=30))
                duty = Duty(self.subject, taken, from_fact(limit, taken, self.place, spans), ended)
                yield from duty.prompt("T20")
                yield from duty.breach("T20", "red")

    def _held(self, taken: Fact) -> str:
        """The thing that is held: the ref, or else the kind of the measure."""
        return str(taken.data.get("ref") or taken.data["measure"])

    def _runs(self, ref: str) -> list[tuple[Fact, list[Fact]]]:
        """Each time that a thing was sealed, seized or frozen, not being held already, and what ended it."""
        runs: list[tuple[Fact, list[Fact]]] = []
        for taken in self.of("measure_taken"):
            if self._held(taken) != ref or taken.data["measure"] not in MEASURES:
                continue
            if runs and (not runs[-1][1] or taken.order < runs[-1][1][0].order):
                continue
            ended = [one for one in self.all(taken, "measure_lifted", "decided") if is_end_of(one, ref)]
            runs.append((taken, ended[:1]))
        return runs

    def t23(self) -> Iterator[Found]:
        """A request for information not answered in twenty working days; a notice to correct it after seven."""
        requested = self.one("disclosure_requested")
        receipt = None if requested is None else self.receipt(requested)
        if requested is None or receipt is None or midnight(receipt, self.zone) > self.city.clock:
            return
        yield from self._late_notices(requested, receipt)
        runs = [(requested, receipt), *((one, self.day(one)) for one in self._restarts(requested))]
        for number, (opening, day) in enumerate(runs):
            replaced = [one for one, _ in runs[number + 1 : number + 2]]
            yield from self._answer(opening, day, opening is requested, replaced)

    def receipt(self, requested: Fact) -> date | None:
        """The day on which a request counts as received."""
        if requested.data["received_by"] in ("window", "post"):
            return local_day(requested.occurred_at, self.zone)
        confirmed = requested.data.get("confirmed_on")
        return date.fromisoformat(confirmed) if confirmed else None

    def _restarts(self, requested: Fact) -> list[Fact]:
        """What was corrected while the answer was still owed."""
        decided = self.first_of(requested, "decided")
        corrected = self.all(requested, "correction_received")
        return [one for one in corrected if not decided or one.order < decided[0].order]

    def _answer(self, opening: Fact, day: date, is_first: bool, replaced: list[Fact]) -> Iterator[Found]:
        spans = self.spans("third_party")
        is_confirmed = is_first and opening.data["received_by"] in ("plain_post", "online")
        until = replaced[0] if replaced else None
        limit = self.lengthened(Target("case", opening, TWENTY_DAYS, spans, day if is_confirmed else None, until, 20))
        if is_confirmed:
            deadline = from_day(limit, day, self.place, spans)
        else:
            deadline = from_fact(limit, opening, self.place, spans)
        duty = Duty(self.subject, opening, deadline, self.first_of(opening, "decided") + replaced)
        yield from duty.prompt("T23")
        yield from duty.breach("T23", "red")

    def _late_notices(self, requested: Fact, receipt: date) -> Iterator[Found]:
        deadline = from_day(Limit(7, "work_day", pausable=False), receipt, self.place)
        for noticed in self.of("correction_noticed"):
            breach = deadline.breaches_at
            if breach is not None and not deadline.is_provisional and noticed.occurred_at >= breach:
                yield self.found("T23", "yellow", noticed, noticed.occurred_at)

    # T12, T14.

    def t12(self) -> Iterator[Found]:
        """A suspension that the item's law does not know, that nobody was told of, or after the promise had passed."""
        law = self.law or CaseOracle(self.city, self.case_no).awaited_version(self.judged)
        promised = next((one.deadline.breaches_at for one in self.judged.obligations if one.code == "T02"), None)
        if self._promises_none() and self.pin is not None:
            promised = from_fact(Limit(0, "work_day"), self.pin.fact, self.place).breaches_at
        for row in self.rows:
            is_late = promised is not None and row.fact.occurred_at >= promised
            at = row.fact.occurred_at
            if law is not None and (not row.is_valid or is_late):
                yield self.found("T12", "yellow", row.fact, self._since_known(at) if row.is_valid else at)

    def _promises_none(self) -> bool:
        """Whether the case is one of an immediate item that is to be decided at once."""
        version = self.law or {}
        is_accepted = self.judged.accepted_at is not None
        return is_accepted and version.get("kind") == "immediate" and (version.get("promised") or {}).get("n") == 0

    def t14(self) -> Iterator[Found]:
        """A valid suspension that went on beyond its planned end: yellow the day after, red a working day later."""
        for row in self.rows:
            planned = row.fact.data.get("planned_end")
            if not row.is_valid or not planned:
                continue
            day = date.fromisoformat(planned) if len(planned) == 10 else local_day(instant(planned), self.zone)
            ended = [one for one in self.of("suspension_ended") if one.data.get("ref") == row.ref]
            ended = all_after(ended, row.fact, self.zone, lambda _: True)
            overrun = from_day(Limit(None, "stated_day", stated=day), day, self.place)
            late = from_day(Limit(1, "work_day", pausable=False), day, self.place)
            yield from Duty(self.subject, row.fact, overrun, ended).breach("T14", "yellow")
            yield from Duty(self.subject, row.fact, late, ended).breach("T14", "red")


def is_end_of(fact: Fact, ref: str) -> bool:
    """Whether a fact ends a measure: the decision ends all, a lifting the one that it names."""
    return fact.type == "esup.case.decided" or fact.data.get("ref") == ref


def is_lawful(fact: Fact, allowed: dict[str, Any] | None, target: Target) -> bool:
    """Whether an extension has everything but its time: office, reason, telling, unit and length."""
    if allowed is None:
        return False
    largest = allowed["max"]["n"] if target.cap is None else min(target.cap, allowed["max"]["n"])
    return (
        fact.data.get("approver_role") == allowed["approver_role"]
        and is_given(fact.data.get("reason"))
        and is_given(fact.data.get("told_applicant_at"))
        and fact.data["unit"] == target.limit.unit == allowed["max"]["unit"]
        and bool(fact.data["n"] <= largest)
    )
