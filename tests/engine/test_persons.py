"""Persons are named nowhere but in their envelopes, and an erased key erases them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import EnvelopeDamaged, KeyStoreFailed, PersonErased
from engine.persons import Persons

ZHANG = {"kind": "citizen", "name": "张三", "id_no": "32090219900101123X", "phone": "13812345678"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.sqlite"


@pytest.fixture
def persons(path: Path) -> Iterator[Persons]:
    with Persons.open(path) as persons:
        yield persons


def applied(persons: Persons, **applicant: Any) -> dict[str, Any]:
    """The person of an application, as the log would carry it."""
    data = persons.envelope("esup.case.applied", {"item": "SP-1", "applicant": ZHANG | applicant})
    persons.flush()
    person: dict[str, Any] = data["applicant"]["person"]
    return person


def test_an_applicant_gives_way_to_an_envelope_and_the_rest_stays(persons: Persons) -> None:
    data = persons.envelope("esup.case.applied", {"item": "SP-1", "applicant": ZHANG})

    assert data["item"] == "SP-1"
    assert set(data["applicant"]) == {"kind", "person"}
    assert data["applicant"]["kind"] == "citizen"
    assert set(data["applicant"]["person"]) == {"ref", "digest", "sealed"}


def test_what_comes_in_is_not_changed(persons: Persons) -> None:
    data = {"applicant": dict(ZHANG)}
    persons.envelope("esup.case.applied", data)
    assert data == {"applicant": ZHANG}


@pytest.mark.parametrize("member", ["applicant", "party", "complainant"])
def test_whoever_is_named_in_any_event_is_enveloped(persons: Persons, member: str) -> None:
    text = orjson.dumps(persons.envelope("esup.case.other", {member: ZHANG})).decode()
    assert "sealed" in text
    assert not [value for name, value in ZHANG.items() if name != "kind" and value in text]


@pytest.mark.parametrize(
    "person",
    [{"name": "张三", "address": "盐城市张三路"}, "张三", ["张三"], [{"name": "张三"}], {"kind": "citizen", "张三": 1}],
)
def test_a_person_in_a_shape_of_its_own_is_sealed_too(persons: Persons, person: Any) -> None:
    assert "张三" not in orjson.dumps(persons.envelope("esup.case.applied", {"applicant": person})).decode()


def test_what_this_version_does_not_know_of_a_person_is_kept_sealed(persons: Persons) -> None:
    person = applied(persons, address="盐城市")
    assert persons.open_person(person["ref"], person["sealed"])["address"] == "盐城市"


@pytest.mark.parametrize("data", [{"item": "SP-1"}, {"applicant": None}, {"content": "text"}, {}])
def test_an_event_that_names_nobody_stays_as_it_is(persons: Persons, data: dict[str, Any]) -> None:
    assert persons.envelope("esup.case.applied", data) is data


def test_a_person_of_whom_only_the_kind_is_known_needs_no_envelope(persons: Persons) -> None:
    data = {"applicant": {"kind": "organisation"}}
    assert persons.envelope("esup.case.applied", data) == data


def test_a_complaints_text_is_sealed_under_its_authors_key(persons: Persons) -> None:
    data = persons.envelope("esup.complaint.filed", {"complainant": {"name": "李四"}, "content": "我是李四，…"})
    persons.flush()

    author, content = data["complainant"]["person"], data["content"]
    assert content["ref"] == author["ref"]
    assert persons.open_person(content["ref"], content["sealed"]) == "我是李四，…"
    persons.erase(author["ref"])
    with pytest.raises(PersonErased):
        persons.open_person(content["ref"], content["sealed"])


def test_an_anonymous_complaint_is_sealed_under_a_key_of_its_own(persons: Persons) -> None:
    one = persons.envelope("esup.complaint.filed", {"content": "…"})["content"]
    other = persons.envelope("esup.complaint.filed", {"content": "…"})["content"]
    assert one["ref"] != other["ref"]
    assert one["digest"] == other["digest"]


def test_an_envelope_opens_to_what_was_sealed(persons: Persons) -> None:
    person = applied(persons)
    assert persons.open_person(person["ref"], person["sealed"]) == {
        name: value for name, value in ZHANG.items() if name != "kind"
    }


def test_the_same_id_number_is_the_same_person(persons: Persons) -> None:
    assert applied(persons)["ref"] == applied(persons, phone="1", id_no=" 32090219900101123x ")["ref"]
    assert applied(persons)["ref"] != applied(persons, id_no="320902199001011231")["ref"]


def test_without_an_id_number_nobody_is_recognised(persons: Persons) -> None:
    assert applied(persons, id_no=None)["ref"] != applied(persons, id_no=None)["ref"]
    assert applied(persons, id_no=" ")["ref"] != applied(persons, id_no=" ")["ref"]


def test_the_same_values_have_the_same_digest_and_never_the_same_ciphertext(persons: Persons) -> None:
    one, other = applied(persons), applied(persons)
    assert one["digest"] == other["digest"] != applied(persons, phone="1")["digest"]
    assert one["sealed"] != other["sealed"]


def test_another_home_neither_recognises_nor_reads_a_person(persons: Persons, tmp_path: Path) -> None:
    person = applied(persons)
    with Persons.open(tmp_path / "another.sqlite") as stranger:
        assert applied(stranger)["ref"] != person["ref"]
        assert applied(stranger)["digest"] != person["digest"]
        with pytest.raises(PersonErased):
            stranger.open_person(person["ref"], person["sealed"])


def test_a_home_opened_again_recognises_and_reads(persons: Persons, path: Path) -> None:
    person = applied(persons)
    persons.close()
    with Persons.open(path) as again:
        assert applied(again)["ref"] == person["ref"]
        assert again.open_person(person["ref"], person["sealed"])["name"] == "张三"


def test_keys_are_durable_when_flush_returns_and_not_before(persons: Persons, path: Path) -> None:
    data = persons.envelope("esup.case.applied", {"applicant": ZHANG})
    person = data["applicant"]["person"]
    with Persons.open(path) as other, pytest.raises(PersonErased):
        other.open_person(person["ref"], person["sealed"])
    persons.flush()
    with Persons.open(path) as other:
        assert other.open_person(person["ref"], person["sealed"])["name"] == "张三"


def test_an_erased_person_is_gone_from_the_file_too(persons: Persons, path: Path) -> None:
    person = applied(persons)
    (key,) = sqlite3.connect(path).execute("SELECT key FROM keys WHERE ref = ?", [person["ref"]]).fetchone()
    persons.erase(person["ref"])

    with pytest.raises(PersonErased):
        persons.open_person(person["ref"], person["sealed"])
    assert not [file for file in path.parent.iterdir() if key in file.read_bytes()]


def test_a_person_who_comes_back_after_erasure_gets_a_new_key(persons: Persons) -> None:
    before = applied(persons)
    persons.erase(before["ref"])
    after = applied(persons)

    assert persons.open_person(after["ref"], after["sealed"])["name"] == "张三"
    with pytest.raises(EnvelopeDamaged):
        persons.open_person(before["ref"], before["sealed"])


def test_an_envelope_cannot_be_passed_to_another_person_or_changed(persons: Persons) -> None:
    person, other = applied(persons), applied(persons, id_no="320902199001011231")
    for ref, sealed in (
        (other["ref"], person["sealed"]),
        (person["ref"], "A" + person["sealed"][1:]),
        (person["ref"], "?"),
    ):
        with pytest.raises(EnvelopeDamaged):
            persons.open_person(ref, sealed)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.binary(max_size=2000))
def test_input_that_nobody_understood_is_kept_sealed(persons: Persons, raw: bytes) -> None:
    sealed = persons.seal_input(raw)
    assert persons.open_input(sealed["sealed"]) == raw
    assert sealed["digest"] == persons.seal_input(raw)["digest"]


def test_many_persons_are_kept_though_few_keys_are_cached(persons: Persons, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.persons._CACHED_KEYS", 3)
    sealed = [persons.envelope("t", {"party": {"id_no": str(n)}})["party"]["person"] for n in range(10)]
    again = [persons.envelope("t", {"party": {"id_no": str(n)}})["party"]["person"] for n in range(10)]
    persons.flush()
    for n in range(10):
        assert persons.open_person(sealed[n]["ref"], sealed[n]["sealed"]) == {"id_no": str(n)}
        assert persons.open_person(again[n]["ref"], again[n]["sealed"]) == {"id_no": str(n)}


def test_a_key_made_elsewhere_meanwhile_stops_the_batch_and_the_next_try_finds_it(persons: Persons, path: Path) -> None:
    persons.envelope("esup.case.applied", {"applicant": ZHANG})
    with Persons.open(path) as other:
        theirs = applied(other)
    with pytest.raises(KeyStoreFailed):
        persons.flush()
    ours = applied(persons)
    assert persons.open_person(theirs["ref"], theirs["sealed"]) == persons.open_person(ours["ref"], ours["sealed"])


def test_the_key_store_is_its_owners_alone(persons: Persons, path: Path) -> None:
    assert path.stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_key_store_is_named(path: Path) -> None:
    path.write_bytes(b"no key store at all" * 100)
    with pytest.raises(KeyStoreFailed, match="keys.sqlite"):
        Persons.open(path)
