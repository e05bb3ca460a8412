"""What is published of an election: one document that `verifier.py` checks without us.

The sections and their order of checking are described in `docs/reference/election-bundle.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from quorate.decisions.balloting import shuffle
from quorate.decisions.balloting.ballots import Ballot, ballot_bytes, leaf, message
from quorate.ledger.canonical import canonical
from quorate.ledger.merkle import leaf_hash, root
from quorate.ledger.notes import Checkpoint, SigningKey

FORMAT = "quorate-election-bundle/1"
SECTIONS = (
    "manifest",
    "roll",
    "voted",
    "issued",
    "log",
    "head",
    "ballots",
    "proof",
    "tokens",
    "lot",
    "withdrawn",
    "result",
    "key",
    "format",
)
FEWEST = 5
"""Below so many ballots none is published: each would be as good as named."""
SMALL = 15
"""Below so many a warning is shown: a unanimous vote tells everybody's."""


@dataclass(frozen=True)
class Cast:
    """An entry of the log. `code` is the change code by which it was voided; `opening` is (ballot, r) while known."""

    commitment: bytes
    anchor: bytes
    code: bytes | None = None
    opening: tuple[Ballot, int] | None = None


@dataclass(frozen=True)
class Token:
    """A credential that was used: token, random prefix, and each registrar's signature over prefix and token."""

    token: bytes
    prefix: bytes
    signatures: tuple[bytes, ...]

    def as_json(self) -> dict[str, Any]:
        """Hexadecimal."""
        signatures = [signature.hex() for signature in self.signatures]
        return {"prefix": self.prefix.hex(), "signatures": signatures, "token": self.token.hex()}


@dataclass(frozen=True)
class Issued:
    """To whom a registrar issued a token; `note` is their own signature over the list, if they have a key apart."""

    electors: Sequence[str]
    note: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is published."""
        return {"electors": sorted(self.electors), "note": self.note}


def issued_checkpoint(log: str, electors: Sequence[str]) -> Checkpoint:
    """What a registrar apart signs when voting is over: how many they issued to, and the hash of who."""
    return Checkpoint(f"{log}/issued", len(electors), digest(sorted(electors)))


def digest(value: object) -> bytes:
    """SHA-256 of the canonical JSON."""
    return sha256(canonical(value)).digest()


def manifest_hash(manifest: Mapping[str, Any]) -> bytes:
    """What every ballot, lot and proof of the election is bound to."""
    return digest(dict(manifest))


def lot_parts(manifest: Mapping[str, Any], secret: bytes, public_value: str) -> tuple[bytes, bytes, bytes]:
    """What the seed of the lot is made of (`Lot.of_parts`)."""
    return manifest_hash(manifest), secret, public_value.encode()


def sorted_ballots(ballots: Sequence[Ballot]) -> list[Ballot]:
    """The one order in which ballots are published: it tells nothing about the order in which they came."""
    return sorted(ballots, key=ballot_bytes)


def prove(manifest: Mapping[str, Any], casts: Sequence[Cast]) -> tuple[list[Ballot], dict[str, Any]]:
    """The published ballots, and the proof that they are those committed to. Every standing cast must be opened."""
    hashed = manifest_hash(manifest)
    openings = [cast.opening for cast in casts if cast.code is None]
    known = [opening for opening in openings if opening is not None]
    if len(known) != len(openings):
        raise ValueError("a ballot is still sealed")
    ballots = sorted_ballots([ballot for ballot, _r in known])
    leaves = [leaf_hash(leaf(cast.commitment, cast.anchor)) for cast in casts]
    context = digest([manifest["log"], hashed.hex(), root(leaves).hex()])
    pairs = [(message(hashed, ballot), r) for ballot, r in known]
    proof = shuffle.prove(context, pairs, [message(hashed, ballot) for ballot in ballots])
    return ballots, proof.as_json()


def assemble(
    key: SigningKey,
    at: datetime,
    *,
    manifest: Mapping[str, Any],
    roll: Sequence[str],
    voted: Sequence[str],
    casts: Sequence[Cast],
    ballots: Sequence[Any] | None,
    proof: Mapping[str, Any] | None,
    tokens: Sequence[Token],
    issued: Sequence[Issued] = (),
    withdrawn: Sequence[Mapping[str, Any]] = (),
    lot: Mapping[str, Any],
    result: Mapping[str, Any],
) -> dict[str, Any]:
    """Put it together and sign it. `ballots` is None where there are too few to publish."""
    leaves = [leaf_hash(leaf(cast.commitment, cast.anchor)) for cast in casts]
    bundle: dict[str, Any] = {
        "format": FORMAT,
        "manifest": dict(manifest),
        "roll": sorted(roll),
        "voted": sorted(voted),
        "issued": [item.as_json() for item in issued],
        "log": [
            {
                "commitment": cast.commitment.hex(),
                "anchor": cast.anchor.hex(),
                "code": None if cast.code is None else cast.code.hex(),
            }
            for cast in casts
        ],
        "head": key.sign(Checkpoint(manifest["log"], len(leaves), root(leaves)), at),
        "ballots": None if ballots is None else list(ballots),
        "proof": None if proof is None else dict(proof),
        "tokens": sorted((token.as_json() for token in tokens), key=canonical),
        "lot": dict(lot),
        "withdrawn": [dict(item) for item in withdrawn],
        "result": dict(result),
        "key": manifest["key"],
    }
    sections = {name: digest(bundle[name]).hex() for name in SECTIONS}
    seal = Checkpoint(f"{manifest['log']}/result", len(ballots or ()), digest(sections))
    return {
        **bundle,
        "manifest_hash": manifest_hash(manifest).hex(),
        "sections": sections,
        "seal": key.sign(seal, at),
    }
