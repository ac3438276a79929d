"""A rebuild of all models with all rules, beside what a user would take instead; everybody's answers are compared."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.city_facts import as_of
from benchmarks.measures import Figures, Measure, Place, of_cases, of_cases_upto, timed
from benchmarks.peers.answer import RULES, Answer, answered
from engine.archive.archive import Archive
from engine.clock import SystemClock
from engine.log import EventLog
from projections.projector import FOREVER, Projector

POLARS_UPTO = 1_000_000
POSTGRES_UPTO = 1_000_000
EVENTSOURCING_UPTO = 100_000
HASHED_UPTO = 100_000
"""Up to here a rebuild from the log and one from the archive are compared by the hash over all public tables."""
DERIVATIONS = 3
CORE_RULES = (
    "T01 T02 T03 T04 T05 T06 T08 T11 T12 T14 T15 T18 T20 T23 P01 P02 P03 P05 P06 P07 P08 P09 P14 P15 C01 C02 C03 "
    "F01 F02 J02 K01 K02 K03 K04 K05 K06 K07a K07b O01 O04 D01 D03 D04 S01 S02 S03 S04 S05 M01 M02 R01"
).split()
"""The rules that the city breaks; K07a and K07b are the two halves of one."""
_LIMITS = """
select rule_id, count(*), coalesce(sum(due_on - date '1970-01-01'), 0)::bigint
from obligations
where list_contains($rules, rule_id)
group by rule_id
"""
_BREACHES = """
select rule_id, count(*)
from findings
where level in ('yellow', 'red') and verdict <> 'pending' and list_contains($rules, rule_id)
group by rule_id
"""
_DAILY = """
with

case_days as (
    select
        case_no,
        timezone('Asia/Shanghai', occurred_at)::date as day,
        bool_or(type = 'esup.case.closed') as was_closed
    from steps
    group by all
),

worked as (
    select
        case_days.day,
        cases.department,
        count(*) as handled,
        count(*) filter (where case_days.was_closed) as closed
    from case_days
    inner join cases on case_days.case_no = cases.case_no
    where cases.applied_at is not null
    group by all
),

breached as (
    select
        timezone('Asia/Shanghai', findings.triggers_at)::date as day,
        cases.department,
        count(*) as breached
    from findings
    inner join cases on findings.case_no = cases.case_no
    where
        findings.level in ('yellow', 'red')
        and findings.verdict <> 'pending'
        and list_contains($rules, findings.rule_id)
    group by all
)

select
    day - date '1970-01-01' as day,
    department,
    coalesce(handled, 0) as handled,
    coalesce(closed, 0) as closed,
    coalesce(breached, 0) as breached
from worked
full join breached using (day, department)
"""
_FOUND = """
select rule_definitions.code, count(*)
from findings
inner join (select distinct rule_id, code from rule_definitions) as rule_definitions
    on findings.rule_id = rule_definitions.rule_id
where findings.verdict <> 'pending' and rule_definitions.code is not null
group by rule_definitions.code
"""


def from_log(place: Place, cases: int) -> Figures:
    """From nothing: read the log, load it, derive; then the question for what the peers compute."""
    return _rebuilt(place, cases, None)


def from_archive(place: Place, cases: int) -> Figures:
    """The same, the sealed days from the archive."""
    return _rebuilt(place, cases, Archive(place.archive(cases)))


def _rebuilt(place: Place, cases: int, archive: Archive | None) -> Figures:
    with EventLog.open(place.log(cases), SystemClock(), read_only=True, archive=archive) as log:
        projector = Projector.unkept(log, log.head().size)
        with timed() as all_of_it:
            with timed() as loading:
                projector.load(FOREVER)
            with timed() as deriving:
                projector.rebuild(as_of())
            with timed() as asking:
                said = answer(projector)
        figures = all_of_it.figures() | {
            "events": log.head().size,
            "load_seconds": loading.seconds,
            "derive_seconds": deriving.seconds,
            "ask_seconds": asking.seconds,
            "answer": said._asdict(),
        }
        found = dict(projector.store.rows(_FOUND))
        if cases <= HASHED_UPTO:
            figures["canonical_hash"] = projector.canonical_hash()
        projector.close()
    return figures | {"rules": {code: found.get(code, 0) for code in CORE_RULES}}


def derived(place: Place, cases: int) -> Figures:
    """The models over facts already loaded, again and again: the best of some."""
    archive = Archive(place.archive(cases))
    with EventLog.open(place.log(cases), SystemClock(), read_only=True, archive=archive) as log:
        projector = Projector.unkept(log, log.head().size)
        projector.load(FOREVER)
        taken = []
        for _ in range(DERIVATIONS):
            with timed() as took:
                projector.rebuild(as_of())
            taken.append(took.figures())
        projector.close()
        return min(taken, key=lambda took: took["seconds"]) | {"events": log.head().size}


def answer(projector: Projector) -> Answer:
    """What the models say of the city, in the words of all contestants."""
    rules = {"rules": list(RULES)}
    limits = projector.store.rows(_LIMITS, rules)
    return answered(
        {rule: count for rule, count, _ in limits},
        {rule: days for rule, _, days in limits},
        dict(projector.store.rows(_BREACHES, rules)),
        projector.store.rows(_DAILY, rules),
    )


def python_fold(place: Place, cases: int) -> Figures:
    """Plain Python over the same log file."""
    from benchmarks.peers.fold import fold

    with timed() as took:
        said = fold(place.log(cases), as_of())
    return took.figures() | {"answer": said._asdict()}


def duckdb_sql(place: Place, cases: int) -> Figures:
    """SQL written by hand, on flat Parquet files."""
    from benchmarks.peers.duckdb_sql import answer as asked

    with timed() as took:
        said = asked(place.parquet(cases), as_of())
    return took.figures() | {"answer": said._asdict()}


def polars_frames(place: Place, cases: int) -> Figures:
    """Frames over the same Parquet files."""
    from benchmarks.peers.polars_frames import answer as asked

    with timed() as took:
        said = asked(place.parquet(cases), as_of())
    return took.figures() | {"answer": said._asdict()}


def postgres_sql(place: Place, cases: int) -> Figures:
    """The same SQL on a server of its own, its tables loaded beforehand; processor time and memory are the server's."""
    import psycopg

    from benchmarks.peers.postgres_server import install, server
    from benchmarks.peers.postgres_sql import answer as asked
    from benchmarks.peers.postgres_sql import load

    with server(install()) as address, psycopg.connect(address) as connection:
        with timed() as loading:
            load(connection, place.parquet(cases))
        with timed() as took:
            said = asked(connection, as_of())
    return {"seconds": took.seconds, "load_seconds": loading.seconds, "answer": said._asdict()}


def eventsourcing_projection(place: Place, cases: int) -> Figures:
    """The library's own projection over its own recorder; what fills the recorder is not on the clock."""
    from benchmarks.peers.eventsourcing_projection import answer as asked
    from benchmarks.peers.eventsourcing_projection import fill

    with TemporaryDirectory(dir=place.folder) as folder:
        path = Path(folder) / "recorder.sqlite"
        events = fill(place.log(cases), path)
        with timed() as took:
            said = asked(path, as_of())
    return took.figures() | {"events": events, "answer": said._asdict()}


MEASURES = (
    Measure("rebuild.log", from_log, of_cases, ("city.log",)),
    Measure("rebuild.archive", from_archive, of_cases, ("city.log", "city.archive")),
    Measure("rebuild.derive", derived, of_cases, ("city.log", "city.archive")),
    Measure("rebuild.duckdb", duckdb_sql, of_cases, ("city.parquet",)),
    Measure("rebuild.fold", python_fold, of_cases, ("city.log",)),
    Measure("rebuild.polars", polars_frames, of_cases_upto(POLARS_UPTO), ("city.parquet",)),
    Measure("rebuild.postgresql", postgres_sql, of_cases_upto(POSTGRES_UPTO), ("city.parquet",)),
    Measure("rebuild.eventsourcing", eventsourcing_projection, of_cases_upto(EVENTSOURCING_UPTO), ("city.log",)),
)
