"""The desk: a decision is one more event of its subject, an error is none, and of two at once one wins."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.clock import SystemClock, VirtualClock
from engine.decide import cards, complaints, tasks
from engine.decide.cards import card_of
from engine.decide.complaints import complaint_of
from engine.decide.desk import Desk, Moment, as_told
from engine.decide.history import Said, Told, in_order
from engine.decide.officers import Officer
from engine.decide.tasks import task_of
from engine.errors import DecidedMeanwhile, SupervisionError
from engine.facts import Fact, encode_body
from engine.intake.refusals import Refusal
from engine.log import EventLog
from engine.persons import Persons
from tests.engine.decide.lives import LATER, TODAY
from tests.engine.log_contract import NOON, all_rows

ROOT = Path(__file__).resolve().parents[3]
WRITERS = 4
VERSIONS = 25


class LogReader:
    """Reads subjects from the log itself; slow, and always up to date."""

    def __init__(self, log: EventLog) -> None:
        self.log = log

    def facts_of(self, subject: str) -> Sequence[Told]:
        rows = [row for row in all_rows(self.log) if row.stream == subject]
        return [as_told(Fact(*row[1:2], *row[3:6], *row[7:11])) for row in rows]

    def facts_of_officer(self, officer: str) -> Sequence[Told]:
        return []


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    with EventLog.open(tmp_path / "log.sqlite", VirtualClock(NOON)) as log:
        yield log


@pytest.fixture
def persons(tmp_path: Path) -> Iterator[Persons]:
    with Persons.open(tmp_path / "keys.sqlite") as persons:
        yield persons


@pytest.fixture
def desk(log: EventLog, persons: Persons) -> Desk:
    return Desk(log, LogReader(log), persons, Moment(NOON))


def issued_by_the_monitor(subject: str = "K-1") -> list[Fact]:
    """A card and its task, which has the card's id."""
    card = encode_body({"data": {"department": "D-1", "level": "yellow"}})
    task = encode_body({"data": {"card": subject, "department": "D-1", "text": "超期"}})
    return [
        Fact(subject, "esup.card.issued", NOON, None, "/esup/monitor", f"issued/{subject}", 1, card),
        Fact(subject, "esup.task.issued", NOON, None, "/esup/monitor", f"task/{subject}", 1, task),
    ]


def reply(task: tasks.Task) -> Said:
    return tasks.reply(task, text="已整改", rectified=True)


def review(task: tasks.Task) -> Said:
    return tasks.review(task, passed=True, opinion="属实")


def test_a_decision_is_an_event_of_its_subject_with_its_own_identity_and_version(log: EventLog, desk: Desk) -> None:
    log.append_batch(issued_by_the_monitor())
    fact, task = desk.record("K-1", task_of, reply)
    assert task.state == "replied"
    row = all_rows(log)[-1]
    assert (row.stream, row.type, row.version) == ("K-1", "esup.task.replied", 1)
    assert (row.source, row.event_id, row.dataversion) == ("/esup/decide", "K-1@1", 1)
    assert (row.occurred_at, row.recorded_at) == (NOON, NOON)
    assert orjson.loads(row.body) == {"data": {"text": "已整改", "rectified": True}, "sequence": "~000001"}
    assert fact.body == row.body
    assert log.verify().is_intact


def test_a_task_and_a_card_of_one_id_share_their_versions(log: EventLog, desk: Desk) -> None:
    log.append_batch(issued_by_the_monitor())
    desk.record("K-1", task_of, reply)
    desk.record("K-1", card_of, lambda card: cards.appeal(card, ground="已办结", today=TODAY, last_day=None))
    desk.record("K-1", task_of, review)
    assert [row.version for row in all_rows(log)] == [None, None, 1, 2, 3]


def test_what_is_decided_in_virtual_time_is_known_then(log: EventLog, persons: Persons) -> None:
    log.append_batch(issued_by_the_monitor())
    Desk(log, LogReader(log), persons, Moment(NOON + 5, NOON + 5)).record("K-1", task_of, reply)
    row = all_rows(log)[-1]
    assert (row.occurred_at, row.recorded_at, row.appended_at) == (NOON + 5, NOON + 5, NOON)


def test_a_clock_that_was_set_back_puts_no_decision_before_another(log: EventLog, persons: Persons) -> None:
    log.append_batch(issued_by_the_monitor())
    Desk(log, LogReader(log), persons, Moment(NOON + 5)).record("K-1", task_of, reply)
    _, task = Desk(log, LogReader(log), persons, Moment(NOON)).record("K-1", task_of, review)
    assert task == task_of("K-1", in_order(LogReader(log).facts_of("K-1")))
    assert [row.occurred_at for row in all_rows(log)][-2:] == [NOON + 5, NOON + 5]


def test_who_complains_and_what_is_said_are_sealed_before_they_are_stored(
    log: EventLog, desk: Desk, persons: Persons, tmp_path: Path
) -> None:
    def file(complaint: complaints.Complaint) -> Said:
        return complaints.file(
            complaint,
            kind="收费",
            content="多收了二百元",
            channel="web",
            real_name=True,
            name="王小明",
            phone="13800001234",
        )

    desk.record("C-1", complaint_of, file)
    data = orjson.loads(all_rows(log)[0].body)["data"]
    assert set(data) == {"about", "kind", "real_name", "complainant", "content", "channel"}
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not [text for text in ("王小明", "13800001234", "多收了") if text.encode() in stored]
    person = data["complainant"]["person"]
    assert persons.open_person(person["ref"], person["sealed"]) == {"name": "王小明", "phone": "13800001234"}
    assert persons.open_person(data["content"]["ref"], data["content"]["sealed"]) == "多收了二百元"


def test_what_the_vocabulary_does_not_allow_is_refused_and_leaves_nothing(log: EventLog, desk: Desk) -> None:
    words = [
        Said("esup.task.replied", {"text": "已整改"}),
        Said("esup.task.forgotten", {}),
        Said("esup.card.issued", {}),
        Said("esup.task.closed", {"opinion": "\0"}),
        Said("esup.task.closed", {"opinion": "长" * 400_000}),
    ]
    for word in words:
        with pytest.raises(Refusal):
            desk.record("K-1", task_of, lambda _, word=word: word)
    with pytest.raises(SupervisionError):
        desk.record("", task_of, lambda _: Said("esup.task.archived", {}))
    assert log.head().size == 0


def test_of_two_who_have_read_the_same_one_wins(log: EventLog, persons: Persons) -> None:
    log.append_batch(issued_by_the_monitor())

    class Slow(LogReader):
        """Somebody else replies between this one's reading and writing."""

        def facts_of(self, subject: str) -> Sequence[Told]:
            told = super().facts_of(subject)
            Desk(log, LogReader(log), persons, Moment(NOON)).record("K-1", task_of, reply)
            return told

    with pytest.raises(DecidedMeanwhile, match="K-1"):
        Desk(log, Slow(log), persons, Moment(NOON)).record("K-1", task_of, reply)
    assert [row.version for row in all_rows(log)] == [None, None, 1]


# Any requests in any order

LEGAL_TASKS = {
    None: {"issued"},
    "issued": {"replied"},
    "replied": {"first_reviewed", "returned"},
    "first_reviewed": {"returned", "closed"},
    "returned": {"replied"},
    "closed": {"archived"},
    "archived": set(),
}
LEGAL_COMPLAINTS = {
    None: {"filed"},
    "filed": {"accepted", "refused"},
    "accepted": {"notified", "transferred", "result_reported"},
    "refused": {"notified", "closed"},
    "transferred": {"notified", "transferred", "result_reported"},
    "result_reported": {"notified", "result_fed_back", "closed"},
    "result_fed_back": {"notified", "closed"},
    "closed": set(),
}
LEGAL_CARDS = {
    None: {"issued"},
    "issued": {"appealed", "exempted", "withdrawn"},
    "appealed": {"appeal_decided", "exempted", "withdrawn"},
    "appeal_decided": {"appealed", "exempted", "withdrawn"},
    "exempted": set(),
    "withdrawn": set(),
}
Ask = tuple[Callable[..., Any], Callable[[Any], Said]]
TASK_ASKS: list[Callable[[bool], Ask]] = [
    lambda _: (task_of, lambda t: tasks.issue(t, text="说明", department="D-1")),
    lambda yes: (task_of, lambda t: tasks.reply(t, text="改" if yes else " ", rectified=yes)),
    lambda yes: (task_of, lambda t: tasks.review(t, passed=yes, opinion="见")),
    lambda yes: (task_of, lambda t: tasks.send_back(t, reason="无", due_on=LATER if yes else TODAY, today=TODAY)),
    lambda _: (task_of, lambda t: tasks.close(t, opinion="同意")),
    lambda _: (task_of, tasks.archive),
]
COMPLAINT_ASKS: list[Callable[[bool], Ask]] = [
    lambda yes: (
        complaint_of,
        lambda c: complaints.file(c, kind="k", content="c", channel="w", real_name=yes, name="张" if yes else None),
    ),
    lambda _: (complaint_of, complaints.accept),
    lambda yes: (complaint_of, lambda c: complaints.refuse(c, reason="不属于" if yes else "")),
    lambda yes: (complaint_of, lambda c: complaints.notify(c, written=yes)),
    lambda _: (complaint_of, lambda c: complaints.transfer(c, to="D-2", due_on=LATER, today=TODAY)),
    lambda _: (complaint_of, lambda c: complaints.report(c, result="属实")),
    lambda _: (complaint_of, complaints.feed_back),
    lambda yes: (complaint_of, lambda c: complaints.close(c, upheld=yes)),
]
CARD_ASKS: list[Callable[[bool], Ask]] = [
    lambda _: (card_of, cards.confirm),
    lambda yes: (card_of, lambda c: cards.appeal(c, ground="无", today=TODAY if yes else LATER, last_day=TODAY)),
    lambda yes: (card_of, lambda c: cards.decide_appeal(c, accepted=yes, reason="见")),
    lambda yes: (
        card_of,
        lambda c: cards.exempt(
            c, ground="1", evidence="证", officer="u", approver=Officer("u", "D-9" if yes else "D-1", True)
        ),
    ),
    lambda yes: (card_of, lambda c: cards.withdraw(c, reason="重" if yes else "")),
]


class Memory:
    """A log and key store that hold what is written in a list."""

    def __init__(self, *known: Fact) -> None:
        self.facts = list(known)

    def append_decisions(self, facts: Sequence[Fact], known: int) -> None:
        assert len([fact for fact in self.facts if fact.source == "/esup/decide"]) == known
        self.facts += facts

    def facts_of(self, subject: str) -> Sequence[Told]:
        return [as_told(fact) for fact in self.facts]

    def facts_of_officer(self, officer: str) -> Sequence[Told]:
        return []

    def envelope(self, type: str, data: dict[str, Any]) -> dict[str, Any]:
        return data

    def flush(self) -> None:
        pass


def names_after(asks: list[Callable[[bool], Ask]], asked: list[tuple[int, bool]], memory: Memory) -> list[str]:
    desk = Desk(memory, memory, memory, Moment(NOON))  # type: ignore[arg-type]
    for number, yes in asked:
        before = list(memory.facts)
        try:
            desk.record("X", *asks[number % len(asks)](yes))
        except SupervisionError:
            assert memory.facts == before
        else:
            assert memory.facts[:-1] == before
    return [fact.type.rpartition(".")[2] for fact in memory.facts]


ASKED = st.lists(st.tuples(st.integers(0, 7), st.booleans()), max_size=40)


def assert_legal(names: list[str], legal: dict[Any, set[str]], *, silent: str = "") -> None:
    """Each fact follows its predecessor as the table has it; `silent` facts leave the subject where it stood."""
    last = None
    for name in names:
        assert name in legal[last], names
        last = last if name == silent else name


@settings(max_examples=300, deadline=None)
@given(ASKED)
def test_no_sequence_of_requests_makes_an_illegal_history_of_a_task(asked: list[tuple[int, bool]]) -> None:
    names = names_after(TASK_ASKS, [(0, True), *asked], Memory())
    assert_legal(names, LEGAL_TASKS)
    assert names.count("issued") == 1


@settings(max_examples=300, deadline=None)
@given(ASKED)
def test_no_sequence_of_requests_makes_an_illegal_history_of_a_complaint(asked: list[tuple[int, bool]]) -> None:
    assert_legal(names_after(COMPLAINT_ASKS, asked, Memory()), LEGAL_COMPLAINTS, silent="notified")


@settings(max_examples=300, deadline=None)
@given(ASKED)
def test_no_sequence_of_requests_makes_an_illegal_history_of_a_card(asked: list[tuple[int, bool]]) -> None:
    names = names_after(CARD_ASKS, asked, Memory(issued_by_the_monitor("X")[0]))
    assert_legal(names, LEGAL_CARDS)
    assert names.count("appealed") <= cards.APPEALS_MAX


# Four processes, one subject

RACER = """
import sys
from pathlib import Path
from engine.errors import DecidedMeanwhile
from tests.engine.decide.test_desk import race

print(race(Path(sys.argv[1]), sys.argv[2]))
"""


def race(folder: Path, racer: str) -> int:
    """Return a task until it has been returned often enough; how often this racer won."""
    won = 0
    with EventLog.open(folder / "log.sqlite", SystemClock()) as log, Persons.open(folder / "keys.sqlite") as persons:
        desk = Desk(log, LogReader(log), persons, Moment(NOON))
        word = Said("esup.task.returned", {"reason": racer, "due_on": "2026-10-16"})
        while len(all_rows(log)) < VERSIONS:
            try:
                desk.record("T", task_of, lambda _: word)
                won += 1
            except DecidedMeanwhile:
                continue
    return won


def test_of_four_processes_one_wins_each_version(tmp_path: Path) -> None:
    Persons.open(tmp_path / "keys.sqlite").close()
    EventLog.open(tmp_path / "log.sqlite", SystemClock()).close()
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(tmp_path), str(number)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for number in range(WRITERS)
    ]
    won = [int(racer.communicate(timeout=60)[0]) for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * WRITERS
    with EventLog.open(tmp_path / "log.sqlite", SystemClock()) as log:
        rows = all_rows(log)
        assert [row.version for row in rows] == list(range(1, len(rows) + 1))
        assert sum(won) == len(rows) >= VERSIONS
        assert log.verify().is_intact
