"""The tree of RFC 9162: known vectors, the recursive definition, and every proof of small trees."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.ledger import merkle, verifier

# The test vectors of the Certificate Transparency project (merkletree_test): eight inputs and their roots.
INPUTS = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


def defined(hashes: list[bytes]) -> bytes:
    """The root as the RFC defines it (2.1.1), by recursion."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return sha256(b"\x01" + defined(hashes[:half]) + defined(hashes[half:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots(size: int) -> None:
    assert merkle.root(merkle.leaf_hash(data) for data in INPUTS[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree() -> None:
    assert merkle.root([]) == merkle.EMPTY_ROOT == sha256(b"").digest()


@given(st.integers(0, 700), st.data())
@settings(max_examples=60)
def test_growing_in_any_pieces_gives_the_root_of_the_definition(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    frontier = merkle.Frontier()
    other = verifier.Tree()
    at = 0
    while at < size:
        step = data.draw(st.integers(1, size - at))
        if step == 1:
            frontier.append(hashes[at])
        else:
            frontier.extend(hashes[at : at + step])
        other.extend(hashes[at : at + step])
        at += step
        frontier = merkle.Frontier(frontier.size, bytes(frontier))
    assert frontier.size == other.size == size
    assert frontier.root() == other.root() == defined(hashes)


@pytest.mark.parametrize("size", [1023, 1024, 1025, 3000, 4096])
def test_whole_blocks_hash_as_single_leaves_do(size: int) -> None:
    hashes = leaves(size)
    other = verifier.Tree()
    other.extend(hashes)
    assert merkle.root(hashes) == other.root() == defined(hashes)


def test_a_frontier_must_fit_its_size() -> None:
    with pytest.raises(ValueError):
        merkle.Frontier(3, b"x" * 32)


def test_every_inclusion_proof_of_small_trees_holds_and_no_wrong_one() -> None:
    for size in range(1, 34):
        hashes = leaves(size)
        root = defined(hashes)
        for index in range(size):
            path = merkle.proof(
                merkle.inclusion_ranges(index, size), lambda found, hashes=hashes: defined(hashes[slice(*found)])
            )
            for check in (merkle.verify_inclusion, verifier.included):
                assert check(hashes[index], index, size, path, root)
                assert not check(hashes[index], index, size, path, b"\0" * 32)
                assert not check(merkle.leaf_hash(b"other"), index, size, path, root)
                assert not check(hashes[index], index, size, [*path, root], root)
                assert not check(hashes[index], size, size, path, root)
                if path:
                    assert not check(hashes[index], index, size, path[:-1], root)
                for other in range(size):
                    if other != index:
                        assert not check(hashes[index], other, size, path, root)


def test_every_consistency_proof_of_small_trees_holds_and_no_wrong_one() -> None:
    for new in range(1, 34):
        hashes = leaves(new)
        new_root = defined(hashes)
        for old in range(1, new + 1):
            old_root = defined(hashes[:old])
            path = merkle.proof(
                merkle.consistency_ranges(old, new), lambda found, hashes=hashes: defined(hashes[slice(*found)])
            )

            def second(old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> bool:
                older = verifier.Head("a", old, old_root, False)
                return verifier.consistent(older, verifier.Head("a", new, new_root, False), path)

            for check in (merkle.verify_consistency, second):
                assert check(old, new, old_root, new_root, path)
                assert not check(old, new, b"\0" * 32, new_root, path)
                assert not check(old, new, old_root, b"\0" * 32, path)
                assert not check(old, new, old_root, new_root, [*path, new_root])
                if old != new:
                    assert not check(old, new, old_root, new_root, path[:-1])
                    assert not check(old - 1, new, old_root, new_root, path)


@given(st.integers(1, 5000), st.data())
def test_ranges_of_proofs_are_made_of_complete_subtrees(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    hashes = leaves(size)
    found = [*merkle.inclusion_ranges(index, size), *merkle.consistency_ranges(index + 1, size)]
    for first, after in found[:3]:
        parts = [
            merkle.fold(hashes[place << level : (place + 1) << level])
            for level, place in merkle.complete_subtrees(first, after)
        ]
        assert merkle.join_subtrees(parts) == defined(hashes[first:after])


@pytest.mark.parametrize("call", [lambda: merkle.inclusion_ranges(3, 3), lambda: merkle.consistency_ranges(0, 3)])
def test_there_is_no_proof_of_what_is_not_in_the_tree(call: object) -> None:
    with pytest.raises(ValueError):
        call()  # type: ignore[operator]  # a parametrised thunk


def test_an_unaligned_range_is_refused() -> None:
    with pytest.raises(ValueError):
        merkle.complete_subtrees(1, 3)
