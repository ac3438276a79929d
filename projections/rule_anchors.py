"""Which kinds of facts a condition cannot do without: where none of them is there, it need not be asked.

What is read here only saves time, so it errs to one side: a SELECT that is not plainly empty is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

import sqlglot
from sqlglot import exp

Needs = tuple[frozenset[str], ...]
"""Sets of fact types: without at least one type of every set, a relation has no row."""

_TOLD = ("facts", "fact_versions", "steps")


def can_find(sql: str, types: Collection[str]) -> bool:
    """False if the SELECT is empty whatever else there is, when there are only facts of these types."""
    return all(not needed.isdisjoint(types) for needed in needed_types(sql))


@lru_cache(maxsize=1024)
def needed_types(sql: str) -> Needs:
    """What a checked condition needs."""
    query = sqlglot.parse_one(sql, dialect="duckdb")
    assert isinstance(query, exp.Query)
    common: dict[str, Needs] = {}
    for table in query.ctes:
        common[table.alias.lower()] = _of_query(table.this, common)
    return _of_query(query, common)


def _of_query(query: exp.Expr, common: Mapping[str, Needs]) -> Needs:
    if isinstance(query, exp.Subquery):
        return _of_query(query.this, common)
    if isinstance(query, exp.Union):
        left, right = _of_query(query.left, common), _of_query(query.right, common)
        return tuple(one | other for one in left for other in right)
    return _of_select(query, common) if isinstance(query, exp.Select) else ()


def _of_select(query: exp.Select, common: Mapping[str, Needs]) -> Needs:
    source = query.args.get("from_") or query.args.get("from")
    joins: list[exp.Join] = query.args.get("joins") or []
    if source is None or any(join.side in ("RIGHT", "FULL") for join in joins) or _answers_for_nothing(query):
        return ()
    needed = _of_relation(source.this, common)
    met = [query.args["where"].this] if query.args.get("where") else []
    for join in joins:
        if join.side == "" and join.kind in ("", "INNER", "SEMI", "CROSS"):
            needed += _of_relation(join.this, common)
            met += [join.args["on"]] if join.args.get("on") else []
    told = {
        table.alias_or_name.lower()
        for table in (source.this, *(join.this for join in joins))
        if isinstance(table, exp.Table) and table.name.lower() in _TOLD
    }
    return needed + tuple(types for condition in met for types in _named_in(condition, told))


def _answers_for_nothing(query: exp.Select) -> bool:
    """An aggregate over no group answers a row even where there is nothing."""
    group, having = query.args.get("group"), query.args.get("having")
    if group and group.expressions:
        return False
    answered = [*query.expressions, *([having] if having else [])]
    aggregates = (found for column in answered for found in column.find_all(exp.AggFunc))
    return any(not isinstance(found.parent, exp.Window) for found in aggregates)


def _of_relation(relation: exp.Expr, common: Mapping[str, Needs]) -> Needs:
    if isinstance(relation, exp.Table):
        return common.get(relation.name.lower(), ())
    return _of_query(relation, common)


def _named_in(condition: exp.Expr, told: Collection[str]) -> Iterator[frozenset[str]]:
    """The types that a condition demands of a relation of facts, in each part that must hold."""
    if isinstance(condition, exp.Paren):
        yield from _named_in(condition.this, told)
    elif isinstance(condition, exp.And):
        yield from _named_in(condition.left, told)
        yield from _named_in(condition.right, told)
    elif isinstance(condition, (exp.EQ, exp.In)) and _is_type(condition.this, told):
        values = [condition.expression] if isinstance(condition, exp.EQ) else condition.expressions
        if values and all(isinstance(value, exp.Literal) and value.is_string for value in values):
            yield frozenset(value.name for value in values)


def _is_type(column: exp.Expr, told: Collection[str]) -> bool:
    return isinstance(column, exp.Column) and column.name.lower() == "type" and column.table.lower() in told
