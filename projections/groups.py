"""The groups of rules across cases: which an update changed, what is found in them now, and since when.

A rule across cases gathers rows from each case like any condition; they lie in groups. An update judges only the groups
whose rows it changed. For simulated time the changes may be remembered, each with the instant that brought it, so that
a group can be judged as it stood at every instant of the day.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from projections.conditions import Condition, fill
from projections.model import Model
from projections.store import Store, create
from projections.touch import among

OF_GROUPS = ("judged_groups", "found_across")
"""Relations that only what is found in groups reads."""

FindingName = tuple[str, str, str, str, str]
"""What names a finding: rule, level, subject, and the source and id of its occurrence."""

_ROW = (
    "key, rule_no, group_key, group_id, case_no, department, officer, post, occurred_at, recorded_at, "
    "occurrence_source, occurrence_id, words, number, flag"
)
_CHANGED = f"""
create or replace temp table changed_rows as
select {_ROW}, sum(sign) as sign
from (
    select {_ROW}, 1 as sign from temp.gathered where has_key
    union all
    select {_ROW}, -1 as sign from stored.gathered where is_old
)
group by all
having sum(sign) <> 0
"""
_NO_CHANGES = """
create temp table if not exists group_changes as
select *, 0::bigint as sign, 0::bigint as changed_at from stored.gathered limit 0
"""
# A change came with the newest fact that the update brought to the row's case or stream, or to the item of its case.
_REMEMBER = f"""
insert into temp.group_changes
with brought as (
    select key, visible_at from temp.arrived_now
    union all
    select hash(case_no) as key, visible_at from temp.arrived_now where case_no is not null
    union all
    select case_rows.key, arrived_now.visible_at
    from temp.arrived_now
    inner join stored.case_rows as case_rows on arrived_now.key = hash(case_rows.item)
    where arrived_now.type like 'esup.item.%'
),
latest as (
    select key, max(visible_at) as changed_at
    from brought
    group by key
)
select {", ".join(f"changed_rows.{name}" for name in _ROW.split(", "))}, changed_rows.sign,
    coalesce(epoch_us(latest.changed_at), 0) as changed_at
from temp.changed_rows
left join latest on changed_rows.key = latest.key
"""
# The rows of each changed group as they stood after each change, and before the first (0).
_AS_THEY_STOOD = f"""
create or replace temp table judged_groups as
with moments as (
    select group_key, changed_at as moment from temp.group_changes
    union
    select group_key, 0 as moment from temp.group_changes
),
signed as (
    select moments.moment, {", ".join(f"gathered.{name}" for name in _ROW.split(", "))}, 1 as sign
    from stored.gathered as gathered
    inner join moments on gathered.group_key = moments.group_key
    union all
    select moments.moment, {", ".join(f"undone.{name}" for name in _ROW.split(", "))}, -undone.sign as sign
    from temp.group_changes as undone
    inner join moments on undone.group_key = moments.group_key and undone.changed_at > moments.moment
)
select * replace (group_id || chr(31) || moment as group_id)
from (select moment, {_ROW} from signed group by all having sum(sign) > 0)
"""
_FOUND_AT = """
select
    rule_definitions.rule_id,
    coalesce(found_across.level, rule_definitions.breach_level),
    found_across.subject_id,
    found_across.occurrence_source,
    found_across.occurrence_id,
    hash(found_across.rule_no, split_part(found_across.group_id, chr(31), -2)) as group_key,
    split_part(found_across.group_id, chr(31), -1)::bigint as moment,
    epoch_us(found_across.triggers_at) as triggers_at,
    epoch_us(found_across.rectified_at) as rectified_at
from found_across
inner join rule_definitions on found_across.rule_no = rule_definitions.rule_no
"""


_Said = tuple[int | None, int | None]


class Standing(NamedTuple):
    """When what is found under one name changed, in order; 0 stands for before the changes that are remembered."""

    changes: tuple[int, ...]

    @property
    def since(self) -> int:
        """Since when it stands as it does, or no longer stands."""
        return self.changes[-1]

    def first_after(self, instant: int) -> int:
        """When it first changed after an instant."""
        return next((change for change in self.changes if change > instant), self.since)


class Groups:
    """The groups of one store."""

    def __init__(self, store: Store, models: Sequence[Model]) -> None:
        self._store = store
        self._found, self._findings = (
            next(model for model in models if model.name == name) for name in ("found_across", "across_findings")
        )
        self._is_remembering = False
        self._standings: dict[FindingName, Standing] | None = {}

    def remember(self) -> None:
        """Remember the changes from now on, and forget those of before."""
        self._is_remembering = True
        self._standings = {}
        self._run("drop table if exists temp.group_changes")

    def changed(self, has_key: str, is_old: str) -> dict[int, set[int]]:
        """The groups of each rule whose rows differ from those stored, before the touched rows are replaced.

        Both conditions say that a row belongs to a touched key: among the touched rows, and among all that are stored.
        """
        self._run(_CHANGED.replace("has_key", has_key).replace("is_old", is_old))
        groups: dict[int, set[int]] = defaultdict(set)
        for rule_no, group_key in self._run("select distinct rule_no, group_key from temp.changed_rows"):
            groups[rule_no].add(group_key)
        if groups and self._is_remembering:
            self._run(_NO_CHANGES)
            self._run(_REMEMBER)
            self._standings = None
        return groups

    def judge(self, conditions: Collection[Condition], changed: dict[int, set[int]], *, by_index: bool) -> None:
        """Judge the changed groups anew, once the stored rows are those of now."""
        model, groups = self._findings, set().union(*changed.values())
        is_changed = among(self._store.connection, "group_key", groups, "changed_groups", by_index=by_index)
        self._run(f"create or replace temp table judged_groups as select * from stored.gathered where {is_changed}")
        self._see([one for one in conditions if one.rule_no in changed])
        self._run(create(model, temporary=True))
        self._run(f"delete from stored.{model.name} where {is_changed}")
        self._run(f"insert into stored.{model.name} select * from temp.{model.name}")
        self._run(f"drop table temp.{model.name}")
        self._forget()

    def standings(self, conditions: Callable[[], Collection[Condition]]) -> dict[FindingName, Standing]:
        """When each finding that was there since changes are remembered changed."""
        if self._standings is None:
            self._standings = self._judge_changes(conditions())
        return self._standings

    def _judge_changes(self, conditions: Collection[Condition]) -> dict[FindingName, Standing]:
        moments: dict[int, list[int]] = defaultdict(list)
        changes = "select distinct group_key, changed_at, rule_no from temp.group_changes order by all"
        rules = set()
        for group_key, moment, rule_no in self._run(changes):
            moments[group_key].append(moment)
            rules.add(rule_no)
        self._run(_AS_THEY_STOOD)
        self._see([one for one in conditions if one.rule_no in rules])
        seen: dict[tuple[FindingName, int], dict[int, _Said]] = defaultdict(dict)
        for *name, group_key, moment, triggers_at, rectified_at in self._run(_FOUND_AT):
            seen[(*name,), group_key][moment] = (triggers_at, rectified_at)
        self._forget()
        return {name: _standing(moments[group_key], at) for (name, group_key), at in seen.items()}

    def _see(self, conditions: Collection[Condition]) -> None:
        self._run(create(self._found, temporary=True))
        fill(self._store, self._found.name, conditions)

    def _forget(self) -> None:
        self._run("drop table temp.found_across")
        self._run("drop table temp.judged_groups")

    def _run(self, sql: str) -> list[tuple[Any, ...]]:
        # Relations of these names may lie before the stored ones.
        return self._store.execute(sql.replace("stored.", f"{self._store.catalog}.")).fetchall()


def _standing(moments: list[int], seen: dict[int, _Said]) -> Standing:
    """The moments at which what was found differs from what was found before."""
    pairs = zip([0, *moments], moments, strict=False)
    return Standing((0, *(later for earlier, later in pairs if seen.get(earlier) != seen.get(later))))
