"""What every store of the log must do. A store joins by a subclass that says how its log is opened."""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.clock import Clock, VirtualClock
from engine.errors import ControlCharacter, IdentityConflict, LogReadOnly, NotStorable
from engine.log import EventLog, Fact, Row, encode_body

NOON = 1_772_424_000_000_000
MINUTE = 60_000_000


def fact(number: int = 1, **changes: object) -> Fact:
    """A step of a case, told apart by its number."""
    told = Fact(
        stream=f"SJ-2026-{number // 3:06d}",
        type="esup.case.step_finished",
        occurred_at=NOON + number * MINUTE,
        recorded_at=None,
        source="/320900/market-supervision/approval",
        event_id=f"SP-2026-{number:06d}",
        dataversion=1,
        body=encode_body({"data": {"step": "review", "officer": "u1021", "opinion": "符合条件"}, "sequence": "0007"}),
    )
    return told._replace(**changes)  # type: ignore[arg-type]


def body(**data: object) -> bytes:
    return encode_body({"data": data})


def person(digest: str, sealed: str, ref: str = "a1") -> bytes:
    return body(applicant={"kind": "citizen", "person": {"ref": ref, "digest": digest, "sealed": sealed}})


def all_rows(log: EventLog) -> list[Row]:
    return log.read(after=0, limit=1_000_000)


def said(row: Row | Fact) -> tuple[object, ...]:
    """What an event says, without where and when the log took it."""
    return (row.stream, row.type, row.occurred_at, row.source, row.event_id, row.dataversion, row.body)


# A few identities that meet often, each with the contents it may come with; 2 differs from 0 in its envelope only.
_CONTENTS = (person("d1", "x"), person("d2", "x"), person("d1", "other ciphertext", ref="b2"))
_ARRIVALS = st.builds(
    lambda number, source, dataversion, content: fact(
        number, source=source, dataversion=dataversion, body=_CONTENTS[content]
    ),
    st.integers(0, 4),
    st.sampled_from(["/a", "/b"]),
    st.integers(1, 2),
    st.sampled_from([0, 0, 0, 0, 2, 1]),
)


class Expected:
    """The oracle: a dictionary of what has been stored."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str, int], Fact] = {}

    def append(self, batch: list[Fact]) -> list[bool] | tuple[int, ...]:
        """The outcome of each fact, or the places in conflict when the batch is refused."""
        after, outcomes, conflicts = dict(self.stored), [], []
        for place, come in enumerate(batch):
            identity = (come.source, come.event_id, come.dataversion)
            first = after.setdefault(identity, come)
            outcomes.append(len(after) > len(self.stored) + sum(outcomes))
            if b'"d2"' in first.body or b'"d2"' in come.body:
                if first.body != come.body:
                    conflicts.append(place)
        if conflicts:
            return tuple(conflicts)
        self.stored = after
        return outcomes


class LogContract(ABC):
    """The scenarios. Positions, identity, times, text and evidence are the same on every store."""

    @abstractmethod
    def open_log(self, folder: Path, clock: Clock, *, read_only: bool = False) -> EventLog:
        """The log that lies in this folder."""

    @pytest.fixture
    def clock(self) -> VirtualClock:
        return VirtualClock(NOON)

    @pytest.fixture
    def log(self, tmp_path: Path, clock: VirtualClock) -> Iterator[EventLog]:
        with self.open_log(tmp_path, clock) as log:
            yield log

    # Appending

    def test_a_batch_is_stored_in_its_order_from_position_one(self, log: EventLog) -> None:
        appended = log.append_batch([fact(3), fact(1), fact(2)])

        assert appended == (3, 0, 3, [True, True, True])
        assert [row.position for row in all_rows(log)] == [1, 2, 3]
        assert [said(row) for row in all_rows(log)] == [said(fact(3)), said(fact(1)), said(fact(2))]

    def test_an_empty_batch_changes_nothing(self, log: EventLog) -> None:
        assert log.append_batch([]) == (0, 0, 0, [])
        assert log.head().size == 0

    @pytest.mark.parametrize("size", [1, 99, 100, 101, 250])
    def test_a_batch_of_any_size_is_stored_whole(self, log: EventLog, size: int) -> None:
        log.append_batch([fact(n) for n in range(size)])

        assert [row.event_id for row in all_rows(log)] == [fact(n).event_id for n in range(size)]
        assert log.verify().is_intact

    def test_a_fact_has_no_version(self, log: EventLog) -> None:
        log.append_batch([fact()])

        assert all_rows(log)[0].version is None

    # Identity

    def test_the_same_fact_again_is_a_duplicate(self, log: EventLog) -> None:
        log.append_batch([fact(1)])

        assert log.append_batch([fact(1), fact(2)]) == (1, 1, 2, [False, True])
        assert len(all_rows(log)) == 2

    def test_the_same_fact_twice_in_one_batch_is_stored_once(self, log: EventLog) -> None:
        once = fact(1)

        assert log.append_batch([once, once, fact(2)]).outcomes == [True, False, True]

    def test_when_a_fact_came_to_be_known_is_no_part_of_what_it_says(self, log: EventLog) -> None:
        log.append_batch([fact(1, recorded_at=NOON)])

        assert log.append_batch([fact(1, recorded_at=NOON + 1)]).duplicates == 1
        assert all_rows(log)[0].recorded_at == NOON

    @pytest.mark.parametrize(
        "change", [{"stream": "another"}, {"type": "esup.case.other"}, {"occurred_at": 0}, {"body": body(step="sign")}]
    )
    def test_other_content_under_a_known_identity_leaves_nothing_of_the_batch(
        self, log: EventLog, change: dict[str, object]
    ) -> None:
        log.append_batch([fact(1)])
        before = log.head().root

        with pytest.raises(IdentityConflict) as conflict:
            log.append_batch([fact(2), fact(1, **change), fact(1), fact(1, **change)])

        assert conflict.value.indexes == (1, 3)
        assert (log.head().size, log.head().root) == (1, before)
        assert log.append_batch([fact(2)]).outcomes == [True]

    def test_a_conflict_within_one_batch_leaves_nothing(self, log: EventLog) -> None:
        with pytest.raises(IdentityConflict) as conflict:
            log.append_batch([fact(1), fact(1, body=body(step="sign"))])

        assert conflict.value.indexes == (1,)
        assert log.head().size == 0

    @pytest.mark.parametrize("change", [{"source": "/elsewhere"}, {"dataversion": 2}, {"event_id": "another"}])
    def test_any_part_of_the_identity_makes_another_event(self, log: EventLog, change: dict[str, object]) -> None:
        log.append_batch([fact(1)])

        assert log.append_batch([fact(1, **change)]).outcomes == [True]

    def test_sealing_again_is_the_same_content(self, log: EventLog) -> None:
        log.append_batch([fact(1, body=person("d1", "ciphertext"))])

        again = fact(1, body=person("d1", "another ciphertext", ref="another random reference"))
        assert log.append_batch([again]).duplicates == 1

    def test_sealing_several_persons_again_is_the_same_content(self, log: EventLog) -> None:
        def parties(*sealed: str) -> bytes:
            return body(
                party=[{"person": {"ref": one, "digest": str(n), "sealed": one}} for n, one in enumerate(sealed)]
            )

        log.append_batch([fact(1, body=parties("a", "b"))])

        assert log.append_batch([fact(1, body=parties("c", "d"))]).duplicates == 1
        with pytest.raises(IdentityConflict):
            log.append_batch([fact(1, body=parties("a", "b", "c"))])

    def test_another_person_in_the_envelope_is_other_content(self, log: EventLog) -> None:
        log.append_batch([fact(1, body=person("d1", "ciphertext"))])

        with pytest.raises(IdentityConflict):
            log.append_batch([fact(1, body=person("d2", "ciphertext"))])

    def test_a_reference_outside_an_envelope_is_content(self, log: EventLog) -> None:
        log.append_batch([fact(1, body=body(ref="hearing-1", sealed="yes"))])

        with pytest.raises(IdentityConflict):
            log.append_batch([fact(1, body=body(ref="hearing-2", sealed="yes"))])

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.lists(_ARRIVALS, max_size=8), max_size=8))
    def test_any_batches_do_what_a_dictionary_does(self, batches: list[list[Fact]]) -> None:
        expected = Expected()
        with tempfile.TemporaryDirectory() as folder, self.open_log(Path(folder), VirtualClock(NOON)) as log:
            for batch in batches:
                try:
                    outcome: object = log.append_batch(batch).outcomes
                except IdentityConflict as conflict:
                    outcome = conflict.indexes
                assert outcome == expected.append(batch)

            assert [said(row) for row in all_rows(log)] == [said(one) for one in expected.stored.values()]
            assert [row.position for row in all_rows(log)] == list(range(1, len(expected.stored) + 1))
            assert log.verify().is_intact

    @settings(max_examples=25, deadline=None)
    @given(st.integers(1, 130), st.lists(st.integers(0, 130), max_size=5))
    def test_any_split_into_batches_gives_the_same_log(self, size: int, cuts: list[int]) -> None:
        facts = [fact(n) for n in range(size)]
        ends = sorted({min(cut, size) for cut in cuts} | {size})
        with (
            tempfile.TemporaryDirectory() as one,
            tempfile.TemporaryDirectory() as other,
            self.open_log(Path(one), VirtualClock(NOON)) as whole,
            self.open_log(Path(other), VirtualClock(NOON)) as split,
        ):
            whole.append_batch(facts)
            for start, end in zip([0, *ends], ends, strict=False):
                split.append_batch(facts[start:end])

            assert split.head() == whole.head()
            assert all_rows(split) == all_rows(whole)

    # Times

    def test_a_live_fact_is_recorded_when_it_is_appended(self, log: EventLog, clock: VirtualClock) -> None:
        clock.move_to(NOON + 5)
        log.append_batch([fact(1), fact(2, recorded_at=NOON - MINUTE)])

        assert [(row.recorded_at, row.appended_at) for row in all_rows(log)] == [
            (NOON + 5, NOON + 5),
            (NOON - MINUTE, NOON + 5),
        ]

    def test_appended_at_never_goes_back(self, log: EventLog, tmp_path: Path) -> None:
        log.append_batch([fact(1)])
        log.close()

        with self.open_log(tmp_path, VirtualClock(NOON - MINUTE)) as late:
            late.append_batch([fact(2)])
            assert [row.appended_at for row in all_rows(late)] == [NOON, NOON]

    # What cannot be given back is refused

    @pytest.mark.parametrize("field", ["stream", "type", "source", "event_id"])
    @pytest.mark.parametrize("text", ["", "a\nb", "a\x1fb", "a\x00", "\x7f", "\ud800"])
    def test_a_text_that_bulk_loading_would_break_on_is_refused(self, log: EventLog, field: str, text: str) -> None:
        with pytest.raises(ControlCharacter) as refused:
            log.append_batch([fact(1), fact(2, **{field: text})])

        assert (refused.value.field, refused.value.index) == (field, 1)
        assert log.head().size == 0

    def test_a_body_over_two_lines_is_refused(self, log: EventLog) -> None:
        with pytest.raises(ControlCharacter):
            log.append_batch([fact(1, body=b'{"data":\n{}}')])

    @pytest.mark.parametrize(
        "change", [{"occurred_at": 2**63}, {"recorded_at": -(2**64)}, {"dataversion": 2**80}, {"dataversion": 0}]
    )
    def test_a_number_out_of_range_is_refused(self, log: EventLog, change: dict[str, object]) -> None:
        with pytest.raises(NotStorable):
            log.append_batch([fact(1), fact(2, **change)])

        assert log.head().size == 0
        assert log.append_batch([fact(1)]).stored == 1

    # Reading

    def test_reading_goes_on_behind_a_position(self, log: EventLog) -> None:
        log.append_batch([fact(n) for n in range(5)])

        assert [row.position for row in log.read(after=2, limit=2)] == [3, 4]
        assert log.read(after=5, limit=2) == []

    def test_text_gives_every_field_back(self, log: EventLog) -> None:
        odd = fact(
            1, stream="案，件\\N", source='"quoted"', body=body(opinion="一\n二\t\x1f三\\", name='"', rocket="🚀")
        )
        log.append_batch([odd, fact(2)])

        first, second = b"".join(log.text_chunks(after=0, upto=2)).decode().splitlines()
        assert first.split("\x1f") == [
            "1", odd.stream, odd.type, str(odd.occurred_at), str(NOON), odd.source, odd.event_id, "1", odd.body.decode()
        ]  # fmt: skip
        assert second.startswith("2\x1f")

    def test_text_of_a_range_holds_that_range(self, log: EventLog) -> None:
        log.append_batch([fact(n) for n in range(6)])

        lines = b"".join(log.text_chunks(after=2, upto=4)).splitlines()
        assert [line.split(b"\x1f")[0] for line in lines] == [b"3", b"4"]
        assert b"".join(log.text_chunks(after=6, upto=9)) == b""

    @pytest.mark.parametrize("chunk_bytes", [1, 400, 1_000_000])
    def test_text_in_chunks_is_the_same_text_in_whole_lines(self, log: EventLog, chunk_bytes: int) -> None:
        log.append_batch([fact(n) for n in range(20)])

        chunks = list(log.text_chunks(0, 20, chunk_bytes))
        assert b"".join(chunks) == b"".join(log.text_chunks(0, 20))
        assert all(chunk.endswith(b"\n") for chunk in chunks)
        assert len(chunks) == {1: 20, 400: 10, 1_000_000: 1}[chunk_bytes]

    def test_a_reader_sees_what_was_written_and_cannot_write(self, log: EventLog, tmp_path: Path) -> None:
        log.append_batch([fact(1)])
        with self.open_log(tmp_path, VirtualClock(NOON), read_only=True) as reader:
            log.append_batch([fact(2)])

            assert reader.head() == log.head()
            assert all_rows(reader) == all_rows(log)
            with pytest.raises(LogReadOnly):
                reader.append_batch([fact(3)])

    def test_a_log_is_the_same_after_it_was_closed(self, log: EventLog, tmp_path: Path) -> None:
        log.append_batch([fact(n) for n in range(7)])
        head, rows = log.head(), all_rows(log)
        log.close()

        with self.open_log(tmp_path, VirtualClock(NOON)) as again:
            assert (again.head(), all_rows(again)) == (head, rows)
            assert again.append_batch([fact(0), fact(7)]).last_position == 8
            assert again.verify().is_intact

    # Evidence

    def test_an_empty_log_is_intact(self, log: EventLog) -> None:
        assert log.verify().is_intact
        assert log.head() == (0, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")

    def test_the_root_tells_two_histories_apart(self, log: EventLog) -> None:
        log.append_batch([fact(1)])
        one = log.head().root
        log.append_batch([fact(2)])

        assert log.head().root != one
        assert log.verify().root == log.head().root
