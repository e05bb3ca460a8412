"""The group, the commitments, and the proof that what is published is what was committed to."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.decisions.balloting import ballots, group, sealing, shuffle
from quorate.decisions.balloting.ballots import BallotError

MANIFEST = bytes(range(32))


def test_the_group_is_that_of_ed25519() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    point = group.decode(key.public_key().public_bytes_raw())
    assert group.encode(point) == key.public_key().public_bytes_raw()
    assert group.is_zero(group.times(group.ORDER, group.BASE)) and not group.is_zero(group.BASE)
    assert group.is_zero(
        group.times(group.ORDER - 1, group.SECOND)
        and group.add(group.times(group.ORDER - 1, group.SECOND), group.SECOND)
    )
    for bad in (b"\xff" * 32, b"\x02" + bytes(31), b""):
        with pytest.raises(ValueError):
            group.decode(bad)


@given(st.lists(st.integers(0, group.ORDER - 1), min_size=1, max_size=9), st.integers(0, group.ORDER - 1))
@settings(max_examples=15)
def test_sums_are_sums(scalars: list[int], other: int) -> None:
    points = [group.times(place + 2, group.BASE) for place in range(len(scalars))]
    plain = group.ZERO
    for scalar, point in zip(scalars, points, strict=True):
        plain = group.add(plain, group.times(scalar, point))
    assert group.encode(group.weighted_sum(scalars, points)) == group.encode(plain)
    both = group.add(group.times(scalars[0], group.BASE), group.times(other, group.SECOND))
    assert group.encode(group.combine(scalars[0], other)) == group.encode(both)


def _election(count: int) -> tuple[list[tuple[int, int]], list[bytes], list[int]]:
    openings = [
        (ballots.message(MANIFEST, [[name]]), ballots.blinding())
        for name in random.Random(count).choices("abc", k=count)
    ]
    return openings, [group.encode(group.combine(*opening)) for opening in openings], sorted(m for m, _r in openings)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 40])
def test_an_honest_shuffle_is_accepted(count: int) -> None:
    openings, commitments, published = _election(count)
    proof = shuffle.prove(b"context", openings, published)
    assert shuffle.verify(b"context", commitments, published, proof)
    assert shuffle.Proof.from_json(proof.as_json()) == proof
    assert not shuffle.verify(b"another", commitments, published, proof) or count < 2


def test_whatever_is_changed_is_refused() -> None:
    openings, commitments, published = _election(6)
    proof = shuffle.prove(b"context", openings, published)
    other = ballots.message(MANIFEST, [["x"]])
    step = proof.steps[2]
    changed = [
        replace(step, product=proof.steps[1].product),
        replace(step, first=step.second),
        replace(step, second=step.first),
        *(
            replace(step, answers=(*step.answers[:at], step.answers[at] ^ 1, *step.answers[at + 1 :]))
            for at in range(3)
        ),
    ]
    assert not shuffle.verify(b"context", commitments, [other, *published[1:]], proof)
    assert not shuffle.verify(b"context", commitments, published[1:], proof)
    assert not shuffle.verify(b"context", commitments[::-1], published, proof)
    assert not shuffle.verify(b"context", commitments, published, replace(proof, opening=proof.opening ^ 1))
    for item in changed:
        steps = (*proof.steps[:2], item, *proof.steps[3:])
        assert not shuffle.verify(b"context", commitments, published, replace(proof, steps=steps))
    with pytest.raises(ValueError):
        shuffle.prove(b"context", openings, [other, *published[1:]])


def test_a_proof_that_leans_on_a_false_ballot_cannot_be_made_by_the_same_steps() -> None:
    """A prover who swaps one message and goes on as if it were right is refused at the last product."""
    openings, commitments, published = _election(5)
    lied = [(ballots.message(MANIFEST, [["x"]]), openings[0][1]), *openings[1:]]
    proof = shuffle.prove(b"context", lied, sorted(m for m, _r in lied))
    assert not shuffle.verify(b"context", commitments, sorted(m for m, _r in lied), proof)
    assert not shuffle.verify(b"context", commitments, published, proof)


def test_a_ballot_has_one_form() -> None:
    ranked = ballots.parse([["b", "a"], [], ["c"]], candidates="abc", equal=True)
    assert ranked == [["a", "b"], ["c"]]
    assert ballots.ballot_bytes(ranked) == b'[["a","b"],["c"]]'
    assert ballots.parse({"b": 0, "a": 5}, candidates="ab", equal=True, largest_score=5) == {"a": 5}
    for wrong in ([["a", "b"]], [["a"], ["a"]], [["z"]], "a", [["a", 1]], {"a": 1}, None):
        with pytest.raises(BallotError):
            ballots.parse(wrong, candidates="ab", equal=False)
    for score in ({"a": 6}, {"a": True}, {"z": 1}, [["a"]]):
        with pytest.raises(BallotError):
            ballots.parse(score, candidates="ab", equal=True, largest_score=5)
    with pytest.raises(BallotError):
        ballots.parse([["a"], ["b"]], candidates="ab", equal=True, one_rank=True)


def test_a_seal_opens_with_its_key_beside_its_commitment() -> None:
    key = X25519PrivateKey.generate()
    sealed = sealing.seal(key.public_key().public_bytes_raw(), b'{"x":1}', b"c" * 32)
    assert sealing.unseal(key.private_bytes_raw(), sealed, b"c" * 32) == b'{"x":1}'
    assert len(sealed) == len(sealing.seal(key.public_key().public_bytes_raw(), b"{}", b"c" * 32))
    for private, beside in ((key.private_bytes_raw(), b"d" * 32), (bytes(range(32)), b"c" * 32)):
        with pytest.raises(ValueError):
            sealing.unseal(private, sealed, beside)
