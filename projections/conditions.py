"""The published condition rules as one relation: each rule's own SELECT, side by side."""

from projections.store import Store

_SHAPE = """
select null::integer as rule_no, null::varchar as level, null::varchar as subject_kind, null::varchar as subject_id,
    null::varchar as case_no, null::varchar as department, null::varchar as officer,
    null::varchar as occurrence_source, null::varchar as occurrence_id, null::timestamptz as triggers_at,
    null::timestamptz as rectified_at, null::varchar as evidence
where false
"""


def found_conditions(store: Store) -> str:
    """The SELECT over all condition rules that apply to a registered region; each was checked when published."""
    selects = [
        f"select {no}::integer as rule_no, * replace (evidence::varchar as evidence) from ({sql}) as rule_{no}"
        for no, sql in store.rows(_IN_FORCE)
    ]
    return " union all by name ".join([_SHAPE, *selects])


_IN_FORCE = """
select rule_no, condition_sql
from rule_definitions
where
    kind = 'condition'
    and condition_sql is not null
    and gather_sql is null
    and (regions is null or covered_regions is not null)
order by rule_no
"""
