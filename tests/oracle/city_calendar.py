"""The Chinese working days of the shared folder as notices, and where that folder lies."""

from __future__ import annotations

import csv
import json
import os
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.calendar import Calendar
from tests.oracle.facts import as_fact, known

END_OF_TIME = 2**62


def shared_folder() -> Path:
    """The shared folder with the specification; the test is skipped where it is absent."""
    folder = Path(os.environ.get("ESUP_SHARED", Path(__file__).parents[3] / "shared"))
    if not (folder / "spec" / "examples.json").exists():
        pytest.skip(f"no shared folder at {folder}: set ESUP_SHARED to the folder that holds spec/ and data/")
    return folder


def examples() -> list[dict[str, Any]]:
    """The worked vectors of the specification."""
    return list(json.loads((shared_folder() / "spec" / "examples.json").read_text())["vectors"])


def _rows(name: str) -> list[dict[str, str]]:
    with (shared_folder() / "data" / "calendar" / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _notice(name: str, published_on: str, days: dict[str, bool]) -> dict[str, Any]:
    return {
        "type": "esup.calendar.noticed",
        "subject": "cn",
        "source": "/test/calendars",
        "id": name,
        "time": f"{published_on}T00:00:00+08:00",
        "data": {
            "notice": name,
            "published_on": published_on,
            "calendar": "cn",
            "days": [{"date": day, "working": working} for day, working in sorted(days.items())],
        },
    }


@cache
def chinese_notices() -> list[dict[str, Any]]:
    """The notices of 2004-2026 as events: each year with days of the year before, and the changes."""
    final = {row["date"]: row["working"] == "1" for row in _rows("cn_workdays_2004_2026.csv")}
    changes = _rows("changes.csv")
    before = final | {row["date"]: row["working_before"] == "1" for row in changes}
    notices = []
    for row in _rows("notices.csv"):
        days = {day: working for day, working in before.items() if day.startswith(row["year"])}
        days |= {day: final[day] for day in row["days_of_the_year_before"].split()}
        notices.append(_notice(f"year {row['year']}", row["published_on"], days))
    changed: dict[str, dict[str, bool]] = defaultdict(dict)
    for row in changes:
        changed[row["known_from"]][row["date"]] = row["working_after"] == "1"
    return notices + [_notice(f"change {day}", day, days) for day, days in sorted(changed.items())]


def chinese_calendar(known_at: int = END_OF_TIME) -> Calendar:
    """The calendar of China as known at an instant."""
    return Calendar(known(map(as_fact, chinese_notices()), END_OF_TIME, known_at), "cn")
