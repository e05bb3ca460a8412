"""What a voter takes home: proof that their commitment is in the box, and nothing about what it holds."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from quorate.decisions.balloting.ballots import leaf
from quorate.ledger.merkle import Frontier, inclusion_ranges, leaf_hash, proof, root, verify_inclusion
from quorate.ledger.notes import NoteError, PublicKey, open_note

FORMAT = "quorate-receipt/1"


@dataclass(frozen=True)
class Receipt:
    """Place, commitment and anchor of a cast, the path to the root, and the signed head of the log."""

    election: str
    manifest_hash: str
    index: int
    size: int
    commitment: bytes
    anchor: bytes
    path: tuple[bytes, ...]
    head: str

    def as_json(self) -> dict[str, Any]:
        """As the voter keeps it."""
        return {
            "format": FORMAT,
            "election": self.election,
            "manifest_hash": self.manifest_hash,
            "index": self.index,
            "size": self.size,
            "commitment": self.commitment.hex(),
            "anchor": self.anchor.hex(),
            "path": [b64encode(step).decode() for step in self.path],
            "head": self.head,
        }

    def holds(self, keys: list[PublicKey]) -> bool:
        """Whether the head is signed by one of the keys and the path leads to it."""
        try:
            head = open_note(self.head, keys).checkpoint
        except NoteError:
            return False
        hashed = leaf_hash(leaf(self.commitment, self.anchor))
        return head.size == self.size and verify_inclusion(hashed, self.index, self.size, self.path, head.root)


def path_of_last(before: Frontier) -> tuple[bytes, ...]:
    """The inclusion path of the leaf that is appended to `before`: the edge of the tree, smallest subtree first."""
    edge = bytes(before)
    return tuple(edge[at : at + 32] for at in range(0, len(edge), 32))[::-1]


def path_of(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The inclusion path of one of all leaf hashes."""
    found = proof(inclusion_ranges(index, len(leaves)), lambda span: root(leaves[span[0] : span[1]]))
    return tuple(found)
