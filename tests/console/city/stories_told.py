"""The stories of a city without its ordinary cases: what they say must be found, and what the engine finds in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson

from console.city.cascade import Card, repeat_offenders
from console.city.city import City
from console.city.scene import Fact, Finding, Scene
from console.city.timeline import line_of
from console.city.truth import RULES, WINDOWS
from engine.calendar import calendar_facts
from engine.rulebook import load_rulebook
from projections.projector import Projector
from tests.engine_harness import rows_of

EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
MONITOR = "/esup/monitor"
# A prompt was sent where a duty was near and neither done nor void, whatever came later.
FOUND = """
select
    coalesce(codes.code, findings.rule_id), level, subject_id, department, occurrence_source, occurrence_id,
    epoch_us(triggers_at)
from findings
inner join (select distinct rule_id, code from rule_definitions) as codes on findings.rule_id = codes.rule_id
where triggers_at <= (select as_of from clock)
union
select
    coalesce(prompting.code, prompting.rule_id), 'prompt', duty.subject, duty.department, duty.source, duty.event_id,
    epoch_us(greatest(duty.prompts_at, duty.exists_from))
from obligation_rows as duty
inner join rule_definitions as prompting
    on
        prompting.prompt_level is not null
        and not duty.provisional
        and case when prompting.kind = 'obligation' then prompting.rule_no = duty.rule_no
            else prompting.of_rule_id = duty.rule_id end
where
    duty.prompts_at is not null
    and greatest(duty.prompts_at, duty.exists_from)
    < least(coalesce(duty.discharged_at, 'infinity'), coalesce(duty.voided_at, 'infinity'))
    and greatest(duty.prompts_at, duty.exists_from) <= (select as_of from clock)
"""


class Row(NamedTuple):
    """One finding, by what names it, and since when."""

    code: str
    level: str
    subject: str
    department: str
    source: str
    event_id: str
    triggers_at: int


def loaded(city: City) -> Projector:
    """The law, the offices, the stories and what a monitor says of them, in one log."""
    told = city.known((*city.catalogue.facts(city.founded), *city.plan.facts(), *said_of(city)))
    projector = Projector.in_memory()
    projector.load_facts([*calendar_facts(), *load_rulebook().facts()])
    projector.load_facts(rows_of(orjson.loads(line_of(fact)) for fact in told))
    return projector


def said_of(city: City) -> Iterator[Fact]:
    """What a monitor says that issues a card for every finding in the moment of it: cards, tasks, rectifications."""
    for _, supervision in city.plan.scenes:
        for card in supervision.cards:
            at, finding = card.issued.at, card.finding
            yield said("card.issued", f"issued/{card.id}", card, at, content_of(card, supervision.scene))
            if card.opens_task:
                task = {"card": card.id, "department": finding.department, "text": finding.code}
                yield said("task.issued", f"task/{card.id}", card, at, task)
            if finding.ended_at is not None:
                yield said("card.rectified", f"rectified/{card.id}", card, max(at, finding.ended_at), {})
            for fact in supervision.facts("card.appeal_decided", card.id):
                if fact.data["accepted"]:
                    yield said("card.withdrawn", f"conceded/{card.id}", card, fact.at, {"by": "appeal"})


def said(kind: str, event_id: str, card: Card, at: datetime, data: dict[str, Any]) -> Fact:
    """One fact of a card, known at once."""
    return Fact(card.id, kind, at, at, MONITOR, event_id, {"card": card.id, **data})


def content_of(card: Card, scene: Scene) -> dict[str, Any]:
    """What an issued card says."""
    finding, rule = card.finding, RULES.get(card.finding.code, card.finding.code)
    case_no = next((name for name in (finding.fact.subject, finding.subject) if name in scene.items), None)
    window = WINDOWS.get(finding.code) if finding.level == "yellow" else None
    names = (rule, finding.level, finding.subject, finding.fact.source, finding.fact.event_id)
    return {
        "finding": hashlib.md5("\n".join(names).encode()).hexdigest(), "rule": rule, "code": finding.code,
        "level": finding.level, "issue_no": 1, "subject_kind": "case" if case_no else "other",
        "subject_id": finding.subject, "case_no": case_no, "department": finding.department,
        "on": "department" if card.opens_task or card.awaits_task else "other", "opens_task": card.opens_task,
        "n": window, "unit": "work_day" if window else None, "triggers_at": finding.triggers_at,
        "occurrence": {"source": finding.fact.source, "id": finding.fact.event_id},
    }  # fmt: skip


def found_at(projector: Projector, moment: int) -> set[Row]:
    """Everything found by a moment, as known then, and every prompt that must have been sent on the way."""
    projector.rebuild(moment)
    _, rows = projector.query(FOUND)
    return {Row(*row) for row in rows}


def said_in(city: City, until: int | None = None) -> set[Row]:
    """What the stories say must be found by a moment, or by the end, and what follows from the cards of it."""
    last = micros(city.end) - 1 if until is None else until
    plan = city.plan
    findings = [one for _, of in plan.scenes for one in (*of.scene.findings, *of.findings)]
    findings += (finding for _, finding in repeat_offenders(of for _, of in plan.scenes))
    return {row_of(finding) for finding in findings if micros(finding.issued_at) <= last}


def row_of(finding: Finding) -> Row:
    """A finding as the engine must find it."""
    fact = finding.fact
    about = (finding.code, finding.level, finding.subject, finding.department)
    return Row(*about, fact.source, fact.event_id, micros(finding.triggers_at))


def micros(moment: datetime) -> int:
    """A moment as the log counts it."""
    return (moment - EPOCH) // timedelta(microseconds=1)
