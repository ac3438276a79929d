"""What is due, asked of everything, or only of the cases in which something moved since nothing was left to say.

What is due follows from the findings and the cards of one case, or of one group of cases. Where neither moved and no
finding triggered meanwhile, the answer is what it was: nothing. So after an update the questions look at the cases that
it touched, at those in which a finding triggered with time, and at what is found across cases, however large the city.
Once something moved that belongs to no case, they look at everything.
"""

from collections.abc import Sequence

import duckdb

from projections.model import Model
from projections.store import Answer, Store, answer, create
from projections.touch import Touched, closed_over_links, in_keys

_ASKED = (
    "cards_lapsed", "cards_conceded", "cards_mended", "cards_reinstated", "cards_replaced", "cards_due", "prompts_due",
)  # fmt: skip
_FINDINGS = ("obligation_findings", "condition_findings")
# Of more streams everything is asked: an index would serve them no better.
_STREAMS_MAXIMUM = 2_000

_TRIGGERED = """
select key, case_no
from {catalog}.{table}
where triggers_at > make_timestamptz(?) and triggers_at <= (select clock.as_of from {catalog}.clock)
"""
_NOW = "select epoch_us(as_of) from {catalog}.clock"
_HAS_GROUP_IN_A_CASE = "select 1 from {catalog}.across_findings where case_no is not null limit 1"
# A rule may find in cases and across them under one code; what it finds across them belongs to no case.
_IS_ACROSS = """
case_no is null
and rule_id in (
    select own.rule_id
    from {catalog}.rule_definitions as own
    inner join {catalog}.rule_definitions as across
        on coalesce(own.code, own.rule_id) = coalesce(across.code, across.rule_id)
    where across.gather_sql is not null
)
"""
# Of facts, the questions read what was said of cards, and the prompts; a prompt has a stream of its own to which no tie
# leads.
_PROMPTS = """
select hash(card_id(card_code, level, subject, source, event_id, 1))
from findings_standing
where level = 'prompt'
"""


class Due:
    """The questions of what is due in one store, and where something may be left to say."""

    def __init__(self, store: Store, models: Sequence[Model]) -> None:
        self._store = store
        self._scope = _Scope(store, models)
        self._moved: set[int] | None = None
        self._silent_at = 0
        self._is_known = False
        self._is_narrow = False

    def anywhere(self) -> None:
        """From now on something may be left to say anywhere."""
        self._moved, self._is_known = None, False

    def nowhere(self) -> None:
        """At the clock nothing is left to say."""
        silent_at = self._store.one(_NOW.format(catalog=self._store.catalog))
        self._moved, self._silent_at, self._is_known = set(), silent_at, False

    def note(self, touched: Touched) -> None:
        """An update has touched streams and moved the clock."""
        self._is_known = False
        if self._moved is not None and touched.is_of_cases:
            self._moved.update(touched.keys)
        else:
            self._moved = None

    def ask(self, sql: str, parameters: object = None) -> Answer:
        """Column names and rows of a question over the models that say what is due."""
        if not self._is_known:
            streams = self._streams()
            if streams is not None:
                self._scope.open(streams)
            self._is_known, self._is_narrow = True, streams is not None
        return self._scope.ask(sql, parameters) if self._is_narrow else self._store.ask(sql, parameters)

    def close(self) -> None:
        """Let go of what was opened."""
        self._scope.close()

    def _streams(self) -> set[int] | None:
        """The streams of the cases in which something may be due; None if that may be anywhere."""
        catalog = self._store.catalog
        if self._moved is None or self._store.rows(_HAS_GROUP_IN_A_CASE.format(catalog=catalog)):
            return None
        streams = set(self._moved)
        for table in _FINDINGS:
            for key, case_no in self._store.rows(_TRIGGERED.format(catalog=catalog, table=table), [self._silent_at]):
                if case_no is None:
                    return None
                streams.add(key)
        streams = closed_over_links(self._store, streams)
        return streams if len(streams) <= _STREAMS_MAXIMUM else None


class _Scope:
    """A connection on which the names of the tables mean what they hold of some streams."""

    def __init__(self, store: Store, models: Sequence[Model]) -> None:
        self._store = store
        self._views, self._tables = _asked(models)
        self._connection: duckdb.DuckDBPyConnection | None = None

    def open(self, streams: set[int]) -> None:
        """Narrow the tables to these streams, what is found across cases beside them."""
        self._connection = self._connection or self._connect()
        is_own, is_across = in_keys("key", streams), _IS_ACROSS.format(catalog=self._store.catalog)
        for table in _FINDINGS:
            self._narrow(table, is_own, is_across)
        # A complaint may have had its card before a correction told that it is about a case.
        is_on_stream = f"case_no is null and {in_keys('hash(subject_id)', streams)}"
        self._narrow("card_rows", is_own, f"({is_across}) or ({is_on_stream})")
        read = streams & self._keys("select key from card_rows") | self._keys(_PROMPTS)
        for table in self._tables:
            self._narrow(table, in_keys("key", read))

    def _keys(self, sql: str) -> set[int]:
        assert self._connection is not None
        return {row[0] for row in self._connection.execute(sql).fetchall()}

    def ask(self, sql: str, parameters: object) -> Answer:
        """Column names and rows of a question about these streams."""
        assert self._connection is not None
        return answer(self._connection, sql, parameters)

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        connection = self._store.cursor()
        for table in (*_FINDINGS, "card_rows", *self._tables):
            connection.execute(f"create temp table {table} as select * from {self._store.catalog}.{table} limit 0")
        for view in self._views:
            connection.execute(create(view, temporary=True))
        return connection

    def _narrow(self, table: str, is_own: str, is_more: str | None = None) -> None:
        # Two statements: an index serves a list of keys only where nothing else may be true instead.
        assert self._connection is not None
        stored = f"select * from {self._store.catalog}.{table} as stored"
        self._connection.execute(f"create or replace temp table {table} as {stored} where {is_own}")
        if is_more:
            self._connection.execute(f"insert into temp.{table} {stored} where ({is_more}) and not ({is_own})")


def _asked(models: Sequence[Model]) -> tuple[list[Model], list[str]]:
    """The views that the questions read, and the tables of streams under them besides findings and cards."""
    names, needed = ["events", *(model.name for model in models)], set(_ASKED)
    for model in reversed(models):
        if model.name in needed and model.refresh == "view":
            needed |= model.reads(names)
    by_stream = {"events"} | {model.name for model in models if model.refresh == "key"}
    narrowed = set(by_stream)
    for model in models:
        if model.refresh == "view" and model.reads(narrowed):
            narrowed.add(model.name)
    views = [model for model in models if model.refresh == "view" and model.name in needed & narrowed]
    return views, sorted(needed & by_stream - {*_FINDINGS, "card_rows"})
