"""`esup` as a function, and homes to run it in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest

from console import cli


class Done(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


Esup = Callable[..., Done]


@pytest.fixture
def esup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Esup:
    """Run `esup` in an empty folder, in English."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ESUP_LANG", "en")

    def run(*arguments: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["esup", *map(str, arguments)])
        capsys.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        return Done(code, *capsys.readouterr())

    return run


def event(number: int, name: str, time: str, case: str = "C-1", **data: object) -> dict[str, object]:
    """One case fact in the exchange envelope."""
    return {
        "specversion": "1.0", "id": f"{case}-{number}", "source": "/test", "type": f"esup.case.{name}",
        "subject": case, "time": time, "data": data,
    }  # fmt: skip


APPLIED = {"item": "I-1", "department": "D-1", "applicant": {"kind": "citizen", "name": "张三"}, "channel": "window"}


@pytest.fixture
def facts_file(tmp_path: Path) -> Path:
    """A department, and a case that somebody applied for and nobody answered."""
    facts = [
        {
            "specversion": "1.0", "id": "R-1", "source": "/test", "type": "esup.org.region_registered",
            "subject": "R-1", "time": "2026-01-01T00:00:00+08:00",
            "data": {"code": "R-1", "name": "测试市", "level": "city", "zone": "Asia/Shanghai", "calendar": "cn"},
        },
        {
            "specversion": "1.0", "id": "D-1", "source": "/test", "type": "esup.org.department_registered",
            "subject": "D-1", "time": "2026-01-01T00:00:00+08:00",
            "data": {"code": "D-1", "name": "测试局", "region": "R-1"},
        },
        {
            "specversion": "1.0", "id": "I-1", "source": "/test", "type": "esup.item.published",
            "subject": "I-1", "time": "2026-01-01T00:00:00+08:00",
            "data": {
                "code": "I-1", "version": 1, "class": "licence", "kind": "committed", "name": "测试事项",
                "department": "D-1", "effective_from": "2026-01-01", "basis": [], "flow": [], "materials": [],
                "fees": [], "suspensions_allowed": [],
                "promised": {"n": 10, "unit": "work_day"}, "statutory": {"n": 20, "unit": "work_day"},
            },
        },
        event(1, "applied", "2026-09-01T09:00:00+08:00", **APPLIED),
        event(2, "materials_received", "2026-09-18T09:00:00+08:00", materials=["M-1"]),
    ]  # fmt: skip
    path = tmp_path / "facts.ndjson"
    path.write_bytes(b"".join(orjson.dumps(fact) + b"\n" for fact in facts))
    return path
