"""What the published condition rules find: each rule's own SELECT, one after the other.

A rule is left out where it can find nothing, because no fact of a kind that it needs is there.
"""

from collections.abc import Collection
from typing import NamedTuple

from projections.rule_anchors import can_find
from projections.store import Store

FOUND = ("found_conditions", "found_gathered", "found_across")
"""The relations that are filled by the rules' own SELECTs."""

_GATHERED = (
    "group_id, case_no, department, officer, post, occurred_at, recorded_at, occurrence_source, occurrence_id, words, "
    "number, flag"
)
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


def fill(store: Store, name: str, conditions: Collection[Condition], types: Collection[str] | None = None) -> None:
    """Put what each rule finds into a relation: one rule at a time, so that no more than one is held in memory.

    `types` are the types of the facts there are; None if that does not matter.
    """
    for condition in conditions:
        sql = _reading(name, condition)
        if sql is not None and (types is None or can_find(sql, types)):
            answer = _over_own_rows(condition) if name == "found_across" else sql
            store.execute(
                f"insert into temp.{name} by name select {condition.rule_no} as rule_no, * from ({answer}) as answer"
            )


def _reading(name: str, condition: Condition) -> str | None:
    """The SELECT of a condition that reads facts and has a part in a relation."""
    if name == "found_conditions":
        return None if condition.gather_sql else condition.sql
    return condition.gather_sql


def _over_own_rows(condition: Condition) -> str:
    own = f"select {_GATHERED} from judged_groups where rule_no = {condition.rule_no}"
    return f"with gathered_rows as ({own}) select * from ({condition.sql}) as judged"
