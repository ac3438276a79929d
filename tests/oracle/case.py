"""The history of one licensing case, judged from its facts: versions, deemed acceptance, suspensions, obligations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from tests.oracle.facts import Fact, instant, is_given, local_day, midnight, next_day
from tests.oracle.limits import Deadline, Limit, Suspension, reckon
from tests.oracle.rows import Finding, Judgement, Obligation, Opening, SuspensionRow, in_time, state_of
from tests.oracle.world import World

ANSWERS = ("esup.case.accepted", "esup.case.acceptance_refused", "esup.case.correction_noticed")
ACCEPTED, WITHDRAWN, DECIDED = "esup.case.accepted", "esup.case.withdrawn", "esup.case.decided"
STARTED, FINISHED = "esup.case.step_started", "esup.case.step_finished"
ANSWER_LIMIT = Limit(5, "work_day")
PROMPT_RULES = {"T02": "T01", "T05": "T04"}
BREACH_LEVELS = {"T02": "yellow", "T03": "red", "T05": "yellow", "T06": "yellow"}


def limit_from(data: dict[str, Any] | None) -> Limit | None:
    """The limit that a catalogue entry states."""
    if not data:
        return None
    return Limit(data["n"], data["unit"], data.get("rolls", True), data.get("pausable", True), data.get("prompt"))


class CaseOracle:
    """Judges one case from its facts known."""

    def __init__(self, world: World, case_no: str) -> None:
        self.world, self.case_no = world, case_no
        self.facts = world.cases[case_no]
        self.item = self._stated("item")
        self.department = self._stated("department") or ""
        self.zone = world.zone_of(self.department)
        self.calendar = world.calendar_of(self.department)

    def _stated(self, name: str) -> str | None:
        return next((str(fact.data[name]) for fact in self.facts if fact.data.get(name)), None)

    def judge(self) -> Judgement:
        """Everything the licensing time rules say of the case."""
        result = Judgement(self.case_no)
        acceptance = self._acceptance(result)
        if acceptance is not None:
            opening_day = local_day(acceptance.fact.occurred_at, self.zone)
            result.version = self.world.version(self.item, opening_day)
            result.accepted_at = acceptance.fact.occurred_at
            result.version_known_from = acceptance.exists_from if result.accepted_deemed else 0
        result.suspensions = self.suspension_rows(result.version or self.awaited_version(result))
        if result.version is not None and acceptance is not None:
            self._case_limits(result, acceptance)
            self._step_limits(result)
        for obligation in result.obligations:
            result.findings += self._findings(obligation)
        return result

    def awaited_version(self, result: Judgement) -> dict[str, Any] | None:
        """The version that a case still without an answer would be deemed accepted under."""
        if not result.obligations:
            return None
        return self.world.version(self.item, local_day(result.obligations[-1].opening.fact.occurred_at, self.zone))

    # Acceptance, real or deemed.

    def _acceptance(self, result: Judgement) -> Opening | None:
        """The fact from which the case's own limits run: the first deeming, or else the first acceptance.

        A case that is accepted, or already deemed so, owes no answer any more.
        """
        deemed, is_accepted = None, False
        for fact in self.facts:
            is_accepted = fact.type == ACCEPTED or is_accepted
            if is_accepted or not self._opens_answer(fact) or (deemed and deemed.exists_from <= fact.occurred_at):
                continue
            obligation = self._answer_duty(fact)
            result.obligations.append(obligation)
            breach = obligation.deadline.breaches_at
            if deemed is None and obligation.state in ("breached", "met_late") and breach is not None:
                if not obligation.deadline.is_provisional:
                    deemed = Opening(fact, breach)
        if deemed is not None:
            result.accepted_deemed = True
            return deemed
        accepted = next((fact for fact in self.facts if fact.type == ACCEPTED), None)
        return None if accepted is None else Opening(accepted, accepted.occurred_at)

    def _opens_answer(self, fact: Fact) -> bool:
        with_materials = fact.type == "esup.case.applied" and bool(fact.data.get("materials"))
        if not with_materials and fact.type not in ("esup.case.materials_received", "esup.case.correction_received"):
            return False
        version = self.world.version(self.item, local_day(fact.occurred_at, self.zone))
        return version is not None and version["class"] == "licence"

    def _answer_duty(self, fact: Fact) -> Obligation:
        version = self.world.version(self.item, local_day(fact.occurred_at, self.zone))
        spans = [row.span for row in self.suspension_rows(version) if row.is_valid]
        deadline = reckon(ANSWER_LIMIT, fact.occurred_at, fact.is_day, spans, self.calendar, self.zone)
        answered = self._first_after(fact, lambda later: later.type in ANSWERS)
        withdrawn = self._first_after(fact, lambda later: later.type == WITHDRAWN)
        return self._obligation("T06", None, Opening(fact, fact.occurred_at), deadline, spans, answered, withdrawn)

    # Suspensions.

    def suspension_rows(self, version: dict[str, Any] | None) -> list[SuspensionRow]:
        """Each suspension with its effective end and whether the item's law allows it and the applicant was told."""
        return [self._suspension(fact, version) for fact in self.facts if fact.type == "esup.case.suspension_started"]

    def _suspension(self, fact: Fact, version: dict[str, Any] | None) -> SuspensionRow:
        ref = fact.data.get("ref") or fact.data["kind"]
        ended = next(
            (
                later
                for later in self.facts
                if later.type == "esup.case.suspension_ended" and later.data.get("ref") == ref
                if later.order > fact.order
            ),
            None,
        )
        ends = [self._actual_end(ended)] if ended else []
        if fact.data.get("planned_end"):
            ends.append(self._planned_end(fact.data["planned_end"]))
        end, end_day = min(ends) if ends else (None, None)
        span = Suspension(fact.occurred_at, end, local_day(fact.occurred_at, self.zone), end_day)
        kind = fact.data["kind"]
        allowed = version is not None and kind in version.get("suspensions_allowed", [])
        told = kind == "third_party" or is_given(fact.data.get("told_applicant_at"))
        return SuspensionRow(ref, fact, span, allowed and told)

    def _actual_end(self, ended: Fact) -> tuple[int, date]:
        """The end as told; one known to the day is stored at the start of that day, which no day count notices."""
        return (ended.occurred_at, local_day(ended.occurred_at, self.zone))

    def _planned_end(self, text: str) -> tuple[int, date]:
        """A planned day lasts to its end; a planned instant is itself."""
        if len(text) == len("2026-10-01"):
            day = date.fromisoformat(text)
            return (midnight(next_day(day), self.zone), day)
        moment = instant(text)
        return (moment, local_day(moment, self.zone))

    # The limits of the case.

    def _case_limits(self, result: Judgement, acceptance: Opening) -> None:
        version = result.version
        assert version is not None
        spans = [row.span for row in result.suspensions if row.is_valid]
        decided = self._first_after(acceptance.fact, lambda later: later.type == DECIDED)
        withdrawn = self._first_after(acceptance.fact, lambda later: later.type == WITHDRAWN)
        statutory, promised = limit_from(version.get("statutory")), limit_from(version.get("promised"))
        extension, lengthened = None, statutory or promised
        if lengthened is not None:
            extension = self._extension(result, "case", acceptance.fact, lengthened, spans)
        if statutory is not None:
            limit = replace(statutory, added=extension.data["n"]) if extension else statutory
            deadline = self._reckon(limit, acceptance.fact, spans)
            result.obligations.append(self._obligation("T03", None, acceptance, deadline, spans, decided, withdrawn))
        if promised is not None and not (version["kind"] == "immediate" and promised.n == 0):
            deadline = self._reckon(promised, acceptance.fact, spans)
            moves = (version.get("extension") or {}).get("moves") != "statutory"
            if extension and moves and in_time(extension, deadline):
                deadline = self._reckon(replace(promised, added=extension.data["n"]), acceptance.fact, spans)
            result.obligations.append(self._obligation("T02", None, acceptance, deadline, spans, decided, withdrawn))

    def _reckon(self, limit: Limit, fact: Fact, spans: Sequence[Suspension]) -> Deadline:
        return reckon(limit, fact.occurred_at, fact.is_day, spans, self.calendar, self.zone)

    def _extension(
        self, result: Judgement, of: str, opening: Fact, limit: Limit, spans: Sequence[Suspension]
    ) -> Fact | None:
        """The first extension of this limit that the law lets stand."""
        assert result.version is not None
        allowed = result.version.get("extension")
        without = self._reckon(limit, opening, spans)
        chosen = None
        for fact in self.facts:
            if fact.type != "esup.case.extended" or (fact.data.get("of") or "case") != of:
                continue
            if of != "case" and fact.order < opening.order and not self._is_placed_after(fact, opening):
                continue  # It lengthened an earlier run of the step, or none.
            is_valid = (
                chosen is None
                and bool(allowed)
                and fact.data.get("approver_role") == allowed["approver_role"]
                and is_given(fact.data.get("reason"))
                and is_given(fact.data.get("told_applicant_at"))
                and fact.data["unit"] == limit.unit == allowed["max"]["unit"]
                and fact.data["n"] <= allowed["max"]["n"]
                and in_time(fact, without)
            )
            result.extensions.append((fact, is_valid))
            chosen = fact if is_valid else chosen
        return chosen

    # The limits of the steps.

    def _step_limits(self, result: Judgement) -> None:
        """Each start opens its step's limit unless the step is open; the next finish of it discharges."""
        assert result.version is not None
        limits = {step["step"]: limit_from(step.get("limit")) for step in result.version.get("flow", [])}
        open_until: dict[str, tuple[int, str, str, str] | None] = {}
        for fact in self.facts:
            if fact.type != STARTED:
                continue
            step = fact.data["step"]
            if step in open_until and (open_until[step] is None or fact.order < open_until[step]):  # type: ignore[operator]
                continue
            finished = self._first_after(fact, lambda later, step=step: is_finish(later, step))  # type: ignore[misc]
            ended = self._first_after(fact, lambda later: later.type in (DECIDED, WITHDRAWN))
            closings = [one.order for one in (finished, ended) if one]
            open_until[step] = min(closings, default=None)
            limit = limits.get(step)
            if limit is not None:
                self._step_limit(result, fact, limit, finished, ended)

    def _step_limit(
        self, result: Judgement, fact: Fact, limit: Limit, finished: Fact | None, ended: Fact | None
    ) -> None:
        spans = [row.span for row in result.suspensions if row.is_valid]
        extension = self._extension(result, fact.data["step"], fact, limit, spans)
        if extension is not None:
            limit = replace(limit, added=extension.data["n"])
        deadline = self._reckon(limit, fact, spans)
        opening = Opening(fact, max(fact.occurred_at, result.version_known_from))
        result.obligations.append(self._obligation("T05", fact.data["step"], opening, deadline, spans, finished, ended))

    # States and findings.

    def _first_after(self, opening: Fact, matches: Callable[[Fact], bool]) -> Fact | None:
        """The first matching fact after the opening; one known only to the opening's day favours the department."""
        for fact in self.facts:
            if fact is opening or not matches(fact):
                continue
            if fact.order > opening.order or self._is_placed_after(fact, opening):
                return fact
        return None

    def _is_placed_after(self, fact: Fact, opening: Fact) -> bool:
        same_day = local_day(fact.occurred_at, self.zone) == local_day(opening.occurred_at, self.zone)
        return fact.is_day and not opening.is_day and same_day

    def _obligation(
        self,
        code: str,
        step: str | None,
        opening: Opening,
        deadline: Deadline,
        spans: Sequence[Suspension],
        discharged: Fact | None,
        voided: Fact | None,
    ) -> Obligation:
        is_void_first = voided is not None and (discharged is None or voided.order < discharged.order)
        obligation = Obligation(
            code=code,
            case_no=self.case_no,
            step=step,
            opening=opening,
            deadline=deadline,
            discharged_at=discharged.occurred_at if discharged else None,
            voided_at=voided.occurred_at if voided else None,
            state="",
        )
        obligation.state = state_of(obligation, spans, is_void_first, self.world.as_of)
        return obligation

    def _findings(self, obligation: Obligation) -> list[Finding]:
        """The breach, and the prompt where a rule prompts for it; a provisional deadline has neither."""
        deadline, as_of = obligation.deadline, self.world.as_of
        if deadline.is_provisional or obligation.state in ("met", "void"):
            return []
        found = []
        is_over = obligation.discharged_at is not None or obligation.voided_at is not None
        prompt_code = PROMPT_RULES.get(obligation.code)
        if prompt_code and deadline.prompts_at is not None and not is_over:
            found.append(self._finding(obligation, prompt_code, "prompt", deadline.prompts_at, as_of))
        if deadline.breaches_at is not None:
            level = BREACH_LEVELS[obligation.code]
            found.append(self._finding(obligation, obligation.code, level, deadline.breaches_at, as_of))
        return found

    def _finding(self, obligation: Obligation, code: str, level: str, moment: int, as_of: int) -> Finding:
        triggers_at = max(moment, obligation.opening.exists_from)
        if triggers_at > as_of:
            verdict = "pending"
        else:
            is_over = obligation.discharged_at is not None or obligation.voided_at is not None
            verdict = "final" if is_over else "correctable"
        return Finding(code, level, verdict, self.case_no, obligation.step, obligation.deadline.opened_at, triggers_at)


def is_finish(fact: Fact, step: str) -> bool:
    """Whether a fact finishes a step."""
    return fact.type == FINISHED and bool(fact.data["step"] == step)


def judge_all(facts: Iterable[Fact], as_of: int, known_at: int) -> dict[str, Judgement]:
    """Every case at one cut of the past; an obligation that does not exist yet is no row."""
    world = World(facts, as_of, known_at)
    judged = {}
    for case_no in world.cases:
        result = CaseOracle(world, case_no).judge()
        result.obligations = [one for one in result.obligations if one.deadline.opened_at <= as_of]
        judged[case_no] = result
    return judged
