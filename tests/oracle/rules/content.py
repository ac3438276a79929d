"""D2.3: papers, materials, fees and discretion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from tests.oracle.facts import Fact
from tests.oracle.limits import Limit, reckon
from tests.oracle.rules.city import Case, City, Found, is_missing

NEW_PENALTY_LAW = date(2021, 7, 15)
FIVE_WORKING_DAYS = Limit(5, "work_day")


def judge_content(city: City) -> Iterator[Found]:
    """Every finding of the family."""
    for case in city.views.values():
        for rule in (c01, c02, c03, fees, j02):
            yield from rule(case)


def c01(case: Case) -> Iterator[Found]:
    """Each acceptance, refusal to accept and notice to correct without its document, whatever the class."""
    for fact in case.of("accepted", "acceptance_refused", "correction_noticed"):
        if is_missing(fact.data.get("document")):
            yield case.found("C01", "yellow", fact, fact.occurred_at)


def c02(case: Case) -> Iterator[Found]:
    """A decision without document or number, any outcome: yellow at once, red after five working days.

    What is supplied later mends it, so that no red follows if that was in time; only a correction takes it back.
    """
    for decided in case.of("decided"):
        if not (is_missing(decided.data.get("document")) or is_missing(decided.data.get("decision_no"))):
            continue
        yield case.found("C02", "yellow", decided, decided.occurred_at)
        spans = [row.span for row in case.judged.suspensions if row.is_valid]
        limit = reckon(FIVE_WORKING_DAYS, decided.occurred_at, decided.is_day, spans, case.calendar, case.zone)
        supplied = supplied_at(case, decided)
        if limit.breaches_at is None or limit.is_provisional:
            continue
        if supplied is None or supplied >= limit.breaches_at:
            yield case.found("C02", "red", decided, limit.breaches_at)


def c02_mended(case: Case) -> Iterator[tuple[Found, int | None]]:
    """Each decision without document or number, and when both were there after all."""
    for found in c02(case):
        if found.level == "yellow":
            decided = next(fact for fact in case.of("decided") if (fact.source, fact.id) == found[4:6])
            yield found, supplied_at(case, decided)


def supplied_at(case: Case, decided: Fact) -> int | None:
    """When both the document and the number of a decision were there."""
    document, number = decided.data.get("document"), decided.data.get("decision_no")
    for fact in case.of("document_supplied"):
        if fact.data["of"] != "esup.case.decided" or not case.may_precede(decided, fact):
            continue
        document = fact.data["document"] if is_missing(document) else document
        number = fact.data.get("decision_no") if is_missing(number) else number
        if not is_missing(document) and not is_missing(number):
            return fact.occurred_at
    return None


def c03(case: Case) -> Iterator[Found]:
    """Decided, and not refused, though a paper that the catalogue requires had not come by then; one finding."""
    required = {one["code"] for one in case.version.get("materials", []) if one["required"]}
    for decided in case.of("decided"):
        if decided.data["outcome"] == "refused":
            continue
        had: set[str] = set()
        for fact in case.of("applied", "materials_received", "correction_received"):
            if case.may_precede(fact, decided):
                had |= set(fact.data.get("materials" if "items" not in fact.data else "items") or [])
        if required - had:
            yield case.found("C03", "yellow", decided, case.since_pinned(decided.occurred_at))
            return


def fees(case: Case) -> Iterator[Found]:
    """Each fee that the catalogue does not list (F01, red), or that is off its standard (F02, yellow).

    Off the standard is more than five parts in a hundred, or at all where it is fixed; a reason of relief excuses only
    that less was paid.
    """
    if case.pin is None or case.pin.version is None:
        return
    listed = {one["fee"]: one for one in case.version.get("fees", [])}
    for fact in case.of("fee_charged"):
        fee = listed.get(fact.data["fee"])
        at = case.since_pinned(fact.occurred_at)
        if fee is None:
            yield case.found("F01", "red", fact, at)
            continue
        paid, standard = Decimal(fact.data["paid"]), Decimal(fee["standard"])
        allowed = Decimal(0) if fee["fixed"] else standard * 5 / 100
        is_excused = paid < standard and not is_missing(fact.data.get("relief_reason"))
        if abs(paid - standard) > allowed and not is_excused:
            yield case.found("F02", "yellow", fact, at)


def j02(case: Case) -> Iterator[Found]:
    """A penalty in the summary procedure above 200 yuan for a citizen, 3000 for an organisation.

    Before 2021-07-15 it was 50 and 1000. The party is that of the offence or the filing, else the applicant; without
    an amount nothing is said.
    """
    for decided in case.of("decided"):
        said = decided.data
        if said["outcome"] != "penalised" or said.get("procedure") != "summary" or is_missing(said.get("amount")):
            continue
        kind, told_at = party(case)
        is_new = case.day(decided) >= NEW_PENALTY_LAW
        most = {"citizen": "200" if is_new else "50", "organisation": "3000" if is_new else "1000"}.get(kind)
        if most is not None and Decimal(said["amount"]) > Decimal(most):
            yield case.found("J02", "red", decided, max(decided.occurred_at, told_at))


def party(case: Case) -> tuple[str, int]:
    """Whether the party is a citizen or an organisation, and since when that is told."""
    for fact in case.of("offence_known", "filed"):
        if fact.data.get("party"):
            return str(fact.data["party"].get("kind")), fact.occurred_at
    applied = case.one("applied")
    return (str(applied.data["applicant"].get("kind")), applied.occurred_at) if applied else ("", 0)
