"""What people ask through `esup`: every request in its place, refusals that leave nothing, and what is then listed."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from typing import Any

import orjson
import pytest
import typer

from console import cli
from engine.clock import SystemClock
from engine.log import EventLog
from tests.console.conftest import Esup

HOME = Path("esup-home")
ITEM: dict[str, Any] = {
    "code": "I-9", "version": 1, "class": "licence", "kind": "committed", "name": "测试事项", "department": "D-1",
    "effective_from": "2026-10-01", "basis": [], "materials": [], "fees": [], "suspensions_allowed": [],
    "flow": [{"step": "review", "name": "审核", "post": "reviewer", "limit": {"n": 5, "unit": "work_day"}, "next": []}],
    "promised": {"n": 10, "unit": "work_day"}, "statutory": {"n": 20, "unit": "work_day"},
}  # fmt: skip
GROUPS = ("task", "complaint", "card", "catalogue")


def size() -> int:
    with EventLog.open(HOME / "log.sqlite", SystemClock(), read_only=True) as log:
        return log.head().size


def asked(esup: Esup, *arguments: str | Path) -> dict[str, Any]:
    """What a request that is followed says to programs; it is one event."""
    before = size() if HOME.exists() else None
    done = esup(*arguments, "--format", "json")
    assert (done.code, done.err.strip()) == (0, "")
    assert before is None or size() == before + 1
    told: dict[str, Any] = orjson.loads(done.out)
    return told


def refused(esup: Esup, *arguments: str | Path, code: int = 1) -> str:
    """Why a request is refused; it leaves no event."""
    before = size()
    done = esup(*arguments)
    assert done.code == code
    assert size() == before
    return " ".join(done.err.split())


def listed(esup: Esup, *arguments: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = orjson.loads(esup("tasks", *arguments, "--format", "json").out)
    return rows


OFFICERS = [
    {
        "specversion": "1.0", "id": officer, "source": "/test", "type": "esup.org.officer_assigned",
        "subject": officer, "time": "2026-01-01T00:00:00+08:00",
        "data": {"officer": officer, "department": department, "posts": []},
    }
    for officer, department in (("u-own", "D-1"), ("u-out", "D-9"))
]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the home that several tests begin with is kept once it was made."""
    return tmp_path_factory.mktemp("made") / HOME


@pytest.fixture
def card(esup: Esup, facts_file: Path, made: Path) -> str:
    """A card of 2026-09-30 on D-1, and its task, which has its id."""
    if not made.exists():
        officers = facts_file.with_name("officers.ndjson")
        officers.write_bytes(b"".join(orjson.dumps(fact) + b"\n" for fact in OFFICERS))
        esup("import", facts_file, officers, "--historical")
        esup("watch", "--as-of", "2026-09-30")
        copytree(HOME, made)
    else:
        copytree(made, HOME)
    (task,) = listed(esup)
    return str(task["card_id"])


@pytest.mark.slow
def test_a_task_goes_from_its_card_to_the_archive(esup: Esup, card: str) -> None:
    (task,) = listed(esup)
    assert (task["task_id"], task["department"], task["state"]) == (card, "D-1", "issued")
    assert task["reply_due_on"] == "2026-10-13"
    assert "you cannot review it → possible now: reply" in refused(
        esup, "task", "review", card, "--passed", "--opinion", "属实"
    )
    replied = asked(esup, "reply", card, "--text", "系统故障", "--rectified", "--objective-cause")
    assert (replied["subject"], replied["type"], replied["state"]) == (card, "esup.task.replied", "replied")
    assert replied["occurred_at"] == "2026-09-30T23:59:59.999999+08:00"
    assert "waiting for its first review" in refused(esup, "reply", card, "--text", "再次回复")
    assert asked(esup, "task", "review", card, "--not-passed", "--opinion", "无证据")["state"] == "not_passed"
    assert "lies before today, 2026-09-30" in refused(
        esup, "task", "return", card, "--reason", "无证据", "--due-on", "2026-09-29"
    )
    assert asked(esup, "task", "return", card, "--reason", "无证据", "--due-on", "2026-10-09")["state"] == "returned"
    (task,) = listed(esup, "--department", "D-1", "--state", "returned")
    assert task["returned_times"] == 1
    asked(esup, "reply", card, "--text", "补充证据")
    asked(esup, "task", "review", card, "--passed", "--opinion", "属实", "--officer", "u-1")
    assert "cannot close it" in refused(esup, "task", "close", card, "--opinion", "同意", "--officer", "u-1")
    asked(esup, "task", "close", card, "--opinion", "同意", "--officer", "u-2")
    assert asked(esup, "task", "archive", card)["state"] == "archived"
    assert [row["state"] for row in listed(esup)] == ["archived"]
    assert listed(esup, "--state", "issued") == listed(esup, "--department", "D-2") == []
    assert orjson.loads(esup("query", "select state from cards", "--format", "json").out) == [{"state": "issued"}]


def test_a_task_is_issued_by_hand_for_a_card_or_without_one(esup: Esup, card: str) -> None:
    asked(esup, "task", "issue", "DB-1", "--card", card, "--text", "说明情况")
    asked(esup, "task", "issue", "DB-2", "--department", "D-1", "--text", "说明情况", "--reply-days", "3")
    due = {row["task_id"]: (row["card_id"], row["department"]) for row in listed(esup)}
    assert (due["DB-1"], due["DB-2"]) == ((card, "D-1"), (None, "D-1"))
    assert "There is a task DB-1 already" in refused(esup, "task", "issue", "DB-1", "--card", card, "--text", "再")
    assert "No fact tells of a card K" in refused(esup, "task", "issue", "DB-3", "--card", "K", "--text", "说明")
    assert "is not on D-2" in refused(
        esup, "task", "issue", "DB-3", "--card", card, "--department", "D-2", "--text", "说明"
    )


def test_a_card_is_appealed_against_in_time_and_decided_with_a_reason(esup: Esup, card: str) -> None:
    assert asked(esup, "card", "appeal", card, "--ground", "已告知", "--evidence", "回证")["state"] == "appealed"
    assert "under appeal" in refused(esup, "card", "appeal", card, "--ground", "已告知")
    assert "is blank" in refused(esup, "card", "decide-appeal", card, "--rejected", "--reason", " ")
    assert asked(esup, "card", "decide-appeal", card, "--rejected", "--reason", "不足")["state"] == "issued"
    assert asked(esup, "card", "appeal", card, "--ground", "新证据")["state"] == "appealed"
    assert asked(esup, "card", "decide-appeal", card, "--accepted", "--reason", "成立")["state"] == "withdrawn"
    assert asked(esup, "task", "close", card, "--opinion", "牌已撤")["state"] == "closed"


def test_the_last_day_to_appeal_is_counted_in_working_days(esup: Esup, card: str) -> None:
    esup("watch", "--as-of", "2026-10-09")
    assert "is replaced by a red card" in refused(esup, "card", "appeal", card, "--ground", "已告知")
    (red,) = orjson.loads(esup("query", "select card_id from cards where level = 'red'", "--format", "json").out)
    esup("watch", "--as-of", "2026-10-16")
    told = refused(esup, "card", "appeal", red["card_id"], "--ground", "已告知")
    assert "was 2026-10-15; today is 2026-10-16" in told


def test_nobody_exempts_the_own_department(esup: Esup, card: str) -> None:
    exempt = ("card", "exempt", card, "--ground", "3", "--evidence", "通报", "--officer")
    assert "is of D-1, the department to be exempted" in refused(esup, *exempt, "u-own")
    assert "is not registered" in refused(esup, *exempt, "u-nobody")
    assert "among the five" in refused(
        esup, "card", "exempt", card, "--ground", "7", "--evidence", "通报", "--officer", "u-out"
    )
    assert asked(esup, *exempt, "u-out")["state"] == "exempted"
    assert "is exempted" in refused(esup, "card", "withdraw", card, "--reason", "重复")


def test_a_card_is_withdrawn_with_a_reason_and_only_a_proposed_one_confirmed(esup: Esup, card: str) -> None:
    assert "cannot confirm it" in refused(esup, "card", "confirm", card)
    assert asked(esup, "card", "withdraw", card, "--reason", "数据重复")["state"] == "withdrawn"
    cards = orjson.loads(esup("query", "select state, reason from cards", "--format", "json").out)
    assert cards == [{"state": "withdrawn", "reason": "数据重复"}]


@pytest.mark.slow
def test_a_complaint_is_sealed_decided_transferred_and_fed_back(esup: Esup, card: str) -> None:
    file = ("complaint", "file", "TS-1", "--kind", "收费", "--content", "多收二百元", "--channel", "web")
    filed = asked(esup, *file, "--name", "王小明", "--phone", "13800001234", "--about-department", "D-1")
    assert filed["state"] == "filed"
    assert "already" in refused(esup, *file)
    stored = b"".join(path.read_bytes() for path in HOME.iterdir() if path.is_file())
    assert not [text for text in ("王小明", "13800001234", "多收二百元") if text.encode() in stored]
    assert "is blank" in refused(esup, "complaint", "refuse", "TS-1", "--reason", "")
    asked(esup, "complaint", "accept", "TS-1")
    asked(esup, "complaint", "transfer", "TS-1", "--to", "D-1", "--due-on", "2026-10-30")
    assert asked(esup, "complaint", "report", "TS-1", "--result", "属实")["state"] == "reported"
    asked(esup, "complaint", "feed-back", "TS-1")
    assert "has not been told in writing" in refused(esup, "complaint", "close", "TS-1", "--upheld")
    assert asked(esup, "complaint", "notify", "TS-1", "--written")["state"] == "fed_back"
    assert asked(esup, "complaint", "close", "TS-1", "--upheld")["state"] == "closed"
    asked(esup, "complaint", "file", "TS-2", "--kind", "态度", "--content", "冷淡", "--channel", "phone")
    asked(esup, "complaint", "refuse", "TS-2", "--reason", "不属于监察范围")
    asked(esup, "complaint", "close", "TS-2", "--not-upheld")
    told = orjson.loads(
        esup("query", "select complaint_id, state from complaints order by all", "--format", "json").out
    )
    assert [row["complaint_id"] for row in told] == ["TS-1", "TS-2"]


def write(name: str, data: dict[str, Any]) -> Path:
    path = Path(name)
    path.write_bytes(orjson.dumps(data))
    return path


@pytest.mark.slow
def test_the_catalogue_refuses_what_the_exchange_would_store(esup: Esup) -> None:
    assert asked(esup, "catalogue", "publish", write("item.json", ITEM))["state"] == "published"
    assert "is published already" in refused(esup, "catalogue", "publish", Path("item.json"))
    slow = write("slow.json", ITEM | {"version": 2, "promised": {"n": 4, "unit": "work_day"}})
    assert "The steps review" in refused(esup, "catalogue", "publish", slow)
    beyond = write("beyond.json", ITEM | {"version": 2, "promised": {"n": 29, "unit": "calendar_day"}})
    assert "beyond the statutory 20 work_day" in refused(esup, "catalogue", "publish", beyond)
    broken = write("broken.json", ITEM | {"flow": "none"})
    assert "data.flow" in refused(esup, "catalogue", "publish", broken)
    assert (
        asked(esup, "catalogue", "suspend", "I-9", "--from", "2026-12-01", "--reason", "修法")["state"] == "suspended"
    )
    again = write("again.json", ITEM | {"version": 2, "effective_from": "2026-12-01"})
    assert asked(esup, "catalogue", "publish", again)["state"] == "published"
    asked(esup, "catalogue", "cancel", "I-9", "--from", "2027-01-01", "--reason", "国务院取消")
    reused = write("reused.json", ITEM | {"version": 3, "effective_from": "2027-01-01"})
    assert "never used again" in refused(esup, "catalogue", "publish", reused)
    stored = {
        "specversion": "1.0", "id": "1", "source": "/office", "type": "esup.item.published", "subject": "I-9",
        "time": "2026-11-01T00:00:00+08:00", "data": orjson.loads(Path("reused.json").read_bytes()),
    }  # fmt: skip
    assert "Stored 1" in esup("import", write("reused.ndjson", stored)).out


def test_a_change_is_filed_reviewed_and_carried_out(esup: Esup) -> None:
    file = ("catalogue", "file-change", "BG-1", "--department", "D-1", "--cause", "law", "--caused-on")
    assert asked(esup, *file, "2026-01-05")["state"] == "filed"
    assert "waiting for its review" in refused(esup, "catalogue", "adjust", "BG-1", "--from", "2026-12-01")
    assert "is blank" in refused(esup, "catalogue", "review-change", "BG-1", "--not-approved")
    assert (
        asked(esup, "catalogue", "review-change", "BG-1", "--approved", "--from", "2026-12-01")["state"] == "approved"
    )
    assert asked(esup, "catalogue", "adjust", "BG-1", "--from", "2026-12-01")["state"] == "adjusted"
    assert refused(esup, *file, "2026-02-30", code=2)


@pytest.mark.slow
def test_on_the_real_clock_what_was_done_since_the_last_watch_is_listed(esup: Esup, facts_file: Path) -> None:
    esup("import", facts_file)
    esup("watch")
    asked(esup, "task", "issue", "DB-1", "--department", "D-1", "--text", "说明情况")
    assert [(row["task_id"], row["state"]) for row in listed(esup)] == [("DB-1", "issued")]
    asked(esup, "reply", "DB-1", "--text", "情况如下")
    assert [row["state"] for row in listed(esup)] == ["replied"]
    watched = orjson.loads(esup("query", "select count(*) as n from tasks", "--format", "json").out)
    assert watched == [{"n": 0}]
    esup("watch")
    watched = orjson.loads(esup("query", "select state from tasks", "--format", "json").out)
    assert watched == [{"state": "replied"}]


def test_a_request_is_told_to_people_in_both_languages_and_to_programs(
    esup: Esup, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESUP_LANG", "both")
    told = esup("reply", card, "--text", "已整改").out
    assert told.split() == [
        "督办单",
        f"{card}：已回复待初审",
        "task",
        f"{card}:",
        *"waiting for its first review".split(),
    ]
    rows = esup("task", "review", card, "--passed", "--opinion", "属实", "--format", "csv").out.splitlines()
    assert rows[0] == "subject,type,state,occurred_at,source,id"
    assert rows[1].startswith(f"{card},esup.task.first_reviewed,passed,")


def test_nothing_is_asked_of_a_home_that_is_not_there(esup: Esup) -> None:
    assert esup("reply", "T", "--text", "x").code == 2
    assert esup("tasks").code == 2
    assert not HOME.exists()


def commands() -> list[tuple[str, ...]]:
    click = typer.main.get_command(cli.app)
    groups = {name: getattr(click, "commands")[name] for name in GROUPS}  # noqa: B009
    return [("tasks",), ("reply",), *((group, name) for group, app in groups.items() for name in app.commands)]


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_the_help_of_every_command_shows_an_example(esup: Esup, command: tuple[str, ...]) -> None:
    assert f"esup {' '.join(command)}" in " ".join(esup(*command, "--help").out.split("For example:")[1].split())
