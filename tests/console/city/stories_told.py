"""The stories, each told a few times in a small city of their own, and what the engine finds in all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from console.city.calendar import Calendar, midnight
from console.city.places import Department
from console.city.scene import POSTS, Fact, Finding, Scene, Setting
from console.city.stories.registry import STORIES, Story
from engine.calendar import calendar_facts, load_notices
from engine.facts import Fact as LogFact
from engine.facts import encode_body
from engine.rulebook import load_rulebook
from projections.projector import Projector

REGION, SUPERVISOR = "320900", "d00.supervision"
FOUNDED = datetime.fromisoformat("2024-12-02T09:00:00+08:00")
FIRST_DAY, END = date(2025, 1, 2), midnight(date(2026, 1, 1))
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Row(NamedTuple):
    """One finding, by what names it, and since when."""

    code: str
    level: str
    subject: str
    source: str
    event_id: str
    triggers_at: int


def calendar() -> Calendar:
    """The working days as they were noticed."""
    kept = Calendar({})
    kept.days = sorted(
        day.on
        for notice in load_notices()
        for day in notice.days
        if notice.calendar == "cn" and day.working and day.on.year in (2024, 2025, 2026)
    )
    kept.worked = frozenset(kept.days)
    return kept


def department(number: int) -> Department:
    """An ordinary office."""
    code = f"d{number:02d}.office"
    officers = {post: [f"{code}-{post}-{place}" for place in (1, 2)] for post in POSTS}
    return Department(code, code, REGION, f"/320900/{code}/approval", officers)


def setting() -> Setting:
    """A city with a few offices and nothing in it but stories."""
    offices = [department(number) for number in range(1, 4)]
    return Setting(calendar(), offices, SUPERVISOR, REGION, FOUNDED, END)


def told(rounds: int, seed: int, stories: Sequence[Story]) -> tuple[Setting, list[tuple[Story, Scene]]]:
    """Each story told so many times, on other days, in other offices."""
    city, scenes = setting(), []
    for number, story in enumerate(story for story in stories for _ in range(rounds)):
        chance = Random(f"{seed}/{story.tell.__name__}/{number}")
        last = (END - timedelta(days=story.days)).date()
        day = chance.choice(city.calendar.between(FIRST_DAY, last))
        scene = Scene(city, story.code, number + 1, chance, day, chance.choice(city.departments))
        story.tell(scene)
        scenes.append((story, scene))
    return city, scenes


def facts_of(city: Setting, scenes: Iterable[Scene]) -> Iterator[LogFact]:
    """The whole log: the law, the offices, and what the stories tell."""
    yield from calendar_facts()
    yield from load_rulebook().facts()
    for kind, code, data in offices(city):
        yield in_log(Fact(code, kind, FOUNDED, FOUNDED, "/320900/catalogue", f"{kind}/{code}", data))
    for fact in (*city.facts, *(fact for scene in scenes for fact in scene.facts)):
        if fact.at < END and fact.known < END:
            yield in_log(fact)


def offices(city: Setting) -> Iterator[tuple[str, str, dict[str, object]]]:
    """The region, its departments and their officers."""
    yield "org.region_registered", REGION, {"code": REGION, "name": "示范市", "level": "city", "supervisor": SUPERVISOR}
    for code in (SUPERVISOR, *(office.code for office in city.departments)):
        yield "org.department_registered", code, {"code": code, "name": code, "region": REGION}
    for office in city.departments:
        for post, officers in office.officers.items():
            for officer in officers:
                yield "org.officer_assigned", officer, {"officer": officer, "department": office.code, "posts": [post]}


def in_log(fact: Fact) -> LogFact:
    """A fact of a story as the log keeps it."""
    body: dict[str, object] = {"data": fact.data}
    if fact.precision:
        body["precision"] = fact.precision
    instants = (micros(fact.at), micros(fact.known))
    return LogFact(
        fact.subject, f"esup.{fact.kind}", *instants, fact.source, fact.event_id, fact.version, encode_body(body)
    )


def micros(moment: datetime) -> int:
    """A moment as the log counts it."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def derived(city: Setting, scenes: Iterable[Scene]) -> Projector:
    """All of it in one log, derived at the end of the year."""
    projector = Projector.in_memory()
    projector.load_facts(list(facts_of(city, scenes)))
    projector.rebuild(micros(END) - 1)
    return projector


def truth_of(finding: Finding) -> Row:
    """What a story says must be found."""
    fact = finding.fact
    return Row(finding.code, finding.level, finding.subject, fact.source, fact.event_id, micros(finding.triggers_at))


def expected(scene: Scene) -> set[Row]:
    """All that a story says must be found by the end."""
    return {truth_of(finding) for finding in scene.findings if max(finding.triggers_at, finding.known) < END}


# A prompt was sent where a duty was near and neither done nor void, whatever came later.
FOUND = """
select
    coalesce(codes.code, findings.rule_id), level, subject_id, occurrence_source, occurrence_id, epoch_us(triggers_at)
from findings
inner join (select distinct rule_id, code from rule_definitions) as codes on findings.rule_id = codes.rule_id
where triggers_at <= (select as_of from clock)
union
select
    coalesce(prompting.code, prompting.rule_id), 'prompt', duty.subject, duty.source, duty.event_id,
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


def found_in(projector: Projector) -> set[Row]:
    """Everything that the engine finds by the end, and every prompt that it sent on the way."""
    _, rows = projector.query(FOUND)
    return {Row(*row) for row in rows}


__all__ = ["STORIES", "derived", "expected", "found_in", "told"]
