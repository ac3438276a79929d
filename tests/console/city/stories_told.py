"""The stories of a city without its ordinary cases: what they say must be found, and what the engine finds in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson

from console.city.city import City
from console.city.scene import Finding
from console.city.timeline import line_of
from engine.calendar import calendar_facts
from engine.rulebook import load_rulebook
from projections.projector import Projector
from tests.engine_harness import rows_of

EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
AFTER_CARDS = ("S01", "S02", "S03", "S04", "S05", "S06")
"""Rules whose findings need cards, which only a monitor issues."""
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
    greatest(duty.prompts_at, duty.exists_from)
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


def derived(city: City) -> Projector:
    """The law, the offices and the stories in one log, derived at the end of the city's time."""
    told = city.known((*city.catalogue.facts(city.founded), *city.plan.facts()))
    projector = Projector.in_memory()
    projector.load_facts([*calendar_facts(), *load_rulebook().facts()])
    projector.load_facts(rows_of(orjson.loads(line_of(fact)) for fact in told))
    projector.rebuild(micros(city.end) - 1)
    return projector


def found_in(projector: Projector) -> set[Row]:
    """Everything found by the end without looking at cards, and every prompt that must have been sent on the way."""
    _, rows = projector.query(FOUND)
    return {Row(*row) for row in rows if row[0] not in AFTER_CARDS}


def said_in(findings: Iterable[Finding], end: datetime) -> set[Row]:
    """What stories say must be found by the end."""
    return {row_of(finding) for finding in findings if finding.issued_at < end and finding.code not in AFTER_CARDS}


def row_of(finding: Finding) -> Row:
    """A finding as the engine must find it."""
    fact = finding.fact
    about = (finding.code, finding.level, finding.subject, finding.department)
    return Row(*about, fact.source, fact.event_id, micros(finding.triggers_at))


def micros(moment: datetime) -> int:
    """A moment as the log counts it."""
    return (moment - EPOCH) // timedelta(microseconds=1)
