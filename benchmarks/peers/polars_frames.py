"""polars on the same Parquet files: lazy frames, joined and grouped."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from benchmarks.peers.answer import ANSWER, PROMISED, STATUTORY, STEP, Answer, answered
from benchmarks.peers.fold import ANSWER_DAYS, ANSWERS, LOCAL_OFFSET

HORIZON_DAYS = 400
LIMITS_AT_ONCE = 10_000
ORDER = ("occurred_at", "sequence", "source", "event_id")
KEY = ("stream", "rule_id", "opened_by")
ONE_DAY = pl.duration(days=1)
_FALSE = pl.lit(False)
_NEEDED = ("applied", "decided", "withdrawn", *ANSWERS)


def answer(folder: Path, as_of: int) -> Answer:
    """From files to answer."""
    return _City(folder, as_of).answer()


class _City:
    """The tables of a city, and the duties over them."""

    def __init__(self, folder: Path, as_of: int) -> None:
        self.as_of = datetime(1970, 1, 1) + timedelta(microseconds=as_of + LOCAL_OFFSET)
        self.items = pl.scan_parquet(folder / "items.parquet")
        self.item_steps = pl.scan_parquet(folder / "item_steps.parquet")
        self.item_pauses = pl.scan_parquet(folder / "item_pauses.parquet")
        self.days = pl.scan_parquet(folder / "days.parquet").sort("day").collect()
        self.facts = self._current(pl.scan_parquet(folder / "events-*.parquet"))
        self.licences = self._licences().collect()
        self.pauses = self._pauses().collect()

    def answer(self) -> Answer:
        """All duties, judged and added up."""
        licences = self.licences.lazy()
        answers = self.judged(
            licences.filter("with_materials").select(
                *self._columns(ANSWER, "applied_at", pl.lit(ANSWER_DAYS), discharged="answered_at")
            )
        )
        openings = self._openings(answers).collect()
        bases = self.judged(self._bases(openings.lazy()))
        extended = self.judged(self._extended(openings.lazy(), bases.lazy()))
        kept = bases.join(extended, on=["stream", "rule_id"], how="anti")
        return self._added_up(pl.concat([answers, self.judged(self._steps(openings.lazy())), extended, kept]))

    @staticmethod
    def _current(events: pl.LazyFrame) -> pl.LazyFrame:
        identity = ["stream", "source", "event_id"]
        revised = events.filter(pl.col("dataversion") > 1).group_by(identity).agg(newest=pl.col("dataversion").max())
        newest = pl.col("newest").fill_null(1)
        return events.join(revised, on=identity, how="left").filter(pl.col("dataversion") == newest).drop("newest")

    def _licences(self) -> pl.LazyFrame:
        kind, at = pl.col("type"), pl.col("occurred_at")
        applied = kind == "applied"
        return (
            self.facts.filter(kind.is_in(_NEEDED))
            .group_by("stream")
            .agg(
                item=pl.col("item").filter(applied).min(),
                department=pl.col("department").filter(applied).min(),
                with_materials=pl.col("with_materials").filter(applied).any(),
                applied_at=at.filter(applied).min(),
                accepted_at=at.filter(kind == "accepted").min(),
                answered_at=at.filter(kind.is_in(ANSWERS)).min(),
                decided_at=at.filter(kind == "decided").min(),
                withdrawn_at=at.filter(kind == "withdrawn").min(),
            )
            .filter(pl.col("applied_at").is_not_null())
        )

    def _pauses(self) -> pl.LazyFrame:
        ended = self.facts.filter(pl.col("type") == "suspension_ended").select("stream", *ORDER)
        begun = self.facts.filter((pl.col("type") == "suspension_started") & pl.col("is_told"))
        return (
            begun.select("stream", "kind", "planned_end", *ORDER)
            .join(self.licences.lazy().select("stream", "item"), on="stream")
            .join(self.item_pauses, on=["item", "kind"])
            .join(ended, on="stream", how="left", suffix="_end")
            .group_by("stream", "event_id", "occurred_at", "planned_end")
            .agg(ended=pl.col("occurred_at_end").filter(_is_later("_end")).min())
            .select(
                "stream",
                after_day=pl.col("occurred_at").dt.date(),
                upto_day=pl.min_horizontal(pl.col("ended").dt.date(), pl.col("planned_end")),
            )
        )

    def _openings(self, answers: pl.DataFrame) -> pl.LazyFrame:
        """Cases that were accepted, or count as accepted because nobody answered in time."""
        late = answers.lazy().select("stream", "is_unmet")
        deemed = pl.col("is_unmet").fill_null(False)
        return (
            self.licences.lazy()
            .join(self.items, on="item")
            .join(late, on="stream", how="left")
            .with_columns(opened_at=pl.when(deemed).then("applied_at").otherwise("accepted_at"))
            .filter(pl.col("opened_at").is_not_null())
        )

    def _bases(self, openings: pl.LazyFrame) -> pl.LazyFrame:
        in_calendar_days = pl.col("unit") == "calendar_day"
        statutory = openings.select(*self._columns(STATUTORY, "opened_at", pl.col("statutory"), in_calendar_days))
        promised = openings.filter(~pl.col("is_immediate")).select(
            *self._columns(PROMISED, "opened_at", pl.col("promised"))
        )
        return pl.concat([statutory, promised])

    def _extended(self, openings: pl.LazyFrame, bases: pl.LazyFrame) -> pl.LazyFrame:
        """What the first valid extension of a case adds to its limits."""
        limits = openings.select("stream", "opened_at", "unit", "extension_n", "extension_unit", "extension_role")
        statutory = bases.filter(pl.col("rule_id") == STATUTORY).select("stream", "due_on")
        in_time = pl.col("due_on").is_null() | (pl.col("occurred_at") < pl.col("due_on") + ONE_DAY)
        extensions = (
            self.facts.filter((pl.col("type") == "extended") & pl.col("with_reason") & pl.col("is_told"))
            .select("stream", "n", "unit", "approver_role", *ORDER)
            .join(limits, on=["stream", "unit"])
            .join(statutory, on="stream")
            .filter(
                (pl.col("occurred_at") >= pl.col("opened_at"))
                & (pl.col("approver_role") == pl.col("extension_role"))
                & (pl.col("unit") == pl.col("extension_unit"))
                & (pl.col("n") <= pl.col("extension_n"))
                & in_time
            )
            .sort(*ORDER)
            .group_by("stream", maintain_order=True)
            .agg(added=pl.col("n").first(), occurred_at=pl.col("occurred_at").first())
        )
        return (
            bases.join(extensions, on="stream")
            .filter((pl.col("rule_id") == STATUTORY) | in_time)
            .with_columns(n=(pl.col("n") + pl.col("added")).cast(pl.Int32))
            .select(*_LIMIT)
        )

    def _steps(self, openings: pl.LazyFrame) -> pl.LazyFrame:
        ended = self.facts.filter(pl.col("type") == "step_finished").select("stream", "step", *ORDER)
        cases = openings.select("stream", "item", "department", "decided_at", "withdrawn_at")
        begun = self.facts.filter(pl.col("type") == "step_started").select("stream", "step", *ORDER)
        return (
            begun.join(cases, on="stream")
            .join(self.item_steps, on=["item", "step"])
            .join(ended, on=["stream", "step"], how="left", suffix="_end")
            .group_by("stream", "department", "event_id", "occurred_at", "n", "decided_at", "withdrawn_at")
            .agg(discharged_at=pl.col("occurred_at_end").filter(_is_later("_end")).min())
            .with_columns(
                opened_by=pl.col("event_id"),
                voided_at=pl.coalesce(_since("occurred_at", "decided_at"), _since("occurred_at", "withdrawn_at")),
            )
            .select(*self._columns(STEP, "occurred_at", pl.col("n"), discharged="discharged_at", voided="voided_at"))
        )

    @staticmethod
    def _columns(
        rule: str,
        opened: str,
        n: pl.Expr,
        in_calendar_days: pl.Expr = _FALSE,
        discharged: str = "decided_at",
        voided: str = "withdrawn_at",
    ) -> list[pl.Expr]:
        return [
            pl.col("stream"),
            pl.col("department"),
            pl.lit(rule).alias("rule_id"),
            (pl.col("opened_by") if rule == STEP else pl.lit("")).alias("opened_by"),
            pl.col(opened).dt.date().alias("opened_on"),
            n.cast(pl.Int32).alias("n"),
            in_calendar_days.alias("in_calendar_days"),
            _since(opened, discharged).alias("discharged_at"),
            _since(opened, voided).alias("voided_at"),
        ]

    def judged(self, limits: pl.LazyFrame) -> pl.DataFrame:
        """Limits with their due days, and whether each was breached."""
        frame = limits.collect()
        is_paused = pl.col("stream").is_in(self.pauses["stream"].unique().implode())
        # Each paused limit is four hundred days long: all of them at once would take a city's memory.
        paused = frame.filter(is_paused).iter_slices(LIMITS_AT_ONCE)
        due = pl.concat([self._plainly(frame.filter(~is_paused)), *map(self._past_pauses, paused)])
        breach = pl.col("due_on") + ONE_DAY
        unmet = (breach <= self.as_of) & (pl.col("discharged_at") >= breach).fill_null(True)
        return due.with_columns(
            is_unmet=unmet.fill_null(False), is_not_void=(pl.col("voided_at") >= breach).fill_null(True)
        )

    def _plainly(self, limits: pl.DataFrame) -> pl.DataFrame:
        days = self.days.lazy()
        working = days.filter("is_working").select(number="number", working="day")
        rolled = days.select(target="day", rolled="rolled")
        return (
            limits.lazy()
            .join(days.select(opened_on="day", before="number"), on="opened_on")
            .with_columns(
                number=(pl.col("before") + pl.col("n")), target=pl.col("opened_on") + pl.duration(days=pl.col("n"))
            )
            .join(working, on="number", how="left")
            .join(rolled, on="target", how="left")
            .with_columns(due_on=pl.when("in_calendar_days").then("rolled").otherwise("working"))
            .select(*_LIMIT, "due_on")
            .collect()
        )

    def _past_pauses(self, limits: pl.DataFrame) -> pl.DataFrame:
        """Day by day: the n-th counted day that no pause takes out."""
        numbered = limits.with_row_index("limit_no")
        end = pl.col("opened_on") + pl.duration(days=HORIZON_DAYS)
        candidates = (
            numbered.lazy()
            .select("limit_no", "stream", "n", "in_calendar_days", "opened_on")
            .with_columns(day=pl.date_ranges("opened_on", end))
            .explode("day")
            .filter(pl.col("day") > pl.col("opened_on"))
            .join(self.days.lazy().select("day", "is_working", "rolled"), on="day")
            .filter(pl.col("in_calendar_days") | pl.col("is_working"))
        )
        is_inside = (pl.col("after_day") < pl.col("day")) & (pl.col("day") <= pl.col("upto_day").fill_null(date.max))
        paused = candidates.join(self.pauses.lazy(), on="stream").filter(is_inside).select("limit_no", "day").unique()
        due = (
            candidates.join(paused, on=["limit_no", "day"], how="anti")
            .with_columns(nth=pl.col("day").rank("ordinal").over("limit_no"))
            .filter(pl.col("nth") == pl.col("n"))
            .select("limit_no", due_on="rolled")
        )
        return numbered.lazy().join(due, on="limit_no", how="left").select(*_LIMIT, "due_on").collect()

    def _added_up(self, duties: pl.DataFrame) -> Answer:
        breached = pl.col("is_unmet") & pl.col("is_not_void")
        epoch_day = (pl.col("due_on") - date(1970, 1, 1)).dt.total_days()
        by_rule = duties.group_by("rule_id").agg(limits=pl.len(), due_days=epoch_day.sum(), breaches=breached.sum())
        rows = by_rule.rows()
        return answered(
            {rule: limits for rule, limits, _, _ in rows},
            {rule: days for rule, _, days, _ in rows},
            {rule: breaches for rule, *_, breaches in rows},
            self._daily(duties.lazy().filter(breached)).rows(),
        )

    def _daily(self, breached: pl.LazyFrame) -> pl.DataFrame:
        key = ["day", "department"]
        closed = pl.col("stream").filter(pl.col("type") == "closed").n_unique()
        worked = (
            self.facts.select("stream", "type", day=pl.col("occurred_at").dt.date())
            .join(self.licences.lazy().select("stream", "department"), on="stream")
            .group_by(key)
            .agg(handled=pl.col("stream").n_unique(), closed=closed)
        )
        late = breached.group_by(day=(pl.col("due_on") + ONE_DAY).cast(pl.Date), department="department").agg(
            breached=pl.len()
        )
        counts = (pl.col(name).fill_null(0).cast(pl.Int64) for name in ("handled", "closed", "breached"))
        return (
            worked.join(late, on=key, how="full", coalesce=True)
            .select((pl.col("day") - date(1970, 1, 1)).dt.total_days(), "department", *counts)
            .collect()
        )


_LIMIT = (*KEY, "department", "opened_on", "n", "in_calendar_days", "discharged_at", "voided_at")


def _since(opened: str, ended: str) -> pl.Expr:
    """When a limit ended; what lies before its opening ends nothing."""
    return pl.when(pl.col(ended) >= pl.col(opened)).then(ended)


def _is_later(suffix: str) -> pl.Expr:
    """Whether the other fact comes after this one in the order of the world."""
    is_later = pl.lit(False)
    for name in reversed(ORDER):
        is_later = (pl.col(f"{name}{suffix}") > pl.col(name)) | ((pl.col(f"{name}{suffix}") == pl.col(name)) & is_later)
    return is_later
