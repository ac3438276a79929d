"""What one batch costs: the models follow facts of so many cases; and the whole bell, with what the monitor says."""

from __future__ import annotations

import random

from benchmarks.measures import Figures, Measure, Place, latency, of_cases, timed
from benchmarks.memory import peak_mib
from benchmarks.watching import drawn, rating, settle, watched

TOUCHED = (1, 100, 1_000)
WARM_UPS = 3


def batches(place: Place, cases: int) -> Figures:
    """A batch is appended, then followed: only that is on the clock. Updates and whole watches by turns."""
    chance = random.Random(f"batches {cases}")
    figures: Figures = {"update": {}, "watch": {}}
    with watched(place.home(cases)) as (monitor, clock):
        figures["settling_said"] = settle(monitor, clock)
        for touched in TOUCHED:
            seconds: dict[str, list[float]] = {"update": [], "watch": []}
            processor: dict[str, float] = {"update": 0, "watch": 0}
            for repetition in range(2 * (WARM_UPS + place.settings.repetitions)):
                part = f"batch-{monitor.log.head().size}"
                numbers = drawn(chance, cases, min(touched, cases // 2))
                monitor.log.append_batch([rating(number, clock.now(), part) for number in numbers])
                name = ("update", "watch")[repetition % 2]
                with timed() as took:
                    if name == "update":
                        monitor.projector.update(clock.now())
                    else:
                        monitor.watch(clock.now())
                if repetition >= 2 * WARM_UPS:
                    seconds[name].append(took.seconds)
                    processor[name] += took.processor_seconds
            for name, each in seconds.items():
                cpu = {"processor_ms": 1000 * processor[name] / len(each)}
                figures[name][str(touched)] = latency(each) | cpu
    return figures | {"peak_mib": peak_mib()}


MEASURES = (Measure("batches.touched", batches, of_cases, ("city.home",)),)
