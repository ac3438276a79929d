"""The pictures of the page, as SVG: the same figures give the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.chapters import REBUILDS
from benchmarks.goals import OF_MEMORY, Kept, size_text
from benchmarks.parts.ingest import ORDERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OURS, GOAL = "#b3261e", "#777777"
COLOURS = ("#b3261e", "#e0857f", "#f0b8b4", "#1f4e79", "#3d8361", "#8a6d3b", "#6a4c93", "#555555")
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "e-supervision",
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "axes.axisbelow": True,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
}


def draw(folder: Path, kept: Kept, suffix: str = "svg") -> list[Path]:
    """All pictures for which there are figures."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    with matplotlib.rc_context(_STYLE):
        for name, (needs, width, height, columns, paint) in _PICTURES.items():
            if all(any(each in kept for each in some) for some in needs):
                figure, axes = pyplot.subplots(1, columns, figsize=(width, height), squeeze=False)
                paint(list(axes[0]), kept)
                path = folder / f"{name}.{suffix}"
                figure.savefig(path, metadata={"Date": None} if suffix == "svg" else None, dpi=110)
                pyplot.close(figure)
                drawn.append(path)
    return drawn


def _ingest(axes: list[Axes], kept: Kept) -> None:
    for place, (axis, order) in enumerate(zip(axes, ORDERS, strict=True)):
        sizes = sorted(kept.get(f"ingest.{order.replace(' ', '-')}", {}).items())
        if not sizes:
            continue
        names = list(reversed(sizes[0][1]["rates"]))
        height = 0.8 / len(sizes)
        for number, (size, figures) in enumerate(sizes):
            rates = [figures["rates"][name] / 1000 for name in names]
            at = [row - height * number for row in range(len(names))]
            bars = axis.barh(
                at, rates, height * 0.9, color=COLOURS[3 - number * 2], label=f"{size_text(size)} events before"
            )
            axis.bar_label(bars, fmt=" %.0f", fontsize=8)
        axis.set_yticks([row - height * (len(sizes) - 1) / 2 for row in range(len(names))], names if not place else [])
        axis.set_title(f"ids {order}")
        axis.set_xlabel("thousand events a second, durable")
        axis.grid(axis="y", visible=False)
    handles, labels = max((axis.get_legend_handles_labels() for axis in axes), key=lambda each: len(each[1]))
    axes[0].get_figure().legend(handles, labels, loc="outside lower center", ncols=len(labels))


def _durable(axes: list[Axes], kept: Kept) -> None:
    (figures,) = kept["durable.append"].values()
    names = {"append": "one fact, durable", "overwritten": "4 KiB overwritten", "appended": "4 KiB appended"}
    for colour, (name, told) in zip((OURS, COLOURS[3], COLOURS[4]), names.items(), strict=True):
        _distribution(axes[0], figures[name]["percentiles_ms"], told, colour)
    axes[0].set_xscale("log")
    _share(axes[0], "milliseconds")


def _live(axes: list[Axes], kept: Kept) -> None:
    for axis, rate in zip(axes, (500, 5000), strict=True):
        for colour, (size, figures) in zip(
            COLOURS[3:] + COLOURS, sorted(kept.get(f"live.{rate}", {}).items()), strict=False
        ):
            if figures["latency"]:
                _distribution(axis, figures["latency"]["percentiles_ms"], f"{size_text(size)} cases", colour)
        axis.axvline(1000, color=GOAL, linestyle=":", linewidth=1)
        axis.set_title(f"{rate:,} events/s")
        _share(axis, "milliseconds from append to card")


def _distribution(axis: Axes, percentiles: list[float], label: str, colour: str) -> None:
    shares = [place / 100 for place in range(len(percentiles))]
    axis.plot(percentiles, shares, color=colour, label=label, linewidth=1.6)


def _share(axis: Axes, what: str) -> None:
    axis.set_xlabel(what)
    axis.set_ylabel("share within")
    axis.set_ylim(0, 1.02)
    _legend(axis, loc="lower right")


def _batches(axes: list[Axes], kept: Kept) -> None:
    sizes = kept["batches.touched"]
    for axis, (name, title) in zip(axes, (("update", "follow"), ("watch", "watch")), strict=True):
        for colour, touched in zip(COLOURS[3:], next(iter(sizes.values()))[name], strict=False):
            values = {size: figures[name][touched] for size, figures in sorted(sizes.items())}
            label = f"{int(touched):,} touched"
            axis.plot(list(values), [one["p50_ms"] for one in values.values()], "o-", color=colour, label=label)
            axis.plot(list(values), [one["p99_ms"] for one in values.values()], ":", color=colour, linewidth=1)
        _by_size(axis, list(sizes), "milliseconds, p50 (dotted: p99)")
        axis.set_ylim(bottom=0)
        axis.set_title(title)
    _legend(axes[0])


def _rebuild(axes: list[Axes], kept: Kept) -> None:
    events = {size: figures["events"] for size, figures in kept["city.log"].items()}
    for colour, (name, told) in zip(COLOURS, REBUILDS.items(), strict=True):
        points = sorted((size, events[size] / one["seconds"] / 1000) for size, one in kept.get(name, {}).items())
        if points:
            style = "o-" if colour in COLOURS[:3] else "s--"
            axes[0].plot(*zip(*points, strict=True), style, color=colour, label=told, markersize=4)
    _plainly(axes[0])
    axes[0].margins(y=0.15)
    _by_size(axes[0], list(events), "thousand events a second")
    _legend(axes[0], loc="center left", bbox_to_anchor=(1.0, 0.5))


def _past(axes: list[Axes], kept: Kept) -> None:
    names = {"rebuild.archive": "one rebuild", "past.day": "one past day", "past.months": "twelve month-ends"}
    for colour, (name, told) in zip((OURS, COLOURS[3], COLOURS[4]), names.items(), strict=True):
        points = sorted((size, figures["seconds"]) for size, figures in kept.get(name, {}).items())
        if points:
            axes[0].plot(*zip(*points, strict=True), "o-", color=colour, label=told)
    _plainly(axes[0])
    _by_size(axes[0], [size for name in names for size in kept.get(name, {})], "seconds")
    _legend(axes[0])
    asked = {"now": "now", "kept": "from a kept replay", "then": "as of a past day"}
    for colour, (name, told) in zip((OURS, COLOURS[3], COLOURS[4]), asked.items(), strict=True):
        points = sorted((size, figures["p50_ms"]) for size, figures in kept.get(f"past.explain-{name}", {}).items())
        if points:
            axes[1].plot(*zip(*points, strict=True), "o-", color=colour, label=told)
    axes[1].axhline(200, color=GOAL, linestyle=":", linewidth=1)
    _plainly(axes[1])
    _by_size(axes[1], [size for size in kept.get("past.explain-now", {})], "milliseconds, p50")
    axes[1].set_title("one case explained")
    _legend(axes[1])


def _memory(axes: list[Axes], kept: Kept) -> None:
    sizes = set()
    for place, name in enumerate(OF_MEMORY):
        points = sorted((size, figures["peak_mib"]) for size, figures in kept.get(name, {}).items())
        if points:
            sizes |= {size for size, _ in points}
            style = "o-" if place < len(COLOURS) else "^--"
            axes[0].plot(
                *zip(*points, strict=True), style, color=COLOURS[place % len(COLOURS)], label=name, markersize=4
            )
    axes[0].axhline(4096, color=GOAL, linestyle=":", linewidth=1)
    _by_size(axes[0], sorted(sizes), "peak MiB (dotted: 4 GiB)")
    axes[0].set_ylim(bottom=0)
    _legend(axes[0], loc="center left", bbox_to_anchor=(1.0, 0.5))


def _disk(axes: list[Axes], kept: Kept) -> None:
    sizes = sorted(kept["disk.bytes"].items())
    names = ("log", "archive", "projections", "flat parquet")
    width = 0.8 / len(names)
    for number, name in enumerate(names):
        at = [place + width * number for place in range(len(sizes))]
        bars = axes[0].bar(
            at, [figures[name] for _, figures in sizes], width * 0.9, color=COLOURS[2 + number], label=name
        )
        axes[0].bar_label(bars, fmt="%.0f", fontsize=8)
    axes[0].set_xticks([place + 1.5 * width for place in range(len(sizes))], [size_text(size) for size, _ in sizes])
    axes[0].set_xlabel("cases")
    axes[0].set_ylabel("bytes an event")
    axes[0].grid(axis="x", visible=False)
    _legend(axes[0])


def _legend(axis: Axes, **place: Any) -> None:
    if axis.get_legend_handles_labels()[0]:
        axis.legend(**place)


def _plainly(axis: Axes) -> None:
    """A logarithmic scale with plain numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis.set_yscale("log")
    axis.yaxis.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0)))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.yaxis.set_minor_formatter(NullFormatter())


def _by_size(axis: Axes, sizes: list[int], what: str) -> None:
    from matplotlib.ticker import NullLocator

    ordered = sorted(set(sizes))
    axis.set_xscale("log")
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xticks(ordered, [size_text(size) for size in ordered])
    axis.set_xlabel("cases")
    axis.set_ylabel(what)


Paint = Callable[[list[Any], Kept], None]
_PICTURES: dict[str, tuple[tuple[tuple[str, ...], ...], float, float, int, Paint]] = {
    "ingest": ((("ingest.in-order", "ingest.random"),), 9, 3, 2, _ingest),
    "durable": ((("durable.append",),), 5.5, 3, 1, _durable),
    "live": ((("live.500", "live.5000"),), 9, 3.2, 2, _live),
    "batches": ((("batches.touched",),), 9, 3.2, 2, _batches),
    "rebuild": ((("city.log",), tuple(REBUILDS)), 8, 3.6, 1, _rebuild),
    "past": ((("rebuild.archive",), ("past.months", "past.explain-now")), 9, 3.2, 2, _past),
    "memory": ((OF_MEMORY,), 8, 3.4, 1, _memory),
    "disk": ((("disk.bytes",),), 7, 3, 1, _disk),
}
"""Each picture: the measures of which it needs some, its size in inches, its columns, who paints it."""
