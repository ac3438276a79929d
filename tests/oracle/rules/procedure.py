"""D2.2: whether the office went the way that the law and its own flow chart prescribe."""

from __future__ import annotations

from collections.abc import Iterator

from tests.oracle.facts import Fact
from tests.oracle.rules.city import DAY_AND_NIGHT, MINUTE, Case, City, Found, at_latest, is_missing, text

STEP_FACTS = ("step_started", "step_finished")
ENOUGH_WORDS, ENOUGH_CASES, MONTH = 10, 5, 30 * DAY_AND_NIGHT


def judge_procedure(city: City) -> Iterator[Found]:
    """Every finding of the family."""
    for case in city.views.values():
        for rule in (p01, p02, p03, p05, p06, p07, p08_short, p09, p14_late):
            yield from rule(case)
    yield from p08_copied(city)
    yield from p14_offline(city)
    yield from p15(city)


def entry_steps(flow: list[dict[str, object]]) -> set[str]:
    """The steps that follow no other."""
    followers = {name for step in flow for name in step["next"]}  # type: ignore[attr-defined]
    return {str(step["step"]) for step in flow} - followers


def p01(case: Case) -> Iterator[Found]:
    """Decided, or a step other than the entry step begun or finished, at a time before the acceptance.

    A deemed acceptance is a day, that of the materials; a fact known to the day may lie anywhere in it. One finding
    a case, at the acceptance; a deemed one exists from its deeming.
    """
    if case.pin is None or case.pin.fact.type == "esup.case.filed":
        return
    entries = entry_steps(case.version.get("flow", []))
    for fact in case.of("decided", *STEP_FACTS):
        if fact.data.get("step") in entries:
            continue
        by_day = case.pin.is_deemed and case.day(fact) >= case.day(case.pin.fact)
        if case.is_earlier(fact, case.pin.fact) and not by_day:
            yield case.found("P01", "yellow", case.pin.fact, case.pin.exists_from)
            return


def p02(case: Case) -> Iterator[Found]:
    """The steps done do not follow the flow (yellow, the first misfit); a mandatory step not done at Decided (red).

    Steps are taken as they were finished, or as they were begun in a case that tells of no finish. The first is one
    that follows no other; each further one is in `next` of the one before, or was done before if that one returned the
    case. Nothing is said of an empty flow, of the summary procedure, of a path that has not come to its end.
    """
    flow = {step["step"]: step for step in case.version.get("flow", [])}
    if not flow or any(fact.data.get("procedure") == "summary" for fact in case.of("decided")):
        return
    misfit = first_misfit(path_of(case), flow, entry_steps(list(flow.values())))
    if misfit is not None:
        yield case.found("P02", "yellow", misfit, case.since_pinned(misfit.occurred_at))
    decided = case.one("decided")
    if decided is None:
        return
    done = {fact.data["step"] for fact in path_of(case) if case.may_precede(fact, decided)}
    if any(step.get("mandatory") and name not in done for name, step in flow.items()):
        yield case.found("P02", "red", decided, case.since_pinned(decided.occurred_at))


def path_of(case: Case) -> list[Fact]:
    """The steps of a case in their order: as finished, or as begun if the case tells of no finish at all."""
    return case.of("step_finished") or case.of("step_started")


def first_misfit(path: list[Fact], flow: dict[str, dict[str, object]], entries: set[str]) -> Fact | None:
    """The first step that the flow does not allow where it stands."""
    done: list[str] = []
    before: Fact | None = None
    for fact in path:
        step = fact.data["step"]
        if before is None:
            allowed = set(entries)
        else:
            allowed = set(flow.get(before.data["step"], {}).get("next", []))  # type: ignore[call-overload]
            if before.data.get("action") == "return":
                allowed |= set(done)
        if step not in allowed:
            return fact
        done.append(step)
        before = fact
    return None


def p03(case: Case) -> Iterator[Found]:
    """A penalty decided without what must come before it.

    That is a legal review where the grounds name 58, a collective discussion where they name 57, and a notice of the
    penalty unless the procedure is summary. One finding a decision; what is done later mends nothing.
    """
    for decided in case.of("decided"):
        if decided.data["outcome"] != "penalised":
            continue
        done = {fact.type.removeprefix("esup.case.") for fact in case.facts if case.may_precede(fact, decided)}
        grounds = decided.data.get("grounds") or []
        lacks = ["58" in grounds and "legal_reviewed" not in done]
        lacks += ["57" in grounds and "collectively_discussed" not in done]
        lacks += [decided.data.get("procedure") != "summary" and "penalty_noticed" not in done]
        if any(lacks):
            yield case.found("P03", "red", decided, decided.occurred_at)


def p05(case: Case) -> Iterator[Found]:
    """A second or later notice to correct that asks for what the first could have named.

    That is an item that the first notice did not name, and that was among the papers first handed in, or is required
    by the catalogue and was not among them. A notice mostly comes before the acceptance: the catalogue is then that of
    the day, which the acceptance will pin.
    """
    notices = case.of("correction_noticed")
    if len(notices) < 2:
        return
    handed_in = first_submission(case)
    named = set(notices[0].data["items"])
    for notice in notices[1:]:
        version = case.version_awaited_at(notice)
        required = {one["code"] for one in version.get("materials", []) if one["required"]}
        new = set(notice.data["items"]) - named
        if new & (handed_in | required):
            yield case.found("P05", "yellow", notice, notice.occurred_at)


def first_submission(case: Case) -> set[str]:
    """The papers that came with the application, or else those received first."""
    for fact in case.of("applied"):
        if fact.data.get("materials"):
            return set(fact.data["materials"])
    received = case.one("materials_received")
    return set(received.data["materials"]) if received else set()


def p06(case: Case) -> Iterator[Found]:
    """Each notice to correct after the acceptance, or after the instant at which the case was deemed accepted."""
    accepted = case.one("accepted")
    for notice in case.of("correction_noticed"):
        after_accepted = accepted is not None and case.surely_precedes(accepted, notice)
        after_deemed = case.pin is not None and case.pin.is_deemed and notice.occurred_at > case.pin.exists_from
        if after_accepted or after_deemed:
            yield case.found("P06", "yellow", notice, notice.occurred_at)


def p07(case: Case) -> Iterator[Found]:
    """The same step returned the case a second time (prompt) and a third (yellow)."""
    returns: dict[str, int] = {}
    for fact in case.of("step_finished"):
        if fact.data.get("action") != "return":
            continue
        step = fact.data["step"]
        returns[step] = returns.get(step, 0) + 1
        if returns[step] == 2:
            yield case.found("P07", "prompt", fact, fact.occurred_at)
        if returns[step] == 3:
            yield case.found("P07", "yellow", fact, fact.occurred_at)


def is_negative(fact: Fact) -> bool:
    """Whether the fact says no: a veto, a refused acceptance or filing, a refusal."""
    return (
        fact.type in ("esup.case.acceptance_refused", "esup.case.filing_refused")
        or (fact.type == "esup.case.step_finished" and fact.data.get("action") == "veto")
        or (fact.type == "esup.case.decided" and fact.data["outcome"] == "refused")
    )


def p08_short(case: Case) -> Iterator[Found]:
    """A no whose reason, trimmed, has fewer than ten characters; an opinion is no reason."""
    for fact in case.facts:
        if is_negative(fact) and len(text(fact.data.get("reason"))) < ENOUGH_WORDS:
            yield case.found("P08", "yellow", fact, fact.occurred_at)


def p08_copied(city: City) -> Iterator[Found]:
    """One officer gave the same reason in five cases, the fifth at most 30 times 24 hours after the first."""
    told: dict[tuple[str, str], list[tuple[Fact, str]]] = {}
    for case in city.views.values():
        for fact in case.facts:
            reason = text(fact.data.get("reason"))
            if is_negative(fact) and reason and fact.data.get("officer"):
                told.setdefault((fact.data["officer"], reason), []).append((fact, case.case_no))
    for (officer, _), said in told.items():
        said.sort(key=lambda one: one[0].order)
        while said:
            first = said[0][0]
            run = [one for one in said if one[0].occurred_at <= first.occurred_at + MONTH]
            fifth = nth_case(run, ENOUGH_CASES)
            if fifth is None:
                said = said[1:]
                continue
            yield Found("P08", "yellow", "officer", officer, first.source, first.id, fifth.occurred_at)
            said = said[len(run) :]


def nth_case(run: list[tuple[Fact, str]], number: int) -> Fact | None:
    """The fact by which so many different cases are met."""
    met: set[str] = set()
    for fact, case_no in run:
        met.add(case_no)
        if len(met) == number:
            return fact
    return None


def p09(case: Case) -> Iterator[Found]:
    """Someone acted who was not entitled to at that moment.

    The officer of each fact must be enabled and of the case's department, as the latest of his assignments and
    disablings at or before that moment says. For a step the fact must name the post that the catalogue gives the step,
    and he must hold it; for an acceptance he must hold the post that it names, if it names one.
    """
    for fact in case.facts:
        officer = fact.data.get("officer")
        if is_missing(officer) or not case.department:  # Nobody has told yet whose case it is.
            continue
        if not any(is_of_department(case, str(officer), moment) for moment in moments_of(case, fact)):
            yield case.found("P09", "red", fact, fact.occurred_at)
            continue
        needed = needed_post(case, fact)
        is_step = fact.type.removeprefix("esup.case.") in STEP_FACTS
        if needed is None or may_act(case, fact, needed):
            continue
        yield case.found("P09", "red", fact, case.since_pinned(fact.occurred_at) if is_step else fact.occurred_at)


def may_act(case: Case, fact: Fact, post: str) -> bool:
    """Whether the fact names the post and its officer holds it in the department at some moment it can have been."""
    return fact.data.get("post") == post and any(
        is_of_department(case, fact.data["officer"], moment) and post in posts_at(case, fact.data["officer"], moment)
        for moment in moments_of(case, fact)
    )


def needed_post(case: Case, fact: Fact) -> str | None:
    """The post that this fact must be done at, if any is prescribed."""
    if fact.type == "esup.case.accepted":
        return text(fact.data.get("post")) or None
    if fact.type.removeprefix("esup.case.") not in STEP_FACTS:
        return None
    return next((one["post"] for one in case.version.get("flow", []) if one["step"] == fact.data["step"]), None)


def moments_of(case: Case, fact: Fact) -> list[int]:
    """The moments at which a fact may have been: one, or those of its day that could matter to its officer."""
    if not fact.is_day:
        return [fact.occurred_at]
    changes = case.city.officers.get(fact.data["officer"], [])
    return [fact.occurred_at] + [one.occurred_at for one in changes if case.day(one) == case.day(fact)]


def standing(case: Case, officer: str, moment: int) -> Fact | None:
    """The latest word on an officer at a moment."""
    told = [one for one in case.city.officers.get(officer, []) if one.occurred_at <= moment]
    return max(told, key=lambda one: one.order, default=None)


def is_of_department(case: Case, officer: str, moment: int) -> bool:
    """Whether he is enabled and belongs to the department of the case."""
    latest = standing(case, officer, moment)
    return (
        latest is not None
        and latest.type == "esup.org.officer_assigned"
        and latest.data["department"] == case.department
    )


def posts_at(case: Case, officer: str, moment: int) -> list[str]:
    """The posts that he holds."""
    latest = standing(case, officer, moment)
    return list(latest.data.get("posts", [])) if latest else []


def p14_offline(city: City) -> Iterator[Found]:
    """A register elsewhere shows a decision of a department that no case here was decided with by then."""
    decided_at: dict[tuple[str, str], list[int]] = {}
    for case in city.views.values():
        for fact in case.of("decided"):
            decided_at.setdefault((case.department, fact.data.get("decision_no")), []).append(fact.occurred_at)
    for seen in city.of("esup.register.observed"):
        department, moment = seen.data["department"], seen.occurred_at
        if not any(at <= moment for at in decided_at.get((department, seen.data["decision_no"]), [])):
            yield Found("P14", "red", "department", department, seen.source, seen.id, moment)


def p14_late(case: Case) -> Iterator[Found]:
    """Nothing of the case was recorded until more than 24 hours after it was decided, and then all within an hour."""
    decided = case.one("decided")
    if decided is None:
        return
    limit = at_latest(decided, case.zone) + DAY_AND_NIGHT
    recorded = [case.city.first(fact).recorded_at for fact in case.facts]
    before = [fact for fact in case.facts if fact is decided or case.may_precede(fact, decided)]
    up_to = [case.city.first(fact).recorded_at for fact in before]
    if min(recorded) > limit and max(up_to) - min(up_to) <= 60 * MINUTE:
        yield case.found("P14", "yellow", decided, limit)


def p15(city: City) -> Iterator[Found]:
    """Five or more late cases of one department recorded within one hour.

    A case is late when each of its step facts was first recorded more than 24 hours after it happened; it belongs to
    the batch when all of these were recorded within the hour from the batch's first. Greedy, each case in one batch.
    """
    late: dict[str, list[list[Fact]]] = {}
    for case in city.views.values():
        steps = [fact for fact in case.of(*STEP_FACTS)]
        recorded = [city.first(fact).recorded_at for fact in steps]
        if steps and all(
            r - at_latest(fact, case.zone) > DAY_AND_NIGHT for r, fact in zip(recorded, steps, strict=True)
        ):
            late.setdefault(case.department, []).append(steps)
    for department, cases in late.items():
        yield from _batches(city, department, cases)


def _batches(city: City, department: str, cases: list[list[Fact]]) -> Iterator[Found]:
    def recorded(steps: list[Fact]) -> list[int]:
        return [city.first(fact).recorded_at for fact in steps]

    cases = sorted(cases, key=lambda steps: min((city.first(fact).recorded_at, fact.order) for fact in steps))
    while cases:
        end = min(recorded(cases[0])) + 60 * MINUTE
        batch = [steps for steps in cases if max(recorded(steps)) <= end]
        if cases[0] not in batch or len(batch) < ENOUGH_CASES:
            cases = cases[1:]
            continue
        _, first = min(
            (((city.first(fact).recorded_at, fact.order), fact) for steps in batch for fact in steps),
            key=lambda one: one[0],
        )
        fifth = sorted(max(recorded(steps)) for steps in batch)[ENOUGH_CASES - 1]
        yield Found("P15", "yellow", "department", department, first.source, first.id, fifth)
        cases = [steps for steps in cases if steps not in batch]
