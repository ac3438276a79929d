"""The limits that the facts of the demo city open, reckoned by the clerk's own arithmetic: who owes what by when.

Nothing here comes from the engine, its models or its rule files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from console.demo_case import DemoCase, Told
from console.demo_days import WorkDays, breach_of, midnight, midnight_after, prompt_of, rolled_after

ANSWER_DAYS = 5
ANSWERS = ("accepted", "acceptance_refused", "correction_noticed")


class Duty(NamedTuple):
    """Something to be done before `breach`, by the first of `done`, unless one of `moot` comes before."""

    code: str
    level: str
    fact: Told
    """The fact that opens it; findings name it."""
    breach: datetime | None
    done: tuple[datetime, ...]
    moot: tuple[datetime, ...] = ()
    prompts: tuple[tuple[str, datetime], ...] = ()
    """Which rule prompts, and when."""
    since: datetime | None = None
    """Since when the duty exists, where that is later than its opening: an acceptance is deemed."""

    @property
    def ends(self) -> list[datetime]:
        """When it was done or no longer owed: not before it was opened."""
        return sorted({moment for moment in (*self.done, *self.moot) if moment >= self.fact.at})


class Duties:
    """The duties of one case, complaint or change, by the facts known of it."""

    def __init__(self, case: DemoCase, told: Sequence[Told], days: WorkDays) -> None:
        self.case = case
        self.told = told
        self.days = days

    def __iter__(self) -> Iterator[Duty]:
        by_kind: dict[str, tuple[Callable[[], Iterator[Duty]], ...]] = {
            "case": (
                self.answers, self.handling, self.steps, self.suspensions, self.after_decision, self.papers,
                self.penalty, self.measures, self.disclosure,
            ),
            "complaint": (self.complaint,),
            "change": (self.change,),
        }  # fmt: skip
        for duties in by_kind.get(self.case.kind, ()):
            yield from duties()

    def facts(self, *kinds: str) -> list[Told]:
        """The facts of these kinds."""
        return [fact for fact in self.told if fact.kind in kinds]

    def at(self, *kinds: str) -> tuple[datetime, ...]:
        """When facts of these kinds happened."""
        return tuple(fact.at for fact in self.facts(*kinds))

    def limit(self, code: str, level: str, fact: Told, n: int, *done: str) -> Duty:
        """A limit of working days that nothing pauses."""
        return Duty(code, level, fact, breach_of(fact.at, n, self.days.counted(fact.at.date())), self.at(*done))

    def answers(self) -> Iterator[Duty]:
        """An answer is owed for materials, and again for corrected ones, unless the case was accepted before."""
        if self.case.item.get("class", "licence") != "licence":
            return
        for fact in self.facts("applied", "materials_received", "correction_received"):
            is_early = not any(moment < fact.at for moment in self.at("accepted"))
            if (fact.kind != "applied" or fact.is_formal) and is_early:
                yield self.limit("T06", "yellow", fact, ANSWER_DAYS, *ANSWERS)._replace(moot=self.at("withdrawn"))

    def acceptance(self) -> tuple[Told, datetime] | None:
        """The fact from which the case counts as accepted, and since when; silence accepts too."""
        for duty in self.answers():
            if duty.breach and not any(moment < duty.breach for moment in duty.ends):
                return duty.fact, duty.breach
        accepted = next(iter(self.facts("accepted")), None)
        return None if accepted is None else (accepted, accepted.at)

    def handling(self) -> Iterator[Duty]:
        """The promised and the statutory limit of an accepted case."""
        found = self.acceptance()
        if found is None:
            return
        fact, since = found
        item, decided, moot = self.case.item, self.at("decided"), self.at("withdrawn")
        more = next((int(told.what) for told in self.facts("extended") if told.is_formal), 0)
        counted = self.days.counted(fact.at.date(), lambda day: not is_paused(day, self.told))
        if item.get("kind") == "immediate":
            yield Duty("T08", "yellow", fact, breach_of(fact.at, 0, []), decided, moot, (), since)
        else:
            n = item["promised"] + more
            near = prompt_of(fact.at, n, counted)
            prompts = (("T01", near),) if near else ()
            yield Duty("T02", "yellow", fact, breach_of(fact.at, n, counted), decided, moot, prompts, since)
        statutory = breach_of(fact.at, item["statutory"] + more, counted)
        yield Duty("T03", "red", fact, statutory, decided, moot, (), since)

    def steps(self) -> Iterator[Duty]:
        """Each start of a step; a start of a step that is open already opens nothing."""
        is_open: set[str] = set()
        for fact in self.facts("step_started", "step_finished"):
            if fact.kind == "step_finished":
                is_open.discard(fact.what)
                continue
            limit = self.case.item["flow"].get(fact.what)
            if fact.what in is_open or not limit:
                continue
            is_open.add(fact.what)
            counted = self.days.counted(fact.at.date(), lambda day: not is_paused(day, self.told))
            near = prompt_of(fact.at, limit, counted)
            finished = tuple(end.at for end in self.facts("step_finished") if end.what == fact.what)
            prompts = (("T04", near),) if near else ()
            moot = self.at("decided", "withdrawn")
            yield Duty("T05", "yellow", fact, breach_of(fact.at, limit, counted), finished, moot, prompts)

    def suspensions(self) -> Iterator[Duty]:
        """A suspension that was planned to end, from the midnight after that day on."""
        for fact in self.facts("suspension_started"):
            planned = planned_end(fact)
            if fact.is_formal and planned is not None:
                done = self.at("suspension_ended")
                last = midnight(planned, fact.at)
                yield Duty("T14", "yellow", fact, midnight_after(last, 0), done)
                yield Duty("T14", "red", fact, breach_of(last, 1, self.days.counted(planned)), done)

    def after_decision(self) -> Iterator[Duty]:
        """A licence granted or a penalty imposed is delivered, and published."""
        for fact in self.facts("decided"):
            limits = {"granted": (10, 15), "": (10, 15), "penalised": (7, 12)}.get(fact.what)
            if limits:
                yield self.limit("T15", "yellow", fact, limits[0], "delivered")
                yield self.limit("T15", "red", fact, limits[1], "delivered")
                yield self.limit("O01", "yellow", fact, 7, "published")

    def papers(self) -> Iterator[Duty]:
        """A decision without its document or number gets it."""
        for fact in self.facts("decided"):
            if "C02 yellow" in fact.plants:
                done = tuple(other.at for other in self.told if "C02" in other.mends)
                yield self.limit("C02", "red", fact, 5)._replace(done=done)

    def penalty(self) -> Iterator[Duty]:
        """A penalty is decided ninety days from its filing."""
        for fact in self.facts("filed"):
            near = midnight_after(fact.at, 74)
            yield Duty("T18", "red", fact, rolled_after(fact.at, 90, self.days), self.at("decided"),
                       prompts=(("T18", near),))  # fmt: skip

    def measures(self) -> Iterator[Duty]:
        """A seizure is lifted or decided upon in thirty days."""
        for fact in self.facts("measure_taken"):
            near = midnight_after(fact.at, 24)
            yield Duty("T20", "red", fact, midnight_after(fact.at, 30), self.at("measure_lifted", "decided"),
                       prompts=(("T20", near),))  # fmt: skip

    def disclosure(self) -> Iterator[Duty]:
        """A request for disclosure is answered in twenty working days from its receipt or confirmation."""
        for fact in self.facts("disclosure_requested"):
            confirmed = fact.more.get("confirmed_on")
            opened = midnight(date.fromisoformat(str(confirmed)), fact.at) if confirmed else fact.at
            counted = self.days.counted(opened.date())
            near = midnight(counted[16], fact.at)
            yield Duty("T23", "red", fact, breach_of(opened, 20, counted), self.at("decided"), prompts=(("T23", near),))

    def complaint(self) -> Iterator[Duty]:
        """A complaint is decided upon, and who gave a name is told in writing."""
        for filed in self.facts("filed"):
            yield self.limit("M01", "yellow", filed, 5, "accepted", "refused")
            decided = next(iter(self.facts("accepted", "refused")), None)
            if filed.more.get("real_name") and decided is not None:
                done = tuple(fact.at for fact in self.facts("notified") if fact.more.get("written", True))
                yield self.limit("M02", "yellow", decided, 5)._replace(done=done)

    def change(self) -> Iterator[Duty]:
        """A change of the catalogue is filed after its cause, reviewed, and carried out."""
        for filed in self.facts("item.change_filed"):
            caused = midnight(date.fromisoformat(str(filed.more["caused_on"])), filed.at)
            late = breach_of(caused, 10, self.days.counted(caused.date()))
            yield Duty("K05", "yellow", filed, late, (filed.at,))
            yield self.limit("K06", "prompt", filed, 3, "item.change_reviewed")
            yield self.limit("K06", "yellow", filed, 5, "item.change_reviewed")
        for reviewed in self.facts("item.change_reviewed"):
            yield self.limit("K07a", "yellow", reviewed, 2, "item.change_adjusted")
            if "effective_from" in reviewed.more:
                stated = midnight(date.fromisoformat(str(reviewed.more["effective_from"])), reviewed.at)
                yield Duty("K07b", "yellow", reviewed, midnight_after(stated, 0), self.at("item.change_adjusted"))


def task_duties(issued: Told, told: Sequence[Told], days: WorkDays) -> Iterator[Duty]:
    """A task is replied to, replied to again by the day of its return, and closed."""
    counted = days.counted(issued.at.date())
    closed = tuple(fact.at for fact in told if fact.kind == "closed")
    replied = tuple(fact.at for fact in told if fact.kind == "replied")
    near = (("S01", midnight(counted[3], issued.at)),) if len(counted) > 3 else ()
    yield Duty("S01", "yellow", issued, breach_of(issued.at, 5, counted), replied, closed, near)
    yield Duty("S03", "yellow", issued, breach_of(issued.at, 20, counted), closed)
    yield Duty("S03", "red", issued, breach_of(issued.at, 30, counted), closed)
    for fact in told:
        if fact.kind == "returned":
            due = midnight(date.fromisoformat(str(fact.more["due_on"])), fact.at)
            yield Duty("S04", "red", fact, midnight_after(due, 0), replied, closed)


def planned_end(fact: Told) -> date | None:
    """The day on which a suspension was planned to end."""
    planned = fact.more.get("planned_end")
    return None if planned is None else date.fromisoformat(str(planned))


def is_paused(day: date, told: Sequence[Told]) -> bool:
    """Whether a suspension the applicant was told of excludes a day: its first day counts, its last one does not."""
    for fact in told:
        if fact.kind == "suspension_started" and fact.is_formal and fact.at.date() < day:
            ends = [other.at.date() for other in told if other.kind == "suspension_ended" and other.at > fact.at][:1]
            planned = planned_end(fact)
            ends += [planned] if planned else []
            if not ends or day <= min(ends):
                return True
    return False
