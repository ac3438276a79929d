"""Drives the SQL models with CloudEvents, and gives back their rows in the oracle's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from engine.archive.manifest import Segment
from engine.facts import Row, encode_body
from engine.lawfiles import RULES_FOLDER
from engine.rulebook import load_pack, load_rule
from projections.projector import Projector
from tests.oracle.facts import instant
from tests.oracle.rows import Judgement, Obligation

TEST_RULES = {"test.statutory": "T03", "test.stated": "STATED"}
LICENSING_RULES = {
    "licensing.promise-near": "T01",
    "licensing.promise-passed": "T02",
    "licensing.statutory-limit-passed": "T03",
    "licensing.step-near": "T04",
    "licensing.step-overtime": "T05",
    "licensing.accept-or-refuse": "T06",
}
_NO_SCOPE = dict.fromkeys(("class", "item_kind", "item", "region", "calendar"))


class DutyRow(NamedTuple):
    """An obligation as both sides show it; instants in microseconds."""

    code: str
    case_no: str
    step: str
    opened_at: int
    n: int | None
    unit: str
    due_on: date | None
    prompts_at: int | None
    breaches_at: int | None
    discharged_at: int | None
    voided_at: int | None
    state: str
    provisional: bool


class FindingRow(NamedTuple):
    """A finding as both sides show it."""

    code: str
    level: str
    verdict: str
    case_no: str
    triggers_at: int


def rows_of(events: Iterable[Mapping[str, Any]], after: int = 0) -> list[Row]:
    """The rows that a log would hold: each identity once, in the order of arrival."""
    rows: dict[tuple[str, str, int], Row] = {}
    for event in events:
        identity = (event["source"], event["id"], event.get("dataversion", 1))
        if identity in rows:
            continue
        body = {name: event[name] for name in ("data", "sequence", "precision") if name in event}
        occurred_at = instant(event["time"])
        rows[identity] = Row(
            position=after + len(rows) + 1,
            stream=event["subject"],
            version=None,
            type=event["type"],
            occurred_at=occurred_at,
            recorded_at=instant(event["recordedtime"]),
            appended_at=0,
            source=event["source"],
            event_id=event["id"],
            dataversion=event.get("dataversion", 1),
            body=encode_body(body),
            leaf_hash=b"",
        )
    return list(rows.values())


def licensing_rules() -> list[dict[str, Any]]:
    """The rules of the licensing pack as events."""
    folder = RULES_FOLDER / "licensing"
    pack = load_pack(folder / "pack.yaml")
    rules = [load_rule(folder / f"{rule_id.removeprefix('licensing.')}.yaml", pack) for rule_id in LICENSING_RULES]
    return [_published(rule.normalised) for rule in rules]


def own_rules() -> list[dict[str, Any]]:
    """Two rules of the tests' own: the statutory limit from the acceptance, and a day that the application states."""
    statutory = _rule("test.statutory", "esup.case.accepted", "item.statutory", None)
    stated = _rule("test.stated", "esup.case.applied", "deadline", "stated_day")
    return [_published(statutory), _published(stated)]


def _rule(rule_id: str, opens: str, source: str, unit: str | None) -> dict[str, Any]:
    triggers = (("opens", opens), ("discharges", "esup.case.decided"), ("voids", "esup.case.withdrawn"))
    limit = {"from": "2000-01-01", "source": source, "n": None, "unit": unit, "rolls": None, "pausable": None}
    if unit:
        limit |= {"rolls": False, "pausable": False}
    clause = {
        "applies_to": _NO_SCOPE,
        "silent_for": None,
        "kind": "obligation",
        "per": "case",
        "subject": "case",
        "opens_when": "first",
        "triggers": [{"role": role, "type": kind, "field": None, "values": None} for role, kind in triggers],
        "limits": [limit | {"prompt": None, "repealed": False}],
        "levels": {"breach": "red", "prompt": None},
        "window_n": None,
        "window_unit": None,
        "of": None,
        "sql": None,
    }
    return {
        "pack": "test",
        "rule_id": rule_id,
        "code": None,
        "version": 1,
        "title_zh": rule_id,
        "title_en": rule_id,
        "clauses": [clause],
        "basis": [{"from": "2000-01-01", "titles": ["test"], "texts": []}],
        "verified_on": "2026-11-20",
    }


def _published(rule: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "esup.rule.published",
        "subject": rule["rule_id"],
        "source": "/esup/rules",
        "id": f"{rule['rule_id']}@{rule['version']}",
        "time": "2004-01-01T00:00:00+08:00",
        "recordedtime": "2004-01-01T00:00:00+08:00",
        "data": rule,
    }


class ListedLog:
    """A log that is a list: what the projector reads of a log, and no more."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def append(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Add events behind the last position."""
        self.rows += rows_of(events, len(self.rows))

    def segments(self, after: int, upto: int) -> Iterator[tuple[Segment, Path]]:
        """None: it has no archive."""
        return iter(())

    def text_chunks(self, after: int, upto: int) -> Iterator[bytes]:
        """The rows behind a position, as the log writes them for the bulk load."""
        lines = [_line(row) for row in self.rows[after:upto]]
        if lines:
            yield b"".join(lines)


def _line(row: Row) -> bytes:
    numbers = (row.position, row.occurred_at, row.recorded_at, row.dataversion)
    position, occurred_at, recorded_at, dataversion = (str(number).encode() for number in numbers)
    head = [position, row.stream.encode(), row.type.encode(), occurred_at, recorded_at]
    return b"\x1f".join([*head, row.source.encode(), row.event_id.encode(), dataversion, row.body]) + b"\n"


def projector_of(events: Sequence[Mapping[str, Any]]) -> Projector:
    """A projector in memory that holds these events."""
    projector = Projector.in_memory()
    projector.load_facts(rows_of(events))
    return projector


def engine_duties(projector: Projector, codes: Mapping[str, str]) -> dict[tuple[Any, ...], DutyRow]:
    """The obligations of these rules as the models show them, by what names them."""
    _, rows = projector.query(
        "select rule_id, case_no, coalesce(step, ''), epoch_us(opened_at), n, unit, due_on, epoch_us(prompts_at), "
        "epoch_us(breaches_at), epoch_us(discharged_at), epoch_us(voided_at), state, provisional from obligations"
    )
    return _numbered([DutyRow(codes[row[0]], *row[1:]) for row in rows if row[0] in codes])


def oracle_duties(judged: Mapping[str, Judgement]) -> dict[tuple[Any, ...], DutyRow]:
    """The oracle's obligations in the same shape."""
    return _numbered([_duty(obligation) for result in judged.values() for obligation in result.obligations])


def _numbered(duties: Iterable[DutyRow]) -> dict[tuple[Any, ...], DutyRow]:
    """The duties by rule, case, step and how many of these were opened before."""
    numbered: dict[tuple[Any, ...], DutyRow] = {}
    before: Counter[tuple[str, str, str]] = Counter()
    for duty in sorted(duties, key=lambda duty: duty[:4]):
        numbered[*duty[:3], before[duty[:3]]] = duty
        before[duty[:3]] += 1
    return numbered


def _duty(obligation: Obligation) -> DutyRow:
    deadline = obligation.deadline
    return DutyRow(
        code=obligation.code,
        case_no=obligation.case_no,
        step=obligation.step or "",
        opened_at=deadline.opened_at,
        n=None if deadline.limit.unit == "stated_day" else deadline.limit.total,
        unit=deadline.limit.unit,
        due_on=deadline.due_on,
        prompts_at=deadline.prompts_at,
        breaches_at=deadline.breaches_at,
        discharged_at=obligation.discharged_at,
        voided_at=obligation.voided_at,
        state=obligation.state,
        provisional=deadline.is_provisional,
    )


def engine_findings(projector: Projector, codes: Mapping[str, str]) -> list[FindingRow]:
    """The findings of these rules as the models show them."""
    _, rows = projector.query("select rule_id, level, verdict, case_no, epoch_us(triggers_at) from findings")
    return sorted(FindingRow(codes[row[0]], *row[1:]) for row in rows if row[0] in codes)


def oracle_findings(judged: Mapping[str, Judgement]) -> list[FindingRow]:
    """The oracle's findings in the same shape."""
    return sorted(
        FindingRow(one.code, one.level, one.verdict, one.case_no, one.triggers_at)
        for result in judged.values()
        for one in result.findings
    )


def engine_cases(projector: Projector) -> dict[str, tuple[Any, ...]]:
    """Each case with its acceptance, real or deemed, and the version that this pins."""
    _, rows = projector.query("select case_no, item_version, epoch_us(accepted_at), accepted_deemed from cases")
    return {case_no: (version if at else None, at, deemed) for case_no, version, at, deemed in rows}


def oracle_cases(judged: Mapping[str, Judgement]) -> dict[str, tuple[Any, ...]]:
    """The oracle's cases in the same shape."""
    return {
        case_no: (str(one.version["version"]) if one.version else None, one.accepted_at, one.accepted_deemed)
        for case_no, one in judged.items()
    }


def engine_suspensions(projector: Projector) -> Counter[tuple[Any, ...]]:
    """Each suspension with its effective end and whether it is valid."""
    columns = "case_no, ref, kind, epoch_us(started_at), epoch_us(effective_end_at), is_valid"
    return Counter(projector.query(f"select {columns} from suspensions")[1])


def oracle_suspensions(judged: Mapping[str, Judgement]) -> Counter[tuple[Any, ...]]:
    """The oracle's suspensions in the same shape."""
    return Counter(
        (case_no, row.ref, row.fact.data["kind"], row.span.start, row.span.end, row.is_valid)
        for case_no, result in judged.items()
        for row in result.suspensions
    )


def differences(engine: Mapping[Any, Any], oracle: Mapping[Any, Any], most: int = 5) -> list[str]:
    """What only one side has, or both have otherwise: a few of each in words."""
    only_engine = [f"only the engine has {key}: {engine[key]}" for key in engine.keys() - oracle.keys()]
    only_oracle = [f"only the oracle has {key}: {oracle[key]}" for key in oracle.keys() - engine.keys()]
    changed = [
        f"{key}\nengine {engine[key]}\noracle {oracle[key]}"
        for key in engine.keys() & oracle.keys()
        if engine[key] != oracle[key]
    ]
    counts = f"{len(only_engine)} only engine, {len(only_oracle)} only oracle, {len(changed)} otherwise"
    found = sorted(only_engine)[:most] + sorted(only_oracle)[:most] + sorted(changed)[:most]
    return [counts, *found] if found else []
