"""A rule across cases of the tests' own: one officer's same reason in three cases within ten days."""

from __future__ import annotations

from typing import Any

from tests.generators.randomness import Chance

CODE = "TEST"
TEN_DAYS = 864_000_000_000
GATHER = """
select
    facts.officer || ' ' || facts.reason as group_id,
    facts.case_no,
    case_rows.department,
    facts.officer,
    facts.post,
    facts.occurred_at,
    facts.recorded_at,
    facts.source as occurrence_source,
    facts.event_id as occurrence_id,
    facts.sequence as words,
    epoch_us(facts.occurred_at) as number,
    facts.is_day as flag
from facts
left join case_rows on facts.key = case_rows.key
where facts.type = 'esup.case.acceptance_refused' and not is_missing(facts.reason)
"""
JUDGE = f"""
with acts as (
    select
        gathered_rows.group_id,
        gathered_rows.officer,
        gathered_rows.department,
        gathered_rows.occurrence_source,
        gathered_rows.occurrence_id,
        gathered_rows.number,
        lead(gathered_rows.number, 2) over acting as third,
        lead(gathered_rows.occurred_at, 2) over acting as third_at,
        row_number() over acting as nth
    from gathered_rows
    window acting as (partition by gathered_rows.group_id order by gathered_rows.number, gathered_rows.occurrence_id)
),

chosen as (
    select
        acts.group_id,
        unnest(greedy_runs(list(acts.nth order by acts.nth), list(acts.nth + 2 order by acts.nth))) as nth
    from acts
    where acts.third <= acts.number + {TEN_DAYS}
    group by acts.group_id
)

select
    'officer' as subject_kind,
    acts.officer as subject_id,
    cast(null as text) as case_no,
    acts.department,
    acts.officer,
    acts.occurrence_source,
    acts.occurrence_id,
    acts.third_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('group', acts.group_id) as evidence,
    acts.group_id
from acts
inner join chosen on acts.group_id = chosen.group_id and acts.nth = chosen.nth
"""


def copied_reasons() -> dict[str, Any]:
    """The rule as its publication tells it."""
    clause = {
        "kind": "condition",
        "applies_to": dict.fromkeys(("class", "item_kind", "item", "region", "calendar")),
        "subject": "officer",
        "across": "officer",
        "levels": {"breach": "yellow", "prompt": None},
        "triggers": [],
        "limits": [],
        "sql": JUDGE,
        "gather_sql": GATHER,
    }
    named = {"pack": "test", "rule_id": "test.copied-reasons", "code": CODE, "version": 1}
    basis = [{"from": "2000-01-01", "titles": ["test"], "texts": []}]
    return {**named, "title_zh": "雷同", "title_en": "Copied", "clauses": [clause], "basis": basis}


def refusal(chance: Chance, number: int, day: str, hour: int) -> dict[str, Any]:
    """What one refusal says: its case, and an officer and a reason that others have too."""
    return {
        "type": "esup.case.acceptance_refused",
        "subject": f"C-{number:03}",
        "source": "/t",
        "id": f"refused-{number}",
        "time": f"{day}T{hour:02}:{chance.randrange(0, 60):02}:00+08:00",
        "data": {"officer": chance.choice(("u1", "u2")), "reason": chance.choice(("材料不全", "不属本机关"))},
    }
