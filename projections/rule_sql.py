"""The check of a condition rule's SELECT: it reads the models it may read, and nothing else, the clock least of all.

Two parsers look at the text. sqlglot's tree is compared with a list of what may stand in a condition, and gives the
place of what may not. DuckDB's own parser, which will run it, must then see one SELECT with the same tables and known
functions: a text that the two read differently is refused.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from engine.errors import SupervisionError

CONDITION_MODELS = (
    "case_rows",
    "departments",
    "extensions",
    "fact_versions",
    "facts",
    "item_fees",
    "item_guides",
    "item_materials",
    "item_paths",
    "item_steps",
    "item_stops",
    "items",
    "obligation_rows",
    "officer_assignments",
    "regions",
    "sources",
    "steps",
    "suspensions",
    "undocumented_decisions",
    "working_days",
)
"""What a condition may read: the relations of the folders below the findings that do not depend on the clock."""

OPTIONAL_COLUMNS = ("level", "subject_kind", "stands_from")
"""What a condition may answer before all else: its level, where the rule has several, what its subject is, and since
when a card on it is right, where later facts move its trigger on."""

CONDITION_COLUMNS = (
    "subject_id",
    "case_no",
    "department",
    "officer",
    "occurrence_source",
    "occurrence_id",
    "triggers_at",
    "rectified_at",
    "evidence",
)
"""What a condition must answer, in this order."""

GATHER_COLUMNS = (
    "group_id",
    "case_no",
    "department",
    "officer",
    "post",
    "occurred_at",
    "recorded_at",
    "occurrence_source",
    "occurrence_id",
    "words",
    "number",
    "flag",
)
"""What a SELECT that gathers rows of cases into groups must answer, in this order."""

ACROSS_MODELS = ("departments", "gathered_rows", "regions", "working_days")
"""What a condition across cases may read: the rows gathered for it, and what is public."""

TEXT_LENGTH_MAX = 20_000
"""A condition longer than this, in characters, is no condition that a lawyer's colleague can check."""


@dataclass(eq=False)
class ConditionRefused(SupervisionError):
    """A condition's SELECT reaches outside its models, reads the clock, or is not the same every time it is asked."""

    problem: str
    line: int
    column: int
    remedy: str
    code = "condition-refused"
    zh = "规则条件不予采用（第 {line} 行第 {column} 列）：{problem}"
    en = "The condition is refused (line {line}, column {column}): {problem}"
    way_out_zh = "修改该处：{remedy}"
    way_out_en = "{remedy}"


# What may stand in a condition. A kind of expression that is missing here is refused; add one only if its result
# depends on nothing but the rows it is given.
_STRUCTURE: tuple[type[exp.Expr], ...] = (
    exp.Select, exp.Union, exp.Except, exp.Intersect, exp.With, exp.CTE, exp.From, exp.Join, exp.Where, exp.Group,
    exp.Having, exp.Qualify, exp.Subquery, exp.Table, exp.TableAlias, exp.Alias, exp.Column, exp.Identifier, exp.Paren,
    exp.Tuple, exp.Order, exp.Ordered, exp.Window, exp.WindowSpec, exp.Filter, exp.Exists, exp.Distinct, exp.Explode,
)  # fmt: skip
_VALUES: tuple[type[exp.Expr], ...] = (
    exp.Literal, exp.Boolean, exp.Null, exp.Interval, exp.Var, exp.DataType, exp.DataTypeParam, exp.Cast, exp.Case,
    exp.If, exp.AtTimeZone, exp.TryCast, exp.Struct, exp.PropertyEQ, exp.Array, exp.Bracket,
)  # fmt: skip
_OPERATORS: tuple[type[exp.Expr], ...] = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between, exp.Like,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.DPipe,
    exp.IntDiv, exp.Mod,
)  # fmt: skip
_FUNCTIONS: tuple[type[exp.Expr], ...] = (
    exp.Min, exp.Max, exp.Count, exp.CountIf, exp.Sum, exp.ArgMin, exp.ArgMax, exp.LogicalAnd, exp.LogicalOr,
    exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least,
    exp.Abs, exp.Length, exp.Trim, exp.Lower, exp.Upper, exp.Substring, exp.StartsWith, exp.Replace, exp.Concat,
    exp.DateDiff, exp.JSONObject, exp.JSONKeyValue, exp.JSONExtract, exp.JSONExtractScalar, exp.JSONPath,
    exp.JSONPathRoot, exp.JSONPathKey, exp.JSONPathSubscript, exp.JSONType, exp.FromJson, exp.ArrayContains,
    exp.ArrayOverlaps, exp.ArrayAgg, exp.GroupConcat, exp.FirstValue, exp.LastValue, exp.NthValue, exp.ConcatWs,
    exp.Contains, exp.StrPosition, exp.EndsWith, exp.Left, exp.Right, exp.SplitPart, exp.Sign, exp.Extract, exp.Year,
    exp.Month, exp.Day, exp.DayOfWeekIso, exp.TimestampTrunc, exp.DateTrunc, exp.DateAdd, exp.LastDay,
    exp.DateFromParts, exp.ToDays, exp.JSONArray,
)  # fmt: skip
_ALLOWED_KINDS = frozenset(_STRUCTURE + _VALUES + _OPERATORS + _FUNCTIONS)
_ALLOWED_ANONYMOUS = frozenset(
    {
        "json_object", "timezone", "json_array", "json_array_length", "json_extract_string", "json_contains",
        "json_exists", "to_json", "epoch_us", "make_timestamptz", "date_part", "suffix", "prefix", "list_has_all",
        "trimmed", "is_missing", "greedy_runs", "greedy_batches",
    }
)  # fmt: skip
_ALLOWED_TYPES = frozenset(
    {"text", "varchar", "int", "bigint", "date", "timestamp", "timestamptz", "decimal", "boolean", "json"}
)
_ORDERED_WINDOWS = (
    exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue,
)  # fmt: skip
# Read like columns, but they tell the connection, the machine or the physical order.
_NO_COLUMNS = frozenset(
    {
        "current_catalog", "current_database", "current_date", "current_role", "current_schema", "current_time",
        "current_timestamp", "current_user", "localtime", "localtimestamp", "rowid", "session_user", "user",
    }
)  # fmt: skip
# They join many rows into one value, in the order that the condition must give.
_ORDERED_AGGREGATES = (exp.ArrayAgg, exp.GroupConcat)
_DUCKDB_ORDERED = frozenset({"array_agg", "list", "string_agg"})
# The same list in the names that DuckDB's own parser gives: functions, and operators, which are functions to it.
_DUCKDB_FUNCTIONS = frozenset(
    {
        "abs", "arg_max", "arg_min", "bool_and", "bool_or", "coalesce", "concat", "count", "count_if", "count_star",
        "date_diff", "datediff", "greatest", "json_array", "json_array_length", "json_extract", "json_extract_string",
        "json_object", "least", "length", "lower", "max", "max_by", "min", "min_by", "nullif", "replace", "starts_with",
        "substr", "substring", "sum", "timezone", "trim", "upper", "to_seconds", "to_minutes", "to_hours", "to_days",
        "to_months", "to_years", "trunc", "row_number", "rank", "rank_dense", "dense_rank", "lag", "lead", "->", "->>",
        "+", "-", "*", "//", "%", "||", "~~", "!~~", "row", "json_contains", "json_exists", "json_type", "to_json",
        "from_json", "unnest", "list_contains", "array_contains", "list_has_any", "list_has_all", "struct_pack",
        "list_value", "first_value", "last_value", "nth_value", "concat_ws", "contains", "strpos", "ends_with",
        "suffix", "prefix", "left", "right", "split_part", "sign", "len", "if", "ltrim", "rtrim",
        "date_part", "date_trunc", "date_add", "year", "month", "day", "isodow", "last_day", "make_date", "epoch_us",
        "make_timestamptz", "trimmed", "is_missing", "greedy_runs", "greedy_batches", *_DUCKDB_ORDERED,
    }
)  # fmt: skip

# The kinds of node that DuckDB's parser may give, whole or by their first word.
_DUCKDB_KINDS = frozenset(
    {
        "ARRAY_EXTRACT", "BASE_TABLE", "CASE_EXPR", "COLUMN_REF", "DISTINCT_MODIFIER", "EMPTY", "FUNCTION", "JOIN",
        "SELECT_NODE", "SET_OPERATION_NODE", "SUBQUERY", "TYPE", "VALUE_CONSTANT", "ASCENDING", "DESCENDING",
    }
)  # fmt: skip
_DUCKDB_FAMILIES = ("COMPARE_", "CONJUNCTION_", "OPERATOR_", "ORDER_", "WINDOW_")


def check_sql(sql: str, models: Collection[str] = CONDITION_MODELS) -> None:
    """Raise `ConditionRefused` unless the text is one SELECT over these models that anybody may run at any time."""
    _check(sql, models, CONDITION_COLUMNS, OPTIONAL_COLUMNS)


def check_gather_sql(sql: str) -> None:
    """Raise `ConditionRefused` unless the text may gather the rows of each case that a rule across cases weighs."""
    _check(sql, CONDITION_MODELS, GATHER_COLUMNS)


def check_across_sql(sql: str) -> None:
    """Raise `ConditionRefused` unless the text may weigh the gathered rows, group by group."""
    _check(sql, ACROSS_MODELS, (*CONDITION_COLUMNS, "group_id"), OPTIONAL_COLUMNS)


def _check(sql: str, models: Collection[str], columns: tuple[str, ...], optional: tuple[str, ...] = ()) -> None:
    if len(sql) > TEXT_LENGTH_MAX:
        _refuse(None, f"is longer than {TEXT_LENGTH_MAX} characters", "split the rule")
    if sql.rstrip().endswith(";"):
        _refuse(None, "ends with a semicolon", "leave it out: the SELECT is read inside a larger one")
    query = _parse(sql)
    for node in query.walk():
        _check_node(node)
    _check_tables(query, frozenset(models))
    answered = tuple(query.named_selects)
    if answered != (*(name for name in optional if name in answered), *columns):
        _refuse(query, "answers other columns", f"select exactly {', '.join(columns)}, in this order")
    _check_as_duckdb_reads(sql, query)


def _parse(sql: str) -> exp.Query:
    try:
        statements = sqlglot.parse(sql, dialect="duckdb")
    except ParseError as broken:
        error = broken.errors[0] if broken.errors else {}
        raise ConditionRefused(
            str(error.get("description", broken)), error.get("line") or 1, error.get("col") or 1, "mend the SQL there"
        ) from None
    except (SqlglotError, RecursionError) as broken:
        raise ConditionRefused(f"cannot be read ({broken})", 1, 1, "mend or simplify the SQL") from None
    if len(statements) != 1:
        _refuse(statements[-1] if statements else None, f"holds {len(statements)} statements", "write one SELECT")
    if not isinstance(statements[0], (exp.Select, exp.SetOperation)):
        _refuse(statements[0], "is no SELECT", "write one SELECT")
    return statements[0]


def _check_node(node: exp.Expr) -> None:
    if isinstance(node, exp.Star):
        if not isinstance(node.parent, exp.Count):
            _refuse(node, "* hides what is read", "name the columns")
    elif isinstance(node, exp.Anonymous):
        if str(node.this).lower() not in _ALLOWED_ANONYMOUS:
            _refuse(node, f"the function {node.this} is not allowed", "use only functions of the rows themselves")
    elif type(node) not in _ALLOWED_KINDS:
        _refuse(node, f"{_spoken(node)} is not allowed", "use only what depends on the rows alone")
    else:
        _check_details(node)


def _check_details(node: exp.Expr) -> None:
    if isinstance(node, exp.Column) and node.name.lower() in _NO_COLUMNS:
        _refuse(node, f"{node.name} is no column of a model", "use only the models' columns")
    if isinstance(node, exp.DataType) and node.this.value.lower() not in _ALLOWED_TYPES | {"interval"}:
        _refuse(node, f"the type {node.sql('duckdb')} is not exact", "use text, integers, decimals, days and instants")
    if isinstance(node, exp.With) and (node.recursive or not _is_outermost(node)):
        _refuse(node, "WITH may only open the statement, without RECURSIVE", "move the common table to the top")
    if isinstance(node, exp.Join) and (node.args.get("method") or not (node.args.get("on") or node.args.get("using"))):
        _refuse(node, "a join without its condition", "write join ... on ...")
    if isinstance(node, exp.Distinct) and node.args.get("on"):
        _refuse(node, "DISTINCT ON keeps any row", "use row_number() over (... order by ord)")
    if isinstance(node, exp.Window) and isinstance(node.this, _ORDERED_WINDOWS) and not _has_order(node):
        _refuse(node, "a window that ranks needs its order", "write over (partition by case_no order by ord)")

    if isinstance(node, _ORDERED_AGGREGATES) and not node.find(exp.Order):
        _refuse(node, "a list in no order", "write list(... order by ord)")
    if isinstance(node, exp.Explode) and not isinstance(node.parent, (exp.Alias, exp.Select)):
        _refuse(node, "unnest stands inside an expression", "make it a column of a common table")


def _has_order(window: exp.Window) -> bool:
    """Its own order, or that of the window it names."""
    select = window.find_ancestor(exp.Select)
    named = select.args.get("windows") or [] if select else []
    own = [one for one in named if one.name.lower() == window.alias.lower()] if window.alias else [window]
    return bool(own) and all(one.args.get("order") for one in own)


def _is_outermost(node: exp.With) -> bool:
    return node.parent is not None and node.parent.parent is None


def _check_tables(query: exp.Query, models: frozenset[str]) -> None:
    """A common table may be read after it is defined; before that its name would mean something else."""
    known = set(models)
    for common in query.ctes:
        _check_relations(common.this, known, models)
        name = common.alias.lower()
        if name in known:
            _refuse(common, f"{common.alias} is taken", "give the common table a name of its own")
        known.add(name)
    body = query.copy()
    body.set("with_", None)
    body.set("with", None)
    _check_relations(body, known, models)


def _check_relations(query: exp.Expr, known: set[str], models: frozenset[str]) -> None:
    for table in query.find_all(exp.Table):
        plain = isinstance(table.this, exp.Identifier) and not any(
            table.args.get(key) for key in table.args if key not in ("this", "alias")
        )
        if not plain or table.name.lower() not in known:
            _refuse(
                table, f"{table.sql('duckdb')} is no model of a condition", f"read only {', '.join(sorted(models))}"
            )


def _check_as_duckdb_reads(sql: str, query: exp.Query) -> None:
    with duckdb.connect(config={"autoload_known_extensions": False, "enable_external_access": False}) as connection:
        row = connection.execute("select cast(json_serialize_sql(?) as varchar)", [sql]).fetchone()
    tree: dict[str, Any] = json.loads(row[0]) if row else {"error": True, "error_message": "nothing read"}
    if tree["error"]:
        _refuse(query, f"DuckDB: {tree.get('error_message')}", "mend the SQL")
    if len(tree["statements"]) != 1:
        _refuse(query, "DuckDB reads several statements", "write one SELECT")
    tables = {str(node["table_name"]).lower() for node in _members(tree) if node.get("type") == "BASE_TABLE"}
    if tables != {table.name.lower() for table in query.find_all(exp.Table)}:
        _refuse(query, "two parsers read different tables", "write the SQL plainly")
    for node in _members(tree):
        _check_duckdb_node(node, query)


def _check_duckdb_node(node: dict[str, Any], query: exp.Query) -> None:
    function = node.get("function_name")
    if function is not None and str(function).lower() not in _DUCKDB_FUNCTIONS:
        _refuse(query, f"the function {function} is not allowed", "use only functions of the rows themselves")
    if function in _DUCKDB_ORDERED and not (node.get("order_bys") or {}).get("orders"):
        _refuse(query, f"the function {function} has no order", "write list(... order by ord)")
    kind = node.get("type")
    if isinstance(kind, str) and kind not in _DUCKDB_KINDS and not kind.startswith(_DUCKDB_FAMILIES):
        _refuse(query, f"DuckDB reads {kind}", "write the SQL plainly")


def _members(value: object) -> Iterator[dict[str, Any]]:
    """Every object of a JSON tree."""
    if isinstance(value, dict):
        yield value
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _members(member)


def _spoken(node: exp.Expr) -> str:
    return node.sql_name().lower() if isinstance(node, exp.Func) else type(node).__name__.upper()


def _refuse(node: exp.Expr | None, problem: str, remedy: str) -> NoReturn:
    line, column = _place(node)
    raise ConditionRefused(problem, line, column, remedy)


def _place(node: exp.Expr | None) -> tuple[int, int]:
    """Where the node stands: its own place, or the nearest one below it or above it that the parser noted."""
    ancestor = node
    while ancestor is not None:
        for inner in ancestor.walk():
            if "line" in inner.meta:
                return int(inner.meta["line"]), int(inner.meta["col"])
        ancestor = ancestor.parent
    return 1, 1
