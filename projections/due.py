"""What is due, asked of everything, or only of the cases in which something moved since nothing was left to say.

What is due follows from the findings and the cards of one case, or of one group of cases. Where neither moved and no
finding triggered meanwhile, the answer is what it was: nothing. So after an update the questions look at the cases that
it touched, at those in which a finding triggered with time, and at what is found across cases, however large the city.
Once something moved that belongs to no case, they look at everything.
"""

from collections.abc import Sequence

from projections.model import Model
from projections.scope import Scope
from projections.store import Answer, Store
from projections.touch import Touched, closed_over_links

_ASKED = (
    "cards_lapsed", "cards_conceded", "cards_mended", "cards_reinstated", "cards_replaced", "cards_due", "prompts_due",
)  # fmt: skip
_FINDINGS = ("obligation_findings", "condition_findings")
# Of more streams everything is asked: to pick them out would take as long.
_STREAMS_MAXIMUM = 20_000

_TRIGGERED = """
select key, case_no
from {catalog}.{table}
where triggers_at > make_timestamptz(?) and triggers_at <= (select clock.as_of from {catalog}.clock)
"""
_NOW = "select epoch_us(as_of) from {catalog}.clock"
_HAS_GROUP_IN_A_CASE = "select 1 from {catalog}.across_findings where case_no is not null limit 1"
# A rule may find in cases and across them under one code.
_RULES_ACROSS = """
select distinct '''' || own.rule_id || ''''
from {catalog}.rule_definitions as own
inner join {catalog}.rule_definitions as across
    on coalesce(own.code, own.rule_id) = coalesce(across.code, across.rule_id)
where across.gather_sql is not null
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
        self._models = models
        self._scope: Scope | None = None
        self._moved: set[int] | None = None
        self._silent_at = 0
        self._answering: Scope | Store | None = None

    def anywhere(self) -> None:
        """From now on something may be left to say anywhere."""
        self._moved, self._answering = None, None

    def nowhere(self) -> None:
        """At the clock nothing is left to say."""
        silent_at = self._store.one(_NOW.format(catalog=self._store.catalog))
        self._moved, self._silent_at, self._answering = set(), silent_at, None

    def note(self, touched: Touched) -> None:
        """An update has touched streams and moved the clock."""
        self._answering = None
        if self._moved is not None and touched.is_of_cases:
            self._moved.update(touched.keys)
        else:
            self._moved = None

    def query(self, sql: str, parameters: object = None) -> Answer:
        """Column names and rows of a question over the models that say what is due."""
        if self._answering is None:
            streams = self._streams()
            self._answering = self._store if streams is None else self._narrowed_to(streams)
        return self._answering.query(sql, parameters)

    def close(self) -> None:
        """Let go of the connection."""
        if self._scope is not None:
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

    def _narrowed_to(self, streams: set[int]) -> Scope:
        """What there is of findings and cards in these streams, and what is found across cases."""
        self._scope = scope = self._scope or Scope(self._store, self._models, _ASKED)
        across = self._store.rows(_RULES_ACROSS.format(catalog=self._store.catalog))
        # What is found across cases belongs to no case.
        is_across = f"case_no is null and rule_id in ({', '.join(rule_id for (rule_id,) in across) or 'null'})"
        has_key = scope.among("key", streams, "asked")
        for table in _FINDINGS:
            scope.narrow(table, has_key, is_across)
        # A complaint may have had its card before a correction told that it is about a case.
        is_on_stream = f"case_no is null and {scope.among('hash(subject_id)', streams, 'asked')}"
        scope.narrow("card_rows", has_key, f"({is_across}) or ({is_on_stream})")
        read = streams & scope.keys("select key from card_rows") | scope.keys(_PROMPTS)
        is_read = scope.among("key", read, "read")
        for table in scope.tables:
            if table == "events":
                scope.narrow(table, scope.among("key", read, "read", by_index=True))
            elif table not in (*_FINDINGS, "card_rows"):
                scope.narrow(table, is_read)
        return scope
