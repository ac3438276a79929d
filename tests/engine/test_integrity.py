"""The tree is the one of RFC 6962, whatever batches it grew by."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from engine.errors import TreeDamaged
from engine.integrity import Columns, Frontier, hash_named, leaf_hashes

SHA256 = hash_named("sha256")
# The test leaves and roots that certificate-transparency implementations share (RFC 6962, section 2.1).
LEAVES = [bytes.fromhex(leaf) for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_the_published_vectors(size: int) -> None:
    tree = Frontier(SHA256)
    tree.extend([leaf(data) for data in LEAVES[:size]])
    assert tree.root().hex() == ROOTS[size]


@given(st.lists(st.integers(0, 40), max_size=8))
def test_any_batches_grow_the_tree_that_another_implementation_grows(batches: list[int]) -> None:
    ours, theirs, number = Frontier(SHA256), InmemoryTree(algorithm="sha256"), 0
    for size in batches:
        entries = [b"%d" % n for n in range(number, number + size)]
        ours.extend([leaf(entry) for entry in entries])
        for entry in entries:
            theirs.append_entry(entry)
        number += size
        assert ours.size == number
        assert ours.root() == theirs.get_root()


@given(st.integers(0, 300), st.integers(0, 40))
def test_a_packed_tree_grows_on(size: int, more: int) -> None:
    leaves = [leaf(b"%d" % n) for n in range(size + more)]
    whole, part = Frontier(SHA256), Frontier(SHA256)
    whole.extend(leaves)
    part.extend(leaves[:size])

    again = Frontier(SHA256, part.size, part.pack())
    again.extend(leaves[size:])
    assert (again.size, again.pack(), again.root()) == (whole.size, whole.pack(), whole.root())


def test_the_subtrees_cover_every_position_once() -> None:
    tree = Frontier(SHA256)
    tree.extend([leaf(b"%d" % n) for n in range(13)])
    assert [(one.first, one.last) for one in tree.subtrees()] == [(1, 8), (9, 12), (13, 13)]


@pytest.mark.parametrize(("size", "packed"), [(1, b""), (3, b"x" * 32), (0, b"x" * 32), (2, b"x" * 31)])
def test_a_tree_of_another_size_is_refused(size: int, packed: bytes) -> None:
    with pytest.raises(TreeDamaged, match="subtrees"):
        Frontier(SHA256, size, packed)


def row(**changes: object) -> tuple[Columns, tuple[bytes, ...]]:
    values: dict[str, object] = {
        "position": 1, "stream": "s", "version": None, "type": "t", "occurred_at": 2, "recorded_at": 3,
        "appended_at": 4, "source": "a", "event_id": "i", "dataversion": 1, "body": b"{}",
    } | changes  # fmt: skip
    texts = tuple(str(values[name]).encode() for name in ("stream", "type", "source", "event_id"))
    return tuple(values.values()), (*texts, values["body"])  # type: ignore[return-value]


def leaf_of(**changes: object) -> bytes:
    columns, texts = row(**changes)
    return leaf_hashes(SHA256, [columns], [texts])[0]  # type: ignore[list-item]


@pytest.mark.parametrize(
    "change",
    [{"position": 2}, {"stream": "S"}, {"version": 0}, {"version": 1}, {"type": "T"}, {"occurred_at": 0},
     {"recorded_at": 0}, {"appended_at": 0}, {"source": "A"}, {"event_id": "I"}, {"dataversion": 2}, {"body": b"{ }"},
     {"stream": "st", "type": ""}, {"stream": "", "type": "st"}, {"source": "ai", "event_id": ""}],
)  # fmt: skip
def test_every_field_is_in_the_leaf_and_none_runs_into_the_next(change: dict[str, object]) -> None:
    assert leaf_of(**change) != leaf_of()


def test_the_leaf_is_what_an_auditor_can_compute_without_us() -> None:
    numbers = b"".join(n.to_bytes(8, "big", signed=True) for n in (1, -1, 2, 3, 4, 1))
    lengths = b"".join(n.to_bytes(4, "big") for n in (1, 1, 1, 1, 2))
    assert leaf_of() == hashlib.sha256(b"\x00" + numbers + lengths + b"stai{}").digest()


def test_a_hash_that_nobody_knows_is_refused() -> None:
    with pytest.raises(TreeDamaged, match="sm99"):
        hash_named("sm99")


def test_sm3_joins_by_name() -> None:
    assert hash_named("sm3")(b"abc").digest().hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )
