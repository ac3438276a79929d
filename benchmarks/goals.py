"""The goals, each with its figures, and whether they are met at every size that was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from benchmarks.measures import Figures
from benchmarks.parts.ingest import END_TO_END, PLAIN, RECORDER

Kept = dict[str, dict[int, Figures]]
Values = Iterator[tuple[str, float]]
"""What a figure is of, and the figure."""
GOALS = Path(__file__).parent / "goals.yaml"
OF_MEMORY = (
    "city.home", "rebuild.log", "rebuild.archive", "past.months", "past.day", "past.explain-now", "past.explain-kept",
    "past.explain-then", "daily.questions", "batches.touched", "live.500", "live.5000",
)  # fmt: skip
"""The measures that run our own code over a city."""


class Goal(NamedTuple):
    """A goal with what was measured for it."""

    name: str
    zh: str
    en: str
    at_least: float | None
    at_most: float | None
    unit: str
    notes: list[str]
    values: list[tuple[str, float]]

    @property
    def is_met(self) -> bool | None:
        """Whether every figure keeps to the bound; None if there is none."""
        if not self.values:
            return None
        low, high = self.at_least, self.at_most
        return all((low is None or value >= low) and (high is None or value <= high) for _, value in self.values)

    @property
    def bound(self) -> str:
        """The bound as people write it."""
        return f"≥ {number(self.at_least)} {self.unit}" if self.at_least is not None else self._most()

    def _most(self) -> str:
        return f"≤ {number(self.at_most)} {self.unit}"


def goals(kept: Kept) -> list[Goal]:
    """All goals of goals.yaml."""
    told: dict[str, dict[str, Any]] = yaml.safe_load(GOALS.read_text("utf-8"))
    return [
        Goal(
            name, row["zh"], row["en"], row.get("at_least"), row.get("at_most"), row["unit"], row["notes"],
            list(VALUES[name](kept)),
        )
        for name, row in told.items()
    ]  # fmt: skip


def number(value: float | None) -> str:
    """A figure as short as it can be read."""
    if value is None:
        return ""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.2f}"


def size_text(size: int) -> str:
    """A size in words of the field: 100 k, 3 M."""
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if size >= unit:
            return f"{size / unit:g} {name}"
    return str(size)


def _over(slow: str, fast: str) -> Callable[[Kept], Values]:
    """How many times as long one measure takes as another, at each size that has both."""

    def values(kept: Kept) -> Values:
        for size, figures in kept.get(slow, {}).items():
            if size in kept.get(fast, {}):
                yield size_text(size), figures["seconds"] / kept[fast][size]["seconds"]

    return values


def _ingest_over(peer: str) -> Callable[[Kept], Values]:
    def values(kept: Kept) -> Values:
        for size, figures in kept.get("ingest.in-order", {}).items():
            yield size_text(size), figures["rates"][END_TO_END] / figures["rates"][peer]

    return values


def _ingest_flat(kept: Kept) -> Values:
    rates = {size: figures["rates"][END_TO_END] for size, figures in kept.get("ingest.in-order", {}).items()}
    if len(rates) > 1:
        yield f"{size_text(min(rates))} → {size_text(max(rates))}", rates[max(rates)] / rates[min(rates)]


def _rebuild_flat(kept: Kept) -> Values:
    rates = {size: one["events"] / one["seconds"] for size, one in sorted(kept.get("rebuild.archive", {}).items())}
    if len(rates) > 1:
        smaller, largest = list(rates)[-2:]
        yield f"{size_text(smaller)} → {size_text(largest)}", rates[largest] / rates[smaller]


def _rebuild_equal(kept: Kept) -> Values:
    for size, figures in kept.get("rebuild.archive", {}).items():
        other = kept.get("rebuild.log", {}).get(size, {})
        if "canonical_hash" in figures and "canonical_hash" in other:
            yield size_text(size), float(figures["canonical_hash"] == other["canonical_hash"])


def _explain(kept: Kept) -> Values:
    for size, figures in kept.get("past.explain-then", {}).items():
        yield size_text(size), figures["p99_ms"]


def _live(kept: Kept) -> Values:
    """A card that never came took for ever."""
    for size, figures in kept.get("live.5000", {}).items():
        is_right = figures["planted"] and not figures["missed"] and not figures["not_planted"]
        yield size_text(size), figures["latency"]["p99_ms"] if is_right else float("inf")


def _batch_flat(kept: Kept) -> Values:
    sizes = kept.get("batches.touched", {})
    if len(sizes) > 1:
        small, large = sizes[min(sizes)]["watch"], sizes[max(sizes)]["watch"]
        for touched in small:
            yield f"{int(touched):,}", large[touched]["p50_ms"] / small[touched]["p50_ms"]


def _single_append(kept: Kept) -> Values:
    for figures in kept.get("durable.append", {}).values():
        disk = min(figures[name]["p50_ms"] for name in ("overwritten", "appended"))
        yield "", figures["append"]["p50_ms"] / disk


def _memory(kept: Kept) -> Values:
    largest = max((size for name in OF_MEMORY for size in kept.get(name, {})), default=0)
    peaks = {name: kept[name][largest]["peak_mib"] for name in OF_MEMORY if largest in kept.get(name, {})}
    if peaks:
        worst = max(peaks, key=lambda name: peaks[name])
        yield f"{size_text(largest)}, {worst}", peaks[worst]


def _archive_bytes(kept: Kept) -> Values:
    for size, figures in kept.get("disk.bytes", {}).items():
        yield size_text(size), figures["archive"]


def _worst_rule(name: str) -> Callable[[Kept], Values]:
    def values(kept: Kept) -> Values:
        for figures in kept.get("detection.city", {}).values():
            worst = min(figures["rules"].values(), key=lambda rule: rule[name])
            yield ("" if worst[name] == 1 else worst["code"]), worst[name]

    return values


def _near_misses(kept: Kept) -> Values:
    for figures in kept.get("detection.city", {}).values():
        rules = figures["rules"].values()
        near = sum(rule["near"] for rule in rules)
        yield f"{near:,}", sum(rule["near_silent"] for rule in rules) / near if near else 0.0


def _plants(kept: Kept) -> Values:
    """Of the rules that the handbook gives a code."""
    for figures in kept.get("detection.city", {}).values():
        core = [one for rule, one in figures["rules"].items() if one["code"] not in ("", rule)]
        for name in ("planted", "near"):
            fewest = min(core, key=lambda rule: rule[name])
            yield f"{name}, {fewest['code']}", fewest[name]


VALUES: dict[str, Callable[[Kept], Values]] = {
    "ingest-over-sqlite": _ingest_over(PLAIN),
    "ingest-over-recorder": _ingest_over(RECORDER),
    "ingest-flat": _ingest_flat,
    "rebuild-over-duckdb": _over("rebuild.duckdb", "rebuild.archive"),
    "rebuild-over-fold": _over("rebuild.fold", "rebuild.archive"),
    "rebuild-over-eventsourcing": _over("rebuild.eventsourcing", "rebuild.archive"),
    "rebuild-flat": _rebuild_flat,
    "rebuild-equal": _rebuild_equal,
    "months": _over("past.months", "rebuild.archive"),
    "day": _over("past.day", "rebuild.archive"),
    "explain": _explain,
    "live": _live,
    "batch-flat": _batch_flat,
    "single-append": _single_append,
    "memory": _memory,
    "archive-bytes": _archive_bytes,
    "precision": _worst_rule("precision"),
    "recall": _worst_rule("recall"),
    "near-misses": _near_misses,
    "plants": _plants,
}
