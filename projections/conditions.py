"""The published condition rules as relations: each rule's own SELECT, side by side.

A rule is left out where it can find nothing, because no fact of a kind that it needs is there.
"""

from collections.abc import Collection
from typing import NamedTuple

from projections.rule_anchors import can_find
from projections.store import Store

FOUND = ("found_conditions", "found_gathered", "found_across")
"""The relations whose text is made of the rules' own SELECTs."""

_SHAPE = """
select null::integer as rule_no, null::varchar as level, null::varchar as subject_kind, null::varchar as subject_id,
    null::varchar as case_no, null::varchar as department, null::varchar as officer,
    null::varchar as occurrence_source, null::varchar as occurrence_id, null::timestamptz as triggers_at,
    null::timestamptz as rectified_at, null::varchar as evidence
"""
_GATHERED = (
    "group_id, case_no, department, officer, post, occurred_at, recorded_at, occurrence_source, occurrence_id, words, "
    "number, flag"
)
_SHAPES = {
    "found_conditions": f"{_SHAPE} where false",
    "found_across": f"{_SHAPE}, null::varchar as group_id where false",
    "found_gathered": """
select null::integer as rule_no, null::varchar as group_id, null::varchar as case_no, null::varchar as department,
    null::varchar as officer, null::varchar as post, null::timestamptz as occurred_at,
    null::timestamptz as recorded_at, null::varchar as occurrence_source, null::varchar as occurrence_id,
    null::varchar as words, null::bigint as number, null::boolean as flag
where false
""",
}
_IN_FORCE = """
select rule_no, condition_sql, gather_sql
from rule_definitions
where
    kind = 'condition'
    and condition_sql is not null
    and (regions is null or covered_regions is not null)
order by rule_no
"""


class Condition(NamedTuple):
    """One condition clause of a published rule; each SELECT was checked when the rule was published."""

    rule_no: int
    sql: str
    gather_sql: str | None


def conditions_in_force(store: Store) -> list[Condition]:
    """The conditions of all rules that apply to a registered region."""
    return [Condition(*row) for row in store.rows(_IN_FORCE)]


def found(name: str, conditions: Collection[Condition], types: Collection[str] | None = None) -> list[str]:
    """The SELECTs of a relation, one for each rule that can find something among facts of these types (None: any)."""
    wanted = [one for one in conditions if (one.gather_sql is None) == (name == "found_conditions")]
    selects = {
        "found_conditions": lambda one: _answer(one, one.sql, "* replace (evidence::varchar as evidence)"),
        "found_gathered": lambda one: _answer(one, one.gather_sql, _GATHERED),
        "found_across": lambda one: _answer(one, _over_own_rows(one), "* replace (evidence::varchar as evidence)"),
    }
    reading = {one: one.sql if name == "found_conditions" else one.gather_sql or "" for one in wanted}
    return [selects[name](one) for one in wanted if types is None or can_find(reading[one], types)]


def side_by_side(name: str, selects: Collection[str]) -> str:
    """The text of a relation from the SELECTs of its rules."""
    return " union all by name ".join([_SHAPES[name], *selects])


def _answer(condition: Condition, sql: str | None, columns: str) -> str:
    return f"select {condition.rule_no}::integer as rule_no, {columns} from ({sql}) as rule_{condition.rule_no}"


def _over_own_rows(condition: Condition) -> str:
    own = f"select {_GATHERED} from judged_groups where rule_no = {condition.rule_no}"
    return f"with gathered_rows as ({own}) select * from ({condition.sql}) as judged"
