"""The sealed daily log, asked as people ask it."""

from __future__ import annotations

from benchmarks.measures import Figures, Measure, Place, latency, of_cases, timed
from benchmarks.memory import peak_mib
from console.bootstrap import open_home
from console.questions import ask

QUESTIONS = {
    "one day, every department": "select * from daily_log where day = date '2026-06-30'",
    "one department, every day": "select * from daily_log where department = '320900.d07' order by day",
    "every month": (
        "select date_trunc('month', day) as month, department, sum(handled) as handled, sum(closed) as closed"
        " from daily_log group by all order by all"
    ),
}


def questions(place: Place, cases: int) -> Figures:
    """Each question again and again, through the door of `esup query`."""
    with open_home(place.home(cases), create=False) as home:
        asked: Figures = {}
        for name, sql in QUESTIONS.items():
            seconds = []
            for _ in range(place.settings.repetitions):
                with timed() as took:
                    _, rows = ask(home.projector, sql, home.settings.zone)
                assert rows
                seconds.append(took.seconds)
            asked[name] = latency(seconds) | {"rows": len(rows)}
    return {"questions": asked, "peak_mib": peak_mib()}


MEASURES = (Measure("daily.questions", questions, of_cases, ("city.home",)),)
