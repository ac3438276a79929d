"""APScheduler rings the bell in real time; a bell that rang late or twice changes nothing."""

from collections.abc import Callable

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger

from engine.clock import MICROSECONDS_A_SECOND, Clock
from engine.facts import Fact
from monitors.monitor import Monitor

TICK_SECONDS = 1
Tell = Callable[[int, list[Fact]], None]


def follow(monitor: Monitor, clock: Clock, tell: Tell, *, every_seconds: float = TICK_SECONDS) -> None:
    """Watch at every tick until interrupted; an error ends it, so that whoever started it knows."""
    scheduler = BlockingScheduler(timezone="UTC")
    failures: list[BaseException] = []

    def tick() -> None:
        try:
            at = clock.now()
            tell(at, monitor.watch(at, until=at + round(every_seconds * MICROSECONDS_A_SECOND)))
        except BaseException as failure:
            failures.append(failure)
            if scheduler.running:
                scheduler.shutdown(wait=False)

    # A late tick is worth as much as a punctual one, and several missed ones as much as one.
    scheduler.add_job(tick, IntervalTrigger(seconds=every_seconds), misfire_grace_time=None, coalesce=True)
    try:
        tick()
        if not failures:
            scheduler.start()
    except (KeyboardInterrupt, SystemExit):
        scheduler.shutdown()  # A tick under way comes to its end before its files are closed.
    if failures:
        raise failures[0]
