"""A chapter of the page for each part: what was measured and how, the picture, the table, the command."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.goals import Kept, size_text
from benchmarks.measures import Figures
from benchmarks.parts.ingest import END_TO_END, ORDERS
from benchmarks.tables import milliseconds, seconds, table, whole

REBUILDS = {
    "rebuild.archive": "all models, from the archive",
    "rebuild.log": "all models, from the log",
    "rebuild.derive": "all models, facts loaded",
    "rebuild.duckdb": "DuckDB SQL by hand, on Parquet",
    "rebuild.polars": "polars, on Parquet",
    "rebuild.postgresql": "PostgreSQL SQL by hand, loaded",
    "rebuild.fold": "plain-Python fold",
    "rebuild.eventsourcing": "eventsourcing's projection",
}
"""Everybody who answers for a city, and how they are called."""

_INGEST = """\
Each contestant holds so many events, then takes the next ones by turns, slice after slice, every batch of 4,000
durable when it returns. Ours reads each slice from a file: parsed, validated, compared with what is known, hashed into
the tree, synced; `append_batch` is the log alone. The peers get rows that are ready.

"""
_LIVE = """\
Another process appends at the rate, facts of cases drawn from the whole city; the monitor runs as
`esup watch --follow` runs it. One fact in a hundred is a fee that no item has; its card is red at once. The latency
runs from the call that appends to the end of the update after which the projections show the card.

"""
_BATCHES = """\
One new fact for each of so many cases, drawn from the whole city. *Follow* is the update of all projections;
*watch* is the whole bell: follow, look for what is due, and say it. The append itself is not on the clock.

"""
_REBUILD = """\
All models with all rules, from nothing; then the question that the peers answer: how many limits of licences, their
due days, what was breached, and the daily counts of every department. Every answer of a size is the same, or the run
stops; up to 100 k cases the rebuilds from log and archive have the same canonical hash. The peers know nothing else: no
rules as data, no second clock, no cards, no refresh of a part. Those on Parquet read flat tables, parsed beforehand;
PostgreSQL's are loaded and analysed before its clock starts.

"""
_PAST = """\
Twelve month-ends, each with what was known then, and the full state of one past day, beside one rebuild from the
archive; one case explained by `esup explain` without the start of Python: now, out of a replay that was kept in a file
(`--from`), and as of that day (`--as-of`, which derives the case beside the present).

"""
_DETECTION = """\
A simulated city of {cases:,} cases ({events:,} events, preset {preset}, seed {seed}), lived through in virtual time
in {seconds:,.0f} seconds, against the truth that was written beside its events. A finding counts as found only if it
triggers at the very microsecond; one that was not planted is false, whatever it is. Prompts are those that were sent. A
near miss is silent if its rule finds nothing false of its subject.

"""


def chapters(kept: Kept) -> Iterator[str]:
    """The chapters of the parts that were measured."""
    for title, part, picture, write in _CHAPTERS:
        if any(name.partition(".")[0] == part for name in kept):
            shown = f"\n![{title}](performance/{picture}.svg)\n" if picture else ""
            yield f"## {title}\n\n{write(kept)}{shown}\n`python -m benchmarks --only {part}`\n"


def _ingest(kept: Kept) -> str:
    rows = []
    for order in ORDERS:
        for size, figures in sorted(kept.get(f"ingest.{order.replace(' ', '-')}", {}).items()):
            for name, rate in figures["rates"].items():
                over = figures["rates"][END_TO_END] / rate
                rows.append([name, order, size_text(size), whole(rate), f"{over:.2f} ×"])
    text = _INGEST + table(["who", "ids", "events in the log", "events/s", "import over it"], rows)
    files = [
        [
            size_text(size),
            whole(size / figures["seconds"]),
            whole(size / figures["processor_seconds"]),
            whole(size / figures["read_seconds"]),
            whole(figures["peak_mib"]),
        ]
        for size, figures in sorted(kept.get("ingest.file", {}).items())
    ]
    head = ["events in one file", "events/s", "a processor second", "reading alone, events/s", "peak MiB"]
    return text + "\nA whole file into a fresh log, in a process of its own:\n\n" + table(head, files)


def _durable(kept: Kept) -> str:
    (figures,) = kept["durable.append"].values()
    names = {
        "append": "one fact, durable",
        "overwritten": "4 KiB overwritten, fdatasync",
        "appended": "4 KiB appended, fdatasync",
    }
    rows = [
        [told, milliseconds(figures[name]["p50_ms"]), milliseconds(figures[name]["p99_ms"])]
        for name, told in names.items()
    ]
    return "By turns, in one folder.\n\n" + table(["what", "p50 ms", "p99 ms"], rows)


def _live(kept: Kept) -> str:
    rows = []
    for name in ("live.500", "live.5000"):
        for size, one in sorted(kept.get(name, {}).items()):
            times = [milliseconds(one["latency"].get(rank)) for rank in ("p50_ms", "p99_ms", "slowest_ms")]
            cards = f"{one['planted'] - one['missed']:,} of {one['planted']:,}"
            rate = f"{one['events_a_second']:,.0f}"
            rows.append(
                [size_text(size), rate, *times, cards, milliseconds(one["ticks"]["p50_ms"]), whole(one["peak_mib"])]
            )
    head = ["cases", "events/s", "p50 ms", "p99 ms", "slowest ms", "cards", "a tick, p50 ms", "peak MiB"]
    return _LIVE + table(head, rows)


def _batches(kept: Kept) -> str:
    rows = []
    for size, figures in sorted(kept.get("batches.touched", {}).items()):
        for touched in figures["watch"]:
            times = [
                milliseconds(figures[name][touched][rank])
                for name in ("update", "watch")
                for rank in ("p50_ms", "p99_ms", "processor_ms")
            ]
            rows.append([size_text(size), f"{int(touched):,}", *times])
    head = ["cases", "touched", "follow p50 ms", "p99 ms", "processor ms", "watch p50 ms", "p99 ms", "processor ms"]
    return _BATCHES + table(head, rows)


def _rebuild(kept: Kept) -> str:
    sizes = sorted({size for name in REBUILDS for size in kept.get(name, {})})
    rows = []
    for size in sizes:
        events = kept["city.log"][size]["events"]
        for name, told in REBUILDS.items():
            one = kept.get(name, {}).get(size)
            if one:
                cpu, peak = seconds(one.get("processor_seconds")), whole(one.get("peak_mib"))
                rows.append([told, size_text(size), seconds(one["seconds"]), cpu, whole(events / one["seconds"]), peak])
    return _REBUILD + table(["who", "cases", "seconds", "processor seconds", "events/s", "peak MiB"], rows)


def _past(kept: Kept) -> str:
    rows = []
    for size, rebuilt in sorted(kept.get("rebuild.archive", {}).items()):
        row = [size_text(size), seconds(rebuilt["seconds"])]
        for name in ("past.months", "past.day"):
            one = kept.get(name, {}).get(size)
            row += [seconds(one["seconds"]), f"{one['seconds'] / rebuilt['seconds']:.2f} ×"] if one else ["–", "–"]
        for name in ("past.explain-now", "past.explain-kept", "past.explain-then"):
            one = kept.get(name, {}).get(size, {})
            row += [milliseconds(one.get("p50_ms")), milliseconds(one.get("p99_ms"))]
        rows.append(row)
    head = ["cases", "rebuild s", "12 month-ends s", "", "one day s", "", "explain now p50 ms", "p99 ms"]
    return _PAST + table([*head, "from a kept replay p50 ms", "p99 ms", "explain then p50 ms", "p99 ms"], rows)


def _daily(kept: Kept) -> str:
    rows = [
        [size_text(size), name, whole(one["rows"]), milliseconds(one["p50_ms"]), milliseconds(one["p99_ms"])]
        for size, figures in sorted(kept.get("daily.questions", {}).items())
        for name, one in figures["questions"].items()
    ]
    return "Asked as `esup query` asks.\n\n" + table(["cases", "question", "rows", "p50 ms", "p99 ms"], rows)


def _disk(kept: Kept) -> str:
    names = ("log", "archive", "projections", "flat parquet")
    rows = [
        [size_text(size), whole(figures["events"]), *(f"{figures[name]:.1f}" for name in names)]
        for size, figures in sorted(kept.get("disk.bytes", {}).items())
    ]
    return "Bytes an event; the flat tables are the peers'.\n\n" + table(["cases", "events", *names], rows)


def _detection(kept: Kept) -> str:
    ((cases, figures),) = kept["detection.city"].items()
    text = _DETECTION.format(cases=cases, **figures)
    names = ("planted", "found", "missed", "false", "near", "near_silent")
    rows = [
        [
            one["code"] if one["code"] != rule else "",
            f"`{rule}`",
            *(whole(one[name]) for name in names),
            f"{one['precision']:.3f}",
            f"{one['recall']:.3f}",
        ]
        for rule, one in sorted(figures["rules"].items(), key=lambda each: (each[1]["code"], each[0]))
    ]
    head = ["", "rule", "planted", "found", "missed", "false", "near misses", "silent", "precision", "recall"]
    return text + table(head, rows) + _differences(figures)


def _differences(figures: Figures) -> str:
    lines = [f"- {name}: {' '.join(map(str, each))}" for name in ("missed", "false") for each in figures[name]]
    return "\nThe first that differ:\n\n" + "\n".join(lines) + "\n" if lines else ""


def _rules(kept: Kept) -> str:
    sizes = sorted((kept.get("rebuild.archive") or kept["rebuild.log"]).items())
    head = ["rule", *(f"of {size_text(size)} cases" for size, _ in sizes)]
    rows = [
        [
            code,
            *(f"{figures['rules'][code]:,} ({100 * figures['rules'][code] / size:.2f} %)" for size, figures in sizes),
        ]
        for code in sizes[0][1]["rules"]
    ]
    return "Findings that have triggered, in all and as a share of the cases.\n\n" + table(head, rows)


_CHAPTERS: tuple[tuple[str, str, str, Callable[[Kept], str]], ...] = (
    ("Ingest · 入库", "ingest", "ingest", _ingest),
    ("One durable append · 单条落盘", "durable", "durable", _durable),
    ("Live latency · 由入库到见牌", "live", "live", _live),
    ("The cost of a batch · 一批的代价", "batches", "batches", _batches),
    ("Rebuild · 重建", "rebuild", "rebuild", _rebuild),
    ("The past · 回看", "past", "past", _past),
    ("The daily log · 日志查询", "daily", "", _daily),
    ("Disk · 磁盘", "disk", "disk", _disk),
    ("Detection · 查准与查全", "detection", "", _detection),
    ("What the rules find in the benchmark's city · 各规则所见", "rebuild", "", _rules),
)
