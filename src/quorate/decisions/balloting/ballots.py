"""A ballot as one sequence of bytes, and the commitment to it.

A ranking is a list of ranks, first choice first, each rank the candidates that stand equal; `[["ada"],["bo","cy"]]`.
An approval is one rank. Scores are an object `{"ada": 5}`. Its canonical form sorts the candidates of a rank, drops
empty ranks, and is JSON by RFC 8785; so two ballots that mean the same have the same bytes.

The commitment is Pedersen's over edwards25519: `c = m·G + r·H`, where `m` is a hash of the manifest's hash and the
canonical ballot, and `r` is 252 random bits. It hides the ballot from everybody, however much they compute, and
binds the voter and the server to it. Unlike a bare hash it allows the proof in `shuffle.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any

from quorate.decisions.balloting.group import ORDER, combine, encode, scalar_from
from quorate.ledger.canonical import canonical

Ranking = list[list[str]]
Ballot = Ranking | dict[str, int]

BALLOT_TAG = b"quorate/ballot/1"
ANCHOR_TAG = b"quorate/change code/1"
LARGEST_SCORE = 100


class BallotError(ValueError):
    """A ballot that the rules of its election do not allow. The text is for the voter."""


def ranking(ranks: Sequence[Collection[str]], *, candidates: Collection[str], equal: bool = True) -> Ranking:
    """The canonical ranking; raises BallotError for strangers, repeats and forbidden equal ranks."""
    known, seen = set(candidates), set[str]()
    found: Ranking = []
    for rank in ranks:
        members = sorted(rank)
        if len(members) > 1 and not equal:
            raise BallotError("two candidates have the same rank, which this election does not allow")
        for name in members:
            if name not in known:
                raise BallotError(f"{name} is not a candidate")
            if name in seen:
                raise BallotError(f"{name} stands on the ballot twice")
            seen.add(name)
        if members:
            found.append(members)
    return found


def scores(given: Mapping[str, int], *, candidates: Collection[str], largest: int) -> dict[str, int]:
    """Canonical scores: whole numbers from 0 to `largest`, a zero left out."""
    found = {}
    for name in sorted(given):
        score = given[name]
        if name not in set(candidates):
            raise BallotError(f"{name} is not a candidate")
        if isinstance(score, bool) or not isinstance(score, int) or not 0 <= score <= largest:
            raise BallotError(f"a score is a whole number from 0 to {largest}")
        if score:
            found[name] = score
    return found


def parse(
    value: Any, *, candidates: Collection[str], equal: bool, largest_score: int = 0, one_rank: bool = False
) -> Ballot:
    """Read a ballot that a client sent, in its one canonical form; raises BallotError."""
    if largest_score:
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            raise BallotError("a ballot gives each candidate a score")
        return scores(value, candidates=candidates, largest=largest_score)
    shaped = isinstance(value, list) and all(
        isinstance(rank, list) and all(isinstance(name, str) for name in rank) for rank in value
    )
    if not shaped:
        raise BallotError("a ballot is a list of ranks")
    found = ranking(value, candidates=candidates, equal=equal or one_rank)
    if one_rank and len(found) > 1:
        raise BallotError("a ballot of this election has one rank: those whom you approve")
    return found


def ballot_bytes(ballot: Ballot) -> bytes:
    """The canonical bytes of a ballot that `parse` gave."""
    return canonical(ballot)


def message(manifest_hash: bytes, ballot: Ballot) -> int:
    """The scalar that stands for a ballot in one election."""
    return scalar_from(BALLOT_TAG, manifest_hash, ballot_bytes(ballot))


def blinding() -> int:
    """A fresh `r`."""
    return secrets.randbelow(ORDER - 1) + 1


def commit(manifest_hash: bytes, ballot: Ballot, r: int) -> bytes:
    """The commitment: 32 bytes."""
    return encode(combine(message(manifest_hash, ballot), r))


def anchor(change_code: bytes) -> bytes:
    """What the log holds of a change code: whoever shows the code may void the ballot beside it, and nobody else."""
    return sha256(ANCHOR_TAG + change_code).digest()


def leaf(commitment: bytes, anchored: bytes) -> bytes:
    """The record of a cast in the log: commitment, then anchor."""
    if len(commitment) != 32 or len(anchored) != 32:
        raise ValueError("a commitment and an anchor have 32 bytes each")
    return commitment + anchored
